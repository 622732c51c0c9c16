package signing

import (
	"slices"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

func newPolicy(cfg *config.Config) *policy.Policy {
	p := &policy.Policy{
		Guard: cfg.Guard.Field, AlsoHonour: cfg.Guard.AlsoHonour,
		Keys: cfg.Guard.Keys, Lifetime: cfg.Guard.Lifetime, MaxPasses: cfg.Guard.MaxPasses, ThreadTokens: cfg.Place.ThreadToken,
	}
	p.Kinds = policy.HandlingOf(cfg.Kinds.Sign, cfg.Kinds.EnforcedPass, cfg.Kinds.EnforcedDefer)
	for _, t := range cfg.Tenants {
		p.Tenants = append(p.Tenants, policy.Tenant{
			Name: t.Name, Domains: t.Domains,
			BySender: t.OnBehalf == config.OnBehalfSender, DefaultPerson: t.DefaultPerson, DefaultTemplate: t.DefaultTemplate,
			Proof: policy.Proof(t.Proof), Unclear: unclear(cfg, t),
		})
	}
	for _, r := range cfg.Rules {
		reply := r.ReplySignature
		if reply == "" && r.Signature != "" {
			reply = policy.NoTemplate
		}
		p.Rules = append(p.Rules, policy.RuleSpec{
			Name: r.Name, Conditions: r.Conditions,
			Signature: r.Signature, ReplySignature: reply, Disclaimer: r.Disclaimer, Banner: r.Banner,
			AddHTML: r.Plain == config.Alternative, Stop: r.Stop, Enforce: r.Enforce, EnforceByText: r.EnforceByText,
			Place: insert.Settings{
				Marker: cfg.Place.Marker, Signoffs: cfg.Place.Signoffs,
				ReplaceExisting: r.ReplaceExisting, ReplaceSignoff: r.ReplaceSignoff, OnNew: r.OnNew, OnReply: r.OnReply,
			},
		})
	}
	return p
}

// unclear is what becomes of a tenant's mail without one author.
func unclear(cfg *config.Config, t config.Tenant) policy.Verdict {
	enforced := slices.ContainsFunc(cfg.Rules, func(r config.Rule) bool { return r.Enforce })
	switch {
	case t.OnUnclearAuthor == config.UnclearRefuse:
		return policy.Refuse
	case t.OnUnclearAuthor == config.UnclearTempfail, t.OnUnclearAuthor == config.UnclearByRules && enforced:
		return policy.Defer
	}
	return policy.Pass
}
