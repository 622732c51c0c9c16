package sigstore

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

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
		return verify(tx, layout, layout.Version)
	})
	if err != nil {
		t.Error(err)
	}
}

func person(n int) directory.Person {
	address := fmt.Sprintf("p%05d@contoso.com", n)
	return directory.Person{
		Address:    address,
		Addresses:  []string{address, fmt.Sprintf("alias%05d@contoso.com", n)},
		Attributes: map[string]string{"displayName": fmt.Sprintf("Person %d", n), "mail": address},
		Groups:     []string{"staff@contoso.com"},
	}
}

func persons(n int) []directory.Person {
	people := make([]directory.Person, n)
	for i := range people {
		people[i] = person(i)
	}
	return people
}

// replace makes these the people of a source named csv, whoever vanishes.
func replace(s *Store, tenant string, people []directory.Person) (Applied, error) {
	return applyBatch(s, tenant, "csv", batch{Full: true, People: people}, Reading{At: noon, MaxVanish: 1})
}

func mustReplace(t testing.TB, s *Store, tenant string, people []directory.Person) Diff {
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

func TestOpenMakesFile(t *testing.T) {
	tests := []struct {
		name string
		make func(path string) error
	}{
		{"absent", func(string) error { return nil }},
		{"empty", func(path string) error { return os.WriteFile(path, nil, 0o600) }},
		{"made and not filled in", func(path string) error {
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				return err
			}
			return db.Close()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := statePath(t)
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenReadOnly(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("read-only: %v", err)
			}
			s := mustOpen(t, path)
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			if s.Path() != path {
				t.Errorf("path is %s", s.Path())
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent", "state.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestRestart(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", persons(3))
	state := SyncState{Source: "csv", At: noon.UTC(), Success: noon.UTC(), People: 3, Full: true}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string) (*Store, error){OpenReadOnly, Open} {
		s, err := open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if p, ok, err := s.Person("contoso", "Alias00002@Contoso.com"); !ok || err != nil || !reflect.DeepEqual(p, person(2)) {
			t.Errorf("got %+v, %v, %v", p, ok, err)
		}
		got, err := s.Sync("contoso", "csv")
		if got.At, got.Success = got.At.UTC(), got.Success.UTC(); err != nil || got != state {
			t.Errorf("sync is %+v, %v", got, err)
		}
		s.Close()
	}
}

func TestLocked(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	for name, open := range map[string]func(string) (*Store, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
		start := time.Now()
		if _, err := open(path); !errors.Is(err, ErrLocked) {
			t.Errorf("%s beside a writer: %v", name, err)
		}
		if waited := time.Since(start); waited > 5*time.Second {
			t.Errorf("%s waited %v", name, waited)
		}
	}
	s.Close()
	first, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := Open(path); !errors.Is(err, ErrLocked) {
		t.Errorf("Open beside readers: %v", err)
	}
	if _, err := replace(first, "contoso", persons(1)); err == nil {
		t.Error("a read-only store was written")
	}
}

func TestTemporary(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Temporary()
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(os.TempDir()); len(files) > 0 || err != nil {
		t.Errorf("files left: %v, %v", files, err)
	}
	mustReplace(t, s, "contoso", persons(5000)) // the file has to grow
	if p, ok, err := s.Person("contoso", "p04999@contoso.com"); !ok || err != nil || p.Address != "p04999@contoso.com" {
		t.Errorf("got %+v, %v, %v", p, ok, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
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
		s, err := Open(path)
		if err != nil {
			return err
		}
		if _, err := replace(s, "contoso", persons(50)); err != nil {
			return err
		}
		if err := s.file.Update(edit); err != nil {
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

func TestRefused(t *testing.T) {
	tenant := func(tx *Tx) *Bucket {
		return tx.Bucket(tenantsBucket).Bucket([]byte("contoso"))
	}
	tests := []struct {
		name string
		make func(path string) error
		want error
	}{
		{"one byte", text("x"), ErrForeign},
		{"a text", text("mail,displayName\n"), ErrForeign},
		{"a long text", text(string(bytes.Repeat([]byte("mail,displayName\n"), 10000))), ErrForeign},
		{"zeros", text(string(make([]byte, 65536))), ErrForeign},
		{"another program's", func(path string) error { return otherProgram(path, nil) }, ErrForeign},
		{"another program's without a free list", func(path string) error {
			return otherProgram(path, &bbolt.Options{NoFreelistSync: true})
		}, ErrForeign},
		{"a pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, ErrForeign},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }, ErrForeign},

		{"newer", editState(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Put(schemaKey, []byte("3"))
		}), ErrNewer},

		{"no layoutVersion version", editState(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Delete(schemaKey)
		}), ErrDamaged},
		{"no tenants", editState(func(tx *Tx) error { return tx.DeleteBucket(tenantsBucket) }), ErrDamaged},
		{"a bucket is missing", editState(func(tx *Tx) error {
			return tenant(tx).DeleteBucket(renderedBucket)
		}), ErrDamaged},
		{"an address leads to nobody", editState(func(tx *Tx) error {
			return tenant(tx).Bucket(addressesBucket).Put([]byte("x@contoso.com"), []byte("y@contoso.com"))
		}), ErrDamaged},
		{"a person is cut", editState(func(tx *Tx) error {
			return tenant(tx).Bucket(peopleBucket).Put([]byte("p00000@contoso.com"), []byte("x"))
		}), ErrDamaged},
		{"a record is missing", editState(func(tx *Tx) error {
			return tenant(tx).Bucket(sourcesBucket).Bucket([]byte("csv")).Bucket(recordsBucket).Delete([]byte("p00000@contoso.com"))
		}), ErrDamaged},
		{"half the file", editFile(func(b []byte) []byte { return b[:len(b)/2] }), ErrDamaged},
		{"the last page is missing", editFile(func(b []byte) []byte { return b[:20000] }), ErrDamaged},
		{"one page", editFile(func(b []byte) []byte { return b[:4096] }), ErrDamaged},
		{"both meta pages", editFile(func(b []byte) []byte { b[40] ^= 1; b[os.Getpagesize()+40] ^= 1; return b }), ErrDamaged},
		{"a name", editFile(func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("Person 17"), []byte("Perton 17"))
		}), ErrDamaged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := statePath(t)
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			before := fileState(t, path)
			for name, open := range map[string]func(string) (*Store, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
				_, err := open(path)
				if !errors.Is(err, test.want) || !bytes.Contains([]byte(err.Error()), []byte(path)) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if fileState(t, path) != before {
				t.Error("the file is not as it was")
			}
		})
	}
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

// A file cut short is known by its size, before anything past its end is touched.
func TestCutShort(t *testing.T) {
	path := statePath(t)
	if err := editFile(func(b []byte) []byte { return b[:len(b)/2] })(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "bytes are missing") {
		t.Error(err)
	}
}

// An offset in a page that points outside of the file is touched before bbolt
// could see that it is wrong.
func TestWildOffsets(t *testing.T) {
	const leaf, pageHeader, offset = 2, 16, 4
	path := statePath(t)
	err := editFile(func(b []byte) []byte {
		n := 0
		for page := b[:]; len(page) > 0; page = page[os.Getpagesize():] {
			if binary.NativeEndian.Uint16(page[8:]) == leaf {
				binary.NativeEndian.PutUint32(page[pageHeader+offset:], 0x70000000)
				n++
			}
		}
		if n == 0 {
			t.Error("no leaf pages")
		}
		return b
	})(path)
	if err != nil {
		t.Fatal(err)
	}
	// What the offsets lead to may be mapped by something else in the process.
	if _, err := Open(path); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
}

// Whatever page is lost: the file is refused untouched, or all is still there.
func TestLostPages(t *testing.T) {
	whole := statePath(t)
	if err := editState(func(*Tx) error { return nil })(whole); err != nil {
		t.Fatal(err)
	}
	content := fileState(t, whole)
	size := os.Getpagesize()
	refused := 0
	for page := range len(content) / size {
		for _, fill := range []func([]byte){func(b []byte) { clear(b) }, func(b []byte) { rand.Read(b) }} {
			damaged := []byte(content)
			fill(damaged[page*size : (page+1)*size])
			path := statePath(t)
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path)
			if err != nil {
				refused++
				if !errors.Is(err, ErrDamaged) {
					t.Errorf("page %d: %v", page, err)
				}
				if fileState(t, path) != string(damaged) {
					t.Errorf("page %d: the file is not as it was", page)
				}
				continue
			}
			n := 0
			for _, err := range s.People("contoso") {
				if err != nil {
					t.Errorf("page %d: %v", page, err)
				}
				n++
			}
			if n != 50 {
				t.Errorf("page %d: %d people", page, n)
			}
			s.Close()
		}
	}
	if refused == 0 {
		t.Error("no page mattered")
	}
}

func TestClosed(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(1))
	s.Close()
	if _, _, err := s.Person("contoso", "p00000@contoso.com"); err == nil {
		t.Error("read after Close")
	}
	s.file.Later(nothing)
}
