package sigstore

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"sigmilter/sigstore/people/peopletest"
)

// noon is when tests read.
var noon = time.Unix(1700000000, 0)

// statePath returns the path of a state file that is not there yet.
func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

// mustOpen returns the store, which is closed at the end of the test, unless that
// was done before, and then found consistent.
func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(again.Check(), again.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newBook returns a book over a store of ten people, with a template "card" that
// can be exchanged and a clock that can be set.
func newBook(t testing.TB, s *Store) (b *Book, setTemplate func(html string), clock *time.Time) {
	t.Helper()
	templates, setTemplate := peopletest.Card(t, "<p>{{.displayName}}</p>")
	clock = new(time.Time)
	*clock = noon
	return NewBook(s, Options{
		Templates: templates,
		TTL:       20 * time.Minute,
		Now:       func() time.Time { return *clock },
	}, false), setTemplate, clock
}

func htmlOf(t testing.TB, b *Book, address string) string {
	t.Helper()
	sig, err := b.Signature("contoso", address, "card")
	if err != nil {
		t.Fatal(err)
	}
	return sig.HTML
}
