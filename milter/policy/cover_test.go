package policy

import (
	"fmt"
	"slices"
	"testing"

	"sigmilter/milter/miltertest"
)

func TestShadows(t *testing.T) {
	rule := func(stop bool, c ...Condition) RuleSpec { return RuleSpec{Conditions: only(c...), Stop: stop} }
	with := func(r RuleSpec, except ...Condition) RuleSpec { r.Except = except; return r }
	optOut := func(r RuleSpec, words ...string) RuleSpec { r.OptOut = words; return r }
	inside, outside := asks("to", "internal"), asks("to", "external")
	sales, both := asks("from_group", "sales"), asks("from_group", "sales", "service")
	fresh, reply, forward := asks("kind", "new"), asks("kind", "reply"), asks("kind", "forward")
	bonn, rhine := asks("from_attribute", "city=Bonn", "department=Sales"), asks("from_attribute", "city=Bonn", "city=Köln")
	monday, tuesday := asks("when", "days=mon", "zone=UTC"), asks("when", "days=tue", "zone=UTC")
	for name, c := range map[string]struct {
		rules []RuleSpec
		want  []int // the earlier ones that leave nothing for the last; nil: it can match
	}{
		"all stops":                      {[]RuleSpec{rule(true), rule(false, sales)}, []int{0}},
		"all goes on":                    {[]RuleSpec{rule(false), rule(true)}, nil},
		"alone":                          {[]RuleSpec{rule(true)}, nil},
		"narrower after wider":           {[]RuleSpec{rule(true, both), rule(true, sales, outside)}, []int{0}},
		"wider after narrower":           {[]RuleSpec{rule(true, sales), rule(true, both)}, nil},
		"another condition":              {[]RuleSpec{rule(true, sales, outside), rule(true, sales)}, nil},
		"a list and a part of it":        {[]RuleSpec{rule(true, asks("recipient_list", "a@x.y", "b@x.y")), rule(true, asks("recipient_list", "b@x.y"))}, []int{0}},
		"a list and another":             {[]RuleSpec{rule(true, asks("recipient_list", "a@x.y")), rule(true, asks("recipient_list", "b@x.y"))}, nil},
		"the same words":                 {[]RuleSpec{rule(true, asks("body", "offer", "/x/")), rule(true, asks("body", "/x/"), outside)}, []int{0}},
		"the subject's words":            {[]RuleSpec{rule(true, asks("subject", "offer")), rule(true, asks("body", "offer"))}, nil},
		"a language":                     {[]RuleSpec{rule(true, asks("language", "de", "en")), rule(true, asks("language", "de"))}, []int{0}},
		"attribute with one more":        {[]RuleSpec{rule(true, rhine), rule(true, bonn)}, []int{0}},
		"attribute with one less":        {[]RuleSpec{rule(true, bonn), rule(true, rhine)}, nil},
		"inside and outside":             {[]RuleSpec{rule(true, inside), rule(false), rule(true, outside), rule(false, sales)}, []int{0, 2}},
		"inside only":                    {[]RuleSpec{rule(true, inside), rule(true)}, nil},
		"outside goes on":                {[]RuleSpec{rule(true, inside), rule(false, outside), rule(true)}, nil},
		"all kinds":                      {[]RuleSpec{rule(true, fresh), rule(true, reply), rule(true, forward), rule(true)}, []int{0, 1, 2}},
		"its own kinds":                  {[]RuleSpec{rule(true, asks("kind", "reply", "forward")), rule(true, reply)}, []int{0}},
		"a kind is left":                 {[]RuleSpec{rule(true, fresh), rule(true, reply), rule(true)}, nil},
		"places and kinds":               {[]RuleSpec{rule(true, inside), rule(true, fresh), rule(true, outside, reply), rule(true, forward), rule(true)}, []int{0, 1, 2, 3}},
		"same window":                    {[]RuleSpec{rule(true, monday), rule(true, asks("when", "days=mon", "zone=UTC"))}, []int{0}},
		"another window":                 {[]RuleSpec{rule(true, monday), rule(true, tuesday)}, nil},
		"earlier has an exception":       {[]RuleSpec{with(rule(true), sales), rule(true)}, nil},
		"the same exception":             {[]RuleSpec{with(rule(true), sales), with(rule(true), sales)}, []int{0}},
		"later has more exceptions":      {[]RuleSpec{with(rule(true), sales), with(rule(true), both, inside)}, []int{0}},
		"later has a narrower exception": {[]RuleSpec{with(rule(true), both), with(rule(true), sales)}, nil},
		"earlier has an opt-out":         {[]RuleSpec{optOut(rule(true), "x"), rule(true)}, nil},
		"the same opt-out":               {[]RuleSpec{optOut(rule(true), "x"), optOut(rule(true), "x", "y")}, []int{0}},
	} {
		last := len(c.rules) - 1
		got := Shadows(c.rules)
		if !slices.Equal(got[last], c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		delete(got, last)
		if len(got) > 0 {
			t.Errorf("%s: also %v", name, got)
		}
	}
}

// Thousands of rules for a tenant each are not compared pair by pair.
func TestShadowsGrowth(t *testing.T) {
	miltertest.CheckGrowth(t, 500, func(n int) []RuleSpec {
		rules := []RuleSpec{{Conditions: only(asks("to", "internal")), Stop: true}}
		for i := range n {
			rules = append(rules, RuleSpec{Conditions: only(asks("from", fmt.Sprintf("t%d.example", i))), Stop: true})
		}
		return rules
	}, func(rules []RuleSpec) {
		if got := Shadows(rules); len(got) > 0 {
			t.Fatalf("shadows %v", got)
		}
	})
}
