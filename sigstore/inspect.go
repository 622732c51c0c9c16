package sigstore

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Size returns the size of the state file in bytes.
func (s *Store) Size() (size int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		size = tx.Size()
		return nil
	})
	return size, err
}

// Snapshot writes a copy of the state as it is at one moment, a state file of its
// own, and returns its size in bytes. Readers and writers go on meanwhile, but what
// they give free is not used again before the copy is written: w should not be
// slow for hours.
func (s *Store) Snapshot(w io.Writer) (n int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		n, err = tx.WriteTo(w)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("copy the state: %w", err)
	}
	return n, nil
}

// Check reads the whole state, as [Open] does with a file that is not large, and
// returns the first fault: [ErrDamaged].
func (s *Store) Check() error {
	return s.view(func(tx *bbolt.Tx) error { return verify(tx, schema) })
}

// Cached counts rendered signatures.
type Cached struct {
	Stored  int   `json:"stored"`  // of people and templates that the file has one of
	Expired int   `json:"expired"` // of those, run out: made anew when asked for
	Bytes   int64 `json:"bytes"`   // what they take in the file
}

// Cached counts the rendered signatures of a tenant in the file. It goes through
// all of them.
func (s *Store) Cached(tenant string, now time.Time) (c Cached, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t, ok := readTenant(tx, tenant)
		if !ok {
			return nil
		}
		return t.rendered.ForEach(func(key, value []byte) error {
			c.Stored++
			c.Bytes += int64(len(key) + len(value))
			if r, err := decodeRendering(value); err != nil || !now.Before(r.expires) {
				c.Expired++
			}
			return nil
		})
	})
	return c, err
}

// DropCached forgets the rendered signatures of a tenant, in the file and in the
// memory of every [Book]: of the person who has the address, or with none of all.
// It returns how many the file had. An address nobody has is [ErrUnknown].
func (s *Store) DropCached(tenant, address string) (dropped int, err error) {
	var prefix []byte
	if address != "" {
		p, ok, err := s.Person(tenant, address)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, fmt.Errorf("%s in tenant %s: %w", address, tenant, ErrUnknown)
		}
		prefix = renderedKey(p.Address, "")
	}
	for more := true; more && err == nil; {
		err = s.update(func(tx *bbolt.Tx) error {
			t, ok := readTenant(tx, tenant)
			if more = ok; !ok {
				return nil
			}
			n, err := t.dropRendered(prefix)
			dropped += n
			more = n == prunePage
			return err
		})
	}
	s.generation.Add(1)
	return dropped, err
}

// dropRendered forgets one page of what is rendered under keys with a prefix.
func (t tenantTx) dropRendered(prefix []byte) (n int, err error) {
	var keys [][]byte
	cursor := t.rendered.Cursor()
	key, _ := cursor.Seek(prefix)
	for ; key != nil && bytes.HasPrefix(key, prefix) && len(keys) < prunePage; key, _ = cursor.Next() {
		keys = append(keys, slices.Clone(key))
	}
	for _, key := range keys {
		if err := t.rendered.Delete(key); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// InMemory goes through the addresses and templates whose signatures the book has
// in memory for a tenant, good ones and old ones, in no order.
func (b *Book) InMemory(tenant string) iter.Seq2[string, string] {
	return func(yield func(address, template string) bool) {
		for _, key := range b.recent.keys(tenant) {
			if !yield(key.address, key.template) {
				return
			}
		}
	}
}

// keys are those of the signatures of a tenant.
func (r *recent) keys(tenant string) (keys []recentKey) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.RLock()
		for key := range s.entries {
			if key.template != "" && key.tenant == tenant {
				keys = append(keys, key)
			}
		}
		s.mu.RUnlock()
	}
	return keys
}

// AnyPerson returns the primary address of one of a tenant's people, the first,
// and whether there is one.
func (s *Store) AnyPerson(tenant string) (address string, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if t, found := readTenant(tx, tenant); found {
			key, _ := t.people.Cursor().First()
			address, ok = string(key), key != nil
		}
		return nil
	})
	return address, ok, err
}

// Tenants returns the names of the tenants in the file, configured ones and those
// of before.
func (s *Store) Tenants() (names []string, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(tenantsBucket).ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, err
}
