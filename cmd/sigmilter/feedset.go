package main

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sigmilter/cmd/internal/control"
)

const (
	// firstGrace is how long first readings are waited for in any case: together the
	// sources of a tenant make the whole of its people.
	firstGrace = 2 * time.Second
	// firstLimit is how long they are waited for while a tenant has nobody.
	firstLimit = 10 * time.Second
)

// feedSet are the feeds that run.
type feedSet struct {
	ctx          context.Context // of the daemon
	log          *slog.Logger
	grace, limit time.Duration // firstGrace and firstLimit, but for tests

	changing sync.Mutex // one replace at a time
	mu       sync.Mutex // guards the rest
	running  map[feedKey]*runningFeed
	unread   map[string]int // by tenant: sources that were never read, and are being read
	empty    map[string]int // of these those whose tenant had nobody when that began
	groups   []string       // that rules name, which some sources ask for
}

type feedKey struct{ tenant, source string }

func (k feedKey) String() string { return k.tenant + "/" + k.source }

type runningFeed struct {
	*feed
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
}

func newFeedSet(ctx context.Context, log *slog.Logger) *feedSet {
	return &feedSet{
		ctx: ctx, log: log, grace: firstGrace, limit: firstLimit,
		running: map[feedKey]*runningFeed{}, unread: map[string]int{}, empty: map[string]int{},
	}
}

func (f *feed) key() feedKey { return feedKey{f.tenant, f.directory.Name} }

// replace has these feeds run and no other. One whose source is configured as
// before goes on undisturbed. The sources of tenants without anybody are waited for
// as long as await does. It returns the feeds that were begun, as tenant/source.
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
			begun = append(begun, f.key().String())
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

// begin runs all feeds, each of which reads its source at once, and waits for those
// of tenants without anybody: for the others what the store has signs the first
// messages.
func (s *feedSet) begin(feeds []*feed) {
	missing := map[*feed]bool{}
	for _, f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			missing[f] = true
		}
	}
	read := make(chan *feed, len(feeds))
	for _, f := range feeds {
		ctx, cancel := context.WithCancel(s.ctx)
		r := &runningFeed{f, cancel, make(chan struct{})}
		first := s.add(r, missing[f])
		go func() {
			defer close(r.done)
			f.sync(ctx, control.Changes) // logged
			first()
			read <- f
			f.run(ctx)
		}()
	}
	s.await(missing, read)
}

// add counts a feed among those that run, and until first is called among those
// whose source was never read, if it was not. empty says that its tenant has nobody.
func (s *feedSet) add(r *runningFeed, empty bool) (first func()) {
	state, err := r.store.Sync(r.tenant, r.directory.Name)
	never := err == nil && state.Success.IsZero()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[r.key()] = r
	if !never {
		return func() {}
	}
	count := func(n int) {
		s.unread[r.tenant] += n
		if empty {
			s.empty[r.tenant] += n
		}
	}
	count(1)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		count(-1)
	}
}

// firstReading reports whether a source of the tenant that was never read is being
// read, so that nobody can say yet who is unknown; and whether the tenant had nobody
// before, so that what is known of a person may be half of it. A reading that fails ends
// that.
func (s *feedSet) firstReading(tenant string) (strangers, everybody bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread[tenant] > 0, s.empty[tenant] > 0
}

// await waits until each of the missing was read, well or not. After a moment it
// waits only for tenants that still have nobody, and in the end for none.
func (s *feedSet) await(missing map[*feed]bool, read <-chan *feed) {
	grace, limit := time.NewTimer(s.grace), time.NewTimer(s.limit)
	defer grace.Stop()
	defer limit.Stop()
	enough := false
	for len(missing) > 0 && !(enough && eachHasPeople(missing)) {
		select {
		case f := <-read:
			delete(missing, f)
		case <-grace.C:
			enough = true
		case <-limit.C:
			s.goOn(missing)
			return
		case <-s.ctx.Done():
			return
		}
	}
	if len(missing) > 0 {
		s.goOn(missing)
	}
}

// eachHasPeople reports whether the tenant of each feed has people, of another.
func eachHasPeople(feeds map[*feed]bool) bool {
	for f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			return false
		}
	}
	return true
}

// goOn tells what is not waited for any longer.
func (s *feedSet) goOn(missing map[*feed]bool) {
	var sources []string
	for f := range missing {
		sources = append(sources, f.key().String())
	}
	slices.Sort(sources)
	s.log.Warn("sources are still being read for the first time and not waited for; until then mail of their tenants is deferred", "sources", sources)
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
