package sigstore

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

var syncKey = []byte("sync")

// SyncState is how the last sync of a tenant went.
type SyncState struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"`        // what was read, as the configuration has it
	People int       `json:"people"`        // how many the source gave
	Err    string    `json:"err,omitempty"` // why it failed; empty when it did not
}

// SetSync remembers how a sync went.
func (s *Store) SetSync(tenant string, state SyncState) error {
	text, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("set sync state of %s: %w", tenant, err)
	}
	return s.update(func(tx *bbolt.Tx) error {
		t, err := tenantBuckets(tx, tenant)
		if err != nil {
			return err
		}
		return t.Put(syncKey, text)
	})
}

// Sync returns how the last sync went, and whether there was one.
func (s *Store) Sync(tenant string) (state SyncState, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t := tx.Bucket(tenantsBucket).Bucket([]byte(tenant))
		if t == nil || t.Get(syncKey) == nil {
			return nil
		}
		ok = true
		if err := json.Unmarshal(t.Get(syncKey), &state); err != nil {
			return fmt.Errorf("%w: sync state of %s: %w", ErrDamaged, tenant, err)
		}
		return nil
	})
	return state, ok && err == nil, err
}
