package known

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wording are phrases of one language that say the same thing, in lower case.
// Each is its own sample.
type Wording struct {
	Lang  string // BCP 47, und for none
	Texts []string
}

// Phrases are the phrases of a table in plain form, by their first two bytes: a
// line is gone through once, not once for each phrase.
type Phrases map[[2]byte][]string

// PhrasesOf is the index of the phrases of some tables.
func PhrasesOf(tables ...[]Wording) Phrases {
	index := Phrases{}
	for _, t := range slices.Concat(tables...) {
		for _, text := range t.Texts {
			p := PlainForm(text)
			if cut := strings.TrimRight(p, "."); cut != "" { // pieces come without the full stop of an abbreviation
				p = cut
			}
			key := keyAt(p, 0)
			if !slices.Contains(index[key], p) {
				index[key] = append(index[key], p)
			}
		}
	}
	for _, list := range index {
		slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) }) // the longest first
	}
	return index
}

// At is the longest phrase that a text in plain form has at a place, as whole
// words; "" for none.
func (ps Phrases) At(plain string, i int) string {
	if i >= len(plain) {
		return ""
	}
	for _, p := range ps[keyAt(plain, i)] {
		if strings.HasPrefix(plain[i:], p) && WordAt(plain, i, i+len(p)) && !withinWord(plain, i+len(p), p) {
			return p
		}
	}
	if _, ok := ps[[2]byte{plain[i]}]; ok && WordAt(plain, i, i+1) {
		return plain[i : i+1]
	}
	return ""
}

// keyAt is by what a phrase is found: its first two bytes, or its only one.
func keyAt(plain string, i int) [2]byte {
	if i+1 < len(plain) {
		return [2]byte{plain[i], plain[i+1]}
	}
	return [2]byte{plain[i]}
}

// withinWord reports whether a phrase of one character, in a script that writes
// words together, goes on: 部 is a department where it ends a word.
func withinWord(plain string, end int, phrase string) bool {
	first, size := utf8.DecodeRuneInString(phrase)
	if size != len(phrase) || Spaced(first) || !unicode.IsLetter(first) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(plain[end:])
	return unicode.IsLetter(after)
}

// Begins is the phrase that a text in plain form begins with.
func (ps Phrases) Begins(plain string) string { return ps.At(plain, 0) }

// In reports whether a text in plain form has any of the phrases.
func (ps Phrases) In(plain string) bool { return ps.First(plain) != "" }

// First is the first phrase that a text in plain form has, "" for none.
func (ps Phrases) First(plain string) string {
	for i := range plain {
		if p := ps.At(plain, i); p != "" {
			return p
		}
	}
	return ""
}

// Ends reports whether a text in plain form ends with one of the phrases.
func (ps Phrases) Ends(plain string) bool {
	for i := range plain {
		if p := ps.At(plain, i); p != "" && i+len(p) == len(plain) {
			return true
		}
	}
	return false
}

// Count is how many different phrases a text in plain form has.
func (ps Phrases) Count(plain string) int {
	var found []string
	for i := range plain {
		if p := ps.At(plain, i); p != "" && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return len(found)
}
