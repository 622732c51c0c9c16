package people

import (
	"encoding/json"
	"fmt"
	"reflect"
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

// SetPlan sets how the sources of a tenant are mixed. If that is new, people are made
// again from the stored records. It is called before the first [Intake.Apply].
func (r *Register) SetPlan(tenant string, plan Plan) error {
	if len(plan.Precedence) == 0 {
		plan.Precedence = nil
	}
	if now, err := r.plan(tenant); err != nil || reflect.DeepEqual(now, plan) {
		return err
	}
	defer r.lockTenant(tenant)()
	if err := r.setPlan(tenant, plan); err != nil {
		return fmt.Errorf("set the sources of %s: %w", tenant, err)
	}
	r.changed(tenant)
	return nil
}

func (r *Register) setPlan(tenant string, plan Plan) error {
	sources, err := r.sourceNames(tenant)
	if err != nil {
		return err
	}
	if len(sources) < 2 { // there is nothing to mix
		return r.update(tenant, func(t *tenantTx) error { return t.putPlan(plan) })
	}
	return r.file.Trimmed((&rebuild{Register: r, tenant: tenant, plan: plan}).run)
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

func (r *Register) plan(tenant string) (plan Plan, err error) {
	err = r.view(tenant, func(t *tenantTx) (err error) {
		plan, err = t.plan()
		return err
	})
	return plan, err
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
		if plan, err = t.plan(); err == nil {
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
