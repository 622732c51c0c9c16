package people

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

// setsMembers reports whether the reading tells who is in which group.
func (c *comparison) setsMembers() bool { return c.reading.Groups != nil || c.reading.Full }

// compareMembers finds the people who are in other groups than before.
func (i *Intake) compareMembers(c *comparison) error {
	if c.many || !c.setsMembers() {
		return nil
	}
	w, err := i.register.file.Walk(i.bucket(membersBucket), statefile.MaxValue)
	if err != nil {
		return err
	}
	defer w.Stop()
	set := func(p statefile.Pair) {
		c.count(len(p.Key) + len(p.Value))
		if !c.many {
			c.members = append(c.members, p)
		}
	}
	leave := func(p statefile.Pair) error {
		set(statefile.Pair{Key: p.Key})
		return nil
	}
	for key, groups := range memberships(c.reading.Groups) {
		before, err := w.To(key, leave)
		if err != nil {
			return err
		}
		if string(before) != string(groups) {
			set(statefile.Pair{Key: key, Value: groups})
		}
	}
	return w.Rest(leave)
}

// memberships goes through the members of groups by key, with the JSON list of the
// groups each is in.
func memberships(groups []directory.Group) iter.Seq2[string, []byte] {
	type membership struct{ key, group string }
	var all []membership
	for _, g := range groups {
		for _, key := range g.Members {
			if key != "" && len(key) <= statefile.MaxKey/4 {
				all = append(all, membership{key, g.Name})
			}
		}
	}
	slices.SortFunc(all, func(a, b membership) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(a.group, b.group)
	})
	all = slices.Compact(all)
	return func(yield func(string, []byte) bool) {
		for len(all) > 0 {
			key := all[0].key
			var names []string
			for len(all) > 0 && all[0].key == key {
				names = append(names, all[0].group)
				all = all[1:]
			}
			text, err := json.Marshal(names)
			if err != nil {
				panic(err) // strings always have a JSON form
			}
			if !yield(key, text) {
				return
			}
		}
	}
}
