package engine

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// decide asks the policy about a message with all that is known of it.
func (e *Engine) decide(m *Message) {
	d, err := e.Policy.Decide(&m.facts, e.Store)
	m.decision = d
	switch {
	case errors.Is(err, policy.ErrProof):
		m.failure = &Failure{reasonProof, fmt.Errorf("message of %s: %w", d.Author, err)}
	case errors.As(err, new(Stale)):
		m.failure = &Failure{reasonStale, err}
	case errors.Is(err, ErrFirstReading):
		m.failure = &Failure{reasonReading, err}
	case err != nil:
		m.failure = &Failure{reasonStore, fmt.Errorf("looking up %s: %w", d.Author, err)}
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
		Size: -1, Now: now(), Relay: m.Macros["j"], Trace: m.Trace,
		Listener: m.Listener, Macros: m.Macros, Proven: m.Proven, Work: m.work,
	}
}

// complete adds to the facts what is known at end-of-message.
func (e *Engine) complete(m *Message) {
	m.facts.Size = m.Size + headerSize(m.Header)
	m.facts.Text = func() (string, bool) { return e.newest(m) }
	m.facts.Digest = func() string { return digest(m, &Outcome{}) }
	m.facts.DKIM = func(domains []string) (policy.Signature, string, error) {
		switch {
		case e.DKIM == nil:
			return policy.Signature{}, "DKIM signatures are not verified here", nil
		case m.Body == nil:
			return policy.Signature{}, "the body is too large to verify a DKIM signature", nil
		}
		return e.DKIM(m.Header, io.NewSectionReader(m.Body, 0, m.Body.Size()), domains)
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
