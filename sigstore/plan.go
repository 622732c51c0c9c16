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
	defer s.lockTenant(tenant)()
	mixed := 0
	err := s.view(func(tx *bbolt.Tx) error {
		if t, ok := readTenant(tx, tenant); ok {
			return t.sources.ForEachBucket(func([]byte) error { mixed++; return nil })
		}
		return nil
	})
	switch {
	case err != nil:
	case mixed < 2:
		err = s.update(func(tx *bbolt.Tx) error {
			t, err := writeTenant(tx, tenant)
			if err != nil {
				return err
			}
			return t.putPlan(plan)
		})
	default:
		err = s.trimmed((&rebuild{store: s, tenant: tenant, plan: plan}).run)
	}
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

func (t tenantTx) putPlan(plan Plan) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	return t.Put(planKey, text)
}

func (t tenantTx) plan() (plan Plan, err error) {
	if text := t.Get(planKey); text != nil {
		if err := json.Unmarshal(text, &plan); err != nil {
			return plan, fmt.Errorf("%w: order of sources: %w", ErrDamaged, err)
		}
	}
	return plan, nil
}

// planAfter is the plan of a tenant, and which sources go with a good reading of one:
// those that are no longer configured, once all others were read. Until then their
// people may be the only ones there are.
func (s *Store) planAfter(tenant, source string) (plan Plan, obsolete []string, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t, ok := readTenant(tx, tenant)
		if !ok {
			return nil
		}
		if plan, err = t.plan(); err != nil || len(plan.Sources) == 0 {
			return err
		}
		for _, name := range plan.Sources {
			if name == source {
				continue
			}
			of, ok := t.source(name)
			if !ok {
				return nil
			}
			if state, err := of.state(); err != nil || state.Success.IsZero() {
				return err
			}
		}
		if !slices.Contains(plan.Sources, source) {
			obsolete = append(obsolete, source)
		}
		return t.sources.ForEachBucket(func(name []byte) error {
			if string(name) != source && !slices.Contains(plan.Sources, string(name)) {
				obsolete = append(obsolete, string(name))
			}
			return nil
		})
	})
	return plan, obsolete, err
}
