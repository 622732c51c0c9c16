package tomltree

// Shown is a key that the files have or may have, and what it is.
type Shown struct {
	Key   string
	Value any    // as the TOML library decodes it, or the default; nil for none
	File  string // empty: no file has it, and it is the default
	Line  int
}

// answer is the default of a key that is not there, as its reader has it.
type answer struct{ value any }

// Asks reports whether a reader is asked for the default in place of reading a value, and
// answers for it.
func (v Value) Asks(unset any) bool {
	if v.asked == nil {
		return false
	}
	v.asked.value = unset
	return true
}

// Or is a reader with a default other than what it stores into.
func Or(unset any, read Reader) Reader { return OrOf(func() any { return unset }, read) }

// OrOf is [Or] for a default that depends on what was read before.
func OrOf(unset func() any, read Reader) Reader {
	return func(v Value) {
		if v.asked == nil {
			read(v)
			return
		}
		v.Asks(unset())
	}
}

// readShown reads a key and, where the tree is to show its keys, notes what it is. One
// whose own keys were noted, a table, is none to note.
func (v Value) readShown(read Reader) {
	t := v.Tree()
	noted := len(t.Shown)
	read(v)
	if t.Show && len(t.Shown) == noted {
		t.Shown = append(t.Shown, Shown{v.Path, v.Raw, v.file.name, v.Line()})
	}
}

// showUnset notes the default of a key that is not there, in a tree that shows its keys.
func (v Value) showUnset(read Reader) {
	t := v.Tree()
	noted := len(t.Shown)
	v.asked = new(answer)
	read(v)
	if len(t.Shown) == noted {
		t.Shown = append(t.Shown, Shown{Key: v.Path, Value: v.asked.value})
	}
}
