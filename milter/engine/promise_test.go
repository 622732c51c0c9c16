package engine

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// unseenMail is one in which no block can be seen.
var unseenMail = letter(textHTML, `<body style="display:none"><p>Hello</p></body>`)

// TestHidden: an enforced block that would not be seen is no block; what hides it is
// said.
func TestHidden(t *testing.T) {
	log := &bytes.Buffer{}
	logged := func(e *Engine, _ *shelf) { e.Log = slog.New(slog.NewTextHandler(log, nil)) }
	deferring := func(e *Engine, _ *shelf) { e.OnHidden = Tempfail }
	byText := func(e *Engine, _ *shelf) {
		e.Policy.Rules[0].Enforce, e.Policy.Rules[0].EnforceByText = true, true
	}
	hidden := `<body style="display:none"><p>Hello</p></body>`
	for name, c := range map[string]struct {
		raw    string
		change []func(*Engine, *shelf)
		action Action
		reason policy.Reason
		reply  Reply
	}{
		"not enforced":            {unseenMail, []func(*Engine, *shelf){deferring}, Signed, policy.Rule, Continue},
		"deferred":                {unseenMail, []func(*Engine, *shelf){enforced, deferring, logged}, Failed, reasonHidden, Tempfail},
		"passed":                  {unseenMail, []func(*Engine, *shelf){enforced}, Skipped, reasonHidden, Continue},
		"with text, deferred":     {both("Hello", hidden), []func(*Engine, *shelf){enforced, deferring}, Failed, reasonHidden, Tempfail},
		"by text":                 {both("Hello", hidden), []func(*Engine, *shelf){byText, deferring}, Signed, policy.Rule, Continue},
		"by text, there is none":  {unseenMail, []func(*Engine, *shelf){byText, deferring}, Failed, reasonHidden, Tempfail},
		"elsewhere":               {letter(textHTML, `<body><p>Hello</p><div hidden>{EMAILSIGNATURE}</div></body>`), []func(*Engine, *shelf){enforced, deferring}, Signed, policy.Rule, Continue},
		"behind what is unclosed": {letter(textHTML, `<body><p>Hello</p><noscript><style></noscript>`), []func(*Engine, *shelf){enforced, deferring}, Signed, policy.Rule, Continue},
	} {
		tr := try(t, newEngine(c.change...), c.raw)
		if tr.Report.Action != c.action || tr.Report.Reason != string(c.reason) || tr.Reply != c.reply {
			t.Errorf("%s: %+v, reply %d", name, tr.Report, tr.Reply)
		}
		if name == "elsewhere" && (tr.Report.Blocks[0].Placed != insert.AtEnd || strings.Contains(tr.out, "EMAILSIGNATURE")) {
			t.Errorf("%s: %+v\n%s", name, tr.Report.Blocks, tr.out)
		}
		if name == "by text" && (tr.Report.Blocks[1].Placed != insert.AtTop || strings.Count(tr.out, "Head of Testing") != 2) {
			t.Errorf("%s: %+v\n%s", name, tr.Report.Blocks, tr.out)
		}
	}
	if said := log.String(); !strings.Contains(said, "display of <body> in an attribute") {
		t.Errorf("the log says %s", said)
	}
}

// TestEnforcedNames: the name of an enforced block is another in each message, and none
// is in a message that is not enforced.
func TestEnforcedNames(t *testing.T) {
	raw := letter(textHTML, "<p>Hello</p>")
	name := func(e *Engine) string {
		_, rest, _ := strings.Cut(try(t, e, raw).out, `<div id="`)
		id, _, _ := strings.Cut(rest, `"`)
		return id
	}
	e := newEngine(enforced)
	a, b := name(e), name(e)
	if a == b || !strings.HasPrefix(a, "sigmilter-signature-") || len(a) < len("sigmilter-signature-")+16 {
		t.Errorf("%s and %s", a, b)
	}
	if plain := name(newEngine()); plain != "sigmilter-signature" {
		t.Errorf("not enforced: %s", plain)
	}
}

// TestEnforcedAgain: an enforced block that is there and seen stays as it is; a hidden
// one does not count.
func TestEnforcedAgain(t *testing.T) {
	e := newEngine(enforced)
	first := try(t, e, letter(textHTML, "<p>Hello</p>"))
	again := strings.Replace(first.out, guard+": Yes\n", "", 1)
	if second := try(t, e, again); second.out != first.out {
		t.Errorf("signed again it changes:\n%s\n%s", first.out, second.out)
	}
	unseen := strings.Replace(again, "<div ", `<div hidden><div `, 1) + "</div>"
	second := try(t, e, unseen)
	if second.want(t, Signed, policy.Rule); strings.Count(second.out, "Head of Testing") != 2 || strings.Count(second.out, `<div id="sigmilter-signature-`) != 2 {
		t.Errorf("a hidden one counts:\n%s", second.out)
	}
}

// TestSeenOnlyIfEnforced: what is not enforced is not looked at, nor is it changed.
func TestSeenOnlyIfEnforced(t *testing.T) {
	raw := letter(textHTML, `<head><style>div{display:none}</style></head><p>Hello</p>`)
	if out := try(t, newEngine(), raw).out; strings.Contains(out, "important") {
		t.Errorf("%s", out)
	}
	if out := try(t, newEngine(enforced), raw).out; !strings.Contains(out, "display:block!important") {
		t.Errorf("%s", out)
	}
}
