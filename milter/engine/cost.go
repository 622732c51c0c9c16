package engine

import (
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

// Cost is what the work on one message costs, and what it may cost: steps, time, memory
// beside its body, and a turn if it is much. It is used by one goroutine at a time.
type Cost struct {
	meter   *work.Meter
	memory  work.Account
	maxTime time.Duration // 0 for no limit
	spent   time.Duration // until the work that is going on began
	began   time.Time     // when that was, zero for none
	light   int64         // units of work spent before it
	turns   Turns         // nil for no waiting
	turn    bool          // it has one
	peer    func() error  // says that the MTA has gone; nil where there is none
	gone    error         // what it said
}

// NewCost is the cost of a message of which nothing has come in: with the budget of
// memory that all messages share, nil for no limit, their turns, nil for no waiting, and
// what tells that the MTA has gone, nil where there is none.
func NewCost(memory *work.Budget, turns Turns, peer func() error) *Cost {
	c := &Cost{memory: work.Account{Budget: memory}, turns: turns, peer: peer}
	c.meter = work.NewMeter(unitsPerMessage, c.stops)
	return c
}

// Allow lets the work cost more, for n bytes that came in.
func (c *Cost) Allow(n int) { c.meter.Allow(int64(n) * unitsPerByte) }

// Meter is what the work may still cost.
func (c *Cost) Meter() *work.Meter { return c.meter }

// Gone is why nobody waits for the message any more, nil as long as the MTA does.
func (c *Cost) Gone() error { return c.gone }

// Release gives back the memory that the message has beside its body.
func (c *Cost) Release() { c.memory.Close() }

// Do does a part of the work. It returns why it was stopped, nil if it was not.
func (c *Cost) Do(part func()) (stopped *Failure) {
	c.begin()
	defer c.pause()
	defer func() {
		switch v := recover().(type) {
		case nil:
		case work.Stop:
			stopped = &Failure{stopReason(v.Err), v.Err}
		default:
			panic(v)
		}
	}()
	part()
	return nil
}

// begin lets the time run that the work takes, and pause stops it.
func (c *Cost) begin() { c.began, c.light = time.Now(), c.meter.Spent() }

func (c *Cost) pause() {
	c.spent, c.began = c.elapsed(), time.Time{}
	c.endTurn()
}

// elapsed is how long the message was worked on.
func (c *Cost) elapsed() time.Duration {
	if c.began.IsZero() {
		return c.spent
	}
	return c.spent + time.Since(c.began)
}

// stops says why the work is to end before it is done, nil if it is not. Much work waits
// for its turn in it.
func (c *Cost) stops() error {
	if err := c.over(); err != nil {
		return err
	}
	if c.meter.Spent()-c.light > lightUnits {
		return c.takeTurn()
	}
	return nil
}

// over says why nobody waits for the message any more.
func (c *Cost) over() error {
	if c.peer != nil {
		c.gone = c.peer()
		if c.gone != nil {
			return c.gone
		}
	}
	if spent := c.elapsed(); c.maxTime > 0 && spent > c.maxTime {
		return fmt.Errorf("%w: %v after %v", errTime, c.maxTime, spent.Round(time.Millisecond))
	}
	return nil
}

// stopReason is the reason for an error that ended the work on a message.
func stopReason(err error) policy.Reason {
	if errors.Is(err, errTime) {
		return reasonTime
	}
	if errors.Is(err, work.ErrMemory) {
		return reasonMemory
	}
	if errors.Is(err, work.ErrSpent) || errors.Is(err, work.ErrDense) {
		return reasonComplex
	}
	return ReasonReplay // the MTA has gone
}

// bodyReason is the reason for an error of opening the texts of a message.
func bodyReason(err error) policy.Reason {
	if errors.Is(err, work.ErrMemory) || errors.Is(err, errTime) || errors.Is(err, ErrGone) {
		return stopReason(err)
	}
	return reasonBody
}
