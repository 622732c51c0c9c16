package sigstore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The state files of testdata/db were written by the program of that schema: two
// people of tenant contoso, and a signature of one of them.
func TestOldSchemas(t *testing.T) {
	files, err := filepath.Glob("../testdata/db/v*.db")
	if err != nil || len(files) != layoutVersion {
		t.Fatalf("%v, %v; want one for each layoutVersion up to %d", files, err, layoutVersion)
	}
	for version, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			path := statePath(t)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := OpenReadOnly(path)
			if older := version+1 < layoutVersion; errors.Is(err, ErrOlder) != older || !older && err != nil {
				t.Errorf("read-only: %v", err)
			}
			if err == nil {
				r.Close()
			}
			s := mustOpen(t, path)
			checkOldState(t, s)
			s.Close()
			checkOldState(t, mustOpen(t, path))
		})
	}
}

func checkOldState(t *testing.T, s *Store) {
	t.Helper()
	if n, err := s.Count("contoso"); n != 2 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
	d := mustDetails(t, s, "a.muster@contoso.com")
	if d.Address != "alice@contoso.com" || d.Attributes["displayName"] != "Alice Muster" || d.Origins["displayName"] != "csv" {
		t.Errorf("got %+v", d)
	}
	sig, ok, err := storedSignature(s, "contoso", "alice@contoso.com", "corporate", "1", noon)
	if sig.Text != "Alice Muster" || !ok || err != nil {
		t.Errorf("signature %+v, %v, %v", sig, ok, err)
	}
	state, err := s.Sync("contoso", "csv")
	if at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC); !state.Success.Equal(at) || state.People != 2 || err != nil {
		t.Errorf("sync %+v, %v", state, err)
	}
}
