// Command bench compares sigmilter with filters that do nothing, in one run on one
// machine: make bench. What it measures is in workloads.go, the filters are in
// filters.go and peers.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/lab"
	"sigmilter/sigstore/testport"
)

func main() {
	out := flag.String("out", "bench-out", "folder for report.md, its plots and summary.json")
	rounds := flag.Int("rounds", 5, "rounds, of which the median counts")
	short := flag.Bool("short", false, "a tenth of the messages, to try it out")
	tenants := flag.Bool("tenants", false, "only daemons with many tenants, without Postfix and without a report")
	recordings := flag.Bool("recording", false, "only what the record of decisions costs, likewise")
	counts := flag.Bool("counts", false, "only what a message takes of each filter, likewise")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	start := func() error { return run(ctx, *out, *rounds, *short) }
	switch {
	case *tenants:
		start = func() error { return runTenants(ctx, os.Stdout) }
	case *recordings:
		start = func() error { return runRecordings(ctx, os.Stdout) }
	case *counts:
		start = func() error { return runCounts(ctx, os.Stdout, *short) }
	}
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	dir     string
	rounds  int
	scale   int            // divides the numbers of messages
	ports   *testport.Held // of the filters over TCP
	filters []*filter
	missing []string // peers that could not be started, and why
	postfix *lab.Postfix
	control *control.Client // of the daemon with many people
	began   time.Time
}

func run(ctx context.Context, out string, rounds int, short bool) (err error) {
	if err := lab.CheckPostfix(); err != nil {
		return err
	}
	b := &bench{rounds: rounds, scale: scaleOf(short), began: time.Now()}
	if b.dir, err = lab.NewDir(); err != nil {
		return err
	}
	defer b.close()
	if err := b.startFilters(ctx); err != nil {
		return err
	}
	if err := b.startPostfix(); err != nil {
		return err
	}
	defer b.postfix.Stop()
	r, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make the folder for the report: %w", err)
	}
	r.print(os.Stdout)
	return errors.Join(r.write(out), r.writeSummary(filepath.Join(out, "summary.json")))
}

// scaleOf is what the numbers of messages are divided by.
func scaleOf(short bool) int {
	if short {
		return 10
	}
	return 1
}

// close stops the filters and removes what a run made.
func (b *bench) close() {
	for _, f := range b.filters {
		f.stop()
	}
	b.ports.Release()
	os.RemoveAll(b.dir)
}

// progress tells on standard error what is being done.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}
