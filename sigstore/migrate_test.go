package sigstore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigmilter/sigstore/statefile"
)

// The state files of testdata/db were written by the program of that schema: two
// people of tenant contoso, and a signature of one of them.
func TestOldSchemas(t *testing.T) {
	files, err := filepath.Glob("../testdata/db/v*.db")
	if err != nil || len(files) != layout.Version {
		t.Fatalf("%v, %v; want one for each schema up to %d", files, err, layout.Version)
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
			if older := version+1 < layout.Version; errors.Is(err, statefile.ErrOlder) != older || !older && err != nil {
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
	d, _, err := s.Details("contoso", "a.muster@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	if d.Address != "alice@contoso.com" || d.Attributes["displayName"] != "Alice Muster" || d.Origins["displayName"] != "csv" {
		t.Errorf("got %+v", d)
	}
	if c, err := s.Cached("contoso", noon); c.Stored != 1 || c.Expired != 0 || err != nil {
		t.Errorf("signatures %+v, %v", c, err)
	}
	state, err := s.Sync("contoso", "csv")
	if at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC); !state.Success.Equal(at) || state.People != 2 || err != nil {
		t.Errorf("sync %+v, %v", state, err)
	}
}
