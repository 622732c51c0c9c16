package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
)

// FuzzSign: whatever the message, signing it fails nowhere inside, leaves every
// part without a block as it was, and done again changes nothing.
func FuzzSign(f *testing.F) {
	dir := f.TempDir()
	for name, text := range goldenFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	setup, err := offline.Open(context.Background(), filepath.Join(dir, "sigmilter.toml"), slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { setup.Close() })
	seeds, err := filepath.Glob(filepath.Join(mailDir, "*.eml"))
	if err != nil {
		f.Fatal(err)
	}
	const every = 8 // a seed of each kind will do
	for i, name := range seeds {
		if i%every == 0 {
			raw, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
		}
	}
	to := trial.Envelope{Sender: "alice@contoso.com", Recipients: []string{"bob@example.net"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(engine.ParseFile(raw).Header()) == 0 {
			return // no MTA hands over such a thing
		}
		signed, report := signBytes(t, setup, raw, to)
		if report.Action == engine.Failed {
			t.Fatalf("failed: %s", report.Reason)
		}
		if report.Action != engine.Signed {
			return
		}
		checkLeaves(t, raw, signed, report)
		if again, _ := signBytes(t, setup, unguarded(signed), to); !bytes.Equal(unguarded(again), unguarded(signed)) {
			t.Fatalf("signed again\n%q changes to\n%q", signed, again)
		}
	})
}

func signBytes(t *testing.T, setup *offline.Setup, raw []byte, to trial.Envelope) ([]byte, engine.Report) {
	t.Helper()
	file := engine.ParseFile(raw)
	o := trial.Sign(setup.Config, setup.Engine, file, to, nil)
	signed, err := file.Apply(o)
	if err != nil {
		t.Fatal(err)
	}
	return signed, o.Report
}

// checkLeaves wants every part that is not signed as it was, in its order. A picture
// may be gone with an old signature; that nothing shows it is for the laws.
func checkLeaves(t *testing.T, raw, signed []byte, r engine.Report) {
	t.Helper()
	replaced := slices.ContainsFunc(r.Blocks, func(b engine.BlockReport) bool { return len(b.Removed) > 0 })
	after := leaves(t, signed)
	for _, was := range leaves(t, raw) {
		listed := slices.ContainsFunc(r.Blocks, func(b engine.BlockReport) bool { return b.Part == was.id })
		if len(after) > 0 && (listed || after[0].body == was.body) {
			after = after[1:]
			continue
		}
		if !replaced || !strings.HasPrefix(was.media, "image/") {
			t.Fatalf("part %s was %q and is not so in\n%q", was.id, was.body, signed)
		}
	}
	if len(after) > 0 {
		t.Fatalf("part %s came to\n%q", after[0].id, signed)
	}
}

// leafOf is a part that is no multipart.
type leafOf struct{ id, media, body string }

func leaves(t *testing.T, raw []byte) []leafOf {
	t.Helper()
	h, n := entity.ParseHeader(raw)
	s := entity.NewScanner(h, entity.Limits{})
	s.Write(raw[n:])
	root, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	var found []leafOf
	root.Walk(func(p *entity.Part) bool {
		if !p.IsMultipart() {
			found = append(found, leafOf{p.ID, p.Media.Type, string(raw[n:][p.BodyStart:p.BodyEnd])})
		}
		return true
	})
	return found
}
