package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// endToEnd measures from the first message sent until the last has left Postfix's
// queue: a content filter does its work behind the queue, so that what Postfix
// accepts in a second says nothing of it.
func (b *bench) endToEnd(ctx context.Context, r *report) error {
	for _, name := range through {
		if f := b.filter(name); f != nil {
			r.through = append(r.through, &rate{filter: f})
		}
	}
	for round := range b.rounds {
		b.progress("end to end, round %d of %d", round+1, b.rounds)
		for i := range r.through {
			one := r.through[(i+round)%len(r.through)]
			if err := b.passThrough(ctx, one); err != nil && (!one.filter.peer || ctx.Err() != nil) {
				return fmt.Errorf("end to end, %s: %w", one.name(), err)
			} else if err != nil {
				b.giveUp(one.filter, err)
				if err := b.postfix.Drop(); err != nil {
					return err
				}
			}
		}
		r.through = slices.DeleteFunc(r.through, func(r *rate) bool { return b.filter(r.filter.name) == nil })
	}
	return nil
}

// leaveTimeout bounds the wait for the messages of a round to leave the queue.
const leaveTimeout = 3 * time.Minute

// passThrough sends messages and waits until they have left.
func (b *bench) passThrough(ctx context.Context, r *rate) error {
	log, err := os.Open(b.postfix.Log())
	if err != nil {
		return err
	}
	defer log.Close()
	left := leaving{log: log}
	if _, err := log.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	before, err := b.withPostfix(r.filter)
	if err != nil {
		return err
	}
	messages := max(peerClients, 200/b.scale)
	sending, cancel := context.WithTimeout(ctx, leaveTimeout)
	defer cancel()
	began := time.Now()
	if err := sendMails(sending, r.filter.addr, b.mailPath("reply-50k", false), peerClients, messages); err != nil {
		return err
	}
	if err := left.wait(sending, messages); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := b.withPostfix(r.filter)
	if err != nil {
		return err
	}
	r.perSecond = append(r.perSecond, float64(messages)/took.Seconds())
	r.cpu += after - before
	r.messages += messages
	return b.drain(ctx)
}

// leaving counts the messages that Postfix says to have handed to its discard
// transport, from where its log was first read.
type leaving struct {
	log  io.Reader
	rest []byte // of a line that is not complete
	n    int
}

// wait waits until so many have left.
func (l *leaving) wait(ctx context.Context, messages int) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := l.read(); err != nil || l.n >= messages {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d messages have left the queue: %w", l.n, messages, ctx.Err())
		case <-tick.C:
		}
	}
}

// read takes what the log has more. Messages that come back count for nothing: they
// have another recipient.
func (l *leaving) read() error {
	more, err := io.ReadAll(l.log)
	if err != nil {
		return fmt.Errorf("read Postfix's log: %w", err)
	}
	lines := append(l.rest, more...)
	for {
		line, rest, ended := bytes.Cut(lines, []byte("\n"))
		if !ended {
			l.rest = slices.Clone(line)
			return nil
		}
		if bytes.Contains(line, []byte("/discard[")) && bytes.Contains(line, []byte("to=<ben@fabrikam.example>")) &&
			bytes.Contains(line, []byte("status=sent")) {
			l.n++
		}
		lines = rest
	}
}
