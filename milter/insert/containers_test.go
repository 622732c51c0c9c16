package insert

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// TestContainers: only the signature's lines of a container go.
func TestContainers(t *testing.T) {
	const sig = "<div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div>"
	three := []string{"Alice Muster", "Head of Testing", "+49 30 123456-78"}
	for _, c := range []struct {
		name, in string
		removed  []string
	}{
		{"all of it", `<div>Hi</div><div id="Signature">` + sig + `</div>`, three},
		{"typed above within it", `<div id="Signature"><div>Hi Bob,</div><div>Thursday works.</div><div><br></div>` + sig + `</div>`, three},
		{"typed below within it", `<div>Hi</div><div id="Signature">` + sig + `<div>and one more thing</div></div>`, three},
		{"typed below within it, the gate", `<div>Hi</div><div id="Signature">` + sig + `<div>Ring at gate 3</div><div>Code 4711</div></div>`, three},
		{"an address typed within it", `<div id="Signature"><div>Please deliver to:</div>` + sig + `</div>`, nil},
		{"a call typed within it", `<div id="Signature"><div>In an emergency call</div><div>Alice Muster</div><div>+49 30 123456-78</div></div>`, nil},
		{"only an answer", `<div id="Signature"><div>Thursday works, says Alice Muster.</div></div>`, nil},
		{"a closing in it stays", `<div>Hi</div><div id="Signature"><div>Kind regards</div>` + sig + `</div>`, three},
		{"a colleague's", `<div>Hi</div><div id="Signature"><div>Carl Nowak</div><div>Service Engineer</div><div>Contoso GmbH</div><div>+49 30 5550 102</div></div>`, nil},
		{"an assistant's", `<div>Hi</div><div id="Signature"><div>Eva Klein</div><div>Assistant to Alice Muster</div><div>alice@contoso.com</div></div>`, nil},
		{"a logo and a slogan between", `<div>Hi</div><div id="Signature"><div><img src="cid:a" width="100" height="40"></div><div>Alice Muster</div><div>Head of Testing</div><div>We test it all</div><div>+49 30 123456-78</div></div>`, []string{string(known.Image), "Alice Muster", "Head of Testing", "We test it all", "+49 30 123456-78"}},
		{"without a name", `<div>Hi</div><div class="gmail_signature"><div>Contoso GmbH</div><div>alice@contoso.com</div></div>`, []string{"Contoso GmbH", "alice@contoso.com"}},
		{"only the company", `<div>Hi</div><div class="gmail_signature"><div>Contoso GmbH</div></div>`, nil},
		{"the phone's, with an answer typed in it", `<div id="ms-outlook-mobile-signature"><div>Yes.</div><div>My address:</div>` + sig + `</div>`, nil},
		{"the bookmark of Outlook", `<p class=MsoNormal>Thursday works</p><p class=MsoNormal><a name="_MailAutoSig"><b>Alice Muster</b></a></p><p class=MsoNormal><span style='mso-bookmark:_MailAutoSig'>Head of Testing</span></p><p class=MsoNormal>Contoso GmbH</p>`, []string{"Alice Muster", "Head of Testing", "Contoso GmbH"}},
		{"the bookmark, then text", `<p>Thursday works</p><p><a name="_MailAutoSig"></a>Alice Muster</p><p>Head of Testing</p><p>+49 30 123456-78</p><p>But not before ten.</p>`, three},
		{"the bookmark on a closing", `<p>Thursday works</p><p><a name="_MailAutoSig">Kind regards</a></p><p>Alice Muster</p><p>Head of Testing</p><p>+49 30 123456-78</p>`, three},
		{"a bookmark that somebody else's stands at", `<p>Thursday works</p><p><a name="_MailAutoSig">Carl Nowak</a></p><p>Contoso GmbH</p><p>+49 30 5550 102</p>`, nil},
		{"ours, with text typed in it", `<div>Hi</div><div class="sigmilter-signature"><p>Thursday works.</p><p>Alice Muster<br>Head of Testing<br>+49 30 7777777</p></div>`, []string{"Alice Muster", "Head of Testing", "+49 30 7777777"}},
		{"ours, with text typed below in it", `<div>Hi</div><div class="sigmilter-signature"><p>Alice Muster<br>Head of Testing</p><p>Not on Friday, please.</p></div>`, []string{"Alice Muster", "Head of Testing"}},
		{"a table with a logo", `<p>Thursday works.</p><table><tr><td><img src="cid:a" width="80" height="40"></td><td>Alice Muster<br>Head of Testing<br>+49 30 123456-78</td></tr></table>`, nil},
		{"a table with a logo below a closing", `<p>Kind regards</p><table><tr><td><img src="cid:a" width="80" height="40"></td><td>Alice Muster<br>Head of Testing<br>+49 30 123456-78</td></tr></table>`, append([]string{string(known.Image)}, three...)},
		{"a photo of the letter above the name", `<p>This is the meter.</p><p><img src="cid:a" width="800" height="600"></p><p>Kind regards</p><p>Alice Muster<br>Head of Testing<br>+49 30 123456-78</p>`, three},
		{"a screenshot below", `<p>Kind regards</p><p>Alice Muster<br>Head of Testing<br>+49 30 123456-78</p><p><img src="cid:a" width="1200" height="900"></p>`, three},
		{"a picture of unknown size below", `<p>Kind regards</p><p>Alice Muster<br>Head of Testing<br>+49 30 123456-78</p><p><img src="cid:a"></p>`, three},
		{"a picture of unknown size in the next line", `<p>Kind regards</p><p>Alice Muster<br>Head of Testing<br>+49 30 123456-78<br><img src="cid:a"></p>`, append(slices.Clone(three), string(known.Image))},
		{"a picture of unknown size in the next element", `<div>Kind regards</div><div><br></div><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div><div><img src="cid:a"></div>`, append(slices.Clone(three), string(known.Image))},
		{"a picture of unknown size below a blank line", `<div>Kind regards</div><div><br></div><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div><div><br></div><div><img src="cid:a"></div>`, three},
		{"a logo, and no closing", `<div>The meter is here.</div><div><br></div><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div><div><img src="cid:a" width="120" height="40"></div>`, append(slices.Clone(three), string(known.Image))},
		{"no logo, and no closing", `<div>The meter is here.</div><div><br></div><div>Alice Muster</div><div>Head of Testing</div><div>+49 30 123456-78</div>`, nil},
		{"a logo above, and no closing", `<div>The meter is here.</div><div><br></div><div><img src="cid:a" width="120" height="40"></div><div>Alice Muster</div><div>Head of Testing</div><div>Contoso GmbH</div><div>+49 30 123456-78</div>`, []string{string(known.Image), "Alice Muster", "Head of Testing", "Contoso GmbH", "+49 30 123456-78"}},
		{"a photo above, and no closing", `<div>The meter is here.</div><div><br></div><div><img src="cid:a" width="320" height="240"></div><div>Alice Muster</div><div>Head of Testing</div><div>Contoso GmbH</div><div>+49 30 123456-78</div>`, nil},
		{"a logo that is announced", `<div>On the flyer, with this logo:</div><div><br></div><div><img src="cid:a" width="120" height="40"></div><div>Alice Muster</div><div>Head of Testing</div><div>Contoso GmbH</div><div>+49 30 123456-78</div>`, nil},
		{"a cell with an answer beside", `<p>Kind regards</p><table><tr><td>Alice Muster<br>Head of Testing<br>+49 30 123456-78</td><td>Gate code is on the back.</td></tr></table>`, three},
	} {
		t.Run(c.name, func(t *testing.T) {
			pl, _ := Read([]byte(c.in), Kind{HTML: true}).Place(testBlock, &all, people["alice"], false)
			if !slices.Equal(pl.Removed, c.removed) {
				t.Errorf("%s\nremoved %q\nwant    %q", c.in, pl.Removed, c.removed)
			}
			out := apply(t, c.in, pl)
			for _, l := range texts(readHTML([]byte(c.in), &Kind{}).lines) {
				if !slices.Contains(c.removed, l) && !strings.Contains(strings.Join(texts(readHTML([]byte(out), &Kind{}).lines), "\n"), l) {
					t.Errorf("lost %q in %s", l, out)
				}
			}
		})
	}
}

// TestOtherForm: plain text loses what the HTML form lost.
func TestOtherForm(t *testing.T) {
	lines := []string{"Alice Muster", "Head of Testing", "We test it all", string(known.Image), "www.contoso.com", "LinkedIn"}
	for _, c := range []struct {
		name, in string
		lines    []string
		removed  []string
	}{
		{"the same lines", "Hi\n\nAlice Muster\nHead of Testing\nWe test it all\n[Contoso old]\nwww.contoso.com<http://www.contoso.com/>\nLinkedIn<https://social.example/c>\n", lines, []string{"Alice Muster", "Head of Testing", "We test it all", "[Contoso old]", "www.contoso.com<http://www.contoso.com/>", "LinkedIn<https://social.example/c>"}},
		{"wrapped and with a delimiter", "Hi\n\n-- \nAlice Muster Head of Testing We\ntest it all\n[cid:a@b]<https://www.contoso.com/> www.contoso.com LinkedIn\n", lines, []string{"--", "Alice Muster Head of Testing We", "test it all", "[cid:a@b]<https://www.contoso.com/> www.contoso.com LinkedIn"}},
		{"more in the text", "Hi\n\nAlice Muster\nHead of Testing\nWe test it all\nwww.contoso.com\nLinkedIn and more\n", lines, nil},
		{"nothing in HTML", "Hi\n\nKind regards\nAlice Muster\nHead of Testing\nContoso GmbH\n+49 30 123456-78\n", nil, nil},
		{"text below", "Hi\n\nAlice Muster\nHead of Testing\nWe test it all\nwww.contoso.com\nLinkedIn\n\nPS: bring cake\n", lines, []string{"Alice Muster", "Head of Testing", "We test it all", "www.contoso.com", "LinkedIn"}},
	} {
		p := *people["alice"]
		p.Other = &OtherForm{Lines: c.lines}
		pl, _ := Read([]byte(c.in), Kind{}).Place(testBlock, &all, &p, false)
		if !slices.Equal(pl.Removed, c.removed) {
			t.Errorf("%s: removed %q\nwant %q", c.name, pl.Removed, c.removed)
		}
	}
}
