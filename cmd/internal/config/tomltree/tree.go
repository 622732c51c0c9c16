// Package tomltree reads TOML files strictly, several as one: an unknown key is a
// fault, so is a value of the wrong type, and every fault is found in one go and says
// file, line and key. Only a mistake in the TOML syntax hides the others of its file.
//
// What a table may hold is a list of [Setting], each with a [Reader] that stores the
// value where it belongs.
package tomltree

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Tree is what some files hold together, and what was found wrong in it.
type Tree struct {
	// Folder is where relative paths in the files start.
	Folder Folder
	Faults Faults
	// Warnings are faults of what the files point to rather than of the files.
	Warnings Faults
	// Notes are what could not be looked at.
	Notes Faults
	// Rewrite, if not nil, is what a quoted value is read as.
	Rewrite func(text string) string

	// Show has every key noted in Shown, in the order in which they are read.
	Show  bool
	Shown []Shown

	files []*file
	first []Setting // the keys above all tables
}

// file is one of the files.
type file struct {
	tree  *Tree
	name  string // as faults have it
	rank  int    // its place among the files
	lines lineNumbers
	root  map[string]any
}

// Add reads the text of one more file. A fault of its syntax is noted.
func (t *Tree) Add(name, text string) {
	f := &file{tree: t, name: name, rank: len(t.files)}
	t.files = append(t.files, f)
	if _, err := toml.Decode(text, &f.root); err != nil {
		t.Faults = append(t.Faults, syntaxFault(name, err))
		return
	}
	f.lines = locate(text)
}

func syntaxFault(name string, err error) Fault {
	const fix = "; mend this first, the rest of the file cannot be checked before"
	var syntax toml.ParseError
	if !errors.As(err, &syntax) {
		return Fault{File: name, Line: 1, Problem: err.Error() + fix}
	}
	problem := strings.TrimSuffix(syntax.Message, ".")
	return Fault{name, max(syntax.Position.Line, 1), syntax.LastKey, "not TOML: " + problem + syntaxAdvice(problem) + fix}
}

// usualSlips are what is behind an error of the TOML library, by a piece of its text.
var usualSlips = []struct{ problem, advice string }{
	{"strings cannot contain newlines", `end the text in its line with "`},
	{"invalid escape", `write / for \, or put the text between '...'`},
	{"found '“'", `write straight quotes, "..."`},
	{"found '„'", `write straight quotes, "..."`},
	{"found '‘'", `write straight quotes, "..."`},
	{"expected value but found", `write a number, true, false, a text between "..." or a list between [...]`},
	{"has already been defined", "keep it in one place"},
	{"expected '.' or '='", "write NAME = VALUE, each in a line of its own"},
}

// syntaxAdvice is "; " and how to put an error right, empty for one that is not known.
func syntaxAdvice(problem string) string {
	for _, s := range usualSlips {
		if strings.Contains(problem, s.problem) {
			return "; " + s.advice
		}
	}
	return ""
}

// Root is the table of everything in the files. A key that is shared may be in
// several of them: its tables then are those of all, for [Named] and [Tables], in the
// order of the files. Any other that is in two files is a fault.
func (t *Tree) Root(shared ...string) Value {
	if len(t.files) == 1 {
		return Value{file: t.files[0], Raw: t.files[0].root}
	}
	all := joined{}
	for _, f := range t.files {
		top := Value{file: f, Raw: f.root}
		for key := range f.root {
			all.add(top.Member(key), key, shared)
		}
	}
	return Value{file: t.files[0], Raw: all}
}

// joined are the keys of several files.
type joined map[string]Value

func (j joined) add(v Value, key string, shared []string) {
	first, twice := j[key]
	if !twice {
		j[key] = v
	} else if slices.Contains(shared, key) {
		first.more = append(first.more, v)
		j[key] = first
	} else {
		v.Fault("is in "+first.place()+" as well", "keep it in one place")
	}
}

// place is where a value stands, in words.
func (v Value) place() string { return fmt.Sprintf("%s, line %d", v.file.name, v.Line()) }

// Sort puts faults and warnings in the order of the files.
func (t *Tree) Sort() {
	rank := make(map[string]int, len(t.files))
	for _, f := range t.files {
		rank[f.name] = f.rank
	}
	t.Faults.sort(rank)
	t.Warnings.sort(rank)
}
