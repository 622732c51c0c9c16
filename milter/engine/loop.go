package engine

import (
	"slices"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// loop holds a message that goes in circles, which stops it, or passes it
// unsigned, and says how often it came.
func (j *Job) loop() Outcome {
	return j.fail(policy.Loop, loopError{
		"field", j.engine.Policy.Guard, "relay", j.facts.Relay,
		"passes", policy.Passes(j.message.Header, j.facts.Relay) + 1, "most", j.engine.Policy.MaxPasses,
	})
}

// loopError is what the log says of a message that goes in circles.
type loopError []any

// Error says what to look at.
func (loopError) Error() string {
	return "message goes in circles, see that the transport rule excepts the guard field"
}

func (l loopError) details() []any { return l }

// withToken adds the token of the signature to References, when it was put in.
func (j *Job) withToken(o *Outcome) {
	put := slices.ContainsFunc(o.Report.Blocks, func(b BlockReport) bool { return b.Block == string(insert.Signature) })
	if j.decision.Token == "" || !put {
		return
	}
	if edit, ok := policy.WithToken(j.message.Header, j.decision.Token); ok {
		o.Fields = append(o.Fields, edit)
	}
}
