package feed

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sigmilter/cmd/internal/control"
)

const (
	// firstGrace is how long a start waits for first readings in any case, since only all
	// sources of a tenant together have the whole of its people.
	firstGrace = 2 * time.Second
	// firstLimit is how long it waits while a tenant has no people at all.
	firstLimit = 10 * time.Second
)

// Set is the feeds that are running.
type Set struct {
	ctx          context.Context // of the daemon
	log          *slog.Logger
	grace, limit time.Duration // firstGrace and firstLimit, except in tests

	files    *fileWatcher
	places   readingPlaces
	changing sync.Mutex // one replace at a time
	mu       sync.Mutex // guards the rest
	running  map[key]*runningFeed
	unread   map[string]int // by tenant: sources being read for the first time
	empty    map[string]int // those of them whose tenant had no people when that began
}

type key struct{ tenant, source string }

func (k key) String() string { return k.tenant + "/" + k.source }

type runningFeed struct {
	*Feed
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
}

// NewSet returns a set without feeds, whose feeds end with ctx.
func NewSet(ctx context.Context, log *slog.Logger) *Set {
	return &Set{
		ctx: ctx, log: log, files: newFileWatcher(ctx), places: make(readingPlaces, placesToRead), grace: firstGrace, limit: firstLimit,
		running: map[key]*runningFeed{}, unread: map[string]int{}, empty: map[string]int{},
	}
}

func (f *Feed) key() key { return key{f.tenant, f.directory.Name} }

// Replace runs these feeds and no others. A feed whose source is configured as before keeps
// running. Replace waits for the sources of tenants without people, within limits, and
// returns the feeds it started, as tenant/source.
func (s *Set) Replace(feeds []*Feed) (begun []string) {
	s.changing.Lock()
	defer s.changing.Unlock()
	keep := map[key]bool{}
	var fresh []*Feed
	for _, f := range feeds {
		if now := s.runningFeedOf(f.key()); now != nil && now.readsAs(f) {
			keep[f.key()] = true
			continue
		}
		fresh = append(fresh, f)
		begun = append(begun, f.key().String())
	}
	s.stopFeeds(slices.DeleteFunc(s.runningFeeds(), func(now *runningFeed) bool { return keep[now.key()] }))
	s.startAll(fresh)
	return begun
}

// readsAs reports whether a feed reads the same source in the same way as another.
func (f *Feed) readsAs(other *Feed) bool {
	return f.directory.Same(other.directory) && slices.Equal(f.groups, other.groups)
}

// startAll runs all feeds, each of which reads its source at once, and waits for those of
// tenants without people. For the other tenants, the people in the store are good enough
// for the first messages.
func (s *Set) startAll(feeds []*Feed) {
	missing := map[*Feed]bool{}
	for _, f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			missing[f] = true
		}
	}
	read := make(chan *Feed, len(feeds))
	for _, f := range feeds {
		f.files, f.places = s.files, s.places
		ctx, cancel := context.WithCancel(s.ctx)
		r := &runningFeed{f, cancel, make(chan struct{})}
		firstDone := s.addRunning(r, missing[f])
		go func() {
			defer close(r.done)
			f.readSource(ctx, control.Changes) // logged
			firstDone()
			read <- f
			f.keepReading(ctx)
		}()
	}
	s.awaitFirst(missing, read)
}

// addRunning adds a running feed. If its source was never read, it counts as being read for
// the first time until firstDone is called. empty says that its tenant has no people.
func (s *Set) addRunning(r *runningFeed, empty bool) (firstDone func()) {
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

// FirstReading reports whether a source of the tenant is being read for the first time:
// strangers, when someone who is not in the store may still turn up; everybody, when the
// tenant had no people before, so that even the known ones may be incomplete. A reading
// that fails ends this too.
func (s *Set) FirstReading(tenant string) (strangers, everybody bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread[tenant] > 0, s.empty[tenant] > 0
}

// awaitFirst waits until each of the missing feeds has read its source, successfully or
// not. After the grace period it waits only while a tenant has no people, and not beyond
// the limit.
func (s *Set) awaitFirst(missing map[*Feed]bool, read <-chan *Feed) {
	grace, limit := time.NewTimer(s.grace), time.NewTimer(s.limit)
	defer grace.Stop()
	defer limit.Stop()
	graceOver := false
	for len(missing) > 0 {
		if graceOver && eachHasPeople(missing) {
			break
		}
		select {
		case f := <-read:
			delete(missing, f)
		case <-grace.C:
			graceOver = true
		case <-limit.C:
			s.logStillReading(missing)
			return
		case <-s.ctx.Done():
			return
		}
	}
	if len(missing) > 0 {
		s.logStillReading(missing)
	}
}

// eachHasPeople reports whether the tenant of each feed has people, from another source.
func eachHasPeople(feeds map[*Feed]bool) bool {
	for f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			return false
		}
	}
	return true
}

// logStillReading logs which first readings the start does not wait for any longer.
func (s *Set) logStillReading(missing map[*Feed]bool) {
	var sources []string
	for f := range missing {
		sources = append(sources, f.key().String())
	}
	slices.Sort(sources)
	s.log.Warn("first read still in progress; starting anyway and deferring mail of these tenants until it is done",
		"number", len(sources), "sources", sources[:min(len(sources), maxWarnings)])
}

// stopFeeds stops feeds and waits for them: the next feed of the same source must not overlap one.
func (s *Set) stopFeeds(feeds []*runningFeed) {
	for _, r := range feeds {
		r.cancel()
	}
	for _, r := range feeds {
		select {
		case <-r.done:
			s.removeRunning(r)
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Set) removeRunning(r *runningFeed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, r.key())
}

func (s *Set) runningFeedOf(k key) *runningFeed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[k]
}

// runningFeeds are the running feeds, sorted by tenant and source.
func (s *Set) runningFeeds() (all []*runningFeed) {
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

// Refresh reads sources now and returns how that went: those of one tenant, or of all when
// tenant is empty; of these the one named, or all when source is empty.
func (s *Set) Refresh(ctx context.Context, tenant, source string, extent control.Extent) (readings []control.Reading, err error) {
	for _, r := range s.runningFeeds() {
		if tenant != "" && r.tenant != tenant {
			continue
		}
		if source != "" && r.directory.Name != source {
			continue
		}
		reading := control.Reading{Tenant: r.tenant, Source: r.directory.Name}
		if err := r.refreshWhileRunning(ctx, extent); err != nil {
			reading.Err = err.Error()
		}
		state, err := r.store.Sync(r.tenant, r.directory.Name)
		if err != nil {
			return readings, err
		}
		reading.People = state.People
		readings = append(readings, reading)
	}
	return readings, nil
}

// refreshWhileRunning is refresh, given up when the feed ends meanwhile.
func (r *runningFeed) refreshWhileRunning(ctx context.Context, extent control.Extent) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-r.done:
			cancel(errors.New("a reload removed the source"))
		case <-ctx.Done():
		}
	}()
	err := r.requestReading(ctx, extent)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// stuckLimit is how long a stop waits for a source that ignores its context: opening a file
// on a server that is gone cannot be cancelled.
const stuckLimit = 5 * time.Second

// Wait returns when all feeds have ended, after their context did, or are stuck.
func (s *Set) Wait() {
	limit := time.After(stuckLimit)
	for _, r := range s.runningFeeds() {
		select {
		case <-r.done:
		case <-limit:
			r.log.Warn("a source is stuck; exiting without waiting for it")
			return
		}
	}
}
