package sigstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// templatesKey holds, in the bucket of the schema, the names of the templates that
// something may be rendered of.
var templatesKey = []byte("templates")

// prunePage is how many keys are looked at in one transaction, so that no other
// write waits for long.
const prunePage = 10_000

// KeepTemplates drops what was rendered of templates other than these. It goes
// through the file only when the names are others than the last time.
func (s *Store) KeepTemplates(names []string) error {
	names = slices.Sorted(slices.Values(names))
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("names of templates: %w", err)
	}
	var tenants []string
	same := false
	err = s.view(func(tx *bbolt.Tx) error {
		same = bytes.Equal(tx.Bucket(metaBucket).Get(templatesKey), text)
		return tx.Bucket(tenantsBucket).ForEachBucket(func(name []byte) error {
			tenants = append(tenants, string(name))
			return nil
		})
	})
	if err != nil || same {
		return err
	}
	for _, tenant := range tenants {
		for after, more := []byte(nil), true; more; {
			err := s.update(func(tx *bbolt.Tx) (err error) {
				t, ok := readTenant(tx, tenant)
				if more = ok; ok {
					after, more, err = t.pruneRendered(after, func(_, template string, _ []byte) bool {
						_, kept := slices.BinarySearch(names, template)
						return !kept
					})
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(templatesKey, text) })
}

// pruneRendered goes through one page of what is rendered.
func (t tenantTx) pruneRendered(after []byte, drop func(primary, template string, value []byte) bool) (last []byte, more bool, err error) {
	return prunePageOf(t.rendered, after, func(key, value []byte) bool {
		primary, template, _ := bytes.Cut(key, []byte{0})
		return drop(string(primary), string(template), value)
	})
}

// prunePageOf goes through one page of a bucket.
func prunePageOf(b *bbolt.Bucket, after []byte, drop func(key, value []byte) bool) (last []byte, more bool, err error) {
	var old [][]byte
	cursor := b.Cursor()
	key, value := cursor.Seek(after)
	for n := 0; key != nil && n < prunePage; n++ {
		if drop(key, value) {
			old = append(old, key)
		}
		last = slices.Clone(key)
		key, value = cursor.Next()
	}
	more = key != nil
	for _, key := range old {
		if err := b.Delete(key); err != nil {
			return last, more, err
		}
	}
	return last, more, nil
}
