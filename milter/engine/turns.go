package engine

import (
	"runtime"
	"time"
)

// Turns are had by messages that are much work, as long as it is done: so many at a
// time that a core is left for all others, which are next to none.
type Turns chan struct{}

func NewTurns() Turns { return make(Turns, max(1, runtime.NumCPU()-1)) }

// What is done without a turn: about 10 ms of work, and a leaf that is read at once.
const (
	lightUnits = 4 << 20
	lightLeaf  = 1 << 20 // bytes
)

// takeTurn waits for a turn. The error says why nobody waits for the message any more.
func (m *Message) takeTurn() error {
	if m.turns == nil || m.turn {
		return nil
	}
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	for {
		select {
		case m.turns <- struct{}{}:
			m.turn = true
			return nil
		case <-ask.C:
			if err := m.over(); err != nil {
				return err
			}
		}
	}
}

// endTurn gives a turn back.
func (m *Message) endTurn() {
	if m.turn {
		<-m.turns
		m.turn = false
	}
}
