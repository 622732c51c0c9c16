package milter

import (
	"errors"
	"sync/atomic"
)

// budget is an amount of bytes that all sessions share. One without a limit, nil
// too, never runs out.
type budget struct {
	limit, used atomic.Int64 // the limit is 0 for none, and may change
}

// take reserves n bytes; it reports false, and reserves nothing, where they are
// not to be had.
func (b *budget) take(n int64) bool {
	if b == nil {
		return true
	}
	if used := b.used.Add(n); b.limit.Load() > 0 && used > b.limit.Load() {
		b.used.Add(-n)
		return false
	}
	return true
}

// takeForBody is take for bodies, which may have half of it: the other half is for
// what is read of them, and a body can go to a file instead.
func (b *budget) takeForBody(n int64) bool {
	if b == nil {
		return true
	}
	if limit := b.limit.Load(); limit > 0 && b.used.Load()+n > limit/2 {
		return false
	}
	return b.take(n)
}

// give returns n bytes.
func (b *budget) give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

// errMemory says that all messages together have as much memory as they may.
var errMemory = errors.New("the limit on memory of all messages in hand is reached")

// account is what one message has of a budget, beside its body.
type account struct {
	budget *budget
	held   int64
}

// take takes n bytes, or returns [errMemory].
func (a *account) take(n int64) error {
	if !a.budget.take(n) {
		return errMemory
	}
	a.held += n
	return nil
}

// give returns n bytes.
func (a *account) give(n int64) {
	a.held -= n
	a.budget.give(n)
}

// close returns all.
func (a *account) close() { a.give(a.held) }
