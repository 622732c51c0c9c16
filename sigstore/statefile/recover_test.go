package statefile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRecover(t *testing.T) {
	noise := func(b []byte) []byte {
		for i := range b {
			b[i] = byte(i*7 + i>>8)
		}
		return b
	}
	readable := func(path string) error {
		if err := os.WriteFile(path, make([]byte, 65536), 0o644); err != nil {
			return err
		}
		return os.Chmod(path, 0o644)
	}
	tests := []struct {
		name  string
		make  func(path string) error
		aside bool
		err   error
	}{
		{"a good one", editState(func(*Tx) error { return nil }), false, nil},
		{"none", func(string) error { return nil }, false, nil},
		{"empty", text(""), false, nil},
		{"half the file", editFile(func(b []byte) []byte { return b[:len(b)/2] }), true, nil},
		{"one page", editFile(func(b []byte) []byte { return b[:4096] }), true, nil},
		{"zeros", text(string(make([]byte, 65536))), true, nil},
		{"noise", editFile(noise), true, nil},
		{"a configuration", text("listen = 1\n"), false, ErrForeign},
		{"for all to read", readable, false, ErrForeign},
		{"another program's", func(path string) error { return otherProgram(path, nil) }, false, ErrForeign},
		{"newer", editState(func(tx *Tx) error {
			return tx.Bucket(metaBucket).Put(schemaKey, []byte("3"))
		}), false, ErrNewer},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := statePath(t)
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			f, o, err := Recover(path, things, time.Now())
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if test.err != nil {
				if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
					t.Error("the file is not as it was")
				}
				return
			}
			defer f.Close()
			if o.Unwritable || (o.Aside != "") != test.aside || (o.Why != nil) != test.aside {
				t.Fatalf("aside %q, unwritable %v, why %v", o.Aside, o.Unwritable, o.Why)
			}
			if test.aside {
				if !strings.HasPrefix(o.Aside, path+".damaged-") {
					t.Errorf("named %s", o.Aside)
				}
				if kept, err := os.ReadFile(o.Aside); err != nil || !bytes.Equal(kept, before) {
					t.Errorf("what was set aside is not what was there: %v", err)
				}
			}
			if err := fill(f, 3, 200); err != nil {
				t.Errorf("the file takes nothing: %v", err)
			}
		})
	}
}

// A file that is damaged while it is open is told of, hangs nobody, and the store
// can be closed.
func TestDamagedWhileOpen(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"emptied":  func(path string) error { return os.Truncate(path, 0) },
		"one page": func(path string) error { return os.Truncate(path, 4096) },
		"noise":    makeNoise,
	} {
		t.Run(name, func(t *testing.T) {
			path := statePath(t)
			s, err := open(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := fill(s, 50, 200); err != nil {
				t.Fatal(err)
			}
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			done := make(chan error)
			go func() {
				defer close(done)
				for range 3 {
					_, err := has(s, 1)
					done <- err
					err = fill(s, 40, 300)
					done <- err
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			for n := 0; ; n++ {
				select {
				case err, ok := <-done:
					if !ok {
						if n != 6 {
							t.Errorf("%d answers", n)
						}
						select {
						case <-s.Damaged():
						default:
							t.Error("the damage is not told")
						}
						return
					}
					if !errors.Is(err, ErrDamaged) {
						t.Errorf("error %v, want %v", err, ErrDamaged)
					}
				case <-time.After(time.Minute):
					t.Fatal("it hangs")
				}
			}
		})
	}
}

// makeNoise writes over all of a file.
func makeNoise(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(bytes.Repeat([]byte{0xA5, 0x17, 0xC3}, int(info.Size())/3))
	return err
}

// A file that is damaged while a write enlarges it cannot be mapped again. Each later use
// finds it damaged; a store that only failed would do so for ever.
func TestDamagedWhileItGrows(t *testing.T) {
	path := statePath(t)
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(func(tx *Tx) error {
		if err := tx.Bucket(thingsBucket).Put([]byte("large"), make([]byte, 1<<20)); err != nil {
			return err
		}
		return makeNoise(path)
	})
	if err == nil {
		t.Fatal("the file took a write")
	}
	if _, err := has(s, 1); !errors.Is(err, ErrDamaged) {
		t.Errorf("a look-up fails with %v, want %v", err, ErrDamaged)
	}
	select {
	case <-s.Damaged():
	default:
		t.Error("the damage is not reported")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestUnwritableStateIsCopied(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	if err := fill(s, 50, 200); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]string{"of a good one": path, "of none": filepath.Join(t.TempDir(), "none.db")} {
		t.Run(name, func(t *testing.T) {
			c, err := temporaryCopy(from, things)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if known, err := has(c, 1); err != nil || known != (from == path) {
				t.Errorf("a thing is there: %v, %v", known, err)
			}
			if err := fill(c, 60, 200); err != nil {
				t.Errorf("it is not written: %v", err)
			}
		})
	}
}
