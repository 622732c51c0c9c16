package tomltree

import (
	"fmt"
)

// Kind is a sort of value that is written as a quoted string.
type Kind[T any] struct {
	Name  string // as in "is not NAME"
	Like  string // an example, with its quotes
	Parse func(string) (T, error)
}

// NewKind returns a kind with its fields in their order.
func NewKind[T any](name, like string, parse func(string) (T, error)) Kind[T] {
	return Kind[T]{name, like, parse}
}

// One reads a quoted value of a kind.
func One[T any](k Kind[T], dst *T) Reader {
	return func(v Value) {
		if v.Asks(*dst) {
			return
		}
		if parsed, ok := k.Read(v); ok {
			*dst = parsed
		}
	}
}

// OneOrMany reads a quoted value of a kind, or a list of them.
func OneOrMany[T any](k Kind[T], dst *[]T) Reader {
	return func(v Value) {
		if _, alone := v.Raw.(string); !alone {
			Many(k, dst)(v)
		} else if parsed, ok := k.Read(v); ok {
			*dst = append(*dst, parsed)
		}
	}
}

// Many reads a list of quoted values of a kind.
func Many[T any](k Kind[T], dst *[]T) Reader {
	return func(v Value) {
		if v.Asks(*dst) {
			return
		}
		list, ok := v.Elements()
		if !ok {
			v.Mistyped("a list", "write it like ["+k.Like+"]")
			return
		}
		for _, member := range list {
			if parsed, ok := k.Read(member); ok {
				*dst = append(*dst, parsed)
			}
		}
	}
}

// Read parses a quoted value, or notes the fault.
func (k Kind[T]) Read(v Value) (parsed T, ok bool) {
	text, ok := v.Raw.(string)
	if !ok {
		v.Mistyped(k.Name+" in quotes", "write it like "+k.Like)
		return parsed, false
	}
	if rewrite := v.Tree().Rewrite; rewrite != nil {
		text = rewrite(text)
	}
	parsed, err := k.Parse(text)
	if err != nil {
		v.Fault(fmt.Sprintf("%q is not %s: %v", text, k.Name, err), "write it like "+k.Like)
		return parsed, false
	}
	return parsed, true
}
