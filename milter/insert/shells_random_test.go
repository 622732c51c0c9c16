package insert

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
)

// TestShellsAtRandom puts text, blank lines and what is to go into elements at random,
// and reads the outcome with a parser: the block stands where blocks may, no element
// is empty that was not, and every word of the author's is there.
func TestShellsAtRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		in := "<body>" + someText(random, 3) + someEnding(random) + "</body>"
		kind := Kind{HTML: true}
		pl, refusal := Read([]byte(in), kind).Place(testBlock, &all, &alice, false)
		if refusal != "" {
			t.Fatalf("%s: %s", refusal, in)
		}
		out := carried(t, in, pl)
		before, after := parsed(t, in), parsed(t, out)
		switch {
		case after.blocks != 1 || len(after.inside) > 0:
			t.Fatalf("%d blocks, in %v:\n%s\n%s", after.blocks, after.inside, in, out)
		case after.shells > before.shells:
			t.Fatalf("%d empty elements, %d before:\n%s\n%s", after.shells, before.shells, in, out)
		case !slices.Equal(before.words, after.words):
			t.Fatalf("%v became %v:\n%s\n%s", before.words, after.words, in, out)
		}
		pl, _ = Read([]byte(out), kind).Place(testBlock, &all, &alice, false)
		if again := carried(t, out, pl); again != out {
			t.Fatalf("again:\n%s\n%s\n%s", in, out, again)
		}
	}
}

// someText is text of the author's, in words that begin with w.
func someText(random *rand.Rand, depth int) string {
	var b strings.Builder
	for range 1 + random.IntN(3) {
		word := fmt.Sprintf("w%d", random.IntN(1000))
		switch random.IntN(9) {
		case 0:
			b.WriteString("<p>" + word + "</p>")
		case 1:
			b.WriteString("<p>" + word + "<br><b>" + word + "</b></p>")
		case 2:
			b.WriteString("<p>&nbsp;</p>\n")
		case 3:
			b.WriteString("<div><br></div>")
		case 4:
			b.WriteString("<ul><li>" + word + "</li><li><p>" + word + "</p></li></ul>")
		case 5:
			b.WriteString("<table><tr><td>" + word + "</td><td>&nbsp;</td></tr></table>")
		case 6:
			b.WriteString("<hr>")
		default:
			if depth > 0 {
				b.WriteString("<div>" + someText(random, depth-1) + "</div>")
			}
		}
	}
	return b.String() + "<div>w0</div>"
}

// someEnding is a signature, a sign-off or a marker in elements of some kind, with
// blank lines above and below.
func someEnding(random *rand.Rand) string {
	lines := [][]string{{"Alice Muster", "Head of Testing", "+49 30 123456-78"}, {"Sent from my iPhone"}, {"{EMAILSIGNATURE}"}, {"{EMAIL<i>SIG</i>NATURE}"}}[random.IntN(4)]
	frames := [][3]string{
		{"", "<p>%s</p>\n", ""}, {"", "<div>%s</div>", ""}, {"<p>", "%s<br>", "</p>"}, {"<div>", "%s<br>", "</div>"}, {"<div><p>", "<span>%s</span><br>\n", "</p></div>"},
		{"<table>", "<tr><td>%s</td></tr>", "</table>"}, {"<table><tr><td>", "<p>%s</p>", "</td></tr></table>"}, {"<ul>", "<li>%s</li>", "</ul>"},
		{"<div><div>", "<p class=MsoNormal><b>%s<o:p></o:p></b></p><p><o:p>&nbsp;</o:p></p>", "</div></div>"}, {"<p>w1<br>", "%s<br>", "</p>"}, {"<div>w1<br>", "<font>%s</font><br>", "</div>"},
		{"<p><b>w1</b><br>", "<b>%s</b><br>", "</p>"}, {"<ul><li>w1</li>", "<li>%s</li>", "</ul>"}, {"<table><tr><td>w1</td></tr>", "<tr><td>%s</td><td></td></tr>", "</table>"},
	}
	frame := frames[random.IntN(len(frames))]
	blank := []string{"", "<br>", "<p>&nbsp;</p>", "<div><br></div>"}
	var b strings.Builder
	b.WriteString(blank[random.IntN(len(blank))] + frame[0])
	for _, l := range lines {
		fmt.Fprintf(&b, frame[1], l)
	}
	b.WriteString(frame[2] + blank[random.IntN(len(blank))])
	return b.String()
}

// outcome is what a parser sees of a document.
type outcome struct {
	words   []string // of the author
	blocks  int
	inside  []string // the elements around the block that it must not stand in
	shells  int
	outside []string // the elements that are open
}

func parsed(t *testing.T, src string) outcome {
	t.Helper()
	root, err := nethtml.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	o.walk(root)
	return o
}

// walk reports whether a node shows anything.
func (o *outcome) walk(n *nethtml.Node) (shows bool) {
	if n.Type == nethtml.TextNode {
		o.words = append(o.words, slices.DeleteFunc(strings.Fields(n.Data), func(w string) bool { return !strings.HasPrefix(w, "w") })...)
		return strings.TrimSpace(n.Data) != ""
	}
	if len(n.Attr) > 0 && n.Attr[0].Val == Signature.class() {
		o.blocks++
		o.inside = slices.Clone(o.outside)
	}
	if n.Type == nethtml.ElementNode && isLeft(&elem{tag: n.DataAtom}) {
		o.outside = append(o.outside, n.Data)
		defer func() { o.outside = o.outside[:len(o.outside)-1] }()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		shows = o.walk(c) || shows
	}
	switch n.Data {
	case "hr":
		return true
	case "p", "div", "li", "tr":
		if !shows {
			o.shells++
		}
	}
	return shows
}
