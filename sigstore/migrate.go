package sigstore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
)

// migrate brings a file of an older schema to this one.
//
// Schema 1 had one source a tenant and kept what was in it as the people. They
// become the records of that source, and people who are these records.
func migrate(tx *bbolt.Tx) error {
	tenants := tx.Bucket(tenantsBucket)
	var names []string
	err := tenants.ForEachBucket(func(name []byte) error {
		names = append(names, string(name))
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		t, err := writeTenant(tx, name)
		if err != nil {
			return err
		}
		if err := t.fromSchema1(); err != nil {
			return fmt.Errorf("%w: tenant %s: %w", ErrDamaged, name, err)
		}
	}
	return tx.Bucket(metaBucket).Put(schemaKey, []byte(strconv.Itoa(schema)))
}

func (t tenantTx) fromSchema1() error {
	var sync struct {
		At     time.Time `json:"at"`
		Source string    `json:"source"`
		Err    string    `json:"err"`
	}
	if text := t.Get(syncKey); text != nil {
		if err := json.Unmarshal(text, &sync); err != nil {
			return fmt.Errorf("sync state: %w", err)
		}
	}
	if sync.Source == "" {
		sync.Source = "csv" // the only one schema 1 had
	}
	s, err := t.makeSource(sync.Source)
	if err != nil {
		return err
	}
	var people []pair
	err = t.people.ForEach(func(primary, value []byte) error {
		_, version, err := decodePerson(value)
		if err != nil {
			return fmt.Errorf("person %s: %w", primary, err)
		}
		e := entry{version: version, parts: []part{{sync.Source, string(primary)}}}
		people = append(people, pair{string(primary), e.encode()})
		return s.records.Put(primary, value)
	})
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := t.people.Put([]byte(p.key), p.value); err != nil {
			return err
		}
	}
	if err := s.Put(countKey, []byte(strconv.Itoa(len(people)))); err != nil {
		return err
	}
	state := SyncState{At: sync.At, People: len(people), Err: sync.Err}
	if sync.Err == "" {
		state.Success = sync.At
	}
	if err := s.putState(state); err != nil {
		return err
	}
	return t.Delete(syncKey)
}
