package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"
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

// newest is what the author of a message wrote, without the quoted mail, for rules
// that ask for it, and whether it can be read. Of two forms it is the last, which
// shows the message best (RFC 2046 5.1.4), and in any case one with words, if there
// is one. A body that cannot be read back fails the message.
func (j *Job) newest() (string, bool) {
	if unreadable(j.message) != "" {
		return "", false
	}
	read := false
	for _, body := range entity.Bodies(j.message.Tree) {
		seen := false
		for _, doc := range slices.Backward(body.Documents) {
			f, err := j.newestOf(doc)
			if err != nil {
				j.failure = &Failure{bodyReason(err), err}
				return "", false
			}
			if strings.TrimSpace(f.text) != "" {
				return f.text, true
			}
			read, seen = read || f.read, seen || f.seen
		}
		if seen { // nothing but quoted mail
			break
		}
	}
	return "", read
}

// newestForm is what one form of a message has of the newest text.
type newestForm struct {
	text string
	read bool // it could be read
	seen bool // a reader sees something of it
}

// newestOf is that of one form, which goes on from leaf to leaf until quoted mail
// begins.
func (j *Job) newestOf(doc entity.Document) (newestForm, error) {
	var f newestForm
	var texts []string
	for i, p := range doc.Leaves {
		l, why, err := j.openLeaf(p, i > 0)
		if err != nil || why != "" {
			return newestForm{}, err
		}
		f.seen = f.seen || l.shows
		texts = append(texts, l.reading.Newest())
		quotes := l.reading.Quotes()
		l.letGo(j)
		if quotes {
			break
		}
	}
	f.text, f.read = strings.Join(texts, "\n"), true
	return f, nil
}
