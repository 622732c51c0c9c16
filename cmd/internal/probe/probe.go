// Package probe sends a test message through the relay and waits for it where it
// is delivered, to tell that the whole way works before users notice that it does
// not. [Probe.Run] does one round.
package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // signed mail may have any

	"sigmilter/milter/entity"
)

// Probe is one round of a test message. From, To and Mailbox must be set, and what
// [Relay] needs.
type Probe struct {
	Relay    Relay
	From, To string // addresses, of envelope and header alike
	Mailbox  Mailbox
	Field    string        // routing field; empty for none
	Code     string        // its value, a secret
	Guard    string        // the field that must be there
	Contains string        // a text that must be in the message; empty for none
	Slow     time.Duration // a longer way is a failure; 0 stands for any
}

// Result tells of a round. OK says that the message came back with all that was
// wanted.
type Result struct {
	OK        bool      `json:"ok"`
	MessageID string    `json:"message_id"`
	SentAt    time.Time `json:"sent_at"`
	Arrived   bool      `json:"arrived"`
	LatencyMS int64     `json:"latency_ms"` // from the relay's acceptance to when it was found
	Guard     bool      `json:"guard"`
	Signed    bool      `json:"signed"` // the wanted text is there; true when none is wanted
	Problem   string    `json:"problem,omitempty"`
}

// Mailbox is where the message is delivered.
type Mailbox interface {
	// Look returns the message of that Message-ID (without angle brackets), as it
	// lies there, or nil when it is not there yet.
	Look(ctx context.Context, id string) ([]byte, error)
	// Close ends what Look needs, and removes the message from a mailbox that was
	// opened so.
	Close() error
}

// poll is the time between two looks into a mailbox.
const poll = 500 * time.Millisecond

// Run sends a message and waits for it until ctx ends. What is wrong with the way
// round is in the result.
func (p *Probe) Run(ctx context.Context) Result {
	now := time.Now()
	r := Result{MessageID: p.newID(now), SentAt: now}
	if err := p.Relay.send(ctx, p.From, p.To, p.message(r.MessageID, now)); err != nil {
		r.Problem = fmt.Sprintf("the relay did not take the message: %v", err)
		return r
	}
	accepted := time.Now()
	raw, err := p.wait(ctx, r.MessageID)
	if err != nil {
		r.Problem = err.Error()
		return r
	}
	latency := time.Since(accepted)
	r.Arrived, r.LatencyMS = true, latency.Milliseconds()
	p.judge(&r, raw, latency)
	return r
}

// wait looks until the message is there. A mailbox that cannot be read at the
// moment is looked at again: the last such error is told when time is up.
func (p *Probe) wait(ctx context.Context, id string) ([]byte, error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var last error
	for {
		raw, err := p.Mailbox.Look(ctx, id)
		if raw != nil {
			return raw, nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if last != nil {
				return nil, fmt.Errorf("the message did not arrive in time; looking for it: %w", last)
			}
			return nil, errors.New("the message did not arrive in time; look for its Message-ID in the relay's log and in the message trace")
		}
	}
}

// judge compares the message with what was wanted.
func (p *Probe) judge(r *Result, raw []byte, latency time.Duration) {
	header, _ := entity.ParseHeader(raw)
	for _, word := range strings.Fields(header.Get(p.Guard)) {
		r.Guard = r.Guard || word == "Yes"
	}
	r.Signed = p.Contains == "" || contains(raw, p.Contains)
	if !r.Guard {
		r.Problem = "it came back without the guard field " + p.Guard + ": it did not pass sigmilter"
		return
	}
	if p.Field != "" && header.Has(p.Field) {
		r.Problem = "the routing field " + p.Field + " was not removed"
		return
	}
	if !r.Signed {
		r.Problem = "it came back without the text that it was to have; look for the reason in sigmilter's log"
		return
	}
	if p.Slow > 0 && latency > p.Slow {
		r.Problem = fmt.Sprintf("it took %v, more than %v", latency.Round(time.Millisecond), p.Slow)
		return
	}
	r.OK = true
}

// contains says whether a decoded text part of the message has the text, whatever
// line ends and blanks are in it.
func contains(raw []byte, text string) bool {
	e, err := message.Read(bytes.NewReader(raw))
	readable := err == nil || message.IsUnknownCharset(err)
	if e == nil || !readable {
		return false
	}
	found := false
	_ = e.Walk(func(_ []int, part *message.Entity, err error) error { // a broken part has no text
		if part == nil || err != nil {
			return nil
		}
		if kind, _, _ := part.Header.ContentType(); strings.HasPrefix(kind, "text/") {
			body, _ := io.ReadAll(part.Body)
			found = found || strings.Contains(oneLine(string(body)), oneLine(text))
		}
		return nil
	})
	return found
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// newID is a Message-ID without angle brackets, in the domain of the sender.
func (p *Probe) newID(now time.Time) string {
	_, domain, _ := strings.Cut(p.From, "@")
	return fmt.Sprintf("probe-%d-%s@%s", now.Unix(), strings.ToLower(rand.Text()), domain)
}

// message is the test message: new mail in plain text, so that it is signed like
// a person's.
func (p *Probe) message(id string, now time.Time) []byte {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	if p.Field != "" {
		field(p.Field, p.Code)
	}
	field("From", "<"+p.From+">")
	field("To", "<"+p.To+">")
	field("Subject", "sigmilter probe")
	field("Date", now.Format(time.RFC1123Z))
	field("Message-ID", "<"+id+">")
	field("MIME-Version", "1.0")
	field("Content-Type", "text/plain; charset=us-ascii")
	b.WriteString("\r\nThis message was sent by sigmilter probe to try the way of mail.\r\n")
	return b.Bytes()
}
