package people

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

var testDependents = []Dependent{
	{Bucket: []byte("rendered"), Required: true, Keeps: func(value []byte, person *Version) bool {
		return person != nil && string(value) == string(person[:])
	}},
	{Bucket: []byte("learned"), Keeps: func(_ []byte, person *Version) bool { return person != nil }},
}

// noon is when tests read.
var noon = time.Unix(1700000000, 0)

func register(file *statefile.File, err error) (*Register, error) {
	if err != nil {
		return nil, err
	}
	return New(file, testDependents), nil
}

func open(path string) (*Register, error) {
	return register(statefile.Open(path, Layout(testDependents)))
}

func openReadOnly(path string) (*Register, error) {
	return register(statefile.OpenReadOnly(path, Layout(testDependents)))
}

func temporary() (*Register, error) { return register(statefile.Temporary(Layout(testDependents))) }

// keepOf puts something that is kept of a person into the buckets of dependents.
func keepOf(s *Register, tenant, address string) error {
	var version Version
	primary := ""
	err := s.Find(tenant, address, func(f Found) error {
		version, primary = f.Version, f.Primary
		return nil
	})
	if err != nil || primary == "" {
		return err
	}
	return s.update(tenant, 0, func(t *tenantTx) error {
		learned, err := t.bucket.CreateBucketIfNotExists([]byte("learned"))
		if err != nil {
			return err
		}
		return errors.Join(learned.Put([]byte(primary), []byte("x")), t.open([]byte("rendered")).Put([]byte(primary+"\x00card"), version[:]))
	})
}

// keptOf counts what is kept of people, by the bucket.
func keptOf(t testing.TB, s *Register, tenant string) (rendered, learned int) {
	t.Helper()
	err := s.view(tenant, func(of *tenantTx) error {
		rendered = of.open([]byte("rendered")).Stats().KeyN
		if b := of.open([]byte("learned")); b != nil {
			learned = b.Stats().KeyN
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rendered, learned
}

// statePath returns the path of a state file that is not there yet.
func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

// mustOpen returns the register, whose file is closed at the end of the test, unless that
// was done before, and then found consistent.
func mustOpen(t testing.TB, path string) *Register {
	t.Helper()
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.file.Close(); err != nil {
			t.Error(err)
		}
		again, err := open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(again.file.Check(), again.file.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// replace makes these the people of a source named csv, whoever vanishes.
func replace(s *Register, tenant string, people []directory.Person) (Applied, error) {
	return applyBatch(s, tenant, "csv", batch{Full: true, People: people}, Reading{At: noon, MaxVanish: 1})
}

func mustReplace(t testing.TB, s *Register, tenant string, people []directory.Person) Diff {
	t.Helper()
	applied, err := replace(s, tenant, people)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range applied.Warnings {
		t.Error(w)
	}
	return applied.Diff
}
