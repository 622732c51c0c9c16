package sigstore

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"
)

// A copy made while somebody writes is a whole state file of one moment.
func TestSnapshot(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(300))
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
			err := s.file.Update(func(tx *Tx) error {
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
		copied, err := OpenReadOnly(path)
		if err != nil {
			t.Fatal(err)
		}
		if people, err := copied.Count("contoso"); people != 300 || err != nil {
			t.Errorf("%d people in the copy, %v", people, err)
		}
		err = copied.file.View(func(tx *Tx) error {
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

func TestCheckFindsDamage(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(3))
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	flip := func() {
		err := s.file.Update(func(tx *Tx) error {
			tenant, err := makeTenant(tx, "contoso", dependents)
			if err != nil {
				return err
			}
			of, _ := tenant.source("csv")
			key, value := of.records.Cursor().First()
			value = bytes.Clone(value)
			value[len(value)-5] ^= 1
			return of.records.Put(bytes.Clone(key), value)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	flip()
	if err := s.Check(); !errors.Is(err, ErrDamaged) {
		t.Errorf("a flipped bit: %v", err)
	}
	flip()
}

func TestDropCached(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(4))
	b, setTemplate, clock := newBook(t, s)
	// sign has everybody's signature rendered, and waits until all are in the file.
	sign := func() {
		t.Helper()
		for _, p := range persons(4) {
			htmlOf(t, b, p.Address)
		}
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for deadline := time.After(30 * time.Second); ; {
			c, err := s.Cached("contoso", *clock)
			if err != nil {
				t.Fatal(err)
			}
			if c.Stored == 4 {
				return
			}
			select {
			case <-deadline:
				t.Fatalf("%+v", c)
			case <-tick.C:
			}
		}
	}
	count := func(stored, expired int) {
		t.Helper()
		c, err := s.Cached("contoso", *clock)
		if err != nil || c.Stored != stored || c.Expired != expired || (c.Bytes > 0) != (stored > 0) {
			t.Errorf("got %+v, %v, want %d stored and %d expired", c, err, stored, expired)
		}
	}
	sign()
	count(4, 0)
	inMemory := 0
	for address, template := range b.InMemory("contoso") {
		if address == "" || template != "card" {
			t.Errorf("in memory: %q %q", address, template)
		}
		inMemory++
	}
	if inMemory != 4 {
		t.Errorf("%d in memory", inMemory)
	}
	before := s.Generation()
	if n, err := s.DropCached("contoso", "ALIAS00002@contoso.com"); n != 1 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	if s.Generation() == before {
		t.Error("the memory of books stays good")
	}
	count(3, 0)
	*clock = clock.Add(b.TTL + time.Minute)
	count(3, 3)
	if n, err := s.DropCached("contoso", ""); n != 3 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	count(0, 0)
	if _, err := s.DropCached("contoso", "nobody@contoso.com"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
	if n, err := s.DropCached("fabrikam", ""); n != 0 || err != nil {
		t.Errorf("no such tenant: %d, %v", n, err)
	}
	setTemplate("<b>{{.displayName}}</b>")
	sign()
	count(4, 0)
}
