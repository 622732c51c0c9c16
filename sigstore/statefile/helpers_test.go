package statefile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

var thingsBucket = []byte("things")

// things is a layout for tests: a bucket whose values begin with their keys.
var things = Layout{
	Version: 2,
	Make: func(tx *Tx) error {
		_, err := tx.CreateBucket(thingsBucket)
		return err
	},
	Found: func(tx *Tx) error {
		if tx.Bucket(thingsBucket) == nil {
			return fmt.Errorf("%w: no things", ErrDamaged)
		}
		return nil
	},
	Migrate: nothing,
	Verify: func(tx *Tx) error {
		return tx.Bucket(thingsBucket).ForEach(func(key, value []byte) error {
			if !bytes.HasPrefix(value, key) {
				return fmt.Errorf("%w: %s has %.20q", ErrDamaged, key, value)
			}
			return nil
		})
	},
}

func nothing(*Tx) error { return nil }

func open(path string) (*File, error) { return Open(path, things) }

func openReadOnly(path string) (*File, error) { return OpenReadOnly(path, things) }

// name is the key of a thing.
func name(n int) string { return fmt.Sprintf("thing %05d", n) }

// fill puts things into the file, each of some bytes.
func fill(f *File, n, size int) error {
	return f.Update(func(tx *Tx) error {
		for i := range n {
			if err := tx.Bucket(thingsBucket).Put([]byte(name(i)), append([]byte(name(i)), bytes.Repeat([]byte("x"), size)...)); err != nil {
				return err
			}
		}
		return nil
	})
}

// has reports whether a thing is there.
func has(f *File, n int) (bool, error) {
	value, err := f.Get(openThings, name(n))
	return value != nil, err
}

func openThings(tx *Tx) *Bucket { return tx.Bucket(thingsBucket) }

// count goes through all things.
func count(t testing.TB, f *File) (n int) {
	t.Helper()
	for p, err := range f.Scan(openThings, MaxValue) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Key != name(n) {
			t.Fatalf("%s comes as number %d", p.Key, n)
		}
		n++
	}
	return n
}

// statePath returns the path of a state file that is not there yet.
func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

// mustOpen returns the store, which is closed at the end of the test, unless that
// was done before, and then found consistent.
func mustOpen(t testing.TB, path string) *File {
	t.Helper()
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		checkFile(t, path)
	})
	return s
}

// checkFile runs bbolt's consistency check and ours.
func checkFile(t testing.TB, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *Tx) error {
		for fault := range tx.Check() {
			t.Error(fault)
		}
		return verify(tx, things, things.Version)
	})
	if err != nil {
		t.Error(err)
	}
}

// otherProgram makes a bbolt file that is not ours.
func otherProgram(path string, options *bbolt.Options) error {
	db, err := bbolt.Open(path, 0o600, options)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(func(tx *Tx) error {
		b, err := tx.CreateBucket([]byte("keys"))
		if err != nil {
			return err
		}
		return b.Put([]byte("k"), []byte("v"))
	})
}

// editState makes a state file and changes it behind our back.
func editState(edit func(tx *Tx) error) func(path string) error {
	return func(path string) error {
		s, err := open(path)
		if err != nil {
			return err
		}
		if err := fill(s, 50, 200); err != nil {
			return err
		}
		if err := s.Update(edit); err != nil {
			return err
		}
		return s.Close()
	}
}

func editFile(edit func(content []byte) []byte) func(path string) error {
	return func(path string) error {
		if err := editState(func(*Tx) error { return nil })(path); err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, edit(content), 0o600)
	}
}

func text(content string) func(path string) error {
	return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
}

// fileState returns a regular file's content, and the mode of what is not one.
func fileState(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.Mode().IsRegular() {
		return info.Mode().String()
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
