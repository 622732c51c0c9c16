package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/policy"
)

// Every reason of this package has a remedy, so that none is answered by accident.
func TestEveryReasonHasARemedy(t *testing.T) {
	for name, reason := range reasonsOf(t, ".", "../policy", "../insert") {
		if _, ok := remedies[reason]; !ok && strings.HasPrefix(name, "failure.go") {
			t.Errorf("%s, %q is not in the failure policy", name, reason)
		}
	}
}

func enforced(e *Engine, _ *shelf) { e.Policy.Rules[0].Enforce = true }

// hollow are the reasons whose messages pass for their label alone without enforce.
var hollow = []policy.Reason{policy.SMIME, policy.SignedPart}

// A message that an enforced rule applies to never passes without its blocks, for
// whatever reason; what no rule applies to passes as ever.
func TestEnforce(t *testing.T) {
	for reason, c := range reasonCases {
		if c.change == nil {
			c.change = func(*Engine, *shelf) {}
		}
		if c.message == nil {
			c.message = func(*Message) {}
		}
		pass := func(e *Engine, _ *shelf) { e.OnError, e.OnRender, e.OnLoop = Continue, Continue, Continue }
		t.Run(string(reason), func(t *testing.T) {
			tr := tryMessage(t, newEngine(c.change, pass), c.raw, c.limits, c.message)
			if (tr.Reply == Continue) != (remedies[reason] != deferred) {
				t.Errorf("reply %d without enforce", tr.Reply)
			}
			_, fails := remedies[reason]
			tr = tryMessage(t, newEngine(c.change, pass, func(e *Engine, s *shelf) {
				if len(e.Policy.Rules) > 0 {
					enforced(e, s)
				}
			}), c.raw, c.limits, c.message)
			fails = fails || slices.Contains(hollow, reason)
			if deferred := tr.Reply == Tempfail; deferred != fails || deferred && tr.Report.Action != Failed {
				t.Errorf("reply %d, %s because of %s", tr.Reply, tr.Report.Action, tr.Report.Reason)
			}
		})
	}
}

// Only a rule that gives the message a block binds it.
func TestEnforceIsOfTheRuleThatApplies(t *testing.T) {
	for name, c := range map[string]struct {
		rules []policy.RuleSpec
		want  Reply
	}{
		"a later rule, not reached": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection, Stop: true}, {Name: "legal", Disclaimer: "legal", Enforce: true},
		}, Continue},
		"a later rule that adds": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection}, {Name: "legal", Disclaimer: "legal", Enforce: true},
		}, Tempfail},
		"a later rule that adds nothing": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection}, {Name: "more", Signature: "other", Enforce: true},
		}, Continue},
		"a later rule that says none": {[]policy.RuleSpec{
			{Name: "legal", Disclaimer: "legal", Place: allSelection}, {Name: "none", Signature: policy.NoTemplate, Enforce: true},
		}, Continue},
	} {
		e := newEngine(func(e *Engine, _ *shelf) { e.Policy.Rules = c.rules })
		tr := try(t, e, letter("Content-Type: text/plain; charset=x-klingon", "Hell\xf6\n"))
		if tr.Reply != c.want {
			t.Errorf("%s: reply %d", name, tr.Reply)
		}
	}
}

// A tenant's on_error goes before that of all, also when all that is known of the
// message is the tenant it claims.
func TestOnErrorOfTenant(t *testing.T) {
	for _, own := range []Reply{Tempfail, Continue} {
		for name, broken := range map[string]func(*Engine, *shelf){
			"store": func(_ *Engine, s *shelf) { s.FindErr = errors.New("no") },
			"panic": func(_ *Engine, s *shelf) { s.OnFind = func() { panic("boom") } },
		} {
			e := newEngine(broken, func(e *Engine, _ *shelf) {
				e.OnError, e.OnErrorOf = 1-own, map[string]Reply{"contoso": own, "other": 1 - own}
			})
			if tr := try(t, e, hello); tr.Reply != own || tr.Report.Action != Failed {
				t.Errorf("%s: reply %d, want %d", name, tr.Reply, own)
			}
		}
	}
}

// A message of the limit on lines is signed, one above passes.
func TestLineLimit(t *testing.T) {
	raw := letter(textPlain, "Hello\n"+strings.Repeat("x", 100)+"\nyou\n")
	for d, want := range map[int64]policy.Reason{-1: reasonLine, 0: policy.Rule, 1: policy.Rule} {
		tr := try(t, newEngine(func(e *Engine, _ *shelf) { e.LineBytes = 100 + d }), raw)
		if tr.Report.Reason != string(want) {
			t.Errorf("%+d: %s", d, tr.Report.Reason)
		}
	}
}

// Below the limit on time a message is signed.
func TestTimeLimit(t *testing.T) {
	for limit, want := range map[time.Duration]policy.Reason{0: policy.Rule, time.Hour: policy.Rule, 1: reasonTime} {
		tr := try(t, newEngine(func(e *Engine, _ *shelf) { e.MaxTime = limit }), hello)
		if tr.Report.Reason != string(want) {
			t.Errorf("%v: %s", limit, tr.Report.Reason)
		}
	}
}
