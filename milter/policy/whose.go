package policy

import (
	"sigmilter/milter/entity"
)

// unclear decides on a message of a tenant that does not tell who wrote it.
func unclear(d Decision, m *message) Decision {
	d.Author, d.Tenant, d.Reason = m.claimed, m.tenant.Name, UnclearAuthor
	for _, c := range m.claims {
		d.Verdict = stricter(d.Verdict, c.tenant.Unclear)
	}
	m.facts.Trace.step("author", false, "the From field does not tell who wrote it: %s", m.doubt)
	return d
}

// stranger decides on a message none of whose authors is in a tenant. It passes,
// unless it is proven to be a tenant's all the same.
func (p *Policy) stranger(d Decision, m *message) (Decision, error) {
	trace, who := m.facts.Trace, "the From field has no address"
	d.Reason = NoAuthor
	if len(m.authors) > 0 {
		d.Author, d.Reason = m.authors[0], NoTenant
		who = "no tenant has the domain of " + either(m.authors)
	}
	t, err := p.provenOf(&d, m)
	switch {
	case err != nil || d.Pending:
	case t == nil:
		trace.step("tenant", false, "%s", who)
	default:
		d.Tenant, d.Verdict = t.Name, t.Unclear
		trace.step("tenant", false, "%s, and it is proven to be of %s", who, t.Name)
	}
	return d, err
}

// Claimed is the name of the tenant that a message says it is from, proven or not;
// empty for none.
func (p *Policy) Claimed(h entity.Header) string {
	if claims := p.claimsOf(originOf(h, nil).authors); len(claims) > 0 {
		return claims[0].tenant.Name
	}
	return ""
}

// claim is a tenant that authors of a message are in.
type claim struct {
	tenant *Tenant
	at     int // of the first of them

	missing []string // why its proof is not met; none before that is known
}

// claimsOf are the tenants of authors, by their domains alone, in the order of the
// authors.
func (p *Policy) claimsOf(authors []string) []claim {
	var claims []claim
	tenants := p.tenants().byDomain
	claimed := map[int]bool{}
	for at, author := range authors {
		if i, ok := tenants[domainOf(author)]; ok && !claimed[i] {
			claimed[i] = true
			claims = append(claims, claim{tenant: &p.Tenants[i], at: at})
		}
	}
	return claims
}
