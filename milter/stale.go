package milter

import (
	"errors"
	"fmt"
	"time"
)

// Stale is the error of [Store] when what it has of a tenant is too old to be
// used, and says what is to become of the message.
type Stale struct {
	Since time.Time // of the data; zero when there never were any
	Defer bool      // the MTA is to try again; else the message passes unsigned
}

// Error says how old the data are.
func (s Stale) Error() string {
	if s.Since.IsZero() {
		return "the tenant's directory was never read"
	}
	return fmt.Sprintf("the tenant's directory was last read well at %s", s.Since.Format(time.RFC3339))
}

// decideStale decides on a message for which the store had an error, if that is
// why: the admin has said what to do then, so that it is a failure only when the
// message is to be deferred.
func (e *Engine) decideStale(m *Message, err error) bool {
	var stale Stale
	switch {
	case !errors.As(err, &stale):
		return false
	case stale.Defer:
		m.failure = &failure{reasonStale, err}
	default:
		m.decision.Reason = reasonStale
	}
	return true
}
