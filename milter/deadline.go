package milter

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"sigmilter/milter/policy"
)

// errTime says that a message took longer than [Engine.MaxTime].
var errTime = errors.New("the message takes longer than its limit")

// inTime returns [errTime] when the engine has worked on the message for too long.
func (e *Engine) inTime(m *Message) error {
	if e.MaxTime <= 0 {
		return nil
	}
	if spent := m.spent + time.Since(m.finishing); spent > e.MaxTime {
		return fmt.Errorf("%w: %v after %v", errTime, e.MaxTime, spent.Round(time.Millisecond))
	}
	return nil
}

// bodyReason is the reason for an error of opening the texts of a message.
func bodyReason(err error) policy.Reason {
	if errors.Is(err, errTime) {
		return reasonTime
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
