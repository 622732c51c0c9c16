package sigstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// writes is how many write transactions there were.
func (s *Store) writes() int { return int(s.file.readers.epoch.Load() / 2) }

// waiters waits until so many writes wait for their turn.
func (s *Store) waiters(n int) {
	for waiting := 0; waiting < n; runtime.Gosched() {
		s.file.turns.mu.Lock()
		waiting = len(s.file.turns.waiting)
		s.file.turns.mu.Unlock()
	}
}

// Readings of many sources that wait for the file are written in few transactions, each
// as a whole.
func TestReadingsShareTransactions(t *testing.T) {
	const tenants = maxTurns + 10
	s := mustOpen(t, statePath(t))
	before := s.writes()
	s.file.writing.Lock()
	var reading sync.WaitGroup
	for i := range tenants {
		reading.Go(func() { mustReplace(t, s, fmt.Sprint("tenant", i), persons(3)) })
	}
	s.waiters(tenants)
	s.file.writing.Unlock()
	reading.Wait()
	if got := s.writes() - before; got != 2 {
		t.Errorf("%d transactions for %d readings", got, tenants)
	}
	for i := range tenants {
		if n, err := s.Count(fmt.Sprint("tenant", i)); n != 3 || err != nil {
			t.Errorf("tenant %d has %d people, %v", i, n, err)
		}
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
	s := mustOpen(t, statePath(t))
	why := errors.New("why")
	s.file.writing.Lock()
	var running sync.WaitGroup
	var runs atomic.Int32
	for i := range 9 {
		running.Go(func() {
			err := s.file.UpdateTogether(1, func(tx *Tx) error {
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
	s.waiters(9)
	s.file.writing.Unlock()
	running.Wait()
	err := s.file.View(func(tx *Tx) error {
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

// A reading that brings what there is writes nothing, nor does one that fails; how they
// went is known at once, and kept over a restart.
func TestUnchangedReadingIsNoTransaction(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustPlan(t, s, Plan{Sources: []string{"hr"}})
	read := func(at time.Time, b batch) {
		t.Helper()
		if _, err := applyBatch(s, "contoso", "hr", b, Reading{At: at, MaxVanish: 1}); err != nil {
			t.Fatal(err)
		}
	}
	read(noon, batch{People: persons(3), Full: true, Cursor: "1"})
	before := s.writes()
	read(noon.Add(time.Hour), batch{People: persons(3), Full: true, Cursor: "2"})
	read(noon.Add(2*time.Hour), batch{Cursor: "3"})
	if err := s.Failed("contoso", "hr", noon.Add(3*time.Hour), errors.New("away")); err != nil {
		t.Fatal(err)
	}
	if got := s.writes() - before; got != 0 {
		t.Errorf("%d transactions", got)
	}
	for name, open := range map[string]func(){"at once": func() {}, "after a restart": func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = mustOpen(t, path)
	}} {
		open()
		state, err := s.Sync("contoso", "hr")
		if err != nil || !state.Success.Equal(noon.Add(2*time.Hour)) || !state.At.Equal(noon.Add(3*time.Hour)) || state.Cursor != "3" || state.Err != "away" || state.People != 3 {
			t.Errorf("%s: %+v, %v", name, state, err)
		}
		if since, err := s.Fresh("contoso"); err != nil || !since.Equal(noon.Add(2*time.Hour)) {
			t.Errorf("%s: fresh since %v, %v", name, since, err)
		}
	}
	read(noon.Add(4*time.Hour), batch{People: persons(4), Full: true})
	if state, err := s.Sync("contoso", "hr"); err != nil || state.People != 4 || state.Err != "" {
		t.Errorf("after a change: %+v, %v", state, err)
	}
}

// The states of many sources are saved in few transactions.
func TestStatesAreSavedTogether(t *testing.T) {
	s := mustOpen(t, statePath(t))
	for i := range maxStates + 1 {
		if err := s.Failed(fmt.Sprint("tenant", i), "hr", noon, errors.New("away")); err != nil {
			t.Fatal(err)
		}
	}
	before := s.writes()
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if got := s.writes() - before; got != 2 {
		t.Errorf("%d transactions for %d states", got, maxStates+1)
	}
	if state, err := s.Sync("tenant1", "hr"); err != nil || state.Err != "away" {
		t.Errorf("%+v, %v", state, err)
	}
}

// The sources of many tenants are set in few transactions, and once they are, in none.
func TestSetPlansOfMany(t *testing.T) {
	s := mustOpen(t, statePath(t))
	plans := map[string]Plan{}
	for i := range planPage + 1 {
		plans[fmt.Sprint("tenant", i)] = Plan{Sources: []string{"hr"}, Precedence: map[string][]string{}}
	}
	for _, want := range []int{2, 0} {
		before := s.writes()
		if err := s.SetPlans(t.Context(), plans); err != nil {
			t.Fatal(err)
		}
		if got := s.writes() - before; got != want {
			t.Errorf("%d transactions, want %d", got, want)
		}
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

// Templates of thousands of tenants are dropped in few transactions, at the places where
// the last page ended.
func TestKeepTemplatesOfMany(t *testing.T) {
	s := mustOpen(t, statePath(t))
	p := persons(1)[0]
	const tenants = prunePage/10 + 5
	err := s.file.Update(func(tx *Tx) error {
		for i := range tenants {
			tn, err := makeTenant(tx, fmt.Sprintf("tenant%04d", i), dependents)
			if err != nil {
				return err
			}
			for _, template := range []string{"a", "b"} {
				if err := tn.open(renderedBucket).Put(renderedKey(p.Address, template), []byte("x")); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := s.writes()
	if err := s.KeepTemplates(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if got := s.writes() - before; got != 3 {
		t.Errorf("%d transactions", got)
	}
	for i := range tenants {
		if c, err := s.Cached(fmt.Sprintf("tenant%04d", i), noon); err != nil || c.Stored != 1 {
			t.Fatalf("tenant %d has %d, %v", i, c.Stored, err)
		}
	}
}

// A reading whose transaction another write spoils is taken over all the same, once.
func TestReadingIsWrittenAgain(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(3))
	s.file.writing.Lock()
	var running sync.WaitGroup
	var diff Diff
	changed := persons(5)[1:]
	changed[0].Attributes["displayName"] = "Another"
	running.Go(func() { diff = mustReplace(t, s, "contoso", changed) })
	s.waiters(1)
	running.Go(func() {
		if err := s.file.UpdateTogether(1, func(*Tx) error { return errors.New("why") }); err == nil {
			t.Error("no error")
		}
	})
	s.waiters(2)
	s.file.writing.Unlock()
	running.Wait()
	if want := (Diff{Added: 2, Changed: 1, Removed: 1}); diff != want {
		t.Errorf("got %+v, want %+v", diff, want)
	}
	if n, err := s.Count("contoso"); n != 4 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
