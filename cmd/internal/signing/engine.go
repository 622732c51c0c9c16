// Package signing makes the engine for a configuration: the policy from its rules, and the
// store of people and blocks that the engine asks.
package signing

import (
	"io"
	"log/slog"
	"slices"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/dkim"
	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
)

// FirstReading reports whether a tenant's sources are being read for the first time:
// strangers, when someone who is not in the store may still turn up; everybody, when even
// the known people may be incomplete.
type FirstReading func(tenant string) (strangers, everybody bool)

// NewEngine makes the engine, the same for the daemon and for every verb. A nil firstReading
// says that no source is being read for the first time.
func NewEngine(cfg *config.Config, book *sigstore.Book, firstReading FirstReading, log *slog.Logger) *engine.Engine {
	if firstReading == nil {
		firstReading = func(string) (bool, bool) { return false, false }
	}
	store := signatures{book, newPictures(cfg), newStaleness(cfg), firstReading, new(encodedPictures)}
	e := &engine.Engine{
		Policy:    newPolicy(cfg),
		Store:     store,
		Known:     new(engine.Known),
		AddText:   cfg.Place.AttachOnly == config.AddText,
		DropAMP:   cfg.Place.AMP == config.DropAMP,
		TextBytes: cfg.Limits.TextBytes,
		LineBytes: cfg.Limits.LineBytes,
		MaxTime:   cfg.Timeouts.Message,
		OnError:   replyTo(cfg.OnError),
		OnErrorOf: onErrorOf(cfg),
		OnRender:  replyTo(cfg.OnRenderError),
		OnHidden:  replyTo(cfg.OnHidden),
		DKIM:      newDKIM(cfg),
		OnLoop:    replyTo(cfg.Guard.OnLoop),
		Log:       log,
	}
	if cfg.Place.Learn {
		e.Memory = store
	}
	return e
}

func replyTo(o config.OnError) engine.Reply {
	if o == config.Pass {
		return engine.Continue
	}
	return engine.Tempfail
}

// onErrorOf is the on_error of each tenant.
func onErrorOf(cfg *config.Config) map[string]engine.Reply {
	replies := make(map[string]engine.Reply)
	for _, t := range cfg.Tenants {
		replies[t.Name] = replyTo(t.OnError)
	}
	return replies
}

// ScanLimits are the limits of a configuration on the structure of a message.
func ScanLimits(cfg *config.Config) entity.Limits {
	return entity.Limits{Parts: cfg.Limits.Parts, Depth: cfg.Limits.Depth, HeaderBytes: int(cfg.Limits.HeaderBytes)}
}

// newDKIM returns what verifies DKIM signatures, nil if no tenant is proven by them.
func newDKIM(cfg *config.Config) func(entity.Header, *io.SectionReader, []string) (policy.Signature, string, error) {
	for _, t := range cfg.Tenants {
		for _, oneOf := range t.Proof.Require {
			if slices.Contains(oneOf, policy.DKIMProof) {
				return dkim.New(cfg.Timeouts.DNS, nil).Verify
			}
		}
	}
	return nil
}
