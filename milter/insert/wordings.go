package insert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wording are phrases of one language that say the same thing, in lower case.
// Each is its own sample.
type wording struct {
	lang  string // BCP 47, und for none
	texts []string
}

// phrases are the phrases of a table in plain form, by their first two bytes: a
// line is gone through once, not once for each phrase.
type phrases map[[2]byte][]string

func phrasesOf(tables ...[]wording) phrases {
	index := phrases{}
	for _, t := range slices.Concat(tables...) {
		for _, text := range t.texts {
			p := plainForm(text)
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

// at is the longest phrase that a text in plain form has at a place, as whole
// words; "" for none.
func (ps phrases) at(plain string, i int) string {
	if i >= len(plain) {
		return ""
	}
	for _, p := range ps[keyAt(plain, i)] {
		if strings.HasPrefix(plain[i:], p) && wordAt(plain, i, i+len(p)) && !withinWord(plain, i+len(p), p) {
			return p
		}
	}
	if _, ok := ps[[2]byte{plain[i]}]; ok && wordAt(plain, i, i+1) {
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
	if size != len(phrase) || spaced(first) || !unicode.IsLetter(first) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(plain[end:])
	return unicode.IsLetter(after)
}

// begins is the phrase that a text in plain form begins with.
func (ps phrases) begins(plain string) string { return ps.at(plain, 0) }

// in reports whether a text in plain form has any of the phrases.
func (ps phrases) in(plain string) bool {
	for i := range plain {
		if ps.at(plain, i) != "" {
			return true
		}
	}
	return false
}

// ends reports whether a text in plain form ends with one of the phrases.
func (ps phrases) ends(plain string) bool {
	for i := range plain {
		if p := ps.at(plain, i); p != "" && i+len(p) == len(plain) {
			return true
		}
	}
	return false
}

// count is how many different phrases a text in plain form has.
func (ps phrases) count(plain string) int {
	var found []string
	for i := range plain {
		if p := ps.at(plain, i); p != "" && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return len(found)
}
