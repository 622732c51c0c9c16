package signing

import (
	"errors"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
	"sigmilter/sigstore/people"
)

func TestStaleness(t *testing.T) {
	store := newStore(t)
	cfg := &config.Config{Tenants: []config.Tenant{
		{Name: "contoso", MaxStale: time.Hour, OnStale: config.StaleDefer},
		{Name: "fabrikam", MaxStale: time.Hour, OnStale: config.StaleSign},
		{Name: "woodgrove", OnStale: config.StalePass},
	}}
	noon := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s := newStaleness(cfg)
	var stale engine.Stale
	if err := s.checkFresh(store, "contoso", noon); !errors.As(err, &stale) || !stale.Defer || !stale.Since.IsZero() {
		t.Errorf("never read: %v", err)
	}
	if err := store.SetPlans(t.Context(), map[string]people.Plan{"contoso": {Sources: []string{"hr"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Intake("contoso", "hr").Apply(people.Reading{At: noon}); err != nil {
		t.Fatal(err)
	}
	if err := s.checkFresh(store, "contoso", noon.Add(time.Hour)); err != nil {
		t.Errorf("just so: %v", err)
	}
	if err := s.checkFresh(store, "contoso", noon.Add(time.Hour+1)); !errors.As(err, &stale) || !stale.Since.Equal(noon) {
		t.Errorf("too old: %v", err)
	}
	for _, tenant := range []string{"fabrikam", "woodgrove"} {
		if err := s.checkFresh(store, tenant, noon); err != nil {
			t.Errorf("%s: %v", tenant, err)
		}
	}
}
