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
func (c *Cost) takeTurn() error {
	if c.turns == nil || c.turn {
		return nil
	}
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	for {
		select {
		case c.turns <- struct{}{}:
			c.turn = true
			return nil
		case <-ask.C:
			if err := c.over(); err != nil {
				return err
			}
		}
	}
}

// endTurn gives a turn back.
func (c *Cost) endTurn() {
	if c.turn {
		<-c.turns
		c.turn = false
	}
}
