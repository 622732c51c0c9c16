package engine

import (
	"strings"
	"testing"

	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// byBody has a rule for mail whose newest text has a word.
func byBody(t *testing.T, word string) func(*Engine, *shelf) {
	return func(e *Engine, _ *shelf) {
		e.Policy.Rules[0].Conditions = policy.Conditions{If: []policy.Condition{asks(t, "body", word)}}
	}
}

// counted counts what is read of a body.
type counted struct {
	Body
	reads int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.reads++
	return c.Body.ReadAt(p, off)
}

// TestBodyRule: a word counts where the author wrote it, not in the quoted mail,
// in markup or in an attachment.
func TestBodyRule(t *testing.T) {
	const quoted = "\n\n-----Original Message-----\nFrom: Ben\nSent: Monday\nTo: Anna\nSubject: x\n\n"
	reply := func(raw string) string { return strings.Replace(raw, "Subject: ", "Subject: Re: ", 1) }
	for name, c := range map[string]struct {
		raw  string
		want policy.Reason
	}{
		"plain":            {letter(textPlain, "Our Offer.\n"), policy.Rule},
		"quoted-printable": {letter(textPlain+"\nContent-Transfer-Encoding: quoted-printable", "Our of=\nfer.\n"), policy.Rule},
		"base64":           {letter(textPlain+"\nContent-Transfer-Encoding: base64", "T3VyIG9mZmVyLg==\n"), policy.Rule},
		"HTML":             {letter(textHTML, "<p>Our&nbsp;<b>off</b>er.</p>\n"), policy.Rule},
		"both":             {both("Our offer.", "<p>Our offer.</p>"), policy.Rule},
		"HTML counts":      {both("See the HTML form.", "<p>Our offer.</p>"), policy.Rule},
		"HTML unreadable":  {strings.Replace(both("Our offer.", "<p>x"), textHTML, textHTML+"\nContent-Transfer-Encoding: x-none", 1), "unknown-encoding"},
		"own and quoted":   {reply(letter(textPlain, "Our offer."+quoted+"Yes.\n")), policy.Rule},
		"only quoted":      {reply(letter(textPlain, "Yes."+quoted+"Our offer.\n")), policy.NoRule},
		"only in a tag":    {letter(textHTML, "<p title=\"offer\">Yes.</p><style>.offer{}</style><!-- offer -->\n"), policy.NoRule},
		"only attached":    {letter("Content-Type: multipart/mixed; boundary=b", "--b\n"+textPlain+"\n\nYes.\n--b\n"+textPlain+"\nContent-Disposition: attachment\n\nOur offer.\n--b--\n"), policy.NoRule},
		"no word in HTML":  {both("Our offer.", "<br>"), policy.Rule},
		"a blank text":     {letter("Content-Type: multipart/mixed; boundary=b", "--b\n"+textPlain+"\n\n\n--b\n"+textHTML+"\n\n<p>Our offer.</p>\n--b--\n"), policy.Rule},
		"quoted, a footer": {reply(letter("Content-Type: multipart/mixed; boundary=b", "--b\n"+textPlain+"\n\n"+quoted+"Yes.\n--b\n"+textHTML+"\n\n<p>Our offer.</p>\n--b--\n")), policy.NoRule},
		"none":             {hello, policy.NoRule},
	} {
		if tr := try(t, newEngine(byBody(t, "offer")), c.raw); tr.Report.Reason != string(c.want) || tr.stage != WantBody {
			t.Errorf("%s: %s", name, tr.Report.Reason)
		}
	}
}

// TestBodyRuleWithoutBody: what cannot be read meets nothing; a body that was lost
// fails the message; and where no rule asks, nothing is decoded for rules.
func TestBodyRuleWithoutBody(t *testing.T) {
	rule := byBody(t, "Hello")
	small := func(e *Engine, _ *shelf) { e.TextBytes = 5 }
	for name, c := range map[string]struct {
		change  func(*Engine, *shelf)
		message func(*Message)
		action  Action
		reason  policy.Reason
	}{
		"there":     {rule, func(*Message) {}, Signed, policy.Rule},
		"not kept":  {rule, func(m *Message) { m.Body, m.Tree = nil, nil }, Skipped, policy.NoRule},
		"lost":      {rule, func(m *Message) { m.Body = enginetest.LostBody{Body: m.Body} }, Failed, reasonBody},
		"too large": {func(e *Engine, s *shelf) { rule(e, s); small(e, s) }, func(*Message) {}, Skipped, policy.NoRule},
	} {
		tr := tryMessage(t, newEngine(c.change), hello, entity.Limits{}, c.message)
		if tr.Report.Action != c.action || tr.Report.Reason != string(c.reason) {
			t.Errorf("%s: %s, %s", name, tr.Report.Action, tr.Report.Reason)
		}
	}

	none := func(e *Engine, _ *shelf) { e.Policy.Rules[0].Signature = policy.NoTemplate }
	for _, c := range []struct {
		kind, word string
		read       bool
	}{{"larger_than", "1", false}, {"body", "Hello", true}, {"language", "de", true}} {
		body := &counted{}
		ask := func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].Conditions = policy.Conditions{If: []policy.Condition{asks(t, c.kind, c.word)}}
		}
		tryMessage(t, newEngine(ask, none), hello, entity.Limits{}, func(m *Message) { body.Body, m.Body = m.Body, body })
		if (body.reads > 0) != c.read {
			t.Errorf("%s: the body was read %d times", c.kind, body.reads)
		}
	}
}
