package insert

import (
	"strings"
	"testing"
)

// TestFirm: a block in its firm form says itself what it looks like, and its elements
// do of what the mail's sheets are about.
func TestFirm(t *testing.T) {
	b := Block{Kind: Disclaimer, Name: "00ff", HTML: `<p>Contoso <b style="color:#900">AG</b> <i style="font:9px Arial">Mitte</i><br></p><table bgcolor=navy width=200><tr><td>Berlin</td></tr></table>`}
	pl, _ := Read([]byte("<body><p>Hello</p></body>"), Kind{HTML: true}).AtEdge(b)
	for _, c := range []struct {
		against []string
		want    []string
	}{
		{nil, []string{`<div id="sigmilter-disclaimer-00ff" class="sigmilter-disclaimer-00ff" style="all:initial!important;`, `;white-space:normal!important;margin-top:1em!important"><p>Contoso`, `<b style="color:#900">`}},
		{[]string{"display"}, []string{`<p style="display:block!important">`, `<b style="color:#900!important;display:inline!important">`, `<table bgcolor="navy" width="200" style="display:table!important">`, `<td style="display:table-cell!important">`, `<br>`}},
		{[]string{"color", "background-color", "width"}, []string{`<b style="color:#900!important;background-color:transparent!important;width:auto!important">`, `background-color:navy!important;width:200px!important`}},
		{[]string{"font-family"}, []string{`<p style="font-family:inherit!important">`, `<i style="font:9px Arial!important;font-family:sans-serif!important">`}},
		{[]string{"mask-image"}, []string{`<p style="mask-image:initial!important">`}},
	} {
		firm := pl.Firm(&b, c.against)
		for _, want := range c.want {
			if got := firm.Put(&b).HTML; !strings.Contains(got, want) {
				t.Errorf("against %q: no %s in\n%s", c.against, want, got)
			}
		}
	}
	if e := pl.Put(&b); e.ID != "sigmilter-disclaimer-00ff" || !strings.HasSuffix(e.HTML, "</table>\n</div>") || strings.Contains(e.HTML, "initial") {
		t.Errorf("as it was put in first: %+v", e)
	}
}

// TestElsewhere: what made room for a block goes although the block stands elsewhere.
func TestElsewhere(t *testing.T) {
	b := testBlock
	b.Name = "00ff"
	in := "<body><p>Hi</p><p>{SIG}</p><p>PS: cake</p><blockquote type=cite>On Monday</blockquote></body>"
	r := Read([]byte(in), Kind{HTML: true, Reply: true})
	s := all
	s.Marker = "{SIG}"
	first, _ := r.Place(b, &s, people["alice"], false)
	for place, want := range map[string]string{
		AboveQuote: "cake</p>{B}<blockquote", AtEnd: "</blockquote>{B}</body>", AtTop: "<body>{B}<p>Hi",
	} {
		pl, ok := r.Elsewhere(b, first, place)
		if out := strings.ReplaceAll(apply(t, in, pl), pl.Put(&b).HTML, "{B}"); !ok || !strings.Contains(out, want) || strings.Contains(out, "{SIG}") || strings.Count(out, "{B}") != 1 {
			t.Errorf("%s: %s", place, out)
		}
	}
}

// TestThereEnforced: only an element of ours, in the newest text, says that an enforced
// block is there; in plain text the words do, outside of quotes.
func TestThereEnforced(t *testing.T) {
	b := Block{Kind: Disclaimer, HTML: "<p>Contoso AG</p>", Text: "Contoso AG"}
	enforced := b
	enforced.Name = "00ff"
	earlier := b
	earlier.Name = "12ab"
	firm := firm(earlier.wrapped(), nil)
	for _, c := range []struct {
		name, in string
		html     bool
		block    Block
		there    bool
	}{
		{"words, not enforced", "<p>Hi</p><p>Contoso AG</p>", true, b, true},
		{"words", "<p>Hi</p><p>Contoso AG</p>", true, enforced, false},
		{"ours of before there were names", "<p>Hi</p>" + b.wrapped(), true, enforced, true},
		{"ours of an earlier message", "<p>Hi</p>" + earlier.wrapped(), true, enforced, true},
		{"ours, firm", "<p>Hi</p>" + firm, true, enforced, true},
		{"ours, changed", "<p>Hi</p>" + strings.Replace(earlier.wrapped(), "<p>", "<p style='color:white'>", 1), true, enforced, false},
		{"ours, quoted", "<p>Hi</p><blockquote type=cite>" + earlier.wrapped() + "</blockquote>", true, enforced, false},
		{"plain", "Hi\n\nContoso AG\n", false, enforced, true},
		{"plain, quoted", "Hi\n\n> You wrote:\n> Contoso AG\n", false, enforced, false},
		{"plain, quoted, not enforced", "Hi\n\n> You wrote:\n> Contoso AG\n", false, b, true},
		{"plain, below an original message", "Hi\n\n-----Original Message-----\nFrom: Ben <ben@example.net>\nSent: Monday\nTo: Alice\nSubject: x\n\nContoso AG\n", false, enforced, false},
	} {
		pl, _ := Read([]byte(c.in), Kind{HTML: c.html, Reply: true}).AtEdge(c.block)
		if there := len(pl.Edits) == 0; there != c.there || there && c.html && c.block.Name != "" && pl.Here.ID == "" {
			t.Errorf("%s: there is %v, %+v", c.name, there, pl)
		}
	}
}

// TestOwnNamed: our blocks of earlier messages are known by their names too, also with
// what clients put before them.
func TestOwnNamed(t *testing.T) {
	b := testBlock
	b.Name = "00ff"
	for _, old := range []string{"sigmilter-signature-12ab", "x_sigmilter-signature-12ab", "sigmilter-signature"} {
		in := `<p>Hi</p><div id="` + old + `" class="` + old + `"><p>Alice Muster<br>Head of Testing</p></div>`
		pl, _ := Read([]byte(in), Kind{HTML: true}).Place(b, &all, people["alice"], false)
		if pl.Placed != Replaced || pl.By != "sigmilter" {
			t.Errorf("%s: %+v", old, pl)
		}
	}
	in := "<p>Hi</p>" + testBlock.wrapped()
	pl, _ := Read([]byte(in), Kind{HTML: true}).Place(b, &all, people["alice"], false)
	if len(pl.Edits) != 0 || pl.Here.ID != "sigmilter-signature" {
		t.Errorf("the same block: %+v", pl)
	}
}
