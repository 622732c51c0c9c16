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

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

var keywords = tomltree.NewKind("a keyword", `"#nosig"`, policy.ParseKeyword)

// conventions are the kinds of mail that by convention are left alone.
var conventions = tomltree.NewKind("a kind of mail that by convention is left alone", `"automatic"`, func(name string) (policy.Reason, error) {
	if r := policy.Reason(name); slices.Contains(policy.Conventions, r) {
		return r, nil
	}
	return "", fmt.Errorf("not one of %v", policy.Conventions)
})

// conditionSettings are a setting for each row of the table of conditions, which go to
// dst in its order.
func conditionSettings(dst *[]policy.Condition) []tomltree.Setting {
	var settings []tomltree.Setting
	for i := range policy.ConditionKinds {
		k := &policy.ConditionKinds[i]
		settings = append(settings, tomltree.Setting{Key: k.Name, Read: readCondition(k, dst)})
	}
	return settings
}

// readCondition reads one. A table without any faults in it is compiled.
func readCondition(k *policy.ConditionKind, dst *[]policy.Condition) tomltree.Reader {
	return tomltree.Or(unsetConditions[k.Name], func(v tomltree.Value) {
		before := len(v.Tree().Faults)
		c := k.New()
		switch k.Shape {
		case policy.Words:
			conditionWords(&c, policy.ConditionKey{What: k.What, Like: k.Like, Single: k.Single})(v)
		case policy.Table:
			conditionTable(k, &c)(v)
		case policy.Lists:
			lists(k, &c)(v)
		case policy.Bytes:
			var n int64
			tomltree.Size(&n)(v)
			if n > 0 {
				_ = c.Add("", strconv.FormatInt(n, 10)) // a number from 1 is never wrong
			}
		}
		if len(v.Tree().Faults) > before {
			return
		}
		if err := c.Compile(); err != nil {
			v.Fault(err.Error(), "put it right, or take the condition out")
			return
		}
		if !c.Empty() {
			*dst = append(*dst, c)
		}
	})
}

// unsetConditions are what conditions are that a rule does not have; the others are none.
var unsetConditions = map[string]any{"to": "any"}

// conditionTable reads a table with the names of the kind, or with any.
func conditionTable(k *policy.ConditionKind, c *policy.Condition) tomltree.Reader {
	if len(k.Keys) == 0 {
		return freeTable(k, c)
	}
	var settings []tomltree.Setting
	for _, key := range k.Keys {
		s := tomltree.Setting{Key: key.Name, Read: conditionWords(c, key)}
		if key.Required {
			s.Absent = tomltree.Missing("write it like " + key.Like)
		}
		settings = append(settings, s)
	}
	return tomltree.Table(settings...)
}

func freeTable(k *policy.ConditionKind, c *policy.Condition) tomltree.Reader {
	return func(v tomltree.Value) {
		members, ok := v.Raw.(map[string]any)
		if !ok {
			v.Mistyped("a table", "write it like "+k.Like)
			return
		}
		if len(members) == 0 {
			v.Fault("is empty", "write it like "+k.Like)
		}
		for _, key := range slices.Sorted(maps.Keys(members)) {
			at := v.Member(key)
			if err := k.CheckKey(key); err != nil {
				at.Fault(fmt.Sprintf("%q cannot be a name here: %v", key, err), "write it like "+k.Like)
				continue
			}
			conditionWords(c, policy.ConditionKey{Name: key, What: k.What, Like: k.Like})(at)
			if list, ok := at.Elements(); ok && len(list) == 0 {
				at.Fault("is empty", "write it like "+k.Like)
			}
		}
	}
}

// conditionWords reads a word or, unless there can be only one, a list of them.
func conditionWords(c *policy.Condition, k policy.ConditionKey) tomltree.Reader {
	return func(v tomltree.Value) {
		list, ok := v.Elements()
		if !ok || k.Single {
			list = []tomltree.Value{v}
		}
		for _, member := range list {
			word, ok := conditionWord(member)
			if !ok {
				member.Mistyped(cmp.Or(k.What, "a word")+" in quotes", "write it like "+k.Like)
				continue
			}
			err := c.Add(k.Name, word)
			if err != nil && k.What == "" {
				member.Fault(fmt.Sprintf("%q is not known", word), "write "+k.Like)
			} else if err != nil {
				member.Fault(fmt.Sprintf("%q is not %s: %v", word, k.What, err), "write it like "+k.Like)
			}
		}
	}
}

// conditionWord is a quoted text, or a date that TOML has a type for.
func conditionWord(v tomltree.Value) (string, bool) {
	switch w := v.Raw.(type) {
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
func (c *Config) warnShadows(v tomltree.Value) {
	list, ok := v.Elements()
	if len(v.Tree().Faults) > 0 || !ok || len(list) != len(c.Rules) {
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
		list[i].Warn("can never match, as "+strings.Join(earlier, " and ")+" before it stops at all it is for",
			"write stop = false there, or move it up")
	}
}
