package milter

import (
	"sigmilter/milter/engine"
	"sigmilter/milter/policy"
)

// Signer decides on messages. [engine.Engine] is the one of production; sessions call
// it from many goroutines at once. It never returns an error: what goes wrong
// inside is an outcome with its reason.
type Signer interface {
	// Head is asked at end-of-headers, with envelope, macros and header.
	Head(*engine.Message) engine.Stage
	// Finish is asked at end-of-message, or at once when Head answered AcceptNow.
	Finish(*engine.Message) engine.Outcome
	// Fail is asked in place of Finish for a message that the session could not
	// collect, and once more after it when its edits contradict themselves; nothing
	// has been sent. The outcome is without splices.
	Fail(*engine.Message, policy.Reason, error) engine.Outcome
}

var _ Signer = (*engine.Engine)(nil)
