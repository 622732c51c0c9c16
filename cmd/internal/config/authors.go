package config

import (
	"fmt"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

var addresses = tomltree.NewKind("an address", `"info@contoso.com"`, policy.ParseAddress)

// readDefaultPerson wants an address of the tenant's own: nobody is ever taken
// from outside it. The domains were read before.
func (t *Tenant) readDefaultPerson(v tomltree.Value) {
	address, ok := addresses.Read(v)
	if !ok {
		return
	}
	t.DefaultPerson = address
	if domain := address[strings.LastIndexByte(address, '@')+1:]; len(t.Domains) > 0 && !slices.Contains(t.Domains, domain) {
		v.Fault(fmt.Sprintf("%q is outside the tenant's domains", address), "name a person of "+strings.Join(t.Domains, " or "))
	}
}
