package sigstore

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// Pages are given back while sessions read and a sync writes, and everything is
// found as before.
func TestKeepSmall(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(4000)
	for i := range people {
		people[i].Attributes["department"] = strings.Repeat("x", 1000)
	}
	mustReplace(t, s, "contoso", people)
	content(t, s, "contoso")
	before, err := mappedBytes()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.file.Trim(); err != nil {
		t.Fatal(err)
	}
	if after, err := mappedBytes(); err != nil || after > before-4000*1000 {
		t.Errorf("%d bytes are mapped, %d before, %v", after, before, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		for range 100 {
			if err := s.file.Trim(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	running.Go(func() { s.KeepSmall(ctx, 0) })
	for n := range 2 {
		people[n].Attributes["department"] = "New"
		mustReplace(t, s, "contoso", people)
		for i := range 2000 {
			if p, ok, err := s.Person("contoso", people[i].Address); err != nil || !ok || p.Address != people[i].Address {
				t.Fatalf("%+v, %v", p, err)
			}
		}
	}
	time.AfterFunc(trimEvery+trimEvery/4, cancel)
	running.Wait()
}

// Going through the file gives pages back also while KeepSmall waits for its next look.
func TestTrimmedBesideKeepSmall(t *testing.T) {
	s := mustOpen(t, statePath(t))
	s.file.mapped = 1
	people := persons(4000)
	for i := range people {
		people[i].Attributes["department"] = strings.Repeat("x", 1000)
	}
	mustReplace(t, s, "contoso", people)
	content(t, s, "contoso") // maps what belongs to the program too
	if err := s.file.Trim(); err != nil {
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
	_ = s.file.Trimmed(func() error {
		content(t, s, "contoso")
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
