package milter

import "sync/atomic"

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

// give returns n bytes.
func (b *budget) give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}
