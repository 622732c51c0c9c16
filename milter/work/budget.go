package work

import (
	"errors"
	"sync/atomic"
)

// Budget is an amount of bytes that all sessions share. One without a limit, nil
// too, never runs out.
type Budget struct {
	limit, used atomic.Int64 // the limit is 0 for none, and may change
}

// SetLimit lets there be so many bytes, 0 for no limit.
func (b *Budget) SetLimit(n int64) { b.limit.Store(n) }

// Limit is how many bytes there may be, 0 for no limit.
func (b *Budget) Limit() int64 { return b.limit.Load() }

// Used is how many bytes are reserved.
func (b *Budget) Used() int64 { return b.used.Load() }

// Take reserves n bytes; it reports false, and reserves nothing, where they are
// not to be had.
func (b *Budget) Take(n int64) bool {
	if b == nil {
		return true
	}
	if used := b.used.Add(n); b.limit.Load() > 0 && used > b.limit.Load() {
		b.used.Add(-n)
		return false
	}
	return true
}

// Give returns n bytes.
func (b *Budget) Give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

// ErrMemory says that all messages together have as much memory as they may.
var ErrMemory = errors.New("the limit on memory of all messages in hand is reached")

// Account is what one message has of a budget, beside its body.
type Account struct {
	Budget *Budget // nil for no limit
	held   int64
}

// Take takes n bytes, or returns [ErrMemory].
func (a *Account) Take(n int64) error {
	if !a.Budget.Take(n) {
		return ErrMemory
	}
	a.held += n
	return nil
}

// Give returns n bytes.
func (a *Account) Give(n int64) {
	a.held -= n
	a.Budget.Give(n)
}

// Held is how many bytes the message has.
func (a *Account) Held() int64 { return a.held }

// Close returns all.
func (a *Account) Close() { a.Give(a.held) }
