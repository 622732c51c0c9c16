package sigstore

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"go.etcd.io/bbolt"
)

// Plan says how the sources of a tenant are mixed.
type Plan struct {
	// Sources are names, in order of precedence: of what several have, the value of
	// the first counts.
	Sources []string `json:"sources"`
	// Precedence has, for attributes, names of sources that come before all others.
	// "photo" and "signature" stand for what is no attribute.
	Precedence map[string][]string `json:"precedence,omitempty"`
}

// rank is the place of a source. One that is no longer configured comes last, and
// is dropped once all others were read.
func (p Plan) rank(source string) int {
	if i := slices.Index(p.Sources, source); i >= 0 {
		return i
	}
	return len(p.Sources)
}

// SetPlan says how the sources of a tenant are mixed from now on. People are made
// anew of what is stored when that is another way than before. It is called before
// the first [Store.Apply].
func (s *Store) SetPlan(tenant string, plan Plan) error {
	if len(plan.Precedence) == 0 {
		plan.Precedence = nil
	}
	if now, err := s.plan(tenant); err != nil || reflect.DeepEqual(now, plan) {
		return err
	}
	err := s.update(func(tx *bbolt.Tx) error {
		t, err := writeTenant(tx, tenant)
		if err != nil {
			return err
		}
		text, err := json.Marshal(plan)
		if err != nil {
			return err
		}
		if err := t.Put(planKey, text); err != nil {
			return err
		}
		mixed := 0
		err = t.sources.ForEachBucket(func([]byte) error { mixed++; return nil })
		if err != nil || mixed < 2 {
			return err
		}
		_, _, err = t.remix(plan)
		return err
	})
	if err != nil {
		return fmt.Errorf("set the sources of %s: %w", tenant, err)
	}
	s.changed(tenant)
	return nil
}

func (s *Store) plan(tenant string) (plan Plan, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if t, ok := readTenant(tx, tenant); ok {
			plan, err = t.plan()
		}
		return err
	})
	return plan, err
}

func (t tenantTx) plan() (plan Plan, err error) {
	if text := t.Get(planKey); text != nil {
		if err := json.Unmarshal(text, &plan); err != nil {
			return plan, fmt.Errorf("%w: order of sources: %w", ErrDamaged, err)
		}
	}
	return plan, nil
}

// remix makes all people anew of the records.
func (t *tenantTx) remix(plan Plan) (Diff, []error, error) {
	a := newMixing(*t, plan)
	err := t.people.ForEach(func(primary, value []byte) error {
		version, err := storedVersion(value)
		a.dissolved[string(primary)] = version
		return err
	})
	if err != nil {
		return Diff{}, nil, err
	}
	err = t.sources.ForEachBucket(func(name []byte) error {
		return t.sources.Bucket(name).Bucket(recordsBucket).ForEach(func(key, _ []byte) error {
			return a.loosen(part{string(name), string(key)})
		})
	})
	if err != nil {
		return Diff{}, nil, err
	}
	for _, b := range [][]byte{peopleBucket, addressesBucket, contestedBucket} {
		if err := t.DeleteBucket(b); err != nil {
			return Diff{}, nil, err
		}
		if _, err := t.CreateBucket(b); err != nil {
			return Diff{}, nil, err
		}
	}
	t.open()
	a.tenantTx, a.visits = *t, nil
	return a.settle(nil)
}
