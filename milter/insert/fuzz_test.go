package insert

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPlace: whatever the text, a placement takes out only what it reports, the
// block is found again, and placing it once more changes nothing.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{
		"", "Hi\n", "Hi\n\n-- \nAlice Muster\n", "a\n\nOn 3 Feb 2020, Bob wrote:\n> q\nb\n> r\n", "x\nSent from my iPhone\n\n> y", "{EMAILSIGNATURE}",
		`<p>Hi</p>`, `<body>Hi<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: x</div></body>`, `<div class="gmail_quote">On 3 Feb 2020, Bob wrote:<blockquote class="gmail_quote">q</blockquote>a</div>`,
		`<p>{EMAIL<b>SIGNATURE}</b></p>`, `<table><tr><td>x`, `<plaintext>x`, `<!-- </body> --><body>x</body></body>`, `<div id=Signature>Alice Muster</div>`, `<textarea>x`, `<p>Alice Muster<br>Head of Testing<br>+49 30 123456-78`,
		"<p>a</p><div dir=ltr>Sent from my iPhone</div><blockquote type=cite>On 3 Feb 2020, Bob wrote:</blockquote>", "a<svg><p>b</svg>c", "<select><option>a</select>", "a<br>From: Bob<br>To: A<br>Subject: x",
	} {
		for kind := range byte(8) {
			f.Add(s, kind)
		}
	}
	f.Fuzz(func(t *testing.T, text string, bits byte) {
		kind := Kind{HTML: bits&1 != 0, Reply: bits&2 != 0, Flowed: bits&5 == 4}
		r := Read([]byte(text), kind)
		pl, refusal := r.Place(testBlock, &all, &alice, false)
		if refusal != "" {
			if len(pl.Edits) != 0 {
				t.Fatalf("refused as %s, but with edits", refusal)
			}
			return
		}
		signed := carried(t, text, pl)
		if utf8.ValidString(text) { // bytes that are none may join to a character when what is between goes
			checkKept(t, text, signed, pl, kind)
		}
		if strings.Contains(text, "\x00") || strings.Contains(text, "\r") && !kind.HTML {
			return // line ends are the leaf's business
		}
		again := Read([]byte(signed), kind)
		pl, refusal = again.Place(testBlock, &all, &alice, false)
		if refusal != "" {
			t.Fatalf("signed, and then refused: %s\n%q", refusal, signed)
		}
		if twice := carried(t, signed, pl); twice != signed {
			t.Fatalf("signed again it changes from\n%q to\n%q", signed, twice)
		}
	})
}

// checkKept compares what a reader sees before and after: what is gone is what
// is reported, what has come is the block.
func checkKept(t *testing.T, text, signed string, pl Placement, kind Kind) {
	t.Helper()
	cut := ""
	at := 0
	for _, e := range pl.Edits {
		cut += text[at:e.Start]
		at = e.End
		if !utf8.ValidString(e.New) {
			t.Fatalf("%q was put in", e.New)
		}
	}
	cut += text[at:]
	before, kept := squeezed(text, kind), squeezed(cut, kind)
	if gone := unsigned(strings.Join(pl.Removed, "")); len(before)-len(kept) != len(gone) {
		t.Fatalf("of %q is left %q, reported is %q", before, kept, pl.Removed)
	}
	after, sig := squeezed(signed, kind), squeeze("SIG")
	if len(pl.Edits) > 0 && !without(after, sig, kept) {
		t.Fatalf("shown was\n%q, now\n%q\nby %+v", kept, after, pl)
	}
}

// squeezed is what a reader sees of a text, without blanks and the signs that
// may be quote prefixes.
func squeezed(text string, kind Kind) string {
	if kind.HTML {
		text = strings.Join(texts(readHTML([]byte(text), &Kind{}).lines), "")
	}
	return unsigned(text)
}

func unsigned(text string) string { return strings.ReplaceAll(squeeze(text), ">", "") }

// without says whether one occurrence of sig can be taken out of s to give want.
func without(s, sig, want string) bool {
	for i := range s {
		if strings.HasPrefix(s[i:], sig) && s[:i]+s[i+len(sig):] == want {
			return true
		}
	}
	return false
}
