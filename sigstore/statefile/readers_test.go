package statefile

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// open counts the idle transactions.
func (r *readers) open() (n int) {
	for i := range r.idle {
		if r.idle[i].Load() != nil {
			n++
		}
	}
	return n
}

func mustView(t testing.TB, s *File, f func(*Tx) error) {
	t.Helper()
	if err := s.View(f); err != nil {
		t.Fatal(err)
	}
}

// Who begins to read after a write sees it, also while others read and write.
func TestReadersSeeWhatWasWritten(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	key := []byte("counter")
	var written atomic.Uint64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for written.Load() < 200 {
				least := written.Load()
				var seen uint64
				err := s.View(func(tx *Tx) error {
					if v := tx.Bucket(metaBucket).Get(key); v != nil {
						seen = binary.BigEndian.Uint64(v)
					}
					return nil
				})
				if err != nil || seen < least {
					t.Errorf("read %d (%v) after %d was written", seen, err, least)
					return
				}
			}
		})
	}
	for n := uint64(1); n <= 200; n++ {
		err := s.Update(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Put(key, binary.BigEndian.AppendUint64(nil, n))
		})
		if err != nil {
			t.Fatal(err)
		}
		written.Store(n)
	}
	all.Wait()
}

// One reader after the other takes the same transaction; a write ends it.
func TestReadersAreUsedAgain(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	var first, second *Tx
	mustView(t, s, func(tx *Tx) error { first = tx; return nil })
	mustView(t, s, func(tx *Tx) error { second = tx; return nil })
	if first != second || s.readers.open() != 1 {
		t.Errorf("%d transactions are open", s.readers.open())
	}
	if err := s.Update(nothing); err != nil {
		t.Fatal(err)
	}
	if n := s.readers.open(); n != 0 {
		t.Errorf("%d transactions of before the write are open", n)
	}
}

// The file's mapping grows although transactions are idle: they end in time.
func TestReadersLetTheFileGrow(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	mustView(t, s, nothing)
	grown := make(chan error, 1)
	go func() {
		grown <- s.Update(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Put([]byte("large"), bytes.Repeat([]byte("x"), 8<<20))
		})
	}()
	select {
	case err := <-grown:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the write waits for an idle transaction")
	}
	mustView(t, s, nothing)
	if s.readers.open() != 1 {
		t.Error("no transaction is kept after a long write")
	}
}

// The file's mapping grows also while transactions are idle and somebody begins another:
// whoever begins one holds the lock that each needs to end.
func TestIdleReadersEndTogether(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	var idle []*Reader
	for range 3 {
		one, err := s.readers.take(s.db)
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, one)
	}
	var busy sync.WaitGroup
	busy.Go(func() {
		if err := s.db.Update(func(tx *Tx) error { return tx.Bucket(metaBucket).Put([]byte("large"), make([]byte, 8<<20)) }); err != nil {
			t.Error(err)
		}
	})
	waitForCall(t, "bbolt.(*DB).mmap(") // it waits for the three
	busy.Go(func() {
		tx, err := s.db.Begin(false)
		if err != nil {
			t.Error(err)
			return
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	})
	waitForCall(t, "bbolt.(*DB).beginTx(") // it waits for the write
	for _, one := range idle {
		s.readers.give(one)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.readers.sweep()
		busy.Wait()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the write waits for transactions that are idle")
	}
}

// waitForCall waits until a goroutine waits for a lock within a call.
func waitForCall(t *testing.T, call string) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		for _, one := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(one, "sync.(*RWMutex)") && strings.Contains(one, call) {
				return
			}
		}
	}
	t.Fatalf("nobody waits in %s", call)
}

// A transaction in which a reader panicked is not used again.
func TestReadersPanic(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	mustView(t, s, nothing)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		_ = s.readers.view(s.db, func(*Reader) error { panic("test") })
	}()
	if n := s.readers.open(); n != 0 {
		t.Errorf("%d transactions are open", n)
	}
	mustView(t, s, nothing)
}

// A closed store has no transaction open, or closing would wait for it for ever.
func TestReadersClose(t *testing.T) {
	s := mustOpen(t, t.TempDir()+"/state.db")
	for range 3 {
		mustView(t, s, nothing)
	}
	mustView(t, s, func(*Tx) error { s.readers.close(); return nil })
	if n := s.readers.open(); n != 0 {
		t.Errorf("%d transactions are open", n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.View(nothing); err == nil {
		t.Error("a closed store is read")
	}
}

// What was committed is seen by every look-up from then on, also before the write has
// returned: nobody is given a transaction of before once another has seen it.
func TestCommittedIsSeen(t *testing.T) {
	s := mustOpen(t, statePath(t))
	s.db.NoSync, s.db.NoGrowSync = true, true // a slow write ends idle transactions, as does one that enlarges the file
	if err := fill(s, 150, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := has(s, 999); err != nil { // leaves an idle transaction
		t.Fatal(err)
	}
	err := s.Update(func(tx *Tx) error {
		tx.OnCommit(func() {
			if seen, err := has(s, 999); err != nil || !seen {
				t.Errorf("seen %v, %v", seen, err)
			}
		})
		return tx.Bucket(thingsBucket).Put([]byte(name(999)), []byte(name(999)))
	})
	if err != nil {
		t.Fatal(err)
	}
}
