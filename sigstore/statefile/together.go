package statefile

import (
	"slices"
	"sync"
)

// maxTurns and maxTurnBytes are how many writes share a transaction at most, and about how
// many bytes they have: bbolt has in memory twice what they touch.
const (
	maxTurns     = 256
	maxTurnBytes = 16 << 20
)

// turn is a write that shares a transaction with others.
type turn struct {
	size  int // bytes, about
	write Write
	done  bool // guarded, as err is, by File.writing
	err   error
}

// turns are those that wait, in the order they came.
type turns struct {
	mu      sync.Mutex
	waiting []*turn
}

func (q *turns) add(t *turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, t)
}

// take returns the next ones, at least one if there are any, and no more than a
// transaction of so many bytes can hold.
func (q *turns) take(bytes int) []*turn {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for n < min(len(q.waiting), maxTurns) {
		bytes -= q.waiting[n].size
		if bytes < 0 && n > 0 {
			break
		}
		n++
	}
	taken := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return taken
}

// UpdateTogether is [File.Update] for a write of so many bytes that may share its transaction:
// whoever comes first writes for all who wait by then, so that the readings of thousands
// of sources take a few transactions. When another one in it fails, the write is run
// again.
func (f *File) UpdateTogether(size int, write Write) error {
	t := &turn{size: size, write: write}
	f.turns.add(t)
	f.writing.Lock()
	defer f.writing.Unlock()
	for !t.done {
		f.writeTurns(f.turns.take(maxTurnBytes))
	}
	return t.err
}

// writeTurns writes in one transaction. One that fails is left out, and the others are
// run again.
func (f *File) writeTurns(list []*turn) {
	for len(list) > 0 {
		var failed *turn
		err := f.write(func(tx *Tx) error {
			for _, t := range list {
				if err := t.write(tx); err != nil {
					failed = t
					return err
				}
			}
			return nil
		})
		if failed != nil {
			failed.done, failed.err = true, err
			list = slices.DeleteFunc(list, func(t *turn) bool { return t == failed })
			continue
		}
		for _, t := range list {
			t.done, t.err = true, err
		}
		return
	}
}
