package sigstore

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"
)

// verify reads the whole file: every page of it, the order of the keys, every
// person, and that every address leads to one.
//
// bbolt's own check runs in a goroutine of its own, where a fault in a damaged
// file cannot be caught, and does not look at what is stored.
func verify(tx *bbolt.Tx, version int) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if err := verifyBucket(b); err != nil {
			return fmt.Errorf("%w: bucket %s: %w", ErrDamaged, name, err)
		}
		if !bytes.Equal(name, tenantsBucket) || version < schema {
			return nil // an older one is read whole when it is brought to this
		}
		return b.ForEachBucket(func(name []byte) error {
			t, _ := readTenant(tx, string(name))
			if err := t.verify(); err != nil {
				return fmt.Errorf("%w: tenant %s: %w", ErrDamaged, name, err)
			}
			return nil
		})
	})
}

func verifyBucket(b *bbolt.Bucket) error {
	var last []byte
	return b.ForEach(func(key, value []byte) error {
		if last != nil && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("key %q out of order", key)
		}
		last = key
		if value != nil {
			return nil
		}
		child := b.Bucket(key)
		if child == nil {
			return fmt.Errorf("key %q is no bucket", key)
		}
		return verifyBucket(child)
	})
}

func (t tenantTx) verify() error {
	for _, name := range tenantBuckets {
		if t.Bucket.Bucket(name) == nil {
			return fmt.Errorf("the bucket %s is missing", name)
		}
	}
	err := t.sources.ForEachBucket(func(name []byte) error {
		s, _ := t.source(string(name))
		if s.records == nil || s.members == nil {
			return fmt.Errorf("source %s: a bucket is missing", name)
		}
		return s.records.ForEach(func(key, value []byte) error {
			if _, _, err := decodePerson(value); err != nil {
				return fmt.Errorf("source %s: record %s: %w", name, key, err)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	err = t.people.ForEach(func(address, value []byte) error {
		if _, _, err := t.person(value); err != nil {
			return fmt.Errorf("person %s: %w", address, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.addresses.ForEach(func(address, primary []byte) error {
		if t.people.Get(primary) == nil {
			return fmt.Errorf("address %s leads to nobody", address)
		}
		return nil
	})
}
