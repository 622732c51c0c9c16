package engine

import (
	"strings"
	"testing"
	"time"

	"sigmilter/milter/policy"
)

// asks is a condition of one word; that of a table is "name=word".
func asks(t *testing.T, kind, word string) policy.Condition {
	t.Helper()
	for i := range policy.ConditionKinds {
		if k := &policy.ConditionKinds[i]; k.Name == kind {
			c := k.New()
			for w := range strings.FieldsSeq(word) {
				key, value := "", w
				if k.Shape == policy.Table {
					key, value, _ = strings.Cut(w, "=")
				}
				if err := c.Add(key, value); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Compile(); err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatalf("no condition %s", kind)
	return policy.Condition{}
}

// TestOptOut: the keyword goes from the subject, with the DKIM signatures it was
// signed in, whether another rule signs the message or none.
func TestOptOut(t *testing.T) {
	raw := "DKIM-Signature: v=1\nDKIM-Signature: v=2\n" + strings.Replace(hello, "Subject: Hello", "Subject: Hello #NoSig there", 1)
	for name, c := range map[string]struct {
		change func(*Engine, *shelf)
		action Action
		reason policy.Reason
	}{
		"no rule is left": {func(*Engine, *shelf) {}, Skipped, policy.OptedOut},
		"another signs": {func(e *Engine, _ *shelf) {
			e.Policy.Rules = append(e.Policy.Rules, policy.RuleSpec{Name: "last", Signature: "corporate", Place: allSelection})
		}, Signed, policy.Rule},
	} {
		tr := try(t, newEngine(withOptOut, c.change), raw)
		tr.want(t, c.action, c.reason)
		h := ParseFile([]byte(tr.out)).Header()
		if h.Get("Subject") != "Hello there" || h.Has("DKIM-Signature") || strings.Contains(tr.out, "#NoSig") {
			t.Errorf("%s: %s", name, tr.out)
		}
	}
	if tr := try(t, newEngine(withOptOut), "DKIM-Signature: v=1\n"+hello); !strings.Contains(tr.out, "Subject: Hello\n") {
		t.Errorf("a subject without the keyword: %s", tr.out)
	}
}

func withOptOut(e *Engine, _ *shelf) { e.Policy.Rules[0].OptOut = []string{"#nosig"} }

// TestSizeDecides: a rule that asks for the size is decided on at end-of-message.
func TestSizeDecides(t *testing.T) {
	larger := func(word string) *Engine {
		return newEngine(func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].If = []policy.Condition{asks(t, "larger_than", word)}
		})
	}
	for word, want := range map[string]policy.Reason{"100": policy.Rule, "100000": policy.NoRule} {
		tr := try(t, larger(word), hello)
		if tr.stage != WantBody || tr.Report.Reason != string(want) {
			t.Errorf("larger than %s offline: stage %d, %s", word, tr.stage, tr.Report.Reason)
		}
	}
}

// TestNow: the time comes from the engine's clock.
func TestNow(t *testing.T) {
	for year, want := range map[int]policy.Reason{2026: policy.Rule, 2027: policy.NoRule} {
		e := newEngine(func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].If = []policy.Condition{asks(t, "when", "until=2026-12-31 zone=UTC")}
			e.Now = func() time.Time { return time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC) }
		})
		if tr := try(t, e, hello); tr.Report.Reason != string(want) {
			t.Errorf("in %d: %s", year, tr.Report.Reason)
		}
	}
}
