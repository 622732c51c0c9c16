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
func (j *Job) decide() {
	d, err := j.engine.Policy.Decide(&j.facts, j.engine.Store)
	j.decision = d
	if err != nil {
		j.failure = undecided(err, d.Author)
	}
}

// undecided is why a message of an author was not decided on.
func undecided(err error, author string) *Failure {
	if errors.Is(err, policy.ErrProof) {
		return &Failure{reasonProof, fmt.Errorf("message of %s: %w", author, err)}
	}
	if errors.As(err, new(Stale)) {
		return &Failure{reasonStale, err}
	}
	if errors.Is(err, ErrFirstReading) {
		return &Failure{reasonReading, err}
	}
	return &Failure{reasonStore, fmt.Errorf("looking up %s: %w", author, err)}
}

// headFacts are what is known of a message at end-of-headers.
func (j *Job) headFacts() policy.Facts {
	now := time.Now
	if j.engine.Now != nil {
		now = j.engine.Now
	}
	return policy.Facts{
		Sender: j.message.Sender, Recipients: j.message.Recipients, Header: j.message.Header,
		Size: -1, Now: now(), Relay: j.message.Macros["j"], Trace: j.message.Trace,
		Listener: j.message.Listener, Macros: j.message.Macros, Proven: j.message.Proven, Work: j.cost.meter,
	}
}

// complete adds to the facts what is known at end-of-message.
func (j *Job) complete() {
	j.facts.Size = j.message.Size + headerSize(j.message.Header)
	j.facts.Text = func() (string, bool) { return j.newest() }
	j.facts.Digest = func() string { return j.digest(&Outcome{}) }
	j.facts.DKIM = func(domains []string) (policy.Signature, string, error) {
		if j.engine.DKIM == nil {
			return policy.Signature{}, "DKIM signatures are not verified here", nil
		}
		if j.message.Body == nil {
			return policy.Signature{}, "the body is too large to verify a DKIM signature", nil
		}
		return j.engine.DKIM(j.message.Header, io.NewSectionReader(j.message.Body, 0, j.message.Body.Size()), domains)
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
func (j *Job) withoutOptOut(o *Outcome) {
	if len(j.decision.OptOut) == 0 {
		return
	}
	edit, ok := policy.WithoutKeywords(j.message.Header, j.decision.OptOut)
	if !ok {
		return
	}
	if len(o.Splices) == 0 && len(o.Fields) == 0 {
		o.Fields = append(o.Fields, withoutDKIM(j.message.Header)...)
	}
	o.Fields = append(o.Fields, edit)
}
