package offline

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/signing"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/csvfile"
	"sigmilter/sigstore/people"
)

// PeopleError says why the CSV file of people cannot be read.
type PeopleError struct{ Err error }

func (e *PeopleError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PeopleError) Unwrap() error { return e.Err }

// OpenWith is [Open] with the people of a CSV file in place of those of every tenant's
// source, so that no directory is asked.
func OpenWith(ctx context.Context, path, file string, log *slog.Logger) (*Setup, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	all, batch, err := directory.Gather(ctx, csvfile.Source{Path: file}, "", nil)
	for _, w := range batch.Warnings {
		log.Warn("skipped in the directory", "problem", w)
	}
	if err != nil {
		return nil, &PeopleError{err}
	}
	store, err := sigstore.Temporary()
	if err != nil {
		return nil, err
	}
	for _, t := range cfg.Tenants {
		err := store.SetPlans(ctx, map[string]people.Plan{t.Name: {Sources: []string{"file"}}})
		if err == nil {
			err = storePeople(store.Intake(t.Name, "file"), all, batch)
		}
		if err != nil {
			store.Close()
			return nil, fmt.Errorf("keeping the people of tenant %s: %w", t.Name, err)
		}
	}
	return &Setup{cfg, store, signing.NewEngine(cfg, signing.NewBook(cfg, store), nil, log)}, nil
}

// storePeople stores people.
func storePeople(in *people.Intake, all []directory.Person, batch directory.Batch) error {
	defer in.Close()
	for _, p := range all {
		if err := in.Add(p); err != nil {
			return err
		}
	}
	_, err := in.Apply(people.Reading{Batch: batch, At: time.Now()})
	return err
}
