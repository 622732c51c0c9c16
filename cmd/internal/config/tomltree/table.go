package tomltree

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Missing notes that a key must be there; how says how to write it.
func Missing(how string) Reader {
	return func(v Value) { v.Fault("is missing", how) }
}

// Table reads a table key by key. The keys it does not know are faults.
func Table(settings ...Setting) Reader {
	return func(v Value) {
		keys, ok := v.keys()
		if !ok && v.asked == nil {
			v.Mistyped("a table", "write ["+v.Path+"] above its keys")
			return
		}
		if v.Path == "" {
			v.Tree().first = settings
		}
		meant := v.unknown(keys, settings)
		for _, s := range settings {
			if v.Has(s.Key) {
				v.Member(s.Key).readShown(s.Read)
				continue
			}
			if s.Absent != nil && !meant[s.Key] {
				s.Absent(v.At(s.Key))
			}
			if v.Tree().Show {
				v.At(s.Key).showUnset(s.Read)
			}
		}
	}
}

// unknown notes every key that is no setting. It returns the settings that such a key
// was probably meant to be: one mistake is not reported twice.
func (v Value) unknown(keys iter.Seq[string], settings []Setting) (meant map[string]bool) {
	for key := range keys {
		if isOneOf(settings, key) {
			continue
		}
		if _, table := v.Member(key).Raw.(map[string]any); !table && v.Path != "" && isOneOf(v.Tree().first, key) {
			v.Member(key).Fault("is no key of this table", "write it above the first line that begins with [")
			continue
		}
		known := make([]string, len(settings))
		for i, s := range settings {
			known[i] = s.Key
		}
		near := Nearest(key, known)
		if near == "" {
			v.Member(key).Fault("unknown key", "known here: "+strings.Join(known, ", "))
			continue
		}
		if meant == nil {
			meant = map[string]bool{}
		}
		meant[near] = true
		v.Member(key).Fault("unknown key", fmt.Sprintf("did you mean %q?", near))
	}
	return meant
}

func isOneOf(settings []Setting, key string) bool {
	return slices.ContainsFunc(settings, func(s Setting) bool { return s.Key == key })
}

// HasOthers reports whether the value is a table with a key that is none of these.
func (v Value) HasOthers(settings []Setting) bool {
	keys, _ := v.keys()
	for key := range keys {
		if !isOneOf(settings, key) {
			return true
		}
	}
	return false
}

// Named reads a table of tables whose names the admin chooses, in the order of the
// files and their lines.
func Named(read func(name string, v Value)) Reader {
	return func(v Value) {
		seen := map[string]Value{}
		for _, part := range v.parts() {
			for _, n := range part.namedTables() {
				if first, twice := seen[n.name]; twice {
					n.Fault("is in "+first.place()+" as well", "keep it in one place")
					continue
				}
				seen[n.name] = n.Value
				read(n.name, n.Value)
			}
		}
	}
}

type namedTable struct {
	name string
	line int
	Value
}

// namedTables are the tables in one of a single file, in the order of their lines.
func (v Value) namedTables() []namedTable {
	keys, ok := v.keys()
	if !ok {
		v.Mistyped("a table", "write ["+v.Path+".NAME] above its keys")
		return nil
	}
	var list []namedTable
	for name := range keys {
		member := v.Member(name)
		list = append(list, namedTable{name, member.Line(), member})
	}
	if len(list) == 0 {
		v.Fault("is empty", "add a table ["+v.Path+".NAME]")
	}
	slices.SortFunc(list, func(a, b namedTable) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.name, b.name))
	})
	return list
}

// Tables reads a [[list of tables]].
func Tables(read Reader) Reader {
	return func(v Value) {
		for _, part := range v.parts() {
			list, ok := part.Elements()
			if !ok {
				part.Mistyped("a list of tables", "write [["+v.Path+"]] above its keys")
			}
			for _, member := range list {
				read(member)
			}
		}
	}
}
