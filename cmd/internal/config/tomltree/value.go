package tomltree

import (
	"iter"
	"maps"
	"time"
)

// Value is one TOML value and where it stands.
type Value struct {
	file *file
	Path string // full name of its key, such as tenant.contoso.domains[2]
	Raw  any    // as the TOML library decodes it; nil when it is not there
	more []Value
	// asked is set when no value is to be read but the default is wanted. Nothing is a
	// fault then.
	asked *answer
}

// A Reader stores a value where it belongs, or notes a fault.
type Reader func(Value)

// A Setting is one key that a table may hold.
type Setting struct {
	Key    string
	Read   Reader
	Absent Reader // called when the key is not there; nil: it is optional
}

// Tree returns the files that the value is from.
func (v Value) Tree() *Tree { return v.file.tree }

// At returns the value of a key of a table as if it were not there.
func (v Value) At(key string) Value {
	return Value{file: v.file, Path: child(v.Path, key), asked: v.asked}
}

// Has reports whether the value is a table with that key.
func (v Value) Has(key string) bool {
	switch members := v.Raw.(type) {
	case joined:
		_, has := members[key]
		return has
	case map[string]any:
		_, has := members[key]
		return has
	}
	return false
}

// Member returns the value of a key of a table; its Raw is nil when it is not there.
func (v Value) Member(key string) Value {
	if all, ok := v.Raw.(joined); ok && v.Has(key) {
		return all[key]
	}
	members, _ := v.Raw.(map[string]any)
	m := v.At(key)
	m.Raw = members[key]
	return m
}

// keys are those of a table, in no order; ok is false for what is none.
func (v Value) keys() (keys iter.Seq[string], ok bool) {
	switch members := v.Raw.(type) {
	case joined:
		return maps.Keys(members), true
	case map[string]any:
		return maps.Keys(members), true
	}
	return maps.Keys(map[string]any(nil)), false
}

// parts are the values of the key in each of the files that have it.
func (v Value) parts() []Value {
	first := v
	first.more = nil
	return append([]Value{first}, v.more...)
}

// Line is where the value stands in its file, counted from 1.
func (v Value) Line() int { return v.file.lines.of(v.Path) }

// Origin is where the value stands, to lay faults at later.
func (v Value) Origin() Fault { return Fault{File: v.file.name, Line: v.Line(), Key: v.Path} }

// AsFault is a fault of the value that is not noted.
func (v Value) AsFault(problem, fix string) Fault {
	f := v.Origin()
	f.Problem = problem + "; " + fix
	return f
}

// Fault notes what is wrong with the value and how to put it right.
func (v Value) Fault(problem, fix string) {
	if v.asked != nil {
		return
	}
	t := v.Tree()
	t.Faults = append(t.Faults, v.AsFault(problem, fix))
}

// Warn notes what is wrong with something that the value names.
func (v Value) Warn(problem, fix string) {
	if v.asked != nil {
		return
	}
	t := v.Tree()
	t.Warnings = append(t.Warnings, v.AsFault(problem, fix))
}

// Note notes what could not be looked at.
func (v Value) Note(problem, fix string) {
	if v.asked != nil {
		return
	}
	t := v.Tree()
	t.Notes = append(t.Notes, v.AsFault(problem, fix))
}

// Mistyped notes that the value is of another type than is wanted.
func (v Value) Mistyped(wanted, fix string) {
	v.Fault("must be "+wanted+", not "+typeName(v.Raw), fix)
}

// Elements is every element of a list; ok is false when v is no list.
func (v Value) Elements() (list []Value, ok bool) {
	for _, part := range v.parts() {
		switch members := part.Raw.(type) {
		case []any:
			for i, member := range members {
				list = append(list, part.element(i+1, member))
			}
		case []map[string]any:
			for i, member := range members {
				list = append(list, part.element(i+1, member))
			}
		default:
			return nil, false
		}
	}
	return list, true
}

func (v Value) element(n int, raw any) Value {
	return Value{file: v.file, Path: element(v.Path, n), Raw: raw}
}

// typeName is what an admin would call the type of a decoded value.
func typeName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64:
		return "a whole number"
	case float64:
		return "a number with a fraction"
	case bool:
		return "true or false"
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	case []map[string]any:
		return "a list of tables"
	default:
		return "a table"
	}
}
