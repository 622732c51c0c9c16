package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigmilter/cmd/internal/laws"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/terminal"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
)

// folderRun is a run over a folder of messages.
type folderRun struct {
	options  *signOptions
	setup    *offline.Setup
	table    io.Writer     // a line for each message
	reports  *json.Encoder // one object for each message, nil for none
	progress terminal.Progress

	messages, breached, unreadable int
	actions                        map[engine.Action]int
}

// folderReport is what --report says about one message of a folder.
type folderReport struct {
	File     string        `json:"file"`
	Report   engine.Report `json:"report"`
	Breaches []laws.Breach `json:"breaches"`
}

// signFolder signs every message below a folder in memory, and prints what was done and
// which laws that breaks.
func (o *signOptions) signFolder(ctx context.Context, dir string, stdout, stderr io.Writer) (err error) {
	setup, err := openOffline(ctx, o.config, "", stderr)
	if err != nil {
		return err
	}
	defer setup.Close()

	c := &folderRun{
		options: o, setup: setup, table: stdout, actions: map[engine.Action]int{},
		progress: terminal.NewProgress(printed.Exact(stderr)),
	}
	done, err := c.openReport(stdout)
	if err != nil {
		return err
	}
	err = errors.Join(c.tryFolder(ctx, dir), done())
	c.progress.Clear()
	if err != nil {
		return err
	}
	return c.printCounts()
}

// openReport opens the file of --report and returns what closes it. With - the report
// replaces the table.
func (c *folderRun) openReport(stdout io.Writer) (done func() error, err error) {
	switch c.options.report {
	case "":
		return func() error { return nil }, nil
	case "-":
		c.table, c.reports = io.Discard, json.NewEncoder(stdout)
		return func() error { return nil }, nil
	}
	f, err := os.Create(c.options.report)
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	w := bufio.NewWriter(f)
	c.reports = json.NewEncoder(w)
	return func() error { return errors.Join(w.Flush(), f.Close()) }, nil
}

func (c *folderRun) tryFolder(ctx context.Context, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name, relErr := filepath.Rel(dir, path)
		if relErr != nil {
			return relErr
		}
		if err != nil {
			return c.noteUnreadable(name, err)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return c.tryMessage(path, name)
	})
}

// noteUnreadable prints and counts a file that cannot be read. The run goes on.
func (c *folderRun) noteUnreadable(name string, err error) error {
	c.unreadable++
	c.progress.Clear()
	_, err = fmt.Fprintf(c.table, "%s\terror\t%s\n", printed.Cell(name), printed.Cell(err.Error()))
	return err
}

// tryMessage takes one file through the engine.
func (c *folderRun) tryMessage(path, name string) error {
	c.messages++
	c.progress.Show(func() string { return fmt.Sprintf("%d messages, at %.60s", c.messages, printed.Line(name)) })
	raw, err := os.ReadFile(path)
	if err != nil {
		return c.noteUnreadable(name, err)
	}
	if c.options.as != "" {
		raw = trial.WrittenBy(c.options.as, raw)
	}
	t, err := trial.Run(c.setup.Config, c.setup.Engine, raw, c.options.envelope.given().Envelope(engine.ParseFile(raw)))
	if err != nil {
		t.Breaches = append(t.Breaches, laws.Breach{Law: 1, What: err.Error()})
	}
	r := t.Outcome.Report
	c.actions[r.Action]++
	if len(t.Breaches) > 0 {
		c.breached++
	}
	if c.reports != nil {
		if err := c.reports.Encode(folderReport{name, r, append([]laws.Breach{}, t.Breaches...)}); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	c.progress.Clear()
	_, err = fmt.Fprintf(c.table, "%s\t%s\t%s\t%s\t%s\n", printed.Cell(name), r.Action, r.Reason, placesText(r), breachText(t.Breaches))
	return err
}

// placesText says in one word per part where the blocks went.
func placesText(r engine.Report) string {
	var words []string
	for _, b := range r.Blocks {
		word := b.Part + "=" + b.Placed
		if b.Separator != "" {
			word += "(" + b.Separator + ")"
		}
		words = append(words, word)
	}
	return cmp.Or(strings.Join(words, " "), "-")
}

func breachText(breaches []laws.Breach) string {
	var words []string
	for _, b := range breaches {
		words = append(words, b.String())
	}
	return cmp.Or(strings.Join(words, "; "), "-")
}

// printCounts ends the table with the counts.
func (c *folderRun) printCounts() error {
	s := fmt.Sprintf("%d messages", c.messages)
	for _, a := range []engine.Action{engine.Signed, engine.Skipped, engine.Handled, engine.Failed} {
		s += fmt.Sprintf(", %d %s", c.actions[a], a)
	}
	for _, a := range []engine.Action{engine.Refused, engine.Deferred} { // only where configured
		if n := c.actions[a]; n > 0 {
			s += fmt.Sprintf(", %d %s", n, a)
		}
	}
	if c.unreadable > 0 {
		s += fmt.Sprintf(", %d unreadable", c.unreadable)
	}
	if _, err := fmt.Fprintf(c.table, "%s, %d with breaches\n", s, c.breached); err != nil {
		return err
	}
	if c.breached > 0 || c.unreadable > 0 {
		return &exitError{status: exitFailed}
	}
	return nil
}
