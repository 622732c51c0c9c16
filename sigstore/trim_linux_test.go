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
	if err := s.trim(); err != nil {
		t.Fatal(err)
	}
	if after, err := mappedBytes(); err != nil || after > before-4000*1000 {
		t.Errorf("%d bytes are mapped, %d before, %v", after, before, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		for range 100 {
			if err := s.trim(); err != nil {
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
