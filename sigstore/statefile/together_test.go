package statefile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// waiters waits until so many writes wait for their turn.
func waiters(f *File, n int) {
	for waiting := 0; waiting < n; runtime.Gosched() {
		f.turns.mu.Lock()
		waiting = len(f.turns.waiting)
		f.turns.mu.Unlock()
	}
}

// Writes that wait for the file are written in few transactions.
func TestWritesShareTransactions(t *testing.T) {
	const writers = maxTurns + 10
	f := mustOpen(t, statePath(t))
	before := f.readers.epoch.Load()
	f.writing.Lock()
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			err := f.UpdateTogether(1, func(tx *Tx) error { return Meta(tx).Put([]byte(fmt.Sprint("key", i)), []byte("x")) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	waiters(f, writers)
	f.writing.Unlock()
	writing.Wait()
	if got := (f.readers.epoch.Load() - before) / 2; got != 2 {
		t.Errorf("%d transactions for %d writes", got, writers)
	}
}

// A transaction does not grow beyond what memory is good for.
func TestSharedTransactionIsBounded(t *testing.T) {
	var q turns
	for _, size := range []int{5, 5, 5, 50, 1} {
		q.add(&turn{size: size})
	}
	for _, want := range []int{2, 1, 1, 1, 0} {
		if got := len(q.take(10)); got != want {
			t.Errorf("%d in a transaction, want %d", got, want)
		}
	}
}

// A write that fails, or panics, is alone in that.
func TestSharedWriteFails(t *testing.T) {
	f := mustOpen(t, statePath(t))
	why := errors.New("why")
	f.writing.Lock()
	var running sync.WaitGroup
	var runs atomic.Int32
	for i := range 9 {
		running.Go(func() {
			err := f.UpdateTogether(1, func(tx *Tx) error {
				runs.Add(1)
				if i%3 == 0 {
					return why
				}
				return Meta(tx).Put([]byte(fmt.Sprint("key", i)), []byte("x"))
			})
			if (i%3 == 0) != errors.Is(err, why) {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	waiters(f, 9)
	f.writing.Unlock()
	running.Wait()
	err := f.View(func(tx *Tx) error {
		for i := range 9 {
			if there := Meta(tx).Get([]byte(fmt.Sprint("key", i))) != nil; there != (i%3 != 0) {
				t.Errorf("write %d: there %v", i, there)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What goes through the file is watched by one keeper, however many there are.
func TestKeeperRunsOnce(t *testing.T) {
	var k keeper
	var began, ended atomic.Int32
	run := func(ctx context.Context) {
		began.Add(1)
		<-ctx.Done()
		ended.Add(1)
	}
	for range 2 {
		for range 3 {
			k.begin(run)
		}
		for range 3 {
			k.end()
		}
	}
	if began.Load() != 2 || ended.Load() != 2 {
		t.Errorf("%d began, %d ended", began.Load(), ended.Load())
	}
}
