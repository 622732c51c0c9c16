package signing

import (
	"slices"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// newPolicy makes the policy of a configuration.
func newPolicy(cfg *config.Config) *policy.Policy {
	p := &policy.Policy{
		Guard: cfg.Guard.Field, AlsoHonour: cfg.Guard.AlsoHonour,
		Keys: cfg.Guard.Keys, Lifetime: cfg.Guard.Lifetime, MaxPasses: cfg.Guard.MaxPasses, ThreadTokens: cfg.Place.ThreadToken,
	}
	p.Kinds = policy.HandlingOf(cfg.Kinds.Sign, cfg.Kinds.EnforcedPass, cfg.Kinds.EnforcedDefer)
	enforced := slices.ContainsFunc(cfg.Rules, func(r config.Rule) bool { return r.Enforce })
	for _, t := range cfg.Tenants {
		p.Tenants = append(p.Tenants, policy.Tenant{
			Name: t.Name, Domains: t.Domains,
			BySender: t.OnBehalf == config.OnBehalfSender, DefaultPerson: t.DefaultPerson, DefaultTemplate: t.DefaultTemplate,
			Proof: policy.Proof(t.Proof), Unclear: onUnclearAuthor(t, enforced),
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
	p.Prepare()
	return p
}

// onUnclearAuthor is what to do with mail of a tenant whose author is unclear. enforced
// says that a rule forbids mail to leave without its blocks.
func onUnclearAuthor(t config.Tenant, enforced bool) policy.Verdict {
	switch t.OnUnclearAuthor {
	case config.UnclearRefuse:
		return policy.Refuse
	case config.UnclearTempfail:
		return policy.Defer
	case config.UnclearByRules:
		if enforced {
			return policy.Defer
		}
	}
	return policy.Pass
}
