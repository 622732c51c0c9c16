package signatures

import (
	"path/filepath"
	"testing"
	"time"

	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/statefile"
)

// store is a state file with people and signatures.
type store struct {
	*people.Register
	*Shelf
	file *statefile.File
}

func (s *store) Close() error { return s.file.Close() }

var dependents = []people.Dependent{OfPeople}

func opened(file *statefile.File, err error) (*store, error) {
	if err != nil {
		return nil, err
	}
	register := people.New(file, dependents)
	return &store{register, NewShelf(file, register), file}, nil
}

func openReadOnly(path string) (*store, error) {
	return opened(statefile.OpenReadOnly(path, people.Layout(dependents)))
}

// statePath returns the path of a state file that is not there yet.
func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

func mustOpen(t testing.TB, path string) *store {
	t.Helper()
	s, err := opened(statefile.Open(path, people.Layout(dependents)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// versionOf is that of the person who has an address, as stored now.
func versionOf(t testing.TB, s *store, address string) (version people.Version) {
	t.Helper()
	err := s.Find("contoso", address, func(f people.Found) error {
		version = f.Version
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// putSignature stores what was rendered of a person, unless the stored person is another
// one by now.
func putSignature(t testing.TB, s *store, of signatureName, person people.Version, templateVersion string, sig Signature, expires time.Time) {
	t.Helper()
	err := s.file.Update(func(tx *statefile.Tx) error {
		return s.write(tx, of, rendering{person: person, template: templateVersion, expires: expires, Signature: sig})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// storedSignature is the signature of who has an address, and whether there is one to use.
func storedSignature(s *store, tenant, address, template, templateVersion string, now time.Time) (sig Signature, ok bool, err error) {
	err = s.Find(tenant, address, func(f people.Found) error {
		r, err := decodeRendering(f.Bucket(renderedBucket).Get(renderedKey(f.Primary, template)))
		if ok = err == nil && r.fits(f.Version, templateVersion, now); ok {
			sig = r.Signature
		}
		return nil
	})
	return sig, ok, err
}

// newCache returns a cache over a store of ten people, with a template "card" that
// can be exchanged and a clock that can be set.
func newCache(t testing.TB, s *store) (b *Cache, setTemplate func(html string), clock *time.Time) {
	t.Helper()
	templates, setTemplate := peopletest.Card(t, "<p>{{.displayName}}</p>")
	clock = new(time.Time)
	*clock = noon
	return NewCache(s.Shelf, Options{
		Templates: templates,
		TTL:       20 * time.Minute,
		Now:       func() time.Time { return *clock },
	}), setTemplate, clock
}

func htmlOf(t testing.TB, b *Cache, address string) string {
	t.Helper()
	sig, err := b.Signature("contoso", address, "card")
	if err != nil {
		t.Fatal(err)
	}
	return sig.HTML
}
