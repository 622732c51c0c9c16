package main

import (
	"context"
	"testing"
	"time"

	"sigmilter/cmd/internal/daemon"
	"sigmilter/cmd/internal/daemon/daemontest"
)

// running is a daemon in this process, with a site of its own.
type running struct {
	*daemontest.Site
	now  func() time.Time
	stop func() // and wait
}

// startDaemon runs one until the test ends. edit changes the configuration.
func startDaemon(t *testing.T, edit ...string) *running {
	t.Helper()
	r := newRunning(t, edit...)
	r.begin()
	return r
}

func newRunning(t *testing.T, edit ...string) *running {
	t.Helper()
	return &running{Site: daemontest.New(t, edit...), now: time.Now}
}

func (r *running) begin() {
	r.T.Helper()
	cfg, level := r.Load()
	d := daemon.New(cfg, daemon.Options{Log: daemon.NewLogger(cfg.Log.Format, level, r.Log), Level: level, Now: r.now})
	r.stop = r.Start(func(ctx context.Context) error { return d.Serve(ctx, nil) })
}
