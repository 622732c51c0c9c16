package policy

import (
	"slices"
	"time"
)

// Conditions say which mail a rule is for.
type Conditions struct {
	If     []Condition // all must be met
	Except []Condition // none may be met
	// OptOut are keywords, by [ParseKeyword], with which an author takes the rule
	// out by writing one into the subject.
	OptOut []string
}

// Words are what a condition among If asks for, nil without one.
func (c *Conditions) Words(kind string) []string {
	for i := range c.If {
		if c.If[i].Name() == kind {
			return c.If[i].Words()
		}
	}
	return nil
}

// Over says whether a time window among If has closed for good.
func (c *Conditions) Over(now time.Time) bool {
	return slices.ContainsFunc(c.If, func(one Condition) bool {
		w := one.window
		return w != nil && !w.until.IsZero() && !now.Before(w.until)
	})
}

// Shadows finds the rules that can never match, because earlier ones that stop
// take everything they are for. The result has the earlier ones of each, by
// index. Conditions are compared as they are written: what only the directory or
// a message can tell, such as a group within another, is not seen.
func Shadows(rules []RuleSpec) map[int][]int {
	shadows := map[int][]int{}
	earlier := covers{byWord: map[telling][]int{}}
	for i := range rules {
		if by := earlier.shadowOf(&rules[i]); by != nil {
			shadows[i] = by
		}
		earlier.add(&rules[i])
	}
	return shadows
}

// covers are rules in their order, to be asked which of them cover another. Those for
// single tenants, of which there may be thousands, are found by a word that the other must
// have as well.
type covers struct {
	rules  []*RuleSpec
	always []int // in rules; may cover any rule
	byWord map[telling][]int
}

// telling is a word of a condition.
type telling struct{ kind, key, word string }

func (c *covers) add(r *RuleSpec) {
	i := len(c.rules)
	c.rules = append(c.rules, r)
	if !r.Stop {
		return
	}
	for _, condition := range r.If {
		if words := condition.telling(); words != nil {
			for _, word := range words {
				c.byWord[word] = append(c.byWord[word], i)
			}
			return
		}
	}
	c.always = append(c.always, i)
}

// telling are words of a condition of which one that implies it has at least one, whichever
// is its first; nil for a condition that many rules have.
func (c *Condition) telling() (words []telling) {
	const most = 100 // of a list of thousands few rules have any
	if c.window != nil || len(c.wanted) == 0 || len(c.wanted[0].words) > most || c.Name() == "to" || c.Name() == "kind" {
		return nil
	}
	for _, word := range c.wanted[0].words {
		words = append(words, telling{c.Name(), c.wanted[0].key, word})
	}
	return words
}

// shadowOf are the rules that leave nothing for another. Each place of
// recipients and each kind of message is looked at by itself, as one rule may
// take the internal and another the external mail.
func (c *covers) shadowOf(r *RuleSpec) []int {
	var by []int
	for _, s := range split(r, "to", string(internal), string(external)) {
		for _, k := range split(r, "kind", string(New), string(Reply), string(Forward)) {
			part := r.Conditions
			part.If = slices.Concat(part.If, s, k)
			i := c.first(&part)
			if i == len(c.rules) {
				return nil
			}
			if !slices.Contains(by, i) {
				by = append(by, i)
			}
		}
	}
	slices.Sort(by)
	return by
}

// first is the first rule that covers some conditions, or how many there are.
func (c *covers) first(part *Conditions) int {
	first := c.firstOf(c.always, part, len(c.rules))
	for _, condition := range part.If {
		for _, w := range condition.wanted {
			if len(w.words) > 0 {
				first = c.firstOf(c.byWord[telling{condition.Name(), w.key, w.words[0]}], part, first)
			}
		}
	}
	return first
}

// firstOf is the first of some rules that covers some conditions, if it is before another.
func (c *covers) firstOf(rules []int, part *Conditions, before int) int {
	for _, i := range rules {
		if i >= before {
			break
		}
		if c.rules[i].cover(part) {
			return i
		}
	}
	return before
}

// split are the conditions that divide what a rule is for by a kind that has
// these words only.
func split(r *RuleSpec, kind string, words ...string) [][]Condition {
	var parts [][]Condition
	allowed := r.Words(kind)
	for _, w := range words {
		if allowed == nil || slices.Contains(allowed, w) {
			parts = append(parts, []Condition{mustCondition(kind, w)})
		}
	}
	return parts
}

func mustCondition(kind, word string) Condition {
	i := slices.IndexFunc(ConditionKinds, func(k ConditionKind) bool { return k.Name == kind })
	c := ConditionKinds[i].New()
	if err := c.Add("", word); err != nil {
		panic(err)
	}
	return c
}

// cover says whether whatever meets the other conditions meets these.
func (c *Conditions) cover(o *Conditions) bool {
	for i := range c.If {
		if !slices.ContainsFunc(o.If, func(narrow Condition) bool { return narrow.implies(&c.If[i]) }) {
			return false
		}
	}
	for i := range c.Except {
		if !slices.ContainsFunc(o.Except, func(wide Condition) bool { return c.Except[i].implies(&wide) }) {
			return false
		}
	}
	for _, k := range c.OptOut {
		if !slices.Contains(o.OptOut, k) {
			return false
		}
	}
	return true
}

// implies says whether a message that meets this condition meets the other.
func (c *Condition) implies(o *Condition) bool {
	if c.kind != o.kind {
		return false
	}
	if c.window != nil {
		return c.equal(o)
	}
	for i := range o.wanted {
		wide := &o.wanted[i]
		if !slices.ContainsFunc(c.wanted, func(w wanted) bool { return w.key == wide.key && w.within(wide) }) {
			return false
		}
	}
	return true
}

func (c *Condition) equal(o *Condition) bool {
	return slices.EqualFunc(c.wanted, o.wanted, func(a, b wanted) bool { return a.key == b.key && slices.Equal(a.words, b.words) })
}

// within says whether every word is one of the other's.
func (w *wanted) within(o *wanted) bool {
	for _, word := range w.words {
		if !o.in.has(word) {
			return false
		}
	}
	return true
}
