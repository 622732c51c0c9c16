package milter

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

// allow lets the work on a message cost more, for n bytes that came in.
func (m *Message) allow(n int) {
	if m.work == nil {
		m.work = work.NewMeter(unitsPerMessage, m.stops)
	}
	m.work.Allow(int64(n) * unitsPerByte)
}

// begin lets the time run that the work on a message takes, and pause stops it.
func (m *Message) begin() { m.began, m.light = time.Now(), m.work.Spent() }

func (m *Message) pause() {
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

// stopReason is the reason for an error that ended the work on a message.
func stopReason(err error) policy.Reason {
	switch {
	case errors.Is(err, errTime):
		return reasonTime
	case errors.Is(err, errMemory):
		return reasonMemory
	case errors.Is(err, work.ErrSpent), errors.Is(err, work.ErrDense):
		return reasonComplex
	}
	return reasonReplay // the MTA has gone
}

// bodyReason is the reason for an error of opening the texts of a message.
func bodyReason(err error) policy.Reason {
	switch {
	case errors.Is(err, errMemory), errors.Is(err, errTime), errors.Is(err, errGone):
		return stopReason(err)
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
