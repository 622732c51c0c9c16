package engine

import (
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// textOf is the text of one leaf of a message, decoded.
func textOf(t *testing.T, raw, id string) string {
	t.Helper()
	f := ParseFile([]byte(raw))
	m := f.Message("", nil, entity.Limits{})
	if m.TreeErr != nil {
		t.Fatal(m.TreeErr)
	}
	text := ""
	m.Tree.Walk(func(p *entity.Part) bool {
		if p.ID == id {
			body := make([]byte, p.BodyEnd-p.BodyStart)
			if _, err := m.Body.ReadAt(body, p.BodyStart); err != nil && len(body) > 0 && p.BodyEnd < m.Size {
				t.Fatal(err)
			}
			leaf, err := entity.Open(p, body)
			if err != nil {
				t.Fatal(err)
			}
			text = string(leaf.Text)
		}
		return true
	})
	return text
}

// TestSinglePart: Content-Type and Content-Transfer-Encoding of a message that
// is one text stand in its header, and change with the guard.
func TestSinglePart(t *testing.T) {
	const quoted = "change Content-Transfer-Encoding 1 quoted-printable"
	for name, c := range map[string]struct {
		fields string
		body   string
		block  insert.Block
		edits  []string // before the guard
		text   string   // in the end, where it is not that of a plain text
	}{
		"fits":           {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", "Gr\xfc\xdfe\n", germanBlock, nil, "Grüße\n\nAnna Müster"},
		"does not fit":   {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", "Gr\xfc\xdfe\n", polishBlock, []string{"change Content-Type 1 text/plain; charset=utf-8", quoted}, "Grüße\n\nAnna Łódź"},
		"7bit":           {textPlain + "\nContent-Transfer-Encoding: 7bit", "Hello = you\n", polishBlock, []string{quoted}, "Hello = you\n\nAnna Łódź"},
		"US-ASCII":       {"Content-Type: text/plain;\n charset=\"us-ascii\"; format=flowed\nContent-Transfer-Encoding: 7bit", "Hello\n", germanBlock, []string{"change Content-Type 1 text/plain;\n charset=\"utf-8\"; format=flowed", quoted}, "Hello\n\nAnna Müster"},
		"no encoding":    {textPlain, "Hello\n", polishBlock, []string{"add Content-Transfer-Encoding 1 quoted-printable"}, "Hello\n\nAnna Łódź"},
		"no type":        {"X-A: b", "Hello\n", polishBlock, []string{"add Content-Type 1 text/plain; charset=utf-8", "add Content-Transfer-Encoding 1 quoted-printable"}, "Hello\n\nAnna Łódź"},
		"ASCII fits":     {"X-A: b", "Hello\n", plainBlock, nil, "Hello\n\nAnna Muster\nHead of Testing"},
		"base64":         {textPlain + "\nContent-Transfer-Encoding: base64", "SGVsbG8K\n", polishBlock, nil, "Hello\n\nAnna Łódź"},
		"base64 Latin 1": {"content-type: text/plain; charset=iso-8859-1\ncontent-transfer-encoding: BASE64", "R3L832UK\n", polishBlock, []string{"change content-type 1 text/plain; charset=utf-8"}, "Grüße\n\nAnna Łódź"},
		"quoted":         {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: Quoted-Printable", "Gr=FC=DFe=\n, all\n", germanBlock, nil, "Grüße, all\n\nAnna Müster"},
		"HTML":           {"Content-Type: text/html; charset=us-ascii", "<p>Hello</p>\n", germanBlock, nil, "&#252;ster"},
		"HTML Latin 1":   {"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", "<p>Gr\xfc\xdfe</p>\n", insert.Block{HTML: "Łü", Text: "x"}, nil, "&#321;ü"},
	} {
		for _, dkim := range []string{"", "DKIM-Signature: v=1\n"} {
			t.Run(name, func(t *testing.T) {
				tr := try(t, newEngine(withBlock(c.block)), dkim+letter(c.fields, c.body))
				tr.want(t, Signed, policy.Rule)
				var edits []string
				for _, f := range tr.Fields {
					edits = append(edits, strings.TrimSpace(fmt.Sprint(f.Op, " ", f.Name, " ", f.Index, " ", f.Value)))
				}
				want := append([]string{}, c.edits...)
				if dkim != "" {
					want = append(want, "delete DKIM-Signature 1")
				}
				want = append(want, "add "+guard+" 1 Yes")
				if fmt.Sprintf("%q", edits) != fmt.Sprintf("%q", want) {
					t.Errorf("edits %q\nwant  %q", edits, want)
				}
				if text := textOf(t, tr.out, "1"); !strings.Contains(text, c.text) {
					t.Errorf("reads %q, want %q", text, c.text)
				}
			})
		}
	}
}

// TestMIMEVersion: without it nobody would read the new Content-Type.
func TestMIMEVersion(t *testing.T) {
	raw := strings.Replace(letter("X-A: b", "Hello\n"), "MIME-Version: 1.0\n", "", 1)
	tr := try(t, newEngine(withBlock(polishBlock)), raw)
	h := ParseFile([]byte(tr.out)).Header()
	if h.Get("MIME-Version") != "1.0" || h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("Content-Transfer-Encoding") != "quoted-printable" {
		t.Errorf("header %q", h)
	}
	tr = try(t, newEngine(), raw)
	if h := ParseFile([]byte(tr.out)).Header(); h.Has("MIME-Version") || h.Has("Content-Type") {
		t.Errorf("header %q, although nothing asks for it", h)
	}
}

// TestSeveralLeaves: Apple Mail sends a text with pictures or files in it as
// several texts; one of them gets the block.
func TestSeveralLeaves(t *testing.T) {
	const picture = "--b\nContent-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nPNG\n"
	const file = "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nnotes\n"
	leaf := func(text string) string { return "--b\n" + textPlain + "\n\n" + text + "\n" }
	page := func(html string) string { return "--b\n" + textHTML + "\n\n" + html + "\n" }
	for name, c := range map[string]struct {
		parts  string
		reply  bool
		part   string
		placed string
	}{
		"text, picture, text":       {leaf("Hello") + picture + leaf("Bye"), false, "3", insert.AtEnd},
		"HTML, picture, HTML":       {page("<p>Hello</p>") + picture + page("<p>Bye</p>"), false, "3", insert.AtEnd},
		"nothing after the picture": {leaf("Hello") + picture + leaf("\n\n"), false, "1", insert.AtEnd},
		"HTML, nothing after":       {page("<p>Hello</p>") + picture + page("<br>"), false, "1", insert.AtEnd},
		"nothing before":            {leaf("") + picture + leaf("Bye"), false, "3", insert.AtEnd},
		"nothing at all":            {leaf("") + picture + leaf(""), false, "1", insert.AtEnd},
		"the last is a file":        {leaf("Hello") + picture + leaf("Bye") + file, false, "3", insert.AtEnd},
		"three texts":               {leaf("one") + picture + leaf("two") + picture + leaf("three"), false, "5", insert.AtEnd},
		"quote in the first":        {leaf("Hello\n\nOn Monday, Bob Meier wrote:\n> one") + picture + leaf("> two"), true, "1", insert.AboveQuote},
		"quote in the second":       {leaf("Hello") + picture + leaf("Bye\n\nOn Monday, Bob Meier wrote:\n> one"), true, "3", insert.AboveQuote},
		"only a quote after":        {leaf("Hello") + picture + leaf("> one"), true, "3", insert.AboveQuote},
		"marker in the first":       {leaf("Hello\n{EMAILSIGNATURE}") + picture + leaf("Bye"), false, "1", insert.AtMarker},
		"marker in the second":      {leaf("Hello") + picture + leaf("{EMAILSIGNATURE}\nBye"), false, "3", insert.AtMarker},
		"sign-off in the last":      {leaf("Hello") + picture + leaf("Sent from my iPhone"), false, "3", insert.Replaced},
		"other type in between":     {leaf("Hello") + page("<p>x</p>") + leaf("Bye"), false, "3", insert.AtEnd},
	} {
		t.Run(name, func(t *testing.T) {
			raw := multi(c.parts + "--b--\n")
			if c.reply {
				raw = "In-Reply-To: <1@x.y>\n" + raw
			}
			tr := try(t, newEngine(), raw)
			tr.want(t, Signed, policy.Rule)
			if len(tr.Report.Blocks) != 1 {
				t.Fatalf("blocks %+v", tr.Report.Blocks)
			}
			if b := tr.Report.Blocks[0]; b.Part != c.part || b.Placed != c.placed {
				t.Errorf("in part %s, %s; want %s, %s", b.Part, b.Placed, c.part, c.placed)
			}
			if n := strings.Count(tr.out, "Head of Testing"); n != 1 || !strings.Contains(textOf(t, tr.out, c.part), "Head of Testing") {
				t.Errorf("the block is there %d times:\n%s", n, tr.out)
			}
			if strings.Contains(tr.out, "{EMAILSIGNATURE}") || strings.Contains(tr.out, "Sent from") {
				t.Errorf("left over:\n%s", tr.out)
			}
		})
	}
}

// TestAppleAlternative: the HTML form in several parts, beside a whole text.
func TestAppleAlternative(t *testing.T) {
	raw := letter("Content-Type: multipart/alternative; boundary=a",
		"--a\n"+textPlain+"\n\nHello\nBye\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"+textHTML+"\n\n<p>Hello</p>\n"+
			"--b\nContent-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf\n\nPDF\n--b\n"+textHTML+"\n\n<p>Bye</p>\n--b--\n--a--\n")
	tr := try(t, newEngine(), raw)
	tr.want(t, Signed, policy.Rule)
	if b := tr.Report.Blocks; len(b) != 2 || b[0].Part != "1" || b[1].Part != "2.3" || b[1].Type != "text/html" {
		t.Errorf("blocks %+v", b)
	}
	if n := strings.Count(tr.out, "Head of Testing"); n != 2 {
		t.Errorf("the block is there %d times:\n%s", n, tr.out)
	}
}

// TestAgreement: both forms of a message get the block, or none.
func TestAgreement(t *testing.T) {
	markerOnly := insert.Settings{Marker: "{EMAILSIGNATURE}"}
	signoffOnly := insert.Settings{ReplaceSignoff: true}
	const phone = "Sent from my iPhone"
	for name, c := range map[string]struct {
		place      insert.Settings
		text, html string
		reason     policy.Reason
		placed     []string // in text and HTML
	}{
		"both at the end":         {allSelection, "Hello", "<p>Hello</p>", policy.Rule, []string{insert.AtEnd, insert.AtEnd}},
		"both have the marker":    {markerOnly, "A\n{EMAILSIGNATURE}\nB", "<p>A</p>{EMAILSIGNATURE}<p>B</p>", policy.Rule, []string{insert.AtMarker, insert.AtMarker}},
		"marker only in HTML":     {markerOnly, "Hello", "<p>Hello</p>{EMAILSIGNATURE}", policy.Rule, []string{insert.AtEnd, insert.AtMarker}},
		"marker only in text":     {markerOnly, "Hello\n{EMAILSIGNATURE}", "<p>Hello</p>", policy.Rule, []string{insert.AtMarker, insert.AtEnd}},
		"marker in none":          {markerOnly, "Hello", "<p>Hello</p>", policy.Reason(insert.NotSelected), nil},
		"sign-off only in HTML":   {signoffOnly, "Hello", "<p>Hello</p><div>" + phone + "</div>", policy.Rule, []string{insert.AtEnd, insert.Replaced}},
		"sign-off only in text":   {signoffOnly, "Hello\n\n" + phone, "<p>Hello</p>", policy.Rule, []string{insert.Replaced, insert.AtEnd}},
		"no place in HTML":        {allSelection, "Hello", "<p>Hello</p><plaintext>x", policy.Reason(insert.NoPlace), nil},
		"no place, marker beside": {markerOnly, "Hello\n{EMAILSIGNATURE}", "<p>Hello</p><plaintext>x", policy.Reason(insert.NoPlace), nil},
		"text is a patch":         {allSelection, "diff --git a/x b/x", "<p>Hello</p>", policy.Patch, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, newEngine(withPlace(c.place)), both(c.text, c.html))
			if c.placed == nil {
				tr.want(t, Skipped, c.reason)
				return
			}
			tr.want(t, Signed, c.reason)
			if len(tr.Report.Blocks) != 2 {
				t.Fatalf("blocks %+v", tr.Report.Blocks)
			}
			for i, b := range tr.Report.Blocks {
				if b.Placed != c.placed[i] || b.Part != fmt.Sprint(i+1) {
					t.Errorf("block %d: %s in part %s, want %s", i, b.Placed, b.Part, c.placed[i])
				}
				if text := textOf(t, tr.out, b.Part); strings.Count(text, "Head of Testing") != 1 || strings.Contains(text, "{EMAILSIGNATURE}") {
					t.Errorf("part %s reads %q", b.Part, text)
				}
			}
			if !strings.Contains(tr.out, "\n\npreamble\n--b\n") || !strings.HasSuffix(tr.out, "\n--b--\nepilogue\n") {
				t.Errorf("preamble or epilogue changed:\n%s", tr.out)
			}
		})
	}
}

// TestBlank: a text without a word is not the message, as long as another one has
// some.
func TestBlank(t *testing.T) {
	const pdf = "--b\nContent-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf\n\nPDF\n"
	leaf := func(text string) string { return "--b\n" + textPlain + "\n\n" + text + "\n" }
	page := func(html string) string { return "--b\n" + textHTML + "\n\n" + html + "\n" }
	named := func(html, name string) string {
		return "--b\n" + textHTML + "\nContent-Disposition: inline; filename=" + name + "\n\n" + html + "\n"
	}
	forms := func(text, html string) string {
		return "--b\nContent-Type: multipart/alternative; boundary=f\n\n--f\n" + textPlain + "\n\n" + text + "\n--f\n" + textHTML + "\n\n" + html + "\n--f--\n"
	}
	for name, c := range map[string]struct{ parts, signed string }{
		"text, file, HTML":               {leaf("") + pdf + page("<p>Hello</p>"), "3"},
		"text, HTML":                     {leaf(" \n\u00a0\n") + page("<p>Hello</p>"), "2"},
		"HTML, text":                     {page("<br>&nbsp;") + leaf("Hello"), "2"},
		"HTML, file, text":               {page("<p>&#8203;</p>") + pdf + leaf("Hello"), "3"},
		"text, both forms":               {leaf("") + forms("Hello", "<p>Hello</p>"), "2.1 2.2"},
		"both forms, file, HTML":         {forms("", "<br>") + pdf + page("<p>Hello</p>"), "3"},
		"both forms, text":               {forms("", "<br>") + leaf("Hello"), "2"},
		"text, HTML, text":               {leaf("") + page("<p>Hello</p>") + leaf("-- \nlist"), "2"},
		"text, HTML, text with words":    {leaf("") + page("<br>") + leaf("Hello"), "3"},
		"nothing but files":              {leaf("") + pdf, "1"},
		"nothing in all of them":         {leaf("") + pdf + page("<br>"), "1"},
		"nothing in both forms":          {forms("", "<br>") + pdf, "1.1 1.2"},
		"words first":                    {leaf("Hello") + page("<p>Bye</p>"), "1"},
		"a picture is something":         {page("<img src=\"a.png\" width=400>") + leaf("Hello"), "1"},
		"no text form":                   {forms("", "<p>Hello</p>") + pdf, "1.2"},
		"no HTML form":                   {forms("Hello", "<div><br></div>"), "1.1"},
		"named":                          {leaf("") + named("<p>Hello</p>", "body.html") + pdf, "2"},
		"named first":                    {named("<p>Hello</p>", "body.html") + leaf(""), "1"},
		"named beside words":             {named("<p>Report</p>", "body.html") + leaf("Hello"), "2"},
		"named, without a word":          {leaf("") + named("<br>", "body.html"), "1"},
		"a quote is something":           {leaf("> Hi\n> there") + page("<p>Hello</p>"), "1"},
		"pages of a list, then a letter": {page("") + page("") + leaf("") + page("") + forms("Hello", "<p>Hello</p>"), "5.1 5.2"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, newEngine(), multi(c.parts+"--b--\n"))
			tr.want(t, Signed, policy.Rule)
			var got []string
			for _, b := range tr.Report.Blocks {
				got = append(got, b.Part)
			}
			if s := strings.Join(got, " "); s != c.signed {
				t.Errorf("signed %s, want %s", s, c.signed)
			}
		})
	}
}

// TestBlankFormEnforced: what is enforced is seen in every form that a reader may
// show.
func TestBlankFormEnforced(t *testing.T) {
	tr := try(t, newEngine(enforced), both("", "<p>Hello</p>"))
	tr.want(t, Signed, policy.Rule)
	if len(tr.Report.Blocks) != 2 {
		t.Errorf("blocks %+v", tr.Report.Blocks)
	}
}

// TestBlankFormStays: no second HTML form is made where a blank one is.
func TestBlankFormStays(t *testing.T) {
	asHTML := withRule(func(r *policy.RuleSpec) { r.AddHTML = true })
	tr := try(t, newEngine(asHTML), both("Hello", "<br>"))
	tr.want(t, Signed, policy.Rule)
	if n := strings.Count(tr.out, "text/html"); n != 1 {
		t.Errorf("%d HTML forms:\n%s", n, tr.out)
	}
}

// TestUntouched: of a message that is signed, only the text parts change.
func TestUntouched(t *testing.T) {
	before := "Odd preamble \n--b \nContent-Type: multipart/alternative;\n\tboundary=c\n\n--c\n" + textPlain + "\n\n"
	between := "\n--c\nX-Odd:  kept \nContent-Type: text/html\n\n"
	after := "\n--c--\nodd \xff\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBO\nRw0K==broken\n--b\nContent-Type: message/rfc822\n\nFrom: anna@contoso.com\n\nHello {EMAILSIGNATURE}\n--b--\nepilogue {EMAILSIGNATURE}"
	tr := try(t, newEngine(), multi(before+"Hello \xff"+between+"<p>Hello \xfe</p>"+after))
	tr.want(t, Signed, policy.Rule)
	_, body, _ := strings.Cut(tr.out, "\n\n")
	rest, ok := strings.CutPrefix(body, before+"Hello \xff")
	text, rest, ok2 := strings.Cut(rest, between+"<p>Hello \xfe</p>")
	html, ok3 := strings.CutSuffix(rest, after)
	if !ok || !ok2 || !ok3 || !strings.Contains(text, "Head of Testing") || !strings.Contains(html, "Head of Testing") {
		t.Errorf("%v %v %v, text %q, HTML %q:\n%q", ok, ok2, ok3, text, html, body)
	}
}
