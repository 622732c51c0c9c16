package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// feedSet are the feeds that run.
type feedSet struct {
	ctx context.Context // of the daemon

	changing sync.Mutex // one replace at a time
	mu       sync.Mutex // guards running
	running  map[feedKey]*runningFeed
	groups   []string // that rules name, which some sources ask for
}

type feedKey struct{ tenant, source string }

type runningFeed struct {
	*feed
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
}

func newFeedSet(ctx context.Context) *feedSet {
	return &feedSet{ctx: ctx, running: map[feedKey]*runningFeed{}}
}

func (f *feed) key() feedKey { return feedKey{f.tenant, f.directory.Name} }

// replace has these feeds run and no other. One whose source is configured as
// before goes on undisturbed. The sources of tenants without anybody are read
// before it returns. It returns the feeds that were begun, as tenant/source.
func (s *feedSet) replace(feeds []*feed, groups []string) (begun []string) {
	s.changing.Lock()
	defer s.changing.Unlock()
	same := slices.Equal(s.groups, groups)
	s.groups = groups
	wanted := map[feedKey]*feed{}
	var fresh []*feed
	for _, f := range feeds {
		wanted[f.key()] = f
		if now := s.find(f.key()); now == nil || !same || !now.directory.Same(f.directory) {
			fresh = append(fresh, f)
			begun = append(begun, f.tenant+"/"+f.directory.Name)
		}
	}
	for _, now := range s.all() {
		if next := wanted[now.key()]; next == nil || slices.Contains(fresh, next) {
			s.end(now)
		}
	}
	s.begin(fresh)
	return begun
}

// begin reads the sources of tenants without anybody, and runs all beside: for the
// others what the store has signs the first messages.
func (s *feedSet) begin(feeds []*feed) {
	empty := map[string]bool{}
	for _, f := range feeds {
		n, err := f.store.Count(f.tenant)
		empty[f.tenant] = err == nil && n == 0
	}
	for _, f := range feeds {
		if empty[f.tenant] {
			f.sync(s.ctx, false) // logged
		}
	}
	for _, f := range feeds {
		ctx, cancel := context.WithCancel(s.ctx)
		r := &runningFeed{f, cancel, make(chan struct{})}
		s.mu.Lock()
		s.running[f.key()] = r
		s.mu.Unlock()
		go func() {
			defer close(r.done)
			if !empty[f.tenant] {
				f.sync(ctx, false)
			}
			f.run(ctx)
		}()
	}
}

// end waits until a feed has ended: the next one of the same source must not meet
// it.
func (s *feedSet) end(r *runningFeed) {
	r.cancel()
	<-r.done
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, r.key())
}

func (s *feedSet) find(key feedKey) *runningFeed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[key]
}

// all are the feeds that run, by tenant and source.
func (s *feedSet) all() (all []*runningFeed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.running {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *runningFeed) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.directory.Name, b.directory.Name))
	})
	return all
}

// stuckLimit is how long the end of the daemon waits for a source that does not
// heed its context: a file on a server that is gone cannot be given up.
const stuckLimit = 5 * time.Second

// wait returns when all have ended, after their context did, or are stuck.
func (s *feedSet) wait() {
	limit := time.After(stuckLimit)
	for _, r := range s.all() {
		select {
		case <-r.done:
		case <-limit:
			r.log.Warn("a source is stuck and not waited for")
			return
		}
	}
}
