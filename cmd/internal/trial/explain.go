package trial

import (
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

// Explanation says step by step how a message was decided on. `explain --json` writes it.
type Explanation struct {
	Sender     string    `json:"sender"` // empty: the null sender
	Recipients []string  `json:"recipients"`
	Time       time.Time `json:"time"` // for rules that have one
	policy.Trace
	Report engine.Report `json:"report"` // as of `sign --report`
}

// Explain takes a message through an engine, as of a time, and records the decision.
func Explain(cfg *config.Config, signer *engine.Engine, raw []byte, given *Given, now time.Time) *Explanation {
	f := engine.ParseFile(raw)
	e := given.Envelope(f)
	x := &Explanation{Sender: e.Sender, Recipients: append([]string{}, e.Recipients...), Time: now}
	x.Report = Sign(cfg, asOf(signer, now), f, e, &x.Trace).Report
	if x.Rules == nil {
		x.Rules = []policy.RuleTrace{} // a list in JSON
	}
	return x
}

// asOf is an engine that decides as of a time; a zero time changes nothing.
func asOf(signer *engine.Engine, now time.Time) *engine.Engine {
	if now.IsZero() {
		return signer
	}
	then := *signer
	then.Now = func() time.Time { return now }
	return &then
}
