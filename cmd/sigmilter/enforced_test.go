package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
)

// enforcedDir holds messages and, in its README, what becomes of each under a rule with
// enforce.
const enforcedDir = "../../testdata/enforce"

var enforcedRow = regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \| ([a-z]+) \| ([a-z-]+) \| ([0-9. ]*) \|$`)

// TestEnforced: no form of a message that a reader may show leaves without its blocks,
// and ordinary mail is signed.
func TestEnforced(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(enforcedDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(enforcedDir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	rows := enforcedRow.FindAllStringSubmatch(string(table), -1)
	if len(rows) != len(files) || len(rows) == 0 {
		t.Fatalf("%d rows in the README, %d messages", len(rows), len(files))
	}
	b := newBench(t)
	cfg := b.config(t, false, nil, map[string]any{"disclaimer": "legal", "enforce": true})
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(enforcedDir, row[1]+".eml"))
			if err != nil {
				t.Fatal(err)
			}
			got := b.sign(t, cfg, golden{Case: &config.Case{}}, raw)
			r := got.Outcome.Report
			if string(r.Action) != row[2] || r.Reason != row[3] {
				t.Errorf("%s because of %s, want %s because of %s", r.Action, r.Reason, row[2], row[3])
			}
			if parts := signedParts(r); parts != strings.TrimSpace(row[4]) {
				t.Errorf("the blocks are in %q, want %q", parts, row[4])
			}
			if deferred := got.Outcome.Reply == engine.Tempfail; deferred != (row[2] == "failed") {
				t.Errorf("deferred: %v", deferred)
			}
		})
	}
}

// signedParts are the parts that have a signature and a disclaimer.
func signedParts(r engine.Report) string {
	blocks := map[string]int{}
	var parts []string
	for _, b := range r.Blocks {
		if blocks[b.Part]++; blocks[b.Part] == 2 {
			parts = append(parts, b.Part)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}
