package milter

import (
	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

// Work is the work on one message; that of production is an [engine.Job]. It never
// returns an error: what goes wrong inside is an outcome with its reason.
type Work interface {
	// Head is asked at end-of-headers, with envelope, macros and header.
	Head() engine.Stage
	// Finish is asked at end-of-message, or at once when Head answered AcceptNow.
	Finish() engine.Outcome
	// Fail is asked in place of Finish for a message that the session could not
	// collect, and once more after it when its edits contradict themselves; nothing
	// has been sent. The outcome is without splices.
	Fail(policy.Reason, error) engine.Outcome
}

var _ Work = (*engine.Job)(nil)
