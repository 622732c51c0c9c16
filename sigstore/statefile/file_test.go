package statefile

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

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
			if _, err := openReadOnly(path); !errors.Is(err, fs.ErrNotExist) {
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
	if _, err := open(filepath.Join(t.TempDir(), "absent", "state.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestLocked(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	for name, open := range map[string]func(string) (*File, error){"Open": open, "OpenReadOnly": openReadOnly} {
		start := time.Now()
		if _, err := open(path); !errors.Is(err, ErrLocked) {
			t.Errorf("%s beside a writer: %v", name, err)
		}
		if waited := time.Since(start); waited > 5*time.Second {
			t.Errorf("%s waited %v", name, waited)
		}
	}
	s.Close()
	first, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := open(path); !errors.Is(err, ErrLocked) {
		t.Errorf("Open beside readers: %v", err)
	}
	if err := fill(first, 1, 200); err == nil {
		t.Error("a read-only store was written")
	}
}

func TestTemporary(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Temporary(things)
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(os.TempDir()); len(files) > 0 || err != nil {
		t.Errorf("files left: %v, %v", files, err)
	}
	if err := fill(s, 5000, 200); err != nil { // the file has to grow
		t.Fatal(err)
	}
	if n := count(t, s); n != 5000 {
		t.Errorf("%d things", n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
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

		{"no schema version", editState(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Delete(schemaKey)
		}), ErrDamaged},
		{"no things", editState(func(tx *Tx) error { return tx.DeleteBucket(thingsBucket) }), ErrDamaged},
		{"a thing is another", editState(func(tx *Tx) error {
			return tx.Bucket(thingsBucket).Put([]byte("a"), []byte("b"))
		}), ErrDamaged},
		{"half the file", editFile(func(b []byte) []byte { return b[:len(b)/2] }), ErrDamaged},
		{"the last page is missing", editFile(func(b []byte) []byte { return b[:20000] }), ErrDamaged},
		{"one page", editFile(func(b []byte) []byte { return b[:4096] }), ErrDamaged},
		{"both meta pages", editFile(func(b []byte) []byte { b[40] ^= 1; b[os.Getpagesize()+40] ^= 1; return b }), ErrDamaged},
		{"a name", editFile(func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("thing 00017x"), []byte("thong 00017x"))
		}), ErrDamaged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := statePath(t)
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			before := fileState(t, path)
			for name, open := range map[string]func(string) (*File, error){"Open": open, "OpenReadOnly": openReadOnly} {
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

// A file cut short is known by its size, before anything past its end is touched.
func TestCutShort(t *testing.T) {
	path := statePath(t)
	if err := editFile(func(b []byte) []byte { return b[:len(b)/2] })(path); err != nil {
		t.Fatal(err)
	}
	if _, err := open(path); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "bytes are missing") {
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
	if _, err := open(path); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
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
			s, err := open(path)
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
			if n := count(t, s); n != 50 {
				t.Errorf("page %d: %d things", page, n)
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
	s.Close()
	if _, err := has(s, 0); err == nil {
		t.Error("read after Close")
	}
	s.Later(nothing)
}
