package offline

import (
	"context"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/signing"
	"sigmilter/milter/engine"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
)

// daemonMemory is what the running daemon remembers, for verbs that cannot read the state
// file because the daemon holds it. It learns nothing.
type daemonMemory struct {
	ctx    context.Context
	client *control.Client
}

// memoryFor is the memory for a verb: that of its store, or that of the daemon when the
// store is a temporary one.
func memoryFor(ctx context.Context, cfg *config.Config, store *sigstore.Store, own engine.Memory) engine.Memory {
	if own == nil || store.Path() != "" || cfg.Control == "" {
		return own
	}
	return daemonMemory{ctx, control.NewClient(cfg.Control)}
}

// Recall implements [engine.Memory].
func (m daemonMemory) Recall(tenant string, p *policy.Person) (insert.Memory, bool) {
	sent, err := m.client.Remembered(m.ctx, tenant, p.Address)
	if err != nil || len(sent.Key) == 0 {
		return insert.Memory{}, false // no daemon, as a rule
	}
	known, err := sigstore.DecodeRecollection(sent.Key, sent.Endings)
	if err != nil {
		return insert.Memory{}, false
	}
	return signing.MemoryOf(known), true
}

// Learn implements [engine.Memory].
func (m daemonMemory) Learn(string, *policy.Person, []insert.Ending) {}
