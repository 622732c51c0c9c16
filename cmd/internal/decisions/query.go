package decisions

import (
	"encoding/hex"
	"strings"
	"time"
)

// Query says which decisions are asked for. What is empty does not matter.
type Query struct {
	Since, Until time.Time // from Since on, and before Until
	Author       string    // a piece of the address, in any case
	Domain       string    // of a recipient, or one above it
	Tenant       string
	Action       string
	Reason       string
	Rule         string
	Queue        string
	MessageID    string // see [HashMessageID]
}

// of is what is asked for in a column, empty where everything is.
func (q *Query) of(c column) string {
	switch c {
	case authorColumn:
		return q.Author
	case domainsColumn:
		return q.Domain
	case tenantColumn:
		return q.Tenant
	case actionColumn:
		return q.Action
	case reasonColumn:
		return q.Reason
	case ruleColumn:
		return q.Rule
	}
	return ""
}

// columns are those in which not every string is asked for.
func (q *Query) columns() (asked []column) {
	for c := range columns {
		if q.of(c) != "" {
			asked = append(asked, c)
		}
	}
	return asked
}

// wants reports whether a string of a column is one that is asked for there.
func (q *Query) wants(c column, s string) bool {
	switch c {
	case authorColumn:
		return strings.Contains(strings.ToLower(s), strings.ToLower(q.Author))
	case domainsColumn:
		return hasDomain(s, strings.ToLower(q.Domain))
	}
	return s == q.of(c)
}

// mayHold reports whether decisions of the time that a query asks for may be in a file.
func (f *file) mayHold(q *Query) bool {
	if f.ended.Before(q.Since) {
		return false
	}
	// A decision is made before the file that it is written to.
	return q.Until.IsZero() || f.begun.Before(q.Until.Add(2*writePause))
}

// hasDomain reports whether one of some domains, with commas between them, is a domain or
// below it.
func hasDomain(all, domain string) bool {
	for d := range strings.SplitSeq(all, ",") {
		if d == domain || strings.HasSuffix(d, "."+domain) {
			return true
		}
	}
	return false
}

// hashOf is a hash of a Message-ID in bytes, all zero for none.
func hashOf(hash string) []byte {
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) != hashBytes {
		return make([]byte, hashBytes)
	}
	return b
}
