// Package offline prepares what a verb needs to work without a daemon: a configuration, the
// people it signs for, and the engine that the daemon would have.
package offline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/signing"
	"sigmilter/milter/engine"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

// Setup is a configuration and what was made from it.
type Setup struct {
	Config *config.Config
	Store  *sigstore.Store
	Engine *engine.Engine
}

// Open loads a configuration and the people to sign for. The caller closes it.
func Open(ctx context.Context, path string, log *slog.Logger) (*Setup, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	signer := signing.NewEngine(cfg, signing.NewBook(cfg, store), nil, log)
	signer.Memory = memoryFor(ctx, cfg, store, signer.Memory)
	return &Setup{cfg, store, signer}, nil
}

// Close closes the store.
func (s *Setup) Close() error { return s.Store.Close() }

// openStore opens the state file for reading. If there is none, or a daemon holds it, the
// people are read from their sources into a temporary store.
func openStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*sigstore.Store, error) {
	store, err := sigstore.OpenReadOnly(cfg.State)
	if err == nil {
		return store, nil
	}
	if !readSourcesInstead(err) {
		return nil, err
	}
	store, err = sigstore.Temporary()
	if err != nil {
		return nil, err
	}
	if err := feed.ReadOnce(ctx, cfg, store, log); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

// readSourcesInstead reports whether the sources may stand in for a state file that could
// not be opened for this reason.
func readSourcesInstead(why error) bool {
	for _, reason := range []error{fs.ErrNotExist, fs.ErrPermission, statefile.ErrLocked, statefile.ErrOlder} {
		if errors.Is(why, reason) {
			return true
		}
	}
	return false
}

// Person returns the person of the first tenant that knows the address, with the photo.
func (s *Setup) Person(address string) (p directory.Person, err error) {
	for _, t := range s.Config.Tenants {
		p, found, err := s.Store.Person(t.Name, address)
		if found && err == nil {
			p.Photo, err = s.Store.Photo(t.Name, address)
		}
		if err != nil || found {
			return p, err
		}
	}
	return p, fmt.Errorf("nobody has the address %s; look for a typo, or in the source of people", address)
}
