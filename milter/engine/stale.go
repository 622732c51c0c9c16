package engine

import (
	"errors"
	"fmt"
	"time"
)

// ErrFirstReading is the error of [Store] for who is not known, or may be known by half,
// while a source of the tenant's people is being read for the first time. The message is
// deferred.
var ErrFirstReading = errors.New("a source of the tenant's people is being read for the first time")

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
