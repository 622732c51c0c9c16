package people

import (
	"encoding/json"
	"fmt"
	"time"

	"sigmilter/sigstore/statefile"
)

// SyncState is how the readings of a source went.
type SyncState struct {
	Source   string    `json:"-"`                  // name
	At       time.Time `json:"at"`                 // of the last reading, good or not
	Success  time.Time `json:"success,omitzero"`   // of the last good one; zero for none yet
	People   int       `json:"people"`             // how many the source has
	Warnings int       `json:"warnings,omitempty"` // of the last good one
	Err      string    `json:"err,omitempty"`      // why the last one failed; empty when it did not
	Failures int       `json:"failures,omitempty"` // in a row
	// Full says that the last good one brought everybody, not what changed.
	Full   bool   `json:"full,omitempty"`
	Cursor string `json:"cursor,omitempty"` // for the next reading
}

func (s sourceTx) putState(state SyncState) error {
	text, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encode sync state: %w", err)
	}
	return s.bucket.Put(syncKey, text)
}

func (s sourceTx) state() (state SyncState, err error) {
	if text := s.bucket.Get(syncKey); text != nil {
		if err := json.Unmarshal(text, &state); err != nil {
			return state, fmt.Errorf("%w: sync state: %w", statefile.ErrDamaged, err)
		}
	}
	return state, nil
}

// Failed notes that a source could not be read. Its people and its cursor stay.
func (r *Register) Failed(tenant, source string, at time.Time, why error) error {
	state, err := r.Sync(tenant, source)
	if err != nil {
		return fmt.Errorf("store the failed reading of source %s: %w", source, err)
	}
	state.At, state.Err = at, why.Error()
	state.Failures++
	r.keepState(sourceKey{tenant, source}, state)
	return nil
}

// Sync returns how the readings of a source went; the state is zero before the
// first.
func (r *Register) Sync(tenant, source string) (state SyncState, err error) {
	state, kept := r.states.get(sourceKey{tenant, source})
	if !kept {
		err = r.view(tenant, func(t *tenantTx) (err error) {
			if of, ok := t.source(source); ok {
				state, err = of.state()
			}
			return err
		})
	}
	state.Source = source
	return state, err
}

// Fresh returns the time since when every source of the tenant's plan has been
// read well: that of the one whose last success is the longest ago, zero when one
// was never read. It is answered from memory between syncs.
func (r *Register) Fresh(tenant string) (since time.Time, err error) {
	if known, ok := r.freshness.Load(tenant); ok {
		return known.(time.Time), nil
	}
	var plan Plan
	err = r.view(tenant, func(t *tenantTx) (err error) {
		plan, err = t.plan()
		return err
	})
	if err == nil {
		since, err = r.oldestSuccess(tenant, plan.Sources)
	}
	if err == nil {
		r.freshness.Store(tenant, since)
	}
	return since, err
}

func (r *Register) oldestSuccess(tenant string, sources []string) (oldest time.Time, err error) {
	for i, name := range sources {
		state, err := r.Sync(tenant, name)
		if err != nil {
			return oldest, err
		}
		if i == 0 || state.Success.Before(oldest) {
			oldest = state.Success
		}
	}
	return oldest, nil
}
