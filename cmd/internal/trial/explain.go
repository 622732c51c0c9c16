package trial

import (
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter"
	"sigmilter/milter/policy"
)

// Explanation says step by step how a message was decided on. `explain --json` writes it.
type Explanation struct {
	Sender     string    `json:"sender"` // empty: the null sender
	Recipients []string  `json:"recipients"`
	Time       time.Time `json:"time"` // for rules that have one
	policy.Trace
	Report milter.Report `json:"report"` // as of `sign --report`
}

// Explain takes a message through an engine, as of a time, and records the decision.
func Explain(cfg *config.Config, engine *milter.Engine, raw []byte, given *Given, now time.Time) *Explanation {
	f := milter.ParseFile(raw)
	e := given.Envelope(f)
	x := &Explanation{Sender: e.Sender, Recipients: append([]string{}, e.Recipients...), Time: now}
	x.Report = Sign(cfg, asOf(engine, now), f, e, &x.Trace).Report
	if x.Rules == nil {
		x.Rules = []policy.RuleTrace{} // a list in JSON
	}
	return x
}

// asOf is an engine that decides as of a time; a zero time changes nothing.
func asOf(engine *milter.Engine, now time.Time) *milter.Engine {
	if now.IsZero() {
		return engine
	}
	then := *engine
	then.Now = func() time.Time { return now }
	return &then
}
