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
	// firstGrace is how long first readings are waited for in any case: together the
	// sources of a tenant make the whole of its people.
	firstGrace = 2 * time.Second
	// firstLimit is how long they are waited for while a tenant has nobody.
	firstLimit = 10 * time.Second
)

// Set are the feeds that run.
type Set struct {
	ctx          context.Context // of the daemon
	log          *slog.Logger
	grace, limit time.Duration // firstGrace and firstLimit, but for tests

	changing sync.Mutex // one replace at a time
	mu       sync.Mutex // guards the rest
	running  map[key]*runningFeed
	unread   map[string]int // by tenant: sources that were never read, and are being read
	empty    map[string]int // of these those whose tenant had nobody when that began
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
		ctx: ctx, log: log, grace: firstGrace, limit: firstLimit,
		running: map[key]*runningFeed{}, unread: map[string]int{}, empty: map[string]int{},
	}
}

func (f *Feed) key() key { return key{f.tenant, f.directory.Name} }

// Replace has these feeds run and no other. One whose source is configured as
// before goes on undisturbed. The sources of tenants without anybody are waited for
// as long as await does. It returns the feeds that were begun, as tenant/source.
func (s *Set) Replace(feeds []*Feed) (begun []string) {
	s.changing.Lock()
	defer s.changing.Unlock()
	wanted := map[key]*Feed{}
	var fresh []*Feed
	for _, f := range feeds {
		wanted[f.key()] = f
		if now := s.find(f.key()); now == nil || !now.readsAs(f) {
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

// readsAs reports whether a feed reads its source as another would.
func (f *Feed) readsAs(other *Feed) bool {
	return f.directory.Same(other.directory) && slices.Equal(f.groups, other.groups)
}

// begin runs all feeds, each of which reads its source at once, and waits for those
// of tenants without anybody: for the others what the store has signs the first
// messages.
func (s *Set) begin(feeds []*Feed) {
	missing := map[*Feed]bool{}
	for _, f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			missing[f] = true
		}
	}
	read := make(chan *Feed, len(feeds))
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
func (s *Set) add(r *runningFeed, empty bool) (first func()) {
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

// FirstReading reports whether a source of the tenant that was never read is being
// read, so that nobody can say yet who is unknown; and whether the tenant had nobody
// before, so that what is known of a person may be half of it. A reading that fails ends
// that.
func (s *Set) FirstReading(tenant string) (strangers, everybody bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread[tenant] > 0, s.empty[tenant] > 0
}

// await waits until each of the missing was read, well or not. After a moment it
// waits only for tenants that still have nobody, and in the end for none.
func (s *Set) await(missing map[*Feed]bool, read <-chan *Feed) {
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
func eachHasPeople(feeds map[*Feed]bool) bool {
	for f := range feeds {
		if n, err := f.store.Count(f.tenant); err == nil && n == 0 {
			return false
		}
	}
	return true
}

// goOn tells what is not waited for any longer.
func (s *Set) goOn(missing map[*Feed]bool) {
	var sources []string
	for f := range missing {
		sources = append(sources, f.key().String())
	}
	slices.Sort(sources)
	s.log.Warn("first read still in progress; starting anyway and deferring mail of these tenants until it is done", "sources", sources)
}

// end waits until a feed has ended: the next one of the same source must not meet
// it.
func (s *Set) end(r *runningFeed) {
	r.cancel()
	<-r.done
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, r.key())
}

func (s *Set) find(key key) *runningFeed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[key]
}

// all are the feeds that run, by tenant and source.
func (s *Set) all() (all []*runningFeed) {
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

// Refresh has the sources of a tenant read now, or of all for an empty name; likewise
// one source of them, or all.
func (s *Set) Refresh(ctx context.Context, tenant, source string, extent control.Extent) (readings []control.Reading, err error) {
	for _, r := range s.all() {
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

// refreshWhileRunning is refresh of a feed that may end meanwhile.
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
	err := r.refresh(ctx, extent)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// stuckLimit is how long the end of the daemon waits for a source that does not
// heed its context: a file on a server that is gone cannot be given up.
const stuckLimit = 5 * time.Second

// Wait returns when all have ended, after their context did, or are stuck.
func (s *Set) Wait() {
	limit := time.After(stuckLimit)
	for _, r := range s.all() {
		select {
		case <-r.done:
		case <-limit:
			r.log.Warn("a source is stuck; exiting without waiting for it")
			return
		}
	}
}
