package policy

import (
	"strings"
	"testing"
)

// TestTextPending: a rule that asks for the text waits for it, and it is read
// once, and only then.
func TestTextPending(t *testing.T) {
	p := newPolicy()
	p.Rules = []RuleSpec{
		{Name: "offer", Conditions: only(asks("to", "external"), asks("body", "offer")), Signature: "short", Stop: true},
		{Name: "german", Conditions: only(asks("to", "external"), asks("language", "de")), Signature: "short", Stop: true},
		{Name: "all", Conditions: Conditions{Except: []Condition{asks("body", "/private/")}}, Signature: "corporate"},
	}
	f := written()
	if d := decide(t, p, f); !d.Pending {
		t.Errorf("decided without the text: %+v", d)
	}
	for text, rule := range map[string]string{
		"An offer for you": "offer", "Das ist bis morgen gut so": "german", "Hello": "all", "private": "", "": "all",
		strings.Repeat("x", newestBytes-1) + "ä offer": "all", // beyond what is looked at
	} {
		calls := 0
		f.Text = func() (string, bool) { calls++; return text, true }
		if d := decide(t, p, f); d.Pending || d.Rule != rule || calls != 1 {
			t.Errorf("%.20s: asked %d times, %+v", text, calls, d)
		}
	}
	f.Text = nil
	f.Recipients = []string{"bob@contoso.com"}
	p.Rules = p.Rules[:2]
	if d := decide(t, p, f); d.Pending {
		t.Errorf("the text is not asked for: %+v", d)
	}
}

// A text that cannot be read meets nothing, and the trace says so.
func TestTextUnreadable(t *testing.T) {
	for kind, word := range map[string]string{"body": "/^$/", "language": "de"} {
		for found, text := range map[string]func() (string, bool){
			"the text cannot be read":   func() (string, bool) { return "", false },
			"the text is not known yet": nil,
		} {
			p := newPolicy()
			p.Rules[0].Conditions = only(asks(kind, word))
			f := written()
			f.Text, f.Trace = text, &Trace{}
			if d := decide(t, p, f); d.Reason != NoRule || f.Trace.Rules[0].If[0].Found != found {
				t.Errorf("%s: %+v, %+v", kind, d, f.Trace.Rules)
			}
		}
	}
	if got := languageWords(&newest{}); got != "the new text is too short or too mixed to tell" {
		t.Error(got)
	}
	if got := cut("aää", 4); got != "aä" {
		t.Errorf("%q", got)
	}
}
