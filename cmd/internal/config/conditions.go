package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a small machine has no time zones of its own

	"sigmilter/milter/policy"
)

var keywords = kind[string]{"a keyword", `"#nosig"`, policy.ParseKeyword}

// conventions are the kinds of mail that by convention are left alone.
var conventions = kind[policy.Reason]{"a kind of mail that by convention is left alone", `"automatic"`, func(name string) (policy.Reason, error) {
	if r := policy.Reason(name); slices.Contains(policy.Conventions, r) {
		return r, nil
	}
	return "", fmt.Errorf("not one of %v", policy.Conventions)
}}

// conditions are a setting for each row of the table of conditions, which go to
// dst in its order.
func conditions(dst *[]policy.Condition) []setting {
	var settings []setting
	for i := range policy.ConditionKinds {
		k := &policy.ConditionKinds[i]
		settings = append(settings, setting{key: k.Name, read: condition(k, dst)})
	}
	return settings
}

// condition reads one. A table without any faults in it is compiled.
func condition(k *policy.ConditionKind, dst *[]policy.Condition) reader {
	return func(v value) {
		before := len(v.src.faults)
		c := k.New()
		switch k.Shape {
		case policy.Words:
			words(&c, policy.ConditionKey{What: k.What, Like: k.Like, Single: k.Single})(v)
		case policy.Table:
			conditionTable(k, &c)(v)
		case policy.Lists:
			lists(k, &c)(v)
		case policy.Bytes:
			var n int64
			if size(&n)(v); n > 0 {
				_ = c.Add("", strconv.FormatInt(n, 10)) // a number from 1 is never wrong
			}
		}
		if len(v.src.faults) > before {
			return
		}
		if err := c.Compile(); err != nil {
			v.fault(err.Error(), "put it right, or take the condition out")
			return
		}
		if !c.Empty() {
			*dst = append(*dst, c)
		}
	}
}

// conditionTable reads a table with the names of the kind, or with any.
func conditionTable(k *policy.ConditionKind, c *policy.Condition) reader {
	if len(k.Keys) == 0 {
		return freeTable(k, c)
	}
	var settings []setting
	for _, key := range k.Keys {
		s := setting{key: key.Name, read: words(c, key)}
		if key.Required {
			s.absent = missing("write it like " + key.Like)
		}
		settings = append(settings, s)
	}
	return table(settings...)
}

func freeTable(k *policy.ConditionKind, c *policy.Condition) reader {
	return func(v value) {
		members, ok := v.v.(map[string]any)
		if !ok {
			v.mistyped("a table", "write it like "+k.Like)
			return
		}
		if len(members) == 0 {
			v.fault("is empty", "write it like "+k.Like)
		}
		for _, key := range slices.Sorted(maps.Keys(members)) {
			at := v.at(key)
			at.v = members[key]
			if err := k.CheckKey(key); err != nil {
				at.fault(fmt.Sprintf("%q cannot be a name here: %v", key, err), "write it like "+k.Like)
				continue
			}
			words(c, policy.ConditionKey{Name: key, What: k.What, Like: k.Like})(at)
			if list, ok := at.elements(); ok && len(list) == 0 {
				at.fault("is empty", "write it like "+k.Like)
			}
		}
	}
}

// words reads a word or, unless there can be only one, a list of them.
func words(c *policy.Condition, k policy.ConditionKey) reader {
	return func(v value) {
		list, ok := v.elements()
		if !ok || k.Single {
			list = []value{v}
		}
		for _, member := range list {
			word, ok := member.word()
			if !ok {
				member.mistyped(cmp.Or(k.What, "a word")+" in quotes", "write it like "+k.Like)
				continue
			}
			err := c.Add(k.Name, word)
			switch {
			case err != nil && k.What == "":
				member.fault(fmt.Sprintf("%q is not known", word), "write "+k.Like)
			case err != nil:
				member.fault(fmt.Sprintf("%q is not %s: %v", word, k.What, err), "write it like "+k.Like)
			}
		}
	}
}

// word is a quoted text, or a date that TOML has a type for.
func (v value) word() (string, bool) {
	switch w := v.v.(type) {
	case string:
		return w, true
	case time.Time:
		switch w.Location().String() { // how the TOML library marks dates without a zone
		case "date-local":
			return w.Format("2006-01-02"), true
		case "datetime-local":
			return w.Format("2006-01-02 15:04"), true
		}
	}
	return "", false
}

// warnShadows warns of rules that can never match. With faults around they may be
// others than are meant.
func (c *Config) warnShadows(v value) {
	list, ok := v.elements()
	if len(v.src.faults) > 0 || !ok || len(list) != len(c.Rules) {
		return
	}
	specs := make([]policy.RuleSpec, len(c.Rules))
	for i, r := range c.Rules {
		specs[i] = policy.RuleSpec{Conditions: r.Conditions, Stop: r.Stop}
	}
	for i, by := range policy.Shadows(specs) {
		var earlier []string
		for _, j := range by {
			earlier = append(earlier, strconv.Quote(c.Rules[j].Name))
		}
		v.src.warnings = append(v.src.warnings, list[i].asFault("can never match, as "+strings.Join(earlier, " and ")+
			" before it stops at all it is for", "write stop = false there, or move it up"))
	}
}
