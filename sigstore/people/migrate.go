package people

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sigmilter/sigstore/statefile"
)

// migrateFrom1 brings a file of schema 1 to this one.
//
// Schema 1 had one source a tenant and kept what was in it as the people. They
// become the records of that source, and people who are these records.
func migrateFrom1(tx *statefile.Tx, dependents []Dependent) error {
	for _, name := range slices.Collect(tenantNames(tx)) {
		t, err := makeTenant(tx, name, dependents)
		if err != nil {
			return err
		}
		if err := t.fromSchema1(); err != nil {
			return fmt.Errorf("%w: tenant %s: %w", statefile.ErrDamaged, name, err)
		}
	}
	return nil
}

func (t *tenantTx) fromSchema1() error {
	var sync struct {
		At     time.Time `json:"at"`
		Source string    `json:"source"`
		Err    string    `json:"err"`
	}
	if text := t.bucket.Get(syncKey); text != nil {
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
	people, err := t.recordsOfPeople(s, sync.Source)
	if err != nil {
		return err
	}
	for _, p := range people {
		if err := t.people().Put([]byte(p.Key), p.Value); err != nil {
			return err
		}
	}
	if err := s.bucket.Put(countKey, []byte(strconv.Itoa(len(people)))); err != nil {
		return err
	}
	state := SyncState{At: sync.At, People: len(people), Err: sync.Err}
	if sync.Err == "" {
		state.Success = sync.At
	}
	if err := s.putState(state); err != nil {
		return err
	}
	return t.bucket.Delete(syncKey)
}

// recordsOfPeople makes records of the people of a tenant, and returns the entries of
// people who are these records.
func (t *tenantTx) recordsOfPeople(s sourceTx, source string) (entries []statefile.Pair, err error) {
	err = t.people().ForEach(func(primary, value []byte) error {
		_, version, err := decodePerson(value)
		if err != nil {
			return fmt.Errorf("person %s: %w", primary, err)
		}
		e := storedEntry{version: version, parts: []part{{source, string(primary)}}}
		entries = append(entries, statefile.Pair{Key: string(primary), Value: e.encode()})
		return s.records.Put(primary, value)
	})
	return entries, err
}
