package milter

import (
	"fmt"
	"strings"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// decide asks the policy about a message with all that is known of it.
func (e *Engine) decide(m *Message) {
	d, err := e.Policy.Decide(&m.facts, e.Store)
	m.decision = d
	if err != nil && !e.decideStale(m, err) {
		m.failure = &failure{reasonStore, fmt.Errorf("looking up %s: %w", d.Author, err)}
	}
}

// facts are what is known of a message at end-of-headers.
func (e *Engine) facts(m *Message) policy.Facts {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	return policy.Facts{
		Sender: m.Sender, Recipients: m.Recipients, Header: m.Header,
		Size: -1, Now: now(), Trace: m.Trace,
	}
}

// headerSize is the size of a header, a colon, a blank and a line end with each
// field.
func headerSize(h entity.Header) int64 {
	var n int
	for _, f := range h {
		n += len(f.Name) + len(strings.TrimPrefix(f.Value, " ")) + len(": \r\n")
	}
	return int64(n)
}

// withoutOptOut takes the keywords an author opted out with from the subject.
// That breaks the DKIM signatures as well, which go unless they have gone for a
// change of the body.
func withoutOptOut(m *Message, o *Outcome) {
	if len(m.decision.OptOut) == 0 {
		return
	}
	edit, ok := policy.WithoutKeywords(m.Header, m.decision.OptOut)
	if !ok {
		return
	}
	if len(o.Splices) == 0 && len(o.Fields) == 0 {
		o.Fields = append(o.Fields, withoutDKIM(m.Header)...)
	}
	o.Fields = append(o.Fields, edit)
}
