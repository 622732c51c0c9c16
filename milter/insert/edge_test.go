package insert

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

var (
	fair  = Block{Kind: Banner, HTML: "<p>Fair</p>", Text: "Fair"}
	sales = Block{Kind: Signature, HTML: "<p>Sales</p>", Text: "Sales"}
	legal = Block{Kind: Disclaimer, HTML: "<p>Legal</p><p>Notice</p>", Text: "Legal\nNotice"}
)

// edited is a text with edits carried out, which must be in order and apart.
func edited(t *testing.T, src string, edits []entity.Edit) string {
	t.Helper()
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start {
			t.Fatalf("edits out of order: %+v", edits)
		}
		b.WriteString(src[at:e.Start] + e.New)
		at = e.End
	}
	return b.String() + src[at:]
}

// place places all three blocks as the engine does, the banner first.
func place(t *testing.T, r *Reading) []Placement {
	t.Helper()
	s := &Settings{Marker: "{M}", ReplaceExisting: true, ReplaceSignoff: true, OnNew: true, OnReply: true}
	signature, why := r.Place(sales, s, &Person{}, false)
	bottom, ok := r.AtEdge(legal)
	top, topOK := r.AtEdge(fair)
	if why != "" || !ok || !topOK {
		t.Fatalf("no place: %q, %t, %t", why, ok, topOK)
	}
	return []Placement{top, signature, bottom}
}

// TestEdges puts a banner, a signature and a disclaimer into texts, and again:
// then nothing may change. In what is wanted F, S and L stand for the blocks as
// they go in, S+ and L+ for one that is set off from the text above.
func TestEdges(t *testing.T) {
	html := strings.NewReplacer("{F}", fair.wrapped(), "{S}", sales.wrapped(), "{S+}", sales.wrappedAs(wrapping{gap: true}), "{L}", legal.wrapped(), "{L+}", legal.wrappedAs(wrapping{gap: true}))
	text := strings.NewReplacer("{F}", fair.Text, "{S}", sales.Text, "{L}", legal.Text)
	for _, tc := range []struct {
		name, src, want string
		kind            Kind
	}{
		{"text", "Hi\n", "{F}\n\nHi\n\n{S}\n\n{L}\n", Kind{}},
		{"text without line end", "Hi", "{F}\n\nHi\n\n{S}\n\n{L}", Kind{}},
		{"nothing", "", "{F}\n\n{S}\n\n{L}", Kind{}},
		{"blank lines", "\n \n", "{F}\n\n\n \n{S}\n\n{L}", Kind{}},
		{"quote alone", "On Monday, Bob wrote:\n> Hi\n", "{F}\n\n{S}\n\nOn Monday, Bob wrote:\n> Hi\n\n{L}\n", Kind{Reply: true}},
		{"reply", "Yes.\n\nOn Monday, Bob wrote:\n> Hi\n", "{F}\n\nYes.\n\n{S}\n\nOn Monday, Bob wrote:\n> Hi\n\n{L}\n", Kind{Reply: true}},
		{"interleaved", "> Hi?\n\nYes.\n\n> Bye?\n", "{F}\n\n> Hi?\n\nYes.\n\n{S}\n\n> Bye?\n\n{L}\n", Kind{Reply: true}},
		{"sign-off alone", "Sent from my iPhone", "{F}\n\n{S}\n\n{L}", Kind{}},
		{"marker at the start", "{M}\nBye\n", "{F}\n\n{S}\nBye\n\n{L}\n", Kind{}},
		{"disclaimer there", "Hi\n\nLegal\nNotice\n", "{F}\n\nHi\n\nLegal\nNotice\n\n{S}\n", Kind{}},
		{"banner there", "Fair\n\nHi\n", "Fair\n\nHi\n\n{S}\n\n{L}\n", Kind{}},
		{"quoted disclaimer at the end", "Yes.\n\nOn Monday, Bob wrote:\n> Hi\n> Legal\n> Notice\n", "{F}\n\nYes.\n\n{S}\n\nOn Monday, Bob wrote:\n> Hi\n> Legal\n> Notice\n", Kind{Reply: true}},

		{"HTML", "<html><body><p>Hi</p></body></html>", "<html><body>{F}<p>Hi</p>{S+}{L+}</body></html>", Kind{HTML: true}},
		{"empty body", "<body></body>", "<body>{F}{S}{L}</body>", Kind{HTML: true}},
		{"no body", "<div dir=ltr><br><b>Hi</b></div>", "{F}<div dir=ltr><br><b>Hi</b></div>{S+}{L+}", Kind{HTML: true}},
		{"bare words", "Hi", "{F}Hi{S+}{L+}", Kind{HTML: true}},
		{"nothing but a head", "<head><style>p{}</style></head>", "<head><style>p{}</style></head>{F}{S}{L}", Kind{HTML: true}},
		{"left open", "<body><table><tr><td><p>Hi</body>", "<body>{F}<table><tr><td><p>Hi</p></td></tr></table>{S+}{L+}</body>", Kind{HTML: true}},
		{"below </html>", "<html><body>Hi</body></html><p>List", "<html><body>{F}Hi</body></html><p>List</p>{S+}{L+}", Kind{HTML: true}},
		{"sign-off in an element with a break", "<div><br><span>Sent from my iPhone</span></div>", "{F}{S}{L+}", Kind{HTML: true}},
		{"sign-off alone in an open element", "<div>Sent from my iPhone</body>", "{F}<div>{S}</div>{L+}</body>", Kind{HTML: true}},
		{"disclaimer there without its element", "<body><p>Hi</p><p>Legal</p><p>Notice</p></body>", "<body>{F}<p>Hi</p><p>Legal</p><p>Notice</p>{S+}</body>", Kind{HTML: true}},
	} {
		r := Read([]byte(tc.src), tc.kind)
		got := edited(t, tc.src, r.Merge(place(t, r)...))
		want := text.Replace(tc.want)
		if tc.kind.HTML {
			want = html.Replace(tc.want)
		}
		if got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", tc.name, got, want)
		}
		if strings.Contains(tc.name, "disclaimer") {
			continue // the signature below it is told from it by the mail alone
		}
		again := Read([]byte(got), tc.kind)
		if out := edited(t, got, again.Merge(place(t, again)...)); out != got {
			t.Errorf("%s, again: %q becomes\n%q", tc.name, got, out)
		}
	}
}

// TestEdgesFlowed: what format=flowed adds to a block does not hide it.
func TestEdgesFlowed(t *testing.T) {
	kind := Kind{Flowed: true}
	b := Block{Kind: Disclaimer, Text: "From here on:\n> legal\n"}
	src := "Hi \n"
	for i, want := range []string{"Hi \n\n From here on:\n > legal\n", "Hi \n\n From here on:\n > legal\n"} {
		r := Read([]byte(src), kind)
		pl, ok := r.AtEdge(b)
		if src = edited(t, src, pl.Edits); !ok || src != want {
			t.Errorf("time %d: %q, want %q", i+1, src, want)
		}
	}
}

// TestEdgeWithoutPlace: nothing can stand below text that takes in all markup.
func TestEdgeWithoutPlace(t *testing.T) {
	r := Read([]byte("<p>Hi<plaintext>all of it"), Kind{HTML: true})
	if pl, ok := r.AtEdge(legal); ok {
		t.Errorf("the disclaimer is placed: %+v", pl)
	}
	if pl, ok := r.AtEdge(fair); !ok || len(pl.Edits) != 1 || pl.Edits[0].Start != 0 {
		t.Errorf("the banner is not placed above: %+v", pl)
	}
}

func TestMerge(t *testing.T) {
	edit := func(start, end int, text string) Placement {
		return Placement{Edits: []entity.Edit{{Start: start, End: end, New: text}}}
	}
	for _, tc := range []struct {
		name string
		html bool
		in   []Placement
		want []entity.Edit
	}{
		{"apart", false, []Placement{edit(5, 6, "b"), edit(1, 2, "a")}, []entity.Edit{{Start: 1, End: 2, New: "a"}, {Start: 5, End: 6, New: "b"}}},
		{"at one place in text", false, []Placement{edit(3, 3, "a"), edit(3, 3, "b")}, []entity.Edit{{Start: 3, End: 3, New: "a\n\nb"}}},
		{"at one place in text, a line begun", false, []Placement{edit(3, 3, "a\n"), edit(3, 3, "b")}, []entity.Edit{{Start: 3, End: 3, New: "a\n\nb"}}},
		{"at one place in text, a line left", false, []Placement{edit(3, 3, "a"), edit(3, 3, "\n\nb")}, []entity.Edit{{Start: 3, End: 3, New: "a\n\nb"}}},
		{"below what is taken out", false, []Placement{edit(1, 3, ""), edit(3, 3, "b")}, []entity.Edit{{Start: 1, End: 3, New: "b"}}},
		{"before what is taken out", false, []Placement{edit(1, 1, "a"), edit(1, 3, "b")}, []entity.Edit{{Start: 1, End: 1, New: "a"}, {Start: 1, End: 3, New: "b"}}},
		{"inside what is taken out", true, []Placement{edit(1, 5, "a"), edit(3, 3, "b")}, []entity.Edit{{Start: 1, End: 5, New: "ab"}}},
		{"leaving what is taken out", true, []Placement{edit(1, 5, "a"), edit(3, 3, "</i></p>b")}, []entity.Edit{{Start: 1, End: 5, New: "ab"}}},
		{"leaving twice", true, []Placement{edit(3, 3, "</p>a\n</div>"), edit(3, 3, "</p>b\n</div>")}, []entity.Edit{{Start: 3, End: 3, New: "</p>a\n</div>b\n</div>"}}},
		{"leaving, entering, leaving", true, []Placement{edit(3, 3, "</p>a\n</div><p>"), edit(3, 3, "</p>b\n</div>")}, []entity.Edit{{Start: 3, End: 3, New: "</p>a\n</div><p></p>b\n</div>"}}},
	} {
		r := Read(nil, Kind{HTML: tc.html})
		if got := r.Merge(tc.in...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
}
