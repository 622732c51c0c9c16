package people

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"sigmilter/sigstore/statefile"
)

// Plan is how the sources of a tenant are mixed.
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

// planPage is how many tenants get a plan in one transaction.
const planPage = 500

// SetPlans sets how the sources of tenants are mixed, until ctx ends. Where that is new,
// people are made again from the stored records. It is called before the first
// [Intake.Apply].
func (r *Register) SetPlans(ctx context.Context, plans map[string]Plan) error {
	other, err := r.otherPlans(plans)
	if err != nil {
		return err
	}
	for page := range slices.Chunk(other, planPage) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.setPlans(page, plans); err != nil {
			return err
		}
	}
	return nil
}

// otherPlans are the tenants with another plan than before, by name.
func (r *Register) otherPlans(plans map[string]Plan) (tenants []string, err error) {
	err = r.file.View(func(tx *statefile.Tx) error {
		for _, tenant := range slices.Sorted(maps.Keys(plans)) {
			var now Plan
			if t, ok := findTenant(tx, tenant); ok {
				now, err = t.plan()
				if err != nil {
					return err
				}
			}
			if !now.same(plans[tenant]) {
				tenants = append(tenants, tenant)
			}
		}
		return nil
	})
	return tenants, err
}

func (p Plan) same(other Plan) bool {
	return slices.Equal(p.Sources, other.Sources) && maps.EqualFunc(p.Precedence, other.Precedence, slices.Equal[[]string])
}

// setPlans sets the plans of some tenants in one transaction, but for those whose people
// must be made again.
func (r *Register) setPlans(tenants []string, plans map[string]Plan) error {
	for _, tenant := range tenants {
		defer r.lockTenant(tenant)()
	}
	var mixed []string
	err := r.file.Update(func(tx *statefile.Tx) error {
		for _, tenant := range tenants {
			t, err := makeTenant(tx, tenant, r.dependents)
			if err != nil {
				return err
			}
			if t.hasSeveralSources() {
				mixed = append(mixed, tenant)
			} else if err := t.putPlan(plans[tenant]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set the sources of tenants: %w", err)
	}
	for _, tenant := range mixed {
		if err := r.file.Trimmed((&rebuild{Register: r, tenant: tenant, plan: plans[tenant]}).run); err != nil {
			return fmt.Errorf("set the sources of %s: %w", tenant, err)
		}
	}
	for _, tenant := range tenants {
		r.changed(tenant)
	}
	return nil
}

func (t *tenantTx) hasSeveralSources() bool {
	cursor := t.sources().Cursor()
	first, _ := cursor.First()
	second, _ := cursor.Next()
	return first != nil && second != nil
}

// sourceNames are those of all sources of a tenant that have something in the file.
func (r *Register) sourceNames(tenant string) (names []string, err error) {
	err = r.view(tenant, func(t *tenantTx) error {
		return t.sources().ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, err
}

func (t *tenantTx) putPlan(plan Plan) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	return t.bucket.Put(planKey, text)
}

func (t *tenantTx) plan() (plan Plan, err error) {
	if text := t.bucket.Get(planKey); text != nil {
		if err := json.Unmarshal(text, &plan); err != nil {
			return plan, fmt.Errorf("%w: order of sources: %w", statefile.ErrDamaged, err)
		}
	}
	return plan, nil
}

// planAfter is the plan of a tenant, and which sources go with a good reading of one:
// those that are no longer configured, once all others were read. Until then their
// people may be the only ones there are.
func (r *Register) planAfter(tenant, source string) (plan Plan, obsolete []string, err error) {
	var complete bool
	err = r.view(tenant, func(t *tenantTx) (err error) {
		plan, err = t.plan()
		if err == nil {
			complete, err = t.allRead(plan, source)
		}
		return err
	})
	if err != nil || !complete {
		return plan, nil, err
	}
	names, err := r.sourceNames(tenant)
	if !slices.Contains(names, source) {
		names = append(names, source)
	}
	for _, name := range names {
		if !slices.Contains(plan.Sources, name) {
			obsolete = append(obsolete, name)
		}
	}
	return plan, obsolete, err
}

// allRead reports whether all sources of a plan were read well once, but for one, which
// was read just now. Without a plan it is false.
func (t *tenantTx) allRead(plan Plan, justRead string) (bool, error) {
	for _, name := range plan.Sources {
		if name == justRead {
			continue
		}
		of, ok := t.source(name)
		if !ok {
			return false, nil
		}
		if state, err := of.state(); err != nil || state.Success.IsZero() {
			return false, err
		}
	}
	return len(plan.Sources) > 0, nil
}
