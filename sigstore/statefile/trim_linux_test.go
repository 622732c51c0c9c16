package statefile

import (
	"context"
	"sync"
	"testing"
	"time"
)

// Pages are given back while sessions read and a sync writes, and everything is
// found as before.
func TestKeepSmall(t *testing.T) {
	s := mustOpen(t, statePath(t))
	if err := fill(s, 4000, 1200); err != nil {
		t.Fatal(err)
	}
	count(t, s)
	before, err := mappedBytes()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Trim(); err != nil {
		t.Fatal(err)
	}
	if after, err := mappedBytes(); err != nil || after > before-4000*1000 {
		t.Errorf("%d bytes are mapped, %d before, %v", after, before, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		for range 100 {
			if err := s.Trim(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	running.Go(func() { s.KeepSmall(ctx, 0) })
	for n := range 2 {
		if err := fill(s, 4000, 1201+n); err != nil {
			t.Fatal(err)
		}
		for i := range 2000 {
			if ok, err := has(s, i); err != nil || !ok {
				t.Fatalf("%d: %v, %v", i, ok, err)
			}
		}
	}
	time.AfterFunc(trimEvery+trimEvery/4, cancel)
	running.Wait()
}

// Going through the file gives pages back also while KeepSmall waits for its next look.
func TestTrimmedBesideKeepSmall(t *testing.T) {
	s := mustOpen(t, statePath(t))
	s.mapped = 1
	if err := fill(s, 4000, 1200); err != nil {
		t.Fatal(err)
	}
	count(t, s) // maps what belongs to the program too
	if err := s.Trim(); err != nil {
		t.Fatal(err)
	}
	before, err := mappedBytes()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.KeepSmall(ctx, 1<<40) })
	defer running.Wait()
	defer cancel()
	_ = s.Trimmed(func() error {
		count(t, s)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); ; <-tick.C {
			now, err := mappedBytes()
			if err != nil || time.Now().After(deadline) {
				t.Errorf("%d bytes are mapped, %d before, %v", now, before, err)
				return nil
			}
			if now < before+4000*1000/2 {
				return nil
			}
		}
	})
}
