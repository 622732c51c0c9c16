package policy

import "strings"

// tenantIndex finds tenants by what messages have, so that a message costs the same
// however many there are.
type tenantIndex struct {
	byDomain      map[string]int // in Policy.Tenants
	routingFields []string       // each once, whatever its case
}

// Prepare makes the tables that spare each message a look at all tenants. They are not
// changed any more.
func (p *Policy) Prepare() { p.prepared = newTenantIndex(p.Tenants) }

// tenants is the index, made anew for a policy that was not prepared.
func (p *Policy) tenants() *tenantIndex {
	if p.prepared == nil {
		return newTenantIndex(p.Tenants)
	}
	return p.prepared
}

func newTenantIndex(tenants []Tenant) *tenantIndex {
	x := &tenantIndex{byDomain: make(map[string]int, len(tenants))}
	seen := map[string]bool{"": true}
	for i := range tenants {
		for _, domain := range tenants[i].Domains {
			if _, taken := x.byDomain[domain]; !taken {
				x.byDomain[domain] = i
			}
		}
		name := tenants[i].Proof.RoutingField
		if folded := strings.ToLower(name); !seen[folded] {
			seen[folded] = true
			x.routingFields = append(x.routingFields, name)
		}
	}
	return x
}
