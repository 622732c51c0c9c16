package statefile

import (
	"bytes"
	"fmt"
)

// verify reads the whole file: every page of it, the order of the keys, and what the
// layout says of a file of its version.
//
// bbolt's own check runs in a goroutine of its own, where a fault in a damaged
// file cannot be caught, and does not look at what is stored.
func verify(tx *Tx, layout Layout, version int) error {
	err := tx.ForEach(func(name []byte, b *Bucket) error {
		if err := verifyBucket(b); err != nil {
			return fmt.Errorf("%w: bucket %s: %w", ErrDamaged, name, err)
		}
		return nil
	})
	if err != nil || version < layout.Version {
		return err // an older one is read whole when it is brought to this
	}
	return layout.Verify(tx)
}

func verifyBucket(b *Bucket) error {
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
