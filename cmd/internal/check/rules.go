package check

import (
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
)

// checkRule warns of what the people or the time make of a rule: groups and
// attributes that nobody has, a time that is over. groups are as conditions compare them.
func (r *Report) checkRule(rule config.Rule, attributes, groups map[string]bool, now time.Time) {
	for _, c := range slices.Concat(rule.If, rule.Except) {
		switch c.Name() {
		case "from_group":
			for _, g := range c.Words() {
				if !groups[g] {
					r.warn("rule %s: nobody is in the group %q", rule.Name, g)
				}
			}
		case "from_attribute":
			for _, a := range c.Keys() {
				if !hasFold(attributes, a) {
					r.warn("rule %s: nobody has the attribute %s", rule.Name, a)
				}
			}
		}
	}
	if rule.Over(now) {
		r.warn("rule %s: its time is over, it never applies again", rule.Name)
	}
}

// checkDefaultPerson warns of a default person whom the directory does not have.
func (r *Report) checkDefaultPerson(t config.Tenant, people []directory.Person) {
	known := func(p directory.Person) bool { return slices.Contains(p.Addresses, t.DefaultPerson) }
	if t.DefaultPerson != "" && len(people) > 0 && !slices.ContainsFunc(people, known) {
		r.warn("tenant %s: the directory does not have the default person %s", t.Name, t.DefaultPerson)
	}
}

// checkDomains warns when the directory and the domains have nothing to do with each
// other: an author is looked for in the tenant of his domain only.
func (r *Report) checkDomains(t config.Tenant, people []directory.Person) {
	own := func(address string) bool {
		domain := address[strings.LastIndexByte(address, '@')+1:]
		return slices.ContainsFunc(t.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
	}
	if len(people) > 0 && !slices.ContainsFunc(people, func(p directory.Person) bool { return slices.ContainsFunc(p.Addresses, own) }) {
		r.warn("tenant %s: of its %d people nobody has an address in %s, so no mail would be signed; mend domains, or name another source", t.Name, len(people), strings.Join(t.Domains, ", "))
	}
}

func hasFold(names map[string]bool, name string) bool {
	for n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// otherConditions names what a rule asks for beside recipients and authors.
func otherConditions(c *policy.Conditions) []string {
	names := []string{}
	for i := range c.If {
		if n := c.If[i].Name(); n != "to" && n != "from" {
			names = append(names, n)
		}
	}
	if len(c.Except) > 0 {
		names = append(names, "except")
	}
	if len(c.OptOut) > 0 {
		names = append(names, "opt_out")
	}
	return names
}
