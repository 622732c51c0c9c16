package statefile

import (
	"bytes"
	"os"
	"testing"
)

// A copy made while somebody writes is a whole state file of one moment.
func TestSnapshot(t *testing.T) {
	s := mustOpen(t, statePath(t))
	if err := fill(s, 300, 200); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			// Both tenants change in one transaction, and must be the same in any copy.
			err := s.Update(func(tx *Tx) error {
				for _, name := range []string{"one", "two"} {
					b, err := tx.Bucket(metaBucket).CreateBucketIfNotExists([]byte(name))
					if err != nil {
						return err
					}
					if err := b.Put([]byte("n"), bytes.Repeat([]byte{byte(n)}, 5000)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				done <- err
				return
			}
		}
	}()
	for range 10 {
		path := statePath(t)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := s.Snapshot(f)
		if err != nil {
			t.Fatal(err)
		}
		if info, _ := f.Stat(); info.Size() != n {
			t.Errorf("%d bytes written, %d said", info.Size(), n)
		}
		f.Close()
		copied, err := openReadOnly(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, copied); n != 300 {
			t.Errorf("%d things in the copy", n)
		}
		err = copied.View(func(tx *Tx) error {
			one, two := tx.Bucket(metaBucket).Bucket([]byte("one")), tx.Bucket(metaBucket).Bucket([]byte("two"))
			if one != nil && !bytes.Equal(one.Get([]byte("n")), two.Get([]byte("n"))) {
				t.Error("a copy of two moments")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		copied.Close()
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
