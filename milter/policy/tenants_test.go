package policy

import (
	"fmt"
	"testing"
)

// A message of a tenant costs the same whether it is the only one or one of thousands.
func TestMessageCostsTheSameWithManyTenants(t *testing.T) {
	allocated := func(tenants int) float64 {
		p := newPolicy()
		for i := range tenants {
			p.Tenants = append(p.Tenants, Tenant{Name: fmt.Sprint("t", i), Domains: []string{fmt.Sprintf("t%d.example", i)}, Proof: Proof{RoutingField: "X-Route"}})
		}
		p.Prepare()
		h := header("From: alice@contoso.com", "To: bob@t1.example", "X-Route: x")
		return testing.AllocsPerRun(20, func() {
			if claims := p.claimsOf(originOf(h, nil).authors); len(claims) != 1 || claims[0].tenant.Name != "contoso" {
				t.Fatalf("claims: %v", claims)
			}
			if edits := p.WithoutRoutingFields(h); len(edits) != 1 && tenants > 0 {
				t.Fatalf("edits: %v", edits)
			}
		})
	}
	if few, many := allocated(1), allocated(10_000); many > few {
		t.Errorf("%v allocations with one tenant more, %v with 10,000", few, many)
	}
}
