// Package feed keeps the people of the store as their sources have them.
package feed

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

const (
	// maxBackoff is the longest pause after failures, unless the interval is longer.
	maxBackoff = 5 * time.Minute
	// maxWarnings is how many different warnings of one reading are logged.
	maxWarnings = 20
	// manyPeople take so long to store that the log says when that begins.
	manyPeople = 50_000
	// fullBatch people fill so much memory that it is given back to the system afterwards.
	fullBatch = 1_000
)

// Feed keeps people in the store as one source of a tenant has them.
type Feed struct {
	tenant    string
	directory config.Directory
	groups    []string // that rules name, which some sources ask for
	source    directory.Source
	store     *sigstore.Store
	log       *slog.Logger
	progress  *readingProgress

	files    *fileWatcher  // of all feeds
	places   readingPlaces // likewise
	requests chan request
	lastErr  string // logged last, empty after a good reading
	failures int    // in a row
}

// request asks for a reading now.
type request struct {
	extent control.Extent
	done   chan error
}

// New makes a feed for every source. [SetPlans] tells the store how to merge them.
func New(cfg *config.Config, store *sigstore.Store, log *slog.Logger) ([]*Feed, error) {
	var feeds []*Feed
	groups := RuleGroups(cfg)
	for _, t := range cfg.Tenants {
		for _, d := range t.Directories {
			source, err := newSource(d, groups)
			if err != nil {
				return nil, fmt.Errorf("source %s of tenant %s: %w", d.Name, t.Name, err)
			}
			log := log.With("tenant", t.Name, "source", d.Name)
			feeds = append(feeds, &Feed{
				tenant: t.Name, directory: d, groups: groups, source: source, store: store, log: log,
				progress: newReadingProgress(log), requests: make(chan request),
			})
		}
	}
	return feeds, nil
}

// SetPlans tells the store how to merge the sources of each tenant.
func SetPlans(ctx context.Context, cfg *config.Config, store *sigstore.Store) error {
	plans := make(map[string]people.Plan, len(cfg.Tenants))
	for _, t := range cfg.Tenants {
		plan := people.Plan{Precedence: t.Precedence}
		for _, d := range t.Directories {
			plan.Sources = append(plan.Sources, d.Name)
		}
		plans[t.Name] = plan
	}
	return store.SetPlans(ctx, plans)
}

// ReadOnce reads every source into a store, one after the other.
func ReadOnce(ctx context.Context, cfg *config.Config, store *sigstore.Store, log *slog.Logger) error {
	feeds, err := New(cfg, store, log)
	if err != nil {
		return err
	}
	if err := SetPlans(ctx, cfg, store); err != nil {
		return err
	}
	for _, f := range feeds {
		if err := f.readSource(ctx, control.Changes); err != nil {
			return fmt.Errorf("reading the people of tenant %s: %w", f.tenant, err)
		}
	}
	return nil
}

// requestReading has the goroutine of keepReading read the source now, and waits for it.
func (f *Feed) requestReading(ctx context.Context, extent control.Extent) error {
	r := request{extent, make(chan error, 1)}
	select {
	case f.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// readSource reads the source once. When that fails, the current people stay and the store
// remembers why. The error has been logged.
func (f *Feed) readSource(ctx context.Context, extent control.Extent) (err error) {
	defer func() {
		if v := recover(); v != nil {
			f.log.Error("panic while reading the directory", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = f.noteFailure(fmt.Errorf("a bug in sigmilter: %v", v))
		}
	}()
	leave, ok := f.places.takePlace(ctx, placeLimit)
	if !ok {
		return ctx.Err()
	}
	defer leave()
	state, err := f.store.Sync(f.tenant, f.directory.Name)
	if err != nil {
		return f.noteFailure(err)
	}
	cursor := state.Cursor
	if extent != control.Changes {
		cursor = "" // a reading that was refused may not be offered again otherwise
	}
	intake := f.store.Intake(f.tenant, f.directory.Name)
	defer intake.Close()
	batch, err := f.progress.readSource(ctx, photoCheck{f.source}, cursor, intake)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.logWarnings(batch.Warnings)
	if err != nil {
		return f.noteFailure(err)
	}
	return f.storeReading(intake, batch, extent)
}

// storeReading stores what was read.
func (f *Feed) storeReading(intake *people.Intake, batch directory.Batch, extent control.Extent) error {
	reading := people.Reading{Batch: batch, At: time.Now(), MaxVanish: f.directory.MaxVanish}
	if extent == control.Forced {
		reading.MaxVanish = 1
	}
	if intake.Len() >= manyPeople {
		f.log.Info("directory read; storing it", "people", intake.Len())
	}
	applied, err := intake.Apply(reading)
	if err != nil {
		return f.noteFailure(err)
	}
	f.logWarnings(applied.Warnings)
	if f.lastErr != "" || applied.Diff != (people.Diff{}) {
		f.log.Info("directory read", "people", applied.People, "added", applied.Added, "changed", applied.Changed, "removed", applied.Removed)
	}
	f.lastErr, f.failures = "", 0
	if intake.Len() >= fullBatch {
		// The reading took most of the daemon's memory, and the next may be hours away.
		intake.Close()
		debug.FreeOSMemory()
	}
	return nil
}

// noteFailure remembers why a reading failed and returns it. The same reason is logged
// once.
func (f *Feed) noteFailure(why error) error {
	f.failures++
	if why.Error() != f.lastErr {
		f.log.Error("directory read failed; keeping the current people", "error", why)
	}
	f.lastErr = why.Error()
	if err := f.store.Failed(f.tenant, f.directory.Name, time.Now(), why); err != nil {
		f.log.Error("cannot store the state of the directory", "error", err)
	}
	return why
}

// logWarnings logs what a reading left out, equal warnings once with their number.
func (f *Feed) logWarnings(warnings []error) {
	counted := directory.Counted(warnings)
	for i, w := range counted {
		if i == maxWarnings {
			f.log.Warn("further directory warnings suppressed", "problems", len(counted)-maxWarnings)
			return
		}
		f.log.Warn("skipped in the directory", "problem", w)
	}
}

// keepReading reads the source at its interval, when one of its files changes, and on
// request, until ctx ends.
func (f *Feed) keepReading(ctx context.Context) {
	changed := make(chan struct{}, 1)
	if local, ok := f.source.(directory.Local); ok {
		stop, err := f.files.watchPaths(local.Paths(), changed)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			f.log.Warn("cannot watch the files; changes are seen at the next interval", "error", err)
		} else {
			defer stop()
		}
	}
	// Thousands of sources that were read together at the start are not read together again.
	pause := time.Duration((0.5 + 0.5*rand.Float64()) * float64(f.nextPause()))
	for ; ; pause = f.nextPause() {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			f.readSource(ctx, control.Changes) // logged; the next one tries again
		case <-changed:
			f.readSource(ctx, control.Changes)
		case r := <-f.requests:
			r.done <- f.readSource(ctx, r.extent)
		}
		timer.Stop()
	}
}

// nextPause is the time until the next reading. After failures it grows, and varies so that
// many relays do not return to a server at the same moment.
func (f *Feed) nextPause() time.Duration {
	every := f.directory.Every
	if f.failures == 0 {
		return every
	}
	pause := min(every<<min(f.failures-1, 10), max(maxBackoff, every))
	return pause + time.Duration((rand.Float64()-0.5)*0.4*float64(pause))
}
