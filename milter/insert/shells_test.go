package insert

import (
	"strings"
	"testing"
)

// TestShells: what is taken out leaves no element empty, and takes none along that
// shows anything else.
func TestShells(t *testing.T) {
	reply := Kind{HTML: true, Reply: true}
	fresh := Kind{HTML: true}
	const (
		spacer = `<p class="MsoNormal"><o:p>&nbsp;</o:p></p>`
		quoted = `<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Bob &lt;bob@example.net&gt;<br><b>Sent:</b> 3.2.2026<br><b>To:</b> Alice</p></div><p>old</p>`
		hi     = `<p class="MsoNormal">Regards<o:p></o:p></p>`
	)
	word := func(text string) string {
		return `<p class="MsoNormal"><span lang="EN-GB">` + text + `<o:p></o:p></span></p>` + "\n"
	}
	sig := word("Alice Muster") + word("Head of Testing") + word("+49 30 123456-78")
	runPlace(t, []placeCase{
		{"Word signature", fresh, `<div class="WordSection1">` + hi + spacer + sig + `</div>`, `<div class="WordSection1">` + hi + spacer + "[SIG]\n</div>", Replaced, "", nil},
		{"Word signature above quoted mail", reply, `<div>` + hi + spacer + sig + spacer + quoted + `</div>`, `<div>` + hi + spacer + "[SIG]\n" + spacer + quoted + `</div>`, Replaced, "word-border", nil},
		{"spacers within the signature", fresh, hi + word("Alice Muster") + spacer + spacer + word("Head of Testing") + spacer + word("+49 30 123456-78"), hi + "[SIG]\n", Replaced, "", nil},
		{"spacers above and below stay", fresh, hi + spacer + spacer + sig + spacer, hi + spacer + spacer + "[SIG]\n" + spacer, Replaced, "", nil},
		{"a delimiter in a paragraph of its own", fresh, hi + word("-- ") + sig, hi + "[SIG]\n", Replaced, "", nil},
		{"a delimiter above the client's element", fresh, `<div>Regards</div><div>-- <br></div><div class="gmail_signature">Alice Muster<br>Head</div>`, `<div>Regards</div>[SIG]`, Replaced, "", nil},
		{"divisions, a rule between", fresh, `<div>Regards</div><div>Alice Muster</div><hr><div>Head of Testing</div><div>+49 30 123456-78</div>`, `<div>Regards</div>[SIG]`, Replaced, "", nil},
		{"a rule above stays", fresh, `<div>Regards</div><hr><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div>`, `<div>Regards</div><hr>[SIG]`, Replaced, "", nil},
		{"lines of one paragraph", fresh, `<p>Regards<br>Alice Muster<br>Head of Testing<br>+49 30 123456-78</p><p>&nbsp;</p>`, `<p>Regards<br></p>[SIG]<p>&nbsp;</p>`, Replaced, "", nil},
		{"lines of one paragraph, text below", reply, `<p>Regards<br>Alice Muster<br>Head of Testing<br>+49 30 123456-78<br>From: Bob &lt;b@x.y&gt;<br>Sent: 3.2.2026<br>To: Alice</p>`, `<p>Regards<br></p>[SIG]<p><br>From: Bob &lt;b@x.y&gt;<br>Sent: 3.2.2026<br>To: Alice</p>`, Replaced, "header-block", nil},
		{"bold lines", fresh, `<div>Regards<br><b>Alice Muster</b><br><i>Head of Testing</i><br>+49 30 123456-78<br></div>`, `<div>Regards<br>[SIG]<br></div>`, Replaced, "", nil},
		{"a list", fresh, `<p>Regards</p><ul><li>Alice Muster</li><li>Head of Testing</li><li>+49 30 123456-78</li></ul>`, `<p>Regards</p>[SIG]`, Replaced, "", nil},
		{"items below the author's", fresh, `<ul><li>Regards</li><li>Alice Muster</li><li>Head of Testing</li><li>+49 30 123456-78</li></ul>`, `<ul><li>Regards</li><li>[SIG]</li></ul>`, Replaced, "", nil},
		{"a table", fresh, `<p>Regards</p><table><tr><td>Alice Muster</td></tr><tr><td>Head of Testing</td><td><img src="x" width="1"></td></tr><tr><td>+49 30 123456-78</td></tr></table>`, `<p>Regards</p>[SIG]`, Replaced, "", nil},
		{"rows below the author's", fresh, `<table><tr><td>Regards</td></tr><tr><td>Alice Muster</td></tr><tr><td>Head of Testing</td><td>&nbsp;</td></tr><tr><td>+49 30 123456-78</td></tr></table>`, `<table><tr><td>Regards</td></tr><tr><td>[SIG]</td></tr></table>`, Replaced, "", nil},
		{"rows that a cell reaches into", fresh, `<table><tr><td rowspan=4>&nbsp;</td><td>Regards</td></tr><tr><td>Alice Muster</td></tr><tr><td>Head of Testing</td></tr><tr><td>+49 30 123456-78</td></tr></table>`, `<table><tr><td rowspan=4>&nbsp;</td><td>Regards</td></tr><tr><td>[SIG]</td></tr><tr><td></td></tr><tr><td></td></tr></table>`, Replaced, "", nil},
		{"the blank line of the same division", fresh, `<div>Regards</div><div><br><p>Alice Muster<br>Head of Testing<br>+49 30 123456-78</p></div>`, `<div>Regards</div><div><br>[SIG]</div>`, Replaced, "", nil},
		{"a form in the same division", fresh, `<div>Regards</div><div>Alice Muster<br>Head of Testing<br>+49 30 123456-78<input name=a></div>`, `<div>Regards</div><div>[SIG]<input name=a></div>`, Replaced, "", nil},
		{"the target of a link", fresh, `<p><a href="#me">Regards</a></p><p id="me">Alice Muster<br>Head of Testing<br>+49 30 123456-78</p>`, `<p><a href="#me">Regards</a></p><p id="me"></p>[SIG]`, Replaced, "", nil},
		{"a bookmark that nothing leads to", fresh, `<p>Regards</p><p><a name="_MailAutoSig">Alice Muster<br>Head of Testing<br>+49 30 123456-78</a></p>`, `<p>Regards</p>[SIG]`, Replaced, "", nil},
		{"a picture of the signature", fresh, `<p>Regards</p><p>Alice Muster</p><p><img src="cid:a"></p><p>Head of Testing<br>+49 30 123456-78</p>`, `<p>Regards</p>[SIG]`, Replaced, "", nil},
		{"a separator with nothing below in the same division", reply, `<p>Regards</p><div>Alice Muster<br>Head of Testing<br>+49 30 123456-78<div id="appendonsend"></div></div>`, `<p>Regards</p><div>[SIG]<div id="appendonsend"></div></div>`, Replaced, "", nil},
		{"a tracker and a style sheet between the lines", fresh, `<div>Regards<br>Alice Muster<img src="t" width="1" height="1"><br>Head of Testing<style>p{color:red}</style><br>+49 30 123456-78</div>`, `<div>Regards<br>[SIG]<img src="t" width="1" height="1"><style>p{color:red}</style></div>`, Replaced, "", nil},
		{"a logo between the lines", fresh, `<div>Regards<br>Alice Muster<br><img src="logo"><br>Head of Testing<br>+49 30 123456-78</div>`, `<div>Regards<br>[SIG]</div>`, Replaced, "", nil},
		{"sign-off in an own paragraph", fresh, `<p>Regards</p><p>Sent from my iPhone</p>`, `<p>Regards</p>[SIG]`, Replaced, "", nil},
		{"sign-off below the signature", fresh, `<div>Regards</div><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div><div><br></div><div>Sent from my iPhone</div>`, `<div>Regards</div>[SIG]<div><br></div>`, Replaced, "", nil},
		{"an unclosed paragraph", fresh, `<p>Regards<p>Alice Muster<p>Head of Testing<p>+49 30 123456-78<p>&nbsp;`, `<p>Regards[SIG]<p>&nbsp;`, Replaced, "", nil},

		{"marker in Word", fresh, `<div>` + hi + spacer + word("{EMAILSIGNATURE}") + `</div>`, `<div>` + hi + spacer + "[SIG]\n</div>", AtMarker, "", nil},
		{"marker at the end of a paragraph", fresh, `<p>Hi {EMAILSIGNATURE}</p><p>PS</p>`, `<p>Hi </p>[SIG]<p>PS</p>`, AtMarker, "", nil},
		{"marker at its beginning", fresh, `<p class="a">{EMAILSIGNATURE}<br>PS</p>`, `[SIG]<p class="a"><br>PS</p>`, AtMarker, "", nil},
		{"marker in its middle", fresh, `<p class="a">Hi {EMAILSIGNATURE} PS</p>`, `<p class="a">Hi </p>[SIG]<p class="a"> PS</p>`, AtMarker, "", nil},
		{"marker beside a picture", fresh, `<p><img src="cid:a">{EMAILSIGNATURE}</p>`, `<p><img src="cid:a"></p>[SIG]`, AtMarker, "", nil},
		{"marker above a picture", fresh, `<p>{EMAILSIGNATURE}<img src="cid:a"></p>`, `[SIG]<p><img src="cid:a"></p>`, AtMarker, "", nil},
		{"marker at the end of bold text in a paragraph", fresh, `<p>Hi <b>there {EMAILSIGNATURE}</b> PS</p>`, `<p>Hi <b>there </b></p>[SIG]<p> PS</p>`, AtMarker, "", nil},
		{"marker in an item", fresh, `<ul><li>Regards</li><li>{EMAILSIGNATURE}</li></ul>`, `<ul><li>Regards</li><li>[SIG]</li></ul>`, AtMarker, "", nil},
		{"marker in a paragraph of a cell", fresh, `<table><tr><td><p>{EMAILSIGNATURE}</p></td><td>x</td></tr></table>`, `<table><tr><td>[SIG]</td><td>x</td></tr></table>`, AtMarker, "", nil},
		{"further markers", fresh, `<p>{EMAILSIGNATURE}</p><div><p>{EMAILSIGNATURE}</p></div><p>Regards</p><ul><li>{EMAILSIGNATURE}</li><li>x</li></ul>`, `[SIG]<p>Regards</p><ul><li>x</li></ul>`, AtMarker, "", nil},
		{"two markers in one paragraph", fresh, `<p>Regards</p><p>{EMAILSIGNATURE} {EMAILSIGNATURE}</p>`, `<p>Regards</p>[SIG]`, AtMarker, "", nil},
		{"marker with a bookmark that a link leads to", fresh, `<p>Hi <a href='#x'>there</a></p><p><a id="x"></a>{EMAILSIGNATURE}</p>`, `<p>Hi <a href='#x'>there</a></p><p><a id="x"></a></p>[SIG]`, AtMarker, "", nil},
		{"marker beside a field", fresh, `<p>{EMAILSIGNATURE}<input></p>`, `[SIG]<p><input></p>`, AtMarker, "", nil},

		at("below a paragraph that quoted mail begins in", reply, `<p>Regards<br></p>[SIG]<p>From: Bob &lt;b@x.y&gt;<br>Sent: 3.2.2026<br>To: Alice</p>`, AboveQuote, "header-block"),
		{"quoted mail in the author's paragraph", reply, `<p>Regards<br>From: Bob &lt;b@x.y&gt;<br>Sent: 3.2.2026<br>To: Alice</p>`, `<p>Regards<br></p>[SIG]<p>From: Bob &lt;b@x.y&gt;<br>Sent: 3.2.2026<br>To: Alice</p>`, AboveQuote, "header-block", nil},
	})
}

// TestSetOff: a block is set off from text right above it, and from nothing else.
func TestSetOff(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		reply    bool
		want     bool
	}{
		{"a division", `<div>Regards</div>`, false, true},
		{"a paragraph, whose margin it shares", `<p>Regards</p>`, false, true},
		{"bare text", `Hi`, false, true},
		{"the line's own break", `Regards<br>`, false, true},
		{"a division with its own break", `<div>Regards<br></div>`, false, true},
		{"an empty paragraph without height", `<p>Regards</p><p></p>`, false, true},
		{"source", "<div>Regards</div>\n\n\n", false, true},
		{"a reply", `<div>Regards</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Bob</div>`, true, true},
		{"below the quoted mail", `<blockquote type="cite">On 3 Feb 2026, Bob wrote:<br>old</blockquote><div>Regards</div>`, true, true},

		{"a blank division", `<div>Regards</div><div><br></div>`, false, false},
		{"Word's blank paragraph", `<p class=MsoNormal>Regards<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>`, false, false},
		{"two breaks", `Regards<br><br>`, false, false},
		{"a break below a division", `<div>Regards</div><BR>`, false, false},
		{"a no-break space", "<div>Regards</div>\u00a0", false, false},
		{"a rule", `<div>Regards</div><hr>`, false, false},
		{"line breaks that are kept", "<body style=\"white-space: pre-wrap\">Hi\n\n</body>", false, false},
		{"preformatted text", "<pre>Hi\n\n</pre>", false, false},
		{"nothing of the author", `<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Bob</div>`, true, false},
		{"nothing at all", `<body></body>`, false, false},
		{"a marker", `<div>Regards</div><div>{EMAILSIGNATURE}</div>`, false, false},
		{"a sign-off", `<div>Regards</div><div>Sent from my iPhone</div>`, false, false},
	} {
		pl, refusal := Read([]byte(tc.in), Kind{HTML: true, Reply: tc.reply}).Place(testBlock, &all, &alice, false)
		out := carried(t, tc.in, pl)
		if got := strings.Contains(out, setsOff); got != tc.want || refusal != "" {
			t.Errorf("%s: %t, %q: %s", tc.name, got, refusal, out)
		}
		pl, _ = Read([]byte(out), Kind{HTML: true, Reply: tc.reply}).Place(testBlock, &all, &alice, false)
		if again := carried(t, out, pl); again != out {
			t.Errorf("%s, again: %s", tc.name, again)
		}
	}
}
