package engine

import (
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// library is a store of several blocks of one person, by template.
type library struct {
	*shelf
	blocks map[string]insert.Block
}

func (l library) Block(_ string, p *policy.Person, template string) (insert.Block, error) {
	b, ok := l.blocks[template]
	if p != l.Person || !ok {
		return b, fmt.Errorf("a block of %v, template %q", p, template)
	}
	return b, nil
}

var logo = insert.Picture{CID: "logo@picture.test", Name: "logo.png", Type: "image/png", Base64: "iVBO\r\n"}

// withRule is an engine whose rule is changed, over blocks of all kinds.
func withRule(change func(*policy.RuleSpec)) func(*Engine, *shelf) {
	return func(e *Engine, s *shelf) {
		e.Store = library{s, map[string]insert.Block{
			"corporate": plainBlock,
			"pictured":  {HTML: `<p>Anna Muster<br>Head of Testing<img src="cid:` + logo.CID + `"></p>`, Text: plainBlock.Text, Pictures: []insert.Picture{logo}},
			"legal":     {HTML: "<p>Top secret.</p>", Text: "Top secret."},
			"fair":      {HTML: "<p>Meet us.</p>", Text: "Meet us."},
			"stand":     {HTML: `<p>Meet us.<img src="cid:` + logo.CID + `"></p>`, Text: "Meet us.", Pictures: []insert.Picture{logo}},
		}}
		change(&e.Policy.Rules[0])
	}
}

func allBlocks(r *policy.RuleSpec) {
	r.Signature, r.Disclaimer, r.Banner, r.AddHTML = "pictured", "legal", "stand", true
}

func addText(e *Engine, _ *shelf) { e.AddText = true }
func dropAMP(e *Engine, _ *shelf) { e.DropAMP = true }

// shape is the tree of a message in short.
func shape(t *testing.T, raw string) string {
	t.Helper()
	m := ParseFile([]byte(raw)).Message("", nil, entity.Limits{})
	if m.TreeErr != nil {
		t.Fatal(m.TreeErr)
	}
	return shapeOf(m.Tree)
}

func shapeOf(p *entity.Part) string {
	if !p.IsMultipart() {
		return p.Media.Type
	}
	var parts []string
	for _, c := range p.Children {
		parts = append(parts, shapeOf(c))
	}
	return strings.TrimPrefix(p.Media.Type, "multipart/") + "(" + strings.Join(parts, " ") + ")"
}

// blockMessages are messages for the blocks, and what becomes of their trees when
// all there are come in and may add parts.
var blockMessages = map[string]struct{ raw, shape string }{
	"text":              {hello, "alternative(text/plain related(text/html image/png))"},
	"HTML":              {letter(textHTML, "<p>Hello</p>\n"), "related(text/html image/png)"},
	"alternative":       {both("Hello", "<p>Hello</p>"), "alternative(text/plain related(text/html image/png))"},
	"reply":             {"In-Reply-To: <1@x>\n" + both("Hello\n\nOn Monday, Bob wrote:\n> Hi", `<p>Hello</p><div class="gmail_quote">On Monday, Bob wrote:<blockquote>Hi</blockquote></div>`), "alternative(text/plain related(text/html image/png))"},
	"marker":            {both("Hello\n{EMAILSIGNATURE}\nBye", "<p>Hello</p>{EMAILSIGNATURE}<p>Bye</p>"), "alternative(text/plain related(text/html image/png))"},
	"sign-off alone":    {both("Sent from my iPhone", "<div>Sent from my iPhone</div>"), "alternative(text/plain related(text/html image/png))"},
	"sign-off, no body": {letter(textHTML, "<div><br><span>Sent from my iPhone</span></div>\n"), "related(text/html image/png)"},
	"empty text":        {both("", "<p>Hello</p>"), "alternative(text/plain related(text/html image/png))"},
	"blank text":        {letter(textPlain, "\n\n"), "alternative(text/plain related(text/html image/png))"},
	"empty HTML":        {letter(textHTML, "<html><body></body></html>\n"), "related(text/html image/png)"},
	"quote alone":       {"In-Reply-To: <1@x>\n" + letter(textPlain, "On Monday, Bob wrote:\n> Hi\n"), "alternative(text/plain related(text/html image/png))"},
	"left open":         {letter(textHTML, "<table><tr><td><p>Hello\n"), "related(text/html image/png)"},
	"beside a file":     {multi("--b\n" + textPlain + "\n\nHello\n--b\nContent-Type: application/pdf\n\nPDF\n--b--\n"), "mixed(alternative(text/plain related(text/html image/png)) application/pdf)"},
	"in a related":      {letter("Content-Type: multipart/related; boundary=b", "--b\n"+textHTML+"\n\n<p>Hello</p>\n--b\nContent-Type: image/gif\nContent-ID: <a@b>\n\nGIF\n--b--\n"), "related(text/html image/gif image/png)"},
	"picture is there":  {letter("Content-Type: multipart/related; boundary=b", "--b\n"+textHTML+"\n\n<p>Hello</p>\n--b\nContent-Type: image/png\nContent-ID: <"+logo.CID+">\n\nPNG\n--b--\n"), "related(text/html image/png)"},
	"not closed":        {letter("Content-Type: multipart/alternative; boundary=b", "--b\n"+textPlain+"\n\nHello\n--b\n"+textHTML+"\n\n<p>Hello</p>\n"), "alternative(text/plain related(text/html image/png))"},
	"AMP":               {amp, "alternative(text/plain related(text/html image/png))"},
	"file":              {letter("Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment", "PDF\n"), "mixed(alternative(text/plain related(text/html image/png)) application/pdf)"},
	"files":             {multi("preamble\n--b\nContent-Type: application/pdf\n\nPDF\n--b\nContent-Type: image/tiff\n\nTIFF\n--b--\nepilogue\n"), "mixed(alternative(text/plain related(text/html image/png)) application/pdf image/tiff)"},
	"several texts":     {multi("--b\n" + textPlain + "\n\nHello\n--b\nContent-Type: image/gif\n\nGIF\n--b\n" + textPlain + "\n\nBye\n--b--\n"), "mixed(text/plain image/gif text/plain)"},
}

// TestAllBlocks: with a banner, a signature and a disclaimer, pictures, an HTML
// form, files and AMP: each block is in each form once, in its order, and the
// picture once in the message; the guard once, no DKIM signature; and what came
// out comes out the same when it is signed again.
func TestAllBlocks(t *testing.T) {
	e := newEngine(withRule(allBlocks), addText, dropAMP)
	for name, c := range blockMessages {
		t.Run(name, func(t *testing.T) {
			first := try(t, e, "DKIM-Signature: v=1; b=x\n"+c.raw)
			first.want(t, Signed, policy.Rule)
			if got := shape(t, first.out); got != c.shape {
				t.Errorf("came out as %s, want %s:\n%s", got, c.shape, first.out)
			}
			if strings.Contains(first.out, "DKIM") || strings.Contains(first.out, "\r") {
				t.Errorf("DKIM signature or CR in\n%q", first.out)
			}
			if n := strings.Count(first.out, "Content-ID: <"+logo.CID+">"); n != strings.Count(c.shape, "image/png") {
				t.Errorf("the picture is there %d times", n)
			}
			checkOrder(t, first.out)
			guarded := try(t, e, first.out)
			guarded.want(t, Handled, policy.Guarded)
			unguarded := strings.Replace(first.out, guard+": Yes\n", "", 1)
			second := try(t, e, unguarded)
			second.want(t, Signed, policy.Rule)
			if second.out != stampedOnly(unguarded) {
				t.Errorf("signed again it changes:\n%s\nwas\n%s", second.out, first.out)
			}
		})
	}
}

// checkOrder wants the blocks in their order, each once, in the texts of each
// form taken together.
func checkOrder(t *testing.T, raw string) {
	t.Helper()
	texts := map[string]string{}
	m := ParseFile([]byte(raw)).Message("", nil, entity.Limits{})
	m.Tree.Walk(func(p *entity.Part) bool {
		if strings.HasPrefix(p.Media.Type, "text/") {
			texts[p.Media.Type] += textOf(t, raw, p.ID)
		}
		return true
	})
	for media, text := range texts {
		if strings.TrimSpace(text) == "" { // a form without a word gets none
			continue
		}
		at := -1
		for _, words := range []string{"Meet us.", "Head of Testing", "Top secret."} {
			i := strings.Index(text, words)
			if i <= at || strings.Count(text, words) != 1 {
				t.Errorf("%s, %q: not once, or not in its place:\n%s", media, words, text)
			}
			at = i
		}
		for _, gone := range []string{"{EMAILSIGNATURE}", "Sent from"} {
			if strings.Contains(text, gone) {
				t.Errorf("%s: %q is left in\n%s", media, gone, text)
			}
		}
	}
	if texts["text/plain"] == "" && texts["text/html"] == "" {
		t.Error("no text came out")
	}
}

// TestBlockReports: the report has each block of each part, in the order of the text.
func TestBlockReports(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"alternative": {both("Hello", "<p>Hello</p>"), "1 banner fair top, 1 signature corporate end, 1 disclaimer legal end, 2 banner fair top, 2 signature corporate end, 2 disclaimer legal end"},
		"reply":       {"In-Reply-To: <1@x>\n" + letter(textPlain, "Hello\n\nOn Monday, Bob wrote:\n> Hi\n"), "1 banner fair top, 1 signature corporate above-quote, 1 disclaimer legal end"},
		"row of texts": {multi("--b\n" + textPlain + "\n\nHello\n--b\nContent-Type: image/gif\n\nGIF\n--b\n" + textPlain + "\n\nBye\n--b\nContent-Type: image/gif\n\nGIF\n--b\n" + textPlain + "\n\n\n--b--\n"),
			"1 banner fair top, 3 signature corporate end, 3 disclaimer legal end"},
		"quote over two texts": {"In-Reply-To: <1@x>\n" + multi("--b\n"+textPlain+"\n\nHello\n\nOn Monday, Bob wrote:\n> Hi\n--b\nContent-Type: image/gif\n\nGIF\n--b\n"+textPlain+"\n\n> Bye\n--b--\n"),
			"1 banner fair top, 1 signature corporate above-quote, 3 disclaimer legal end"},
		"file": {letter("Content-Type: application/pdf", "PDF\n"), "1 signature corporate added, 1 disclaimer legal added, 1 banner fair added"},
	} {
		tr := try(t, newEngine(addText, withRule(func(r *policy.RuleSpec) { r.Disclaimer, r.Banner = "legal", "fair" })), c.raw)
		tr.want(t, Signed, policy.Rule)
		var got []string
		for _, b := range tr.Report.Blocks {
			got = append(got, fmt.Sprint(b.Part, " ", b.Block, " ", b.Template, " ", b.Placed))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s\nwant %s", name, strings.Join(got, ", "), c.want)
		}
	}
}

// TestEdgesAreSelected: a disclaimer comes where the selections ask for a block,
// or where the signature has a place for another reason.
func TestEdgesAreSelected(t *testing.T) {
	onReply := insert.Settings{Marker: "{EMAILSIGNATURE}", OnReply: true}
	replacing := insert.Settings{ReplaceExisting: true, ReplaceSignoff: true}
	const old = `<p>Hello</p><div id="sigmilter-signature" class="sigmilter-signature"><p>Anna</p></div>`
	for name, c := range map[string]struct {
		place  insert.Settings
		raw    string
		reason policy.Reason
		blocks int
	}{
		"new mail, not selected":         {onReply, hello, policy.Reason(insert.NotSelected), 0},
		"new mail, marker":               {onReply, letter(textPlain, "A\n{EMAILSIGNATURE}\nB\n"), policy.Rule, 2},
		"reply, selected":                {onReply, "In-Reply-To: <1@x>\n" + hello, policy.Rule, 2},
		"sign-off makes room":            {replacing, letter(textPlain, "Hello\n\nSent from my iPhone\n"), policy.Rule, 2},
		"nothing makes room":             {replacing, hello, policy.Reason(insert.NotSelected), 0},
		"old block makes room":           {replacing, letter(textHTML, old), policy.Rule, 2},
		"old block stays, selected":      {insert.Settings{OnNew: true}, letter(textHTML, old), policy.Rule, 1},
		"old block stays, not selected":  {insert.Settings{}, letter(textHTML, old), policy.Reason(insert.AlreadyHere), 0},
		"a form without place for it":    {allSelection, both("Hello", "<p>Hello</p><plaintext>x"), policy.Reason(insert.NoPlace), 0},
		"file, not selected":             {onReply, letter("Content-Type: application/pdf", "PDF\n"), policy.Reason(insert.NotSelected), 0},
		"AMP, not selected, stays":       {onReply, amp, policy.Reason(insert.NotSelected), 0},
		"a later text that is too large": {allSelection, multi("--b\n" + textPlain + "\n\nHi\n\n> old\n--b\n" + textPlain + "\n\n" + strings.Repeat("> old\n", 100) + "--b--\n"), reasonPartLarge, 0},
	} {
		e := newEngine(addText, dropAMP, withRule(func(r *policy.RuleSpec) { r.Disclaimer, r.Place = "legal", c.place }), func(e *Engine, _ *shelf) { e.TextBytes = 500 })
		tr := try(t, e, c.raw)
		action := Signed
		if c.blocks == 0 {
			action = Skipped
		}
		t.Run(name, func(t *testing.T) {
			tr.want(t, action, c.reason)
			if len(tr.Report.Blocks) != c.blocks {
				t.Errorf("blocks %+v", tr.Report.Blocks)
			}
		})
	}
}

// TestAttachmentsOnly: what gets a text and what passes, whatever the policy.
func TestAttachmentsOnly(t *testing.T) {
	const pdf = "Content-Type: application/pdf; name=\"a.pdf\"\nContent-Transfer-Encoding: base64"
	for name, c := range map[string]struct {
		raw    string
		add    bool
		reason policy.Reason
	}{
		"file":                {letter(pdf, "JVBE\n"), true, policy.Rule},
		"file, policy passes": {letter(pdf, "JVBE\n"), false, reasonNoText},
		"image of a scanner":  {letter("Content-Type: image/jpeg\nContent-Disposition: inline; filename=1.jpg", "JPEG\n"), true, policy.Rule},
		"text file":           {letter(textPlain+"\nContent-Disposition: attachment", "log\n"), true, policy.Rule},
		"meeting":             {multi("--b\nContent-Type: text/calendar; method=REQUEST\n\nx\n--b--\n"), true, policy.Calendar},
		"pictures in related": {letter("Content-Type: multipart/related; boundary=b", "--b\nContent-Type: image/png\n\nPNG\n--b--\n"), true, reasonNoText},
		"no boundary":         {letter("Content-Type: multipart/mixed", "PDF\n"), true, reasonMalformed},
		"rights-managed":      {multi("--b\nContent-Type: application/x-microsoft-rpmsg-message\n\nx\n--b--\n"), true, policy.Rights},
	} {
		tr := try(t, newEngine(func(e *Engine, _ *shelf) { e.AddText = c.add }), "DKIM-Signature: v=1\n"+c.raw)
		t.Run(name, func(t *testing.T) {
			action := Signed
			if c.reason != policy.Rule {
				action = Skipped
			}
			tr.want(t, action, c.reason)
			if signed := action == Signed; strings.Contains(tr.out, "DKIM-Signature") == signed {
				t.Errorf("DKIM signature:\n%s", tr.out)
			}
		})
	}
	lost := tryMessage(t, newEngine(addText), letter(pdf, "JVBE\n"), entity.Limits{}, func(m *Message) { m.Body = enginetest.LostBody{Body: m.Body} })
	lost.want(t, Failed, reasonBody)
}

// TestLineEndsOfAddedParts: parts that are added have the line ends of the message.
func TestLineEndsOfAddedParts(t *testing.T) {
	e := newEngine(withRule(allBlocks), addText, dropAMP)
	for name, c := range blockMessages {
		f := ParseFile([]byte(crlf(c.raw)))
		m := f.Message("anna@contoso.com", nil, entity.Limits{})
		job := e.Begin(m)
		job.Head()
		out, err := f.Apply(job.Finish())
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(out), "\n"); n != strings.Count(string(out), "\r\n") || n != strings.Count(string(out), "\r") {
			t.Errorf("%s: bare line ends in %q", name, out)
		}
	}
}

// TestSamePictureTwice: blocks of one leaf, and of several, share a picture.
func TestSamePictureTwice(t *testing.T) {
	e := newEngine(withRule(func(r *policy.RuleSpec) { r.Signature, r.Banner = "pictured", "stand" }))
	for name, raw := range map[string]string{
		"one leaf":   letter(textHTML, "<p>Hello</p>\n"),
		"two leaves": multi("--b\n" + textHTML + "\n\n<p>Hello</p>\n--b\nContent-Type: image/gif\n\nGIF\n--b\n" + textHTML + "\n\n<p>Bye</p>\n--b--\n"),
	} {
		tr := try(t, e, raw)
		tr.want(t, Signed, policy.Rule)
		if refs, parts := strings.Count(tr.out, "cid:"+logo.CID), strings.Count(tr.out, "Content-ID: <"+logo.CID+">"); refs != 2 || parts != 1 {
			t.Errorf("%s: %d references, %d parts:\n%s", name, refs, parts, tr.out)
		}
	}
}

// TestPictureOfStandingBlock: a block that stands there brings no picture again,
// also when another block comes into the message.
func TestPictureOfStandingBlock(t *testing.T) {
	e := newEngine(withRule(func(r *policy.RuleSpec) { r.Signature = "pictured" }))
	raw := strings.Replace(try(t, e, letter(textHTML, "<p>Hello</p>\n")).out, "Content-ID: <"+logo.CID+">", "Content-ID: <changed@on.the.way>", 1)
	raw = strings.Replace(raw, guard+": Yes\n", "", 1)
	tr := try(t, newEngine(withRule(func(r *policy.RuleSpec) { r.Signature, r.Disclaimer = "pictured", "legal" })), raw)
	tr.want(t, Signed, policy.Rule)
	if got := shape(t, tr.out); got != "related(text/html image/png)" || !strings.Contains(tr.out, "Top secret.") {
		t.Errorf("came out as %s:\n%s", got, tr.out)
	}
}
