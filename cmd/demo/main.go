// Command demo shows sigmilter at work on real mail, on this machine alone:
//
//	go run ./cmd/demo [-o DIR]
//
// It starts a private Postfix on free loopback ports with a freshly built
// sigmilter on a unix socket, sends it messages as different clients write them,
// takes them back as Microsoft 365 would, and prints what was done with each. Every
// message is left before and after in DIR (demo-out), with a page index.html that
// shows them side by side, both logs, and the pictures of the documentation.
//
// Postfix must be installed, as make demo sees to, and be run by root. The exit status is 0
// when every message arrived once and as expected, 1 otherwise, 2 for bad usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"sigmilter/cmd/internal/lab"
	"sigmilter/cmd/internal/terminal"
)

// errUnexpected says that the demo ran, and that its table tells what is wrong.
var errUnexpected = errors.New("not every message came back once and as expected")

func main() {
	out := flag.String("o", "demo-out", "the `DIR` for messages before and after, and index.html")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "demo: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *out, os.Stdout, progressTo(os.Stderr))
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

// progress tells a person who waits what is going on.
type progress func(format string, args ...any)

// progressTo writes lines to a terminal, and nothing to anything else.
func progressTo(f *os.File) progress {
	if !terminal.Is(f) {
		return func(string, ...any) {}
	}
	return func(format string, args ...any) { fmt.Fprintf(f, "· "+format+"\n", args...) }
}

// run plays the whole demo and leaves its results in the folder out.
func run(ctx context.Context, out string, stdout io.Writer, tell progress) error {
	if err := lab.CheckPostfix(); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make folder for the results: %w", err)
	}
	results, err := play(ctx, out, tell)
	if err != nil {
		return err
	}
	if err := writeResults(out, results); err != nil {
		return err
	}
	if err := writePictures(ctx, filepath.Join(out, "pictures"), results); err != nil {
		return err
	}
	if err := printTable(stdout, results); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	if _, err := fmt.Fprintf(stdout, "\nBefore and after, side by side: %s/index.html\n", out); err != nil {
		return fmt.Errorf("print where the page is: %w", err)
	}
	for _, r := range results {
		if r.Fault != nil {
			return errUnexpected
		}
	}
	return nil
}
