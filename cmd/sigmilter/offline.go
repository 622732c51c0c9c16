package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/csvfile"
)

// openOfflineWith is openOffline with the people of a CSV file in place of those
// of every tenant's source, so that no directory is asked. Without a file it is
// openOffline.
func openOfflineWith(ctx context.Context, path, people string, stderr io.Writer) (*offline, error) {
	if people == "" {
		return openOffline(ctx, path, stderr)
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	all, batch, err := directory.Gather(ctx, csvfile.Source{Path: people}, "", nil)
	for _, w := range batch.Warnings {
		log.Warn("left out of the directory", "problem", w)
	}
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	store, err := sigstore.Temporary()
	if err != nil {
		return nil, err
	}
	for _, t := range cfg.Tenants {
		err := store.SetPlan(t.Name, sigstore.Plan{Sources: []string{"file"}})
		if err == nil {
			err = fill(store.Intake(t.Name, "file"), all, batch)
		}
		if err != nil {
			store.Close()
			return nil, fmt.Errorf("keeping the people of tenant %s: %w", t.Name, err)
		}
	}
	return &offline{cfg, store, newEngine(cfg, store, log)}, nil
}

// fill takes people over that are in memory.
func fill(in *sigstore.Intake, people []directory.Person, batch directory.Batch) error {
	defer in.Close()
	for _, p := range people {
		if err := in.Add(p); err != nil {
			return err
		}
	}
	_, err := in.Apply(sigstore.Reading{Batch: batch, At: time.Now()})
	return err
}
