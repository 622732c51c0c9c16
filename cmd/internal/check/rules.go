package check

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/policy"
)

// checkRule warns of a rule with groups or attributes that nobody has, or whose time is
// over.
func (r *run) checkRule(rule config.Rule, now time.Time) {
	short := Rule{
		Name: rule.Name, To: cmp.Or(strings.Join(rule.Words("to"), " "), "any"), From: append([]string{}, rule.Words("from")...),
		Conditions: otherConditions(&rule.Conditions), Signature: rule.Signature, ReplySignature: rule.ReplySignature,
		Disclaimer: rule.Disclaimer, Banner: rule.Banner, Stop: rule.Stop,
	}
	if rule.Signature != "" && !rule.OnNew {
		short.NewOnlyAt = replacedBy(rule.Selections)
	}
	if rule.ReplySignature != "" && !rule.OnReply {
		short.RepliesOnlyAt = replacedBy(rule.Selections)
	}
	r.Rules = append(r.Rules, short)
	for _, c := range slices.Concat(rule.If, rule.Except) {
		switch c.Name() {
		case "from_group":
			for _, g := range c.Words() {
				if !r.groups[g] {
					r.warn("rule %s: nobody is in the group %q", rule.Name, g)
				}
			}
		case "from_attribute":
			for _, a := range c.Keys() {
				if !hasFold(r.attributes, a) {
					r.warn("rule %s: nobody has the attribute %s", rule.Name, a)
				}
			}
		}
	}
	if rule.Over(now) {
		r.warn("rule %s: its time is over; it never applies again", rule.Name)
	}
}

// replacedBy are what a signature takes the place of.
func replacedBy(s config.Selections) []string {
	at := []string{"marker"}
	if s.ReplaceExisting {
		at = append(at, "old signature")
	}
	if s.ReplaceSignoff {
		at = append(at, "sign-off")
	}
	return at
}

// hasFold reports whether a name is there, in upper or lower case.
func hasFold(names map[string]bool, name string) bool {
	for n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// otherConditions are the names of a rule's conditions other than to and from.
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
