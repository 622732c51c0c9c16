package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// source is the configuration file being read, and what was found wrong in it.
type source struct {
	file   string
	dir    string // absolute; relative paths start here
	lines  lines
	faults Faults
	// warnings are faults of what the file points to rather than of the file:
	// see [Config.Warnings].
	warnings Faults
	// elsewhere says that a process that is not the service reads, and notes what only
	// the service has.
	elsewhere bool
	notes     Faults
}

// value is one TOML value and where it stands.
type value struct {
	src  *source
	path string
	v    any
}

// A reader stores a value where it belongs, or notes a fault.
type reader func(value)

// A setting is one key that a table may hold.
type setting struct {
	key    string
	read   reader
	absent reader // called when the key is not there; nil: it is optional
}

func (v value) at(key string) value { return value{v.src, child(v.path, key), nil} }

// has says whether a value is a table with that key.
func (v value) has(key string) bool {
	members, ok := v.v.(map[string]any)
	_, has := members[key]
	return ok && has
}

func (v value) asFault(problem, fix string) Fault {
	return Fault{v.src.file, v.src.lines.of(v.path), v.path, problem + "; " + fix}
}

func (v value) fault(problem, fix string) {
	v.src.faults = append(v.src.faults, v.asFault(problem, fix))
}

// mistyped notes that the value is of another type than is wanted.
func (v value) mistyped(wanted, fix string) {
	v.fault("must be "+wanted+", not "+typeName(v.v), fix)
}

// missing notes that a key must be there; how says how to write it.
func missing(how string) reader {
	return func(v value) { v.fault("is missing", how) }
}

// table reads a table key by key. The keys it does not know are faults.
func table(settings ...setting) reader {
	return func(v value) {
		members, ok := v.v.(map[string]any)
		if !ok {
			v.mistyped("a table", "write ["+v.path+"] above its keys")
			return
		}
		meant := v.unknown(members, settings)
		for _, s := range settings {
			at := v.at(s.key)
			member, given := members[s.key]
			switch {
			case given:
				at.v = member
				s.read(at)
			case s.absent != nil && !meant[s.key]:
				s.absent(at)
			}
		}
	}
}

// unknown notes every member that is no setting. It returns the settings that
// such a member was probably meant to be: one mistake is not reported twice.
func (v value) unknown(members map[string]any, settings []setting) (meant map[string]bool) {
	meant = map[string]bool{}
	var known []string
	for _, s := range settings {
		known = append(known, s.key)
	}
	for key := range members {
		if slices.Contains(known, key) {
			continue
		}
		near := nearest(key, known)
		if near == "" {
			v.at(key).fault("unknown key", "known here: "+strings.Join(known, ", "))
			continue
		}
		meant[near] = true
		v.at(key).fault("unknown key", fmt.Sprintf("did you mean %q?", near))
	}
	return meant
}

// named reads a table of tables whose names the admin chooses, in the order of
// the file.
func named(read func(name string, v value)) reader {
	return func(v value) {
		members, ok := v.v.(map[string]any)
		if !ok {
			v.mistyped("a table", "write ["+v.path+".NAME] above its keys")
			return
		}
		if len(members) == 0 {
			v.fault("is empty", "add a table ["+v.path+".NAME]")
		}
		names := make([]string, 0, len(members))
		for name := range members {
			names = append(names, name)
		}
		line := func(name string) int { return v.src.lines.of(child(v.path, name)) }
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a, b))
		})
		for _, name := range names {
			at := v.at(name)
			at.v = members[name]
			read(name, at)
		}
	}
}

// elements is every element of a list; ok is false when v is no list.
func (v value) elements() (list []value, ok bool) {
	switch members := v.v.(type) {
	case []any:
		for i, member := range members {
			list = append(list, value{v.src, element(v.path, i+1), member})
		}
	case []map[string]any:
		for i, member := range members {
			list = append(list, value{v.src, element(v.path, i+1), member})
		}
	default:
		return nil, false
	}
	return list, true
}

// tables reads a [[list of tables]].
func tables(read reader) reader {
	return func(v value) {
		list, ok := v.elements()
		if !ok {
			v.mistyped("a list of tables", "write [["+v.path+"]] above its keys")
			return
		}
		for _, member := range list {
			read(member)
		}
	}
}

// one reads a quoted value of a kind.
func one[T any](k kind[T], dst *T) reader {
	return func(v value) {
		if parsed, ok := k.read(v); ok {
			*dst = parsed
		}
	}
}

// oneOrMany reads a quoted value of a kind, or a list of them.
func oneOrMany[T any](k kind[T], dst *[]T) reader {
	return func(v value) {
		if _, alone := v.v.(string); !alone {
			many(k, dst)(v)
		} else if parsed, ok := k.read(v); ok {
			*dst = append(*dst, parsed)
		}
	}
}

// many reads a list of quoted values of a kind.
func many[T any](k kind[T], dst *[]T) reader {
	return func(v value) {
		list, ok := v.elements()
		if !ok {
			v.mistyped("a list", "write it like ["+k.like+"]")
			return
		}
		for _, member := range list {
			if parsed, ok := k.read(member); ok {
				*dst = append(*dst, parsed)
			}
		}
	}
}

// read parses a quoted value, or notes the fault.
func (k kind[T]) read(v value) (parsed T, ok bool) {
	text, ok := v.v.(string)
	if !ok {
		v.mistyped(k.name+" in quotes", "write it like "+k.like)
		return parsed, false
	}
	if v.src.elsewhere {
		text = serviceCredential(text)
	}
	parsed, err := k.parse(text)
	if err != nil {
		v.fault(fmt.Sprintf("%q is not %s: %v", text, k.name, err), "write it like "+k.like)
		return parsed, false
	}
	return parsed, true
}

// choice reads one of a few words.
func choice[T ~string](dst *T, words ...T) reader {
	return func(v value) {
		quoted := make([]string, len(words))
		for i, word := range words {
			quoted[i] = fmt.Sprintf("%q", string(word))
		}
		last := len(quoted) - 1
		fix := "write " + quoted[last]
		if last > 0 {
			fix = "write " + strings.Join(quoted[:last], ", ") + " or " + quoted[last]
		}
		text, ok := v.v.(string)
		switch {
		case !ok:
			v.mistyped("a word in quotes", fix)
		case !slices.Contains(words, T(text)):
			v.fault(fmt.Sprintf("%q is not known", text), fix)
		default:
			*dst = T(text)
		}
	}
}

func boolean(dst *bool) reader {
	return func(v value) {
		b, ok := v.v.(bool)
		if !ok {
			v.mistyped("true or false", "write true or false without quotes")
			return
		}
		*dst = b
	}
}

// enforcement reads true, false or "text", which is true with a way out.
func enforcement(dst, byText *bool) reader {
	return func(v value) {
		switch v.v {
		case true, false, "text":
			*dst, *byText = v.v != false, v.v == "text"
		default:
			v.mistyped(`true, false or "text"`, `write true, false or "text"`)
		}
	}
}

// count reads a whole number from 1 to most.
func count(dst *int, most int) reader { return number(dst, 1, most) }

// number reads a whole number from least to most.
func number(dst *int, least, most int) reader {
	return func(v value) {
		n, ok := v.v.(int64)
		fix := fmt.Sprintf("write a number from %d to %d without quotes", least, most)
		switch {
		case !ok:
			v.mistyped("a whole number", fix)
		case n < int64(least) || n > int64(most):
			v.fault(fmt.Sprintf("%d is out of range", n), fix)
		default:
			*dst = int(n)
		}
	}
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
