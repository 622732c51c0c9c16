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
func verify(tx *bbolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if err := verifyBucket(b); err != nil {
			return fmt.Errorf("%w: bucket %s: %w", ErrDamaged, name, err)
		}
		if !bytes.Equal(name, tenantsBucket) {
			return nil
		}
		return b.ForEachBucket(func(name []byte) error {
			if err := verifyTenant(b.Bucket(name)); err != nil {
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

func verifyTenant(t *bbolt.Bucket) error {
	people, addresses := t.Bucket(peopleBucket), t.Bucket(addressesBucket)
	if people == nil || addresses == nil || t.Bucket(renderedBucket) == nil {
		return fmt.Errorf("a bucket is missing")
	}
	err := people.ForEach(func(address, value []byte) error {
		_, _, err := decodePerson(value)
		if err != nil {
			return fmt.Errorf("person %s: %w", address, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return addresses.ForEach(func(address, primary []byte) error {
		if people.Get(primary) == nil {
			return fmt.Errorf("address %s leads to nobody", address)
		}
		return nil
	})
}
