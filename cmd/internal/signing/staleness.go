package signing

import (
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
	"sigmilter/sigstore"
)

// staleness has the tenants, by name, whose mail must not be signed from old data.
type staleness map[string]config.Tenant

func newStaleness(cfg *config.Config) staleness {
	s := staleness{}
	for _, t := range cfg.Tenants {
		if t.MaxStale > 0 && t.OnStale != config.StaleSign {
			s[t.Name] = t
		}
	}
	return s
}

// checkFresh returns [engine.Stale] when the data of a tenant's people is too old.
func (s staleness) checkFresh(store *sigstore.Store, tenant string, now time.Time) error {
	t, ok := s[tenant]
	if !ok {
		return nil
	}
	since, err := store.Fresh(tenant)
	if err != nil || now.Sub(since) <= t.MaxStale {
		return err
	}
	return engine.Stale{Since: since, Defer: t.OnStale == config.StaleDefer}
}
