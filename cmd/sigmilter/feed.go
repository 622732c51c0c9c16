package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
)

// feed keeps a tenant's people in the store as its source has them.
type feed struct {
	tenant config.Tenant
	source directory.Source
	store  *sigstore.Store
	log    *slog.Logger
}

func newFeeds(cfg *config.Config, store *sigstore.Store, log *slog.Logger) ([]feed, error) {
	var feeds []feed
	for _, t := range cfg.Tenants {
		source, err := newSource(t.Directories[0], ruleGroups(cfg))
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, feed{t, source, store, log.With("tenant", t.Name)})
	}
	return feeds, nil
}

// sync reads the source once. When it cannot be read, the people of before stay
// and the store remembers why.
func (f feed) sync(ctx context.Context) error {
	batch, err := f.source.Read(ctx, "", nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	state := sigstore.SyncState{At: time.Now(), Source: f.tenant.Directories[0].Source, People: len(batch.People)}
	for _, w := range batch.Warnings {
		f.log.Warn("left out of the directory", "problem", w)
	}
	var diff sigstore.Diff
	if err == nil {
		diff, err = f.store.Replace(f.tenant.Name, batch.People)
	}
	if err != nil {
		state.Err = err.Error()
		f.log.Error("directory not read, signing goes on with the people of before", "error", err)
	} else if diff != (sigstore.Diff{}) {
		f.log.Info("directory read", "people", len(batch.People), "added", diff.Added, "changed", diff.Changed, "removed", diff.Removed)
	}
	if serr := f.store.SetSync(f.tenant.Name, state); serr != nil {
		return fmt.Errorf("remembering the sync of tenant %s: %w", f.tenant.Name, serr)
	}
	return err
}

// known says whether the store has people of the tenant from an earlier sync.
func (f feed) known() bool {
	n, err := f.store.Count(f.tenant.Name)
	return err == nil && n > 0
}

// run syncs at the interval of the configuration until ctx ends.
func (f feed) run(ctx context.Context) {
	tick := time.NewTicker(f.tenant.Directories[0].Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.sync(ctx) // logged; the next tick tries again
		}
	}
}
