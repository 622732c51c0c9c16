// Package work counts what the work on one message costs, and ends it.
//
// Whoever sends a message chooses how long its fields, parameters, lines and elements
// are. So every loop over bytes of a message counts them down from one [Meter], and
// the work ends when that is used up or when nobody waits for it any more. The package
// is pure: it reads no clock and no socket but by what it is given.
package work

import "fmt"

// Stop is what [Meter.Spend] panics with. The loops that spend are many and deep, and
// none of them has anything to undo: the engine, which starts the work, recovers from
// it in one place and makes it the reason of the message.
type Stop struct {
	Err error // why: [ErrSpent], or what the meter's check returned
}

func (s Stop) Error() string { return fmt.Sprintf("the work on the message was stopped: %v", s.Err) }

func (s Stop) Unwrap() error { return s.Err }

// ErrSpent says that a message costs more than it may.
var ErrSpent = fmt.Errorf("it takes more steps than its size allows")

// step is how many units of work are done between two checks: on a slow core less
// than 10 ms.
const step = 1 << 20

// Meter is what the work on one message may still cost, in units of about one byte
// looked at. Nil never ends. It is used by one goroutine at a time.
type Meter struct {
	left  int64        // units to be had
	spent int64        // units that were had
	until int64        // of left, at the next check
	check func() error // says why nobody waits any more; nil for nothing to ask
}

// NewMeter makes a meter of so many units. Check, which may be nil, is asked now and
// then while they are spent; the work ends with the error it returns.
func NewMeter(units int64, check func() error) *Meter {
	return &Meter{left: units, until: units - step, check: check}
}

// Spend counts n units down. It panics with a [Stop] when the work is to end.
func (m *Meter) Spend(n int) {
	if m == nil {
		return
	}
	m.left -= int64(n)
	m.spent += int64(n)
	if m.left < 0 || m.left <= m.until {
		m.look()
	}
}

// Look asks at once whether the work is to end, and panics with a [Stop] if so.
func (m *Meter) Look() {
	if m != nil {
		m.look()
	}
}

func (m *Meter) look() {
	m.until = m.left - step
	if m.check != nil {
		if err := m.check(); err != nil {
			panic(Stop{err})
		}
	}
	if m.left < 0 {
		panic(Stop{ErrSpent})
	}
}

// Allow adds n units: more of the message has come in.
func (m *Meter) Allow(n int64) {
	if m != nil {
		m.left += n
		m.until += n
	}
}

// Spent is how many units were had.
func (m *Meter) Spent() int64 {
	if m == nil {
		return 0
	}
	return m.spent
}
