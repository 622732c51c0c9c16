package check

import (
	"context"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/feed"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
)

// checkTenant reads the sources of a tenant, and remembers the attributes and groups of
// their people.
func (r *run) checkTenant(ctx context.Context, t config.Tenant) error {
	tenant := Tenant{Name: t.Name, Domains: t.Domains, Proof: proofWords(t)}
	var people []directory.Person
	for _, d := range t.Directories {
		found, batch, err := feed.Gather(ctx, d, feed.RuleGroups(r.cfg))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == nil:
		case strings.Contains(err.Error(), config.ServiceCredentials) && r.elsewhere:
			r.Notes = append(r.Notes, d.Fault("was not read, for its credential only the service has; run check as root on the configuration of sigmilter.service").String())
		default:
			r.addFault(d.Fault(err.Error() + "; fix it or name another source"))
		}
		for _, warning := range directory.Counted(batch.Warnings) {
			r.warn("%v", warning)
		}
		for _, g := range batch.Groups {
			r.noteGroup(g.Name)
		}
		for _, person := range found {
			r.notePerson(person)
		}
		people = append(people, found...)
		tenant.Sources = append(tenant.Sources, Source{d.Name, d.Source, d.Path, len(found)})
	}
	r.checkReady(t, people)
	r.checkDefaultPerson(t, people)
	r.checkDomains(t, people)
	r.Tenants = append(r.Tenants, tenant)
	return nil
}

// notePerson remembers which attributes and groups a person has.
func (r *run) notePerson(p directory.Person) {
	for name := range p.Attributes {
		r.attributes[name] = true
	}
	for _, g := range p.Groups {
		r.noteGroup(g)
	}
}

func (r *run) noteGroup(name string) {
	if folded, err := policy.ParseKeyword(name); err == nil {
		r.groups[folded] = true
	}
}

// proofWords is what a tenant's proof requires: "network, routing or dkim".
func proofWords(t config.Tenant) string {
	var all []string
	for _, oneOf := range t.Proof.Require {
		all = append(all, strings.Join(oneOf, " or "))
	}
	return strings.Join(all, ", ")
}

// checkReady warns of finished signatures that no template makes way for.
func (r *run) checkReady(t config.Tenant, people []directory.Person) {
	for _, template := range r.cfg.Templates {
		if template.Ready {
			return
		}
	}
	if slices.ContainsFunc(people, func(p directory.Person) bool { return p.Ready != nil }) {
		r.warn("tenant %s: its sources have finished signatures, but they are not used: no template has ready = true", t.Name)
	}
}

// checkDefaultPerson warns of a default person who is not in the directory.
func (r *run) checkDefaultPerson(t config.Tenant, people []directory.Person) {
	if t.DefaultPerson == "" || len(people) == 0 {
		return
	}
	isDefault := func(p directory.Person) bool { return slices.Contains(p.Addresses, t.DefaultPerson) }
	if !slices.ContainsFunc(people, isDefault) {
		r.warn("tenant %s: the default person %s is not in the directory", t.Name, t.DefaultPerson)
	}
}

// checkDomains warns when nobody in the directory has an address in the tenant's domains:
// an author is looked up only in the tenant of their domain.
func (r *run) checkDomains(t config.Tenant, people []directory.Person) {
	if len(people) == 0 {
		return
	}
	inDomain := func(address string) bool {
		domain := address[strings.LastIndexByte(address, '@')+1:]
		return slices.ContainsFunc(t.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
	}
	if !slices.ContainsFunc(people, func(p directory.Person) bool { return slices.ContainsFunc(p.Addresses, inDomain) }) {
		r.warn("tenant %s: none of its %d people has an address in %s, so no mail would be signed; correct domains, or name another source",
			t.Name, len(people), strings.Join(t.Domains, ", "))
	}
}
