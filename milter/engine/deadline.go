package engine

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// What the work on a message may cost, in units of [work.Meter]: so much, and so much
// for each byte of it. Of testdata/mail no message needs a tenth of it.
const (
	unitsPerMessage = 64 << 20
	unitsPerByte    = 400
)

// errTime says that a message took longer than [Engine.MaxTime].
var errTime = errors.New("the message takes longer than its limit")

// ErrGone says that an MTA does not wait for its message any more.
var ErrGone = errors.New("the MTA has gone, or gave the message up")

// Allow lets the work on a message cost more, for n bytes that came in.
func (m *Message) Allow(n int) {
	if m.work == nil {
		m.work = work.NewMeter(unitsPerMessage, m.stops)
	}
	m.work.Allow(int64(n) * unitsPerByte)
}

// Begin lets the time run that the work on a message takes, and Pause stops it.
func (m *Message) Begin() { m.began, m.light = time.Now(), m.work.Spent() }

func (m *Message) Pause() {
	m.spent, m.began = m.elapsed(), time.Time{}
	m.endTurn()
}

// elapsed is how long the message was worked on.
func (m *Message) elapsed() time.Duration {
	if m.began.IsZero() {
		return m.spent
	}
	return m.spent + time.Since(m.began)
}

// stops says why the work on a message is to end before it is done, nil if it is not.
// Much work waits for its turn in it.
func (m *Message) stops() error {
	if err := m.over(); err != nil {
		return err
	}
	if m.work.Spent()-m.light > lightUnits {
		return m.takeTurn()
	}
	return nil
}

// over says why nobody waits for a message any more.
func (m *Message) over() error {
	if m.peer != nil {
		if m.gone = m.peer(); m.gone != nil {
			return m.gone
		}
	}
	if spent := m.elapsed(); m.maxTime > 0 && spent > m.maxTime {
		return fmt.Errorf("%w: %v after %v", errTime, m.maxTime, spent.Round(time.Millisecond))
	}
	return nil
}

// StopReason is the reason for an error that ended the work on a message.
func StopReason(err error) policy.Reason {
	switch {
	case errors.Is(err, errTime):
		return reasonTime
	case errors.Is(err, work.ErrMemory):
		return reasonMemory
	case errors.Is(err, work.ErrSpent), errors.Is(err, work.ErrDense):
		return reasonComplex
	}
	return ReasonReplay // the MTA has gone
}

// bodyReason is the reason for an error of opening the texts of a message.
func bodyReason(err error) policy.Reason {
	switch {
	case errors.Is(err, work.ErrMemory), errors.Is(err, errTime), errors.Is(err, ErrGone):
		return StopReason(err)
	}
	return reasonBody
}

// longestLine is the length of the longest line of a text, without its end.
func longestLine(text []byte) int64 {
	longest := 0
	for line := range bytes.Lines(text) {
		longest = max(longest, len(bytes.TrimRight(line, "\r\n")))
	}
	return int64(longest)
}

// Serve says whose message it is: the budget that all messages share, the turns of much
// work, and what tells that the MTA has gone.
func (m *Message) Serve(memory *work.Budget, turns Turns, peer func() error) {
	m.memory.Budget, m.turns, m.peer = memory, turns, peer
	m.Allow(0)
}

// Meter is what the work may still cost.
func (m *Message) Meter() *work.Meter { return m.work }

// Gone is why nobody waits for the message any more, nil as long as the MTA does.
func (m *Message) Gone() error { return m.gone }

// Release gives back the memory that the message has beside its body.
func (m *Message) Release() { m.memory.Close() }
