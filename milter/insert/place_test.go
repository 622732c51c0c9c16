package insert

import (
	"regexp"
	"strings"
	"testing"
)

var (
	testBlock  = Block{HTML: "<b>SIG</b>", Text: "SIG"}
	all        = Settings{Marker: "{EMAILSIGNATURE}", ReplaceExisting: true, ReplaceSignoff: true, OnNew: true, OnReply: true}
	markerOnly = Settings{Marker: "{EMAILSIGNATURE}"}
	alice      = Person{Name: "Alice Muster", Addresses: []string{"alice@contoso.com"}, Values: []string{"Head of Testing", "+49 30 123456-78", "Contoso GmbH"}}
)

// apply carries out edits and shows a block of ours in HTML as [SIG].
func apply(t *testing.T, text string, pl Placement) string {
	t.Helper()
	return wrappedTest.ReplaceAllString(carried(t, text, pl), "[SIG]")
}

// carried carries out edits.
func carried(t *testing.T, text string, pl Placement) string {
	t.Helper()
	var b strings.Builder
	at := 0
	for _, e := range pl.Edits {
		if e.Start < at || e.End < e.Start || e.End > len(text) {
			t.Fatalf("edit %d-%d is out of order", e.Start, e.End)
		}
		b.WriteString(text[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// wrappedTest is the test's block in HTML, whatever the element around it says.
var wrappedTest = regexp.MustCompile(`<div id="sigmilter-signature" class="sigmilter-signature"[^>]*><b>SIG</b>\n</div>`)

// placeCase is a text and what becomes of it.
type placeCase struct {
	name      string
	kind      Kind
	in, want  string // in HTML want has [SIG] for the block
	placed    string
	separator string
	settings  *Settings
}

func runPlace(t *testing.T, cases []placeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := c.settings
			if s == nil {
				s = &all
			}
			pl, refusal := Read([]byte(c.in), c.kind).Place(testBlock, s, &alice, false)
			if (refusal == "") != (c.placed != "") {
				t.Fatalf("refused %q, want %q", refusal, c.placed)
			}
			if got := apply(t, c.in, pl); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if pl.Placed != c.placed || pl.Separator != c.separator {
				t.Errorf("placed %q by %q, want %q by %q", pl.Placed, pl.Separator, c.placed, c.separator)
			}
		})
	}
}

// at is a case in which nothing is removed: in is want without the block.
func at(name string, kind Kind, want, placed, separator string) placeCase {
	return placeCase{name, kind, strings.ReplaceAll(want, "[SIG]", ""), want, placed, separator, nil}
}

func TestPlaceInHTML(t *testing.T) {
	reply := Kind{HTML: true, Reply: true}
	fresh := Kind{HTML: true}
	runPlace(t, []placeCase{
		at("new mail, before the end of the body", fresh, `<html><body><p>Hi</p>[SIG]</body></html>`, AtEnd, ""),
		at("a head without its end", fresh, `<html><head><style>p{}</style><body><p>Hi</p>[SIG]</body></html>`, AtEnd, ""),
		at("new mail without a body element", fresh, `<p>Hi</p>[SIG]`, AtEnd, ""),
		at("two ends of the body, text between", fresh, `<body><p>Hi</p></body><p>more</p>[SIG]</body>`, AtEnd, ""),
		at("two ends of the body, nothing between", fresh, `<body><p>Hi</p>[SIG]</body></body>`, AtEnd, ""),
		at("text after the end of the document", fresh, `<html><body><p>Hi</p></body></html>more[SIG]`, AtEnd, ""),
		at("a tag that never ends", fresh, `<p>Hi</p>[SIG]<div class="x`, AtEnd, ""),
		at("an end of the body in a comment", fresh, `<body><p>Hi</p><!-- </body> --><p>x</p>[SIG]</body>`, AtEnd, ""),
		at("OWA reply", reply, `<body><div>Hi</div>[SIG]<div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg"><b>From:</b> Bob</div></body>`, AboveQuote, "owa-appendonsend"),
		at("OWA reply, rule without appendonsend", reply, `<body><div>Hi</div>[SIG]<hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Bob</div></body>`, AboveQuote, "owa-header"),
		at("OWA reply with nothing but an older round's id", reply, `<body><div>Hi</div>[SIG]<div><div id="x_divRplyFwdMsg"><b>Blah</b></div></div></body>`, AboveQuote, "owa-header"),
		at("the first real separator wins over older ones", reply, `<body><div>Hi</div>[SIG]<div class="moz-forward-container"><p>old</p><div id="x_divRplyFwdMsg">From</div></div></body>`, AboveQuote, "thunderbird-forward"),
		at("Word reply, French label with a blank before the colon", reply, `<div class="WordSection1"><p class="MsoNormal">Salut</p>[SIG]<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>De&nbsp;:</b> Bob &lt;bob@example.net&gt;</p></div></div><p>vieux</p></div>`, AboveQuote, "word-border"),
		at("Gmail reply", reply, `<div dir="ltr">Hi</div>[SIG]<div class="gmail_extra"><br><div class="gmail_quote">On Mon, 3 Feb 2020, Bob wrote:<br><blockquote class="gmail_quote">old</blockquote></div></div>`, AboveQuote, "gmail-quote"),
		at("Gmail reply in a language the tables lack", reply, `<div dir="ltr">Hi</div>[SIG]<div class="gmail_quote"><div class="gmail_attr">Zyx qwv:</div><blockquote class="gmail_quote">old</blockquote></div>`, AboveQuote, "gmail-quote"),
		at("a caption above a quoted header block", reply, `<div>Hi</div>[SIG]<div>Message transféré&nbsp;:</div><div><br></div><blockquote type="cite"><div><b>De : </b>Luc Perrin &lt;luc@example.net&gt;</div><div><b>Date : </b>20 novembre 2026 à 17:40</div><div><b>Objet : </b>Vanne</div><div><br></div><div>old</div></blockquote>`, AboveQuote, "blockquote"),
		at("Gmail reply between quotes", reply, `<div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Feb 2020, Bob wrote:</div><blockquote class="gmail_quote">q1</blockquote><div>a1</div>[SIG]<blockquote class="gmail_quote">q2</blockquote></div>`, AboveQuote, "blockquote"),
		at("Apple reply below the quote", reply, `<body><blockquote type="cite">On 3 Feb 2020, at 10:15, Bob wrote:<br>old</blockquote><div>below</div>[SIG]</body>`, AtEnd, ""),
		at("nothing written above the quote", reply, `<body><div class="W"><p>&nbsp;</p>[SIG]<div style="border-top:solid #E1E1E1"><p>From: Bob &lt;b@example.net&gt;</p><p>Sent: 3.2.2020</p></div></div></body>`, AboveQuote, "word-border"),
		at("words do not cut a new mail", fresh, `<p>From: the manager<br>Sent: today at 3<br>To: you<br>Subject: x</p>[SIG]`, AtEnd, ""),
		at("an indented paragraph of the author", reply, `<p>Hi</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>[SIG]<div id="divRplyFwdMsg">x</div>`, AboveQuote, "owa-header"),
		at("a bare blockquote before the real separator is the author's", reply, `<p>Hi</p><blockquote>mine</blockquote>[SIG]<p>On 3 Feb 2020, Bob wrote:</p><blockquote>old</blockquote>`, AboveQuote, "attribution"),
		at("a cell is not left", reply, `<table><tr><td>Hi</td></tr><tr><td>[SIG]<p>On 3 Feb 2020, Bob wrote:</p><blockquote>old</blockquote></td></tr></table>`, AboveQuote, "attribution"),
		{"a table left open is closed first", fresh, `<body><table><tr><td>Hi</body>`, `<body><table><tr><td>Hi</td></tr></table>[SIG]</body>`, AtEnd, "", nil},
		{"a separator within bold text", reply, `<b>Hi<br>From: Bob<br>To: A<br>Subject: x</b>`, `<b>Hi<br></b>[SIG]<b>From: Bob<br>To: A<br>Subject: x</b>`, AboveQuote, "header-block", nil},
		{"text in <plaintext> has no place for markup", fresh, `<p>Hi</p><plaintext>more`, `<p>Hi</p><plaintext>more`, "", "", nil},
		{"marker", fresh, `<body><p>Hi</p><p>{EMAILSIGNATURE}</p><p>PS</p></body>`, `<body><p>Hi</p>[SIG]<p>PS</p></body>`, AtMarker, "", nil},
		{"marker split by markup, entities and what is not seen", fresh, `<p id=m>{EMAIL<b>SIG</b>&shy;N&#65;TURE&rcub;</p>`, `[SIG]`, AtMarker, "", nil},
		{"every copy of the marker is consumed", fresh, `<div>{emailsignature}</div><div>x {EMAILSIGNATURE}</div>`, `<div>[SIG]</div><div>x </div>`, AtMarker, "", nil},
		{"a marker in the quoted mail stays", reply, `<div>Hi</div><div id="divRplyFwdMsg">{EMAILSIGNATURE}</div>`, `<div>Hi</div>[SIG]<div id="divRplyFwdMsg">{EMAILSIGNATURE}</div>`, AboveQuote, "owa-header", nil},
		{"iPhone", fresh, `<body dir="auto">Hi<br><br><div dir="ltr">Sent from my iPhone</div></body>`, `<body dir="auto">Hi<br><br>[SIG]</body>`, Replaced, "", nil},
		{"iPhone above a quote", reply, `<body>Hi<br><br><div dir="ltr">Sent from my iPhone</div><div><br><blockquote type="cite">On 3 Feb 2020, at 10:15, Bob wrote:<br></blockquote></div></body>`, `<body>Hi<br><br>[SIG]<div><br><blockquote type="cite">On 3 Feb 2020, at 10:15, Bob wrote:<br></blockquote></div></body>`, Replaced, "blockquote", nil},
		{"Outlook's mobile line with its link", fresh, `<div>Hi</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div>`, `<div>Hi</div>[SIG]`, Replaced, "", nil},
		at("text typed inside Outlook's mobile signature stays", fresh, `<div id="ms-outlook-mobile-signature">Hi Bob, all is well with Alice Muster.</div>[SIG]`, AtEnd, ""),
		{"our own block is replaced", fresh, `<p>Hi</p><div class="x_sigmilter-signature">old one</div>`, `<p>Hi</p>[SIG]`, Replaced, "", nil},
		{"our own block, a head with an unknown element, both without ends", fresh, `<head><w:x><body><p>Hi</p><div class="sigmilter-signature">old one</div>`, `<head><w:x><body><p>Hi</p>[SIG]`, Replaced, "", nil},
		{"the client's container with the person's name", fresh, `<p>Hi</p><div id="Signature"><p>Alice Muster</p><p>Testing</p></div>`, `<p>Hi</p>[SIG]`, Replaced, "", nil},
		at("the client's container without", fresh, `<p>Hi</p><div id="Signature"><p>the rest of what I wanted to say</p></div>[SIG]`, AtEnd, ""),
		{"lines that read like the person's signature", fresh, `<p>Hi</p><p>Regards</p><p>Alice Muster<br>Head of Testing<br>Tel. 030 / 12 34 56-78</p>`, `<p>Hi</p><p>Regards</p>[SIG]`, Replaced, "", nil},
		{"only the marker works, and there is none", fresh, `<p>Hi</p>`, `<p>Hi</p>`, "", "", &markerOnly},
		{"only the marker works", fresh, `<div>{EMAILSIGNATURE}</div>`, `<div>[SIG]</div>`, AtMarker, "", &markerOnly},
	})
}

func TestPlaceInText(t *testing.T) {
	reply, flowed := Kind{Reply: true}, Kind{Flowed: true}
	runPlace(t, []placeCase{
		{"new mail", Kind{}, "Hi Bob\n", "Hi Bob\n\nSIG\n", AtEnd, "", nil},
		{"new mail without a line end", Kind{}, "Hi Bob", "Hi Bob\n\nSIG", AtEnd, "", nil},
		{"nothing at all", Kind{}, "", "SIG", AtEnd, "", nil},
		{"blank lines at the end stay below", Kind{}, "Hi\n\n\n", "Hi\n\nSIG\n\n\n", AtEnd, "", nil},
		{"attribution over two lines", reply, "Yes\n\nOn Mon, 3 Feb 2020, Bob Jones <bob@example.net>\nwrote:\n> old\n", "Yes\n\nSIG\n\nOn Mon, 3 Feb 2020, Bob Jones <bob@example.net>\nwrote:\n> old\n", AboveQuote, "attribution", nil},
		{"address broken before its bracket", reply, "Yes\n\nAm 3.2.2020 um 10:15 schrieb Bob <bob@example.net\n>:\n\n> old\n", "Yes\n\nSIG\n\nAm 3.2.2020 um 10:15 schrieb Bob <bob@example.net\n>:\n\n> old\n", AboveQuote, "attribution", nil},
		{"reply below the quote", reply, "On 3 Feb 2020, Bob wrote:\n> old\n\nbelow\n", "On 3 Feb 2020, Bob wrote:\n> old\n\nbelow\n\nSIG\n", AtEnd, "", nil},
		{"reply between quotes", reply, "On 3 Feb 2020, Bob wrote:\n> q1\na1\n> q2\na2\n> q3\n", "On 3 Feb 2020, Bob wrote:\n> q1\na1\n> q2\na2\n\nSIG\n\n> q3\n", AboveQuote, "quote-prefix", nil},
		{"the rest of a wrapped quoted line", reply, "Yes\n\nOn 3 Feb 2020, Bob wrote:\n> this line of his was long enough to be broken by a program on\nits way\n> to here\n", "Yes\n\nSIG\n\nOn 3 Feb 2020, Bob wrote:\n> this line of his was long enough to be broken by a program on\nits way\n> to here\n", AboveQuote, "attribution", nil},
		{"Outlook's rule and header block", reply, "Yes\n\n________________________________\nVon: Bob\nGesendet: Montag, 3. Februar 2020\nAn: Alice\nBetreff: x\n\nalt\n", "Yes\n\nSIG\n\n________________________________\nVon: Bob\nGesendet: Montag, 3. Februar 2020\nAn: Alice\nBetreff: x\n\nalt\n", AboveQuote, "header-block", nil},
		{"words do not cut a new mail", Kind{}, "Hi\nFrom: the manager\nTo: all\nSubject: x\n", "Hi\nFrom: the manager\nTo: all\nSubject: x\n\nSIG\n", AtEnd, "", nil},
		{"marker among text", Kind{}, "Hi {EMAILSIGNATURE} PS\n", "Hi \nSIG\n PS\n", AtMarker, "", nil},
		{"marker alone, twice", Kind{}, "Hi\n\n{EMAILSIGNATURE}\n{EMAILSIGNATURE}\n", "Hi\n\nSIG\n\n", AtMarker, "", nil},
		{"sign-off with its delimiter", Kind{}, "Hi\n\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n", "Hi\n\nSIG\n", Replaced, "", nil},
		{"sign-off above a quote", reply, "Hi\n\nSent from my iPhone\n\n> On 3 Feb 2020, at 10:15, Bob wrote:\n> \n> old\n", "Hi\n\nSIG\n\n> On 3 Feb 2020, at 10:15, Bob wrote:\n> \n> old\n", Replaced, "quote-prefix", nil},
		{"the person's block below a delimiter", Kind{}, "Hi\n-- \nAlice Muster\nTesting\n", "Hi\nSIG\n", Replaced, "", nil},
		{"another block below a delimiter", Kind{}, "Hi\n-- \nThe sales team\n", "Hi\n-- \nThe sales team\n\nSIG\n", AtEnd, "", nil},
		{"the block is there already", Kind{}, "Hi\n\nSIG\n", "Hi\n\nSIG\n", Replaced, "", nil},
		{"flowed text", flowed, "Hi there \nBob\n", "Hi there \nBob\n\nSIG\n", AtEnd, "", nil},
	})
}

func TestPlainBlock(t *testing.T) {
	for _, c := range []struct {
		in     string
		flowed bool
		want   string
	}{
		{"\nA \nB\t\n\n", false, "A\nB"},
		{"-- \nA\r\nB", true, "-- \nA\nB"},
		{" A\n>B\nFrom C", true, "  A\n >B\n From C"},
	} {
		if got := plainBlock(c.in, c.flowed); got != c.want {
			t.Errorf("%q, flowed %v: %q, want %q", c.in, c.flowed, got, c.want)
		}
	}
}

// TestNoDelimiterAboveQuote: clients cut everything below a "-- " line, the
// quoted mail too.
func TestNoDelimiterAboveQuote(t *testing.T) {
	b := Block{Text: "-- \nSIG"}
	for in, want := range map[string]string{
		"Hi\n\n> old\n": "Hi\n\nSIG\n\n> old\n",
		"Hi\n":          "Hi\n\n-- \nSIG\n",
	} {
		pl, _ := Read([]byte(in), Kind{Reply: true}).Place(b, &all, &alice, false)
		if got := apply(t, in, pl); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestMarkerBeforeWhatHasNoEnd: the block does not go behind a comment, a tag or an element
// of raw text that the document leaves open, where no reader would see it.
func TestMarkerBeforeWhatHasNoEnd(t *testing.T) {
	for _, end := range []string{"<!", "<!-- a", "<?", "</ ", "<a hre", "<style>x", "<title>x", "<script>x", "<textarea>x", "<plaintext>"} {
		for _, begin := range []string{"<p>Hi ", "<p><b>Hi ", "Hi "} {
			r := Read([]byte(begin+"{EMAILSIGNATURE}"+end), Kind{HTML: true})
			pl, refusal := r.Place(testBlock, &all, &alice, false)
			if refusal != "" {
				t.Errorf("%s, %s: refused as %s", begin, end, refusal)
				continue
			}
			if signed := carried(t, string(r.src), pl); strings.Index(signed, "SIG") > strings.LastIndex(signed, end) {
				t.Errorf("%s, %s: %s", begin, end, signed)
			}
		}
	}
}
