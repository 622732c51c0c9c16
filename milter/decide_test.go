package milter

import (
	"errors"
	"slices"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

// The size that a rule asks for is that of the message as the session collected it.
func TestSizeDecides(t *testing.T) {
	for limit, want := range map[string]policy.Reason{"100": policy.Rule, "100000": policy.NoRule} {
		e := newEngine(func(e *engine.Engine, _ *shelf) {
			e.Policy.Rules[0].If = []policy.Condition{largerThan(t, limit)}
		})
		h := start(t, e, Options{})
		mta := h.dial()
		h.send(mta, fromAnna, hello)
		h.quit(mta)
		if got := h.only().outcome.Report.Reason; got != string(want) {
			t.Errorf("larger than %s: %s", limit, got)
		}
	}
}

func largerThan(t *testing.T, size string) policy.Condition {
	t.Helper()
	i := slices.IndexFunc(policy.ConditionKinds, func(k policy.ConditionKind) bool { return k.Name == "larger_than" })
	c := policy.ConditionKinds[i].New()
	if err := errors.Join(c.Add("", size), c.Compile()); err != nil {
		t.Fatal(err)
	}
	return c
}
