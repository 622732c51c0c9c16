package insert

import (
	"slices"
	"strings"
	"unicode"

	"sigmilter/milter/insert/known"
)

// undashed reports whether a line is an "original message" line that has lost its
// dashes, as QQ draws a rule beside it, or never had any. It counts directly above a
// header block.
func undashed(text string) bool {
	lower := strings.TrimRight(known.Fold(text), ".:： ")
	is := func(p known.Phrase) bool { return p.Text == lower }
	return slices.ContainsFunc(known.Originals, is) || slices.ContainsFunc(known.Captions, is)
}

// betweenDashes says whether a line has rows of dashes at both ends: directly
// above a header block its words do not matter.
func betweenDashes(text string) bool {
	return dashes(text) >= 2 && strings.HasSuffix(text, text[:1]+text[:1]) && !isDelimiter(text)
}

// original says whether a line is one that clients put above quoted mail.
func original(text string) bool {
	c := text[0]
	if c < 0x80 && (c >= '0' && c <= '9') || len(text) > maxAttribution {
		return false
	}
	inner := strings.TrimFunc(text, func(r rune) bool { return dash(r) || strings.ContainsRune("* >|[]", r) })
	if inner == "" {
		return false
	}
	if dashes(strings.TrimLeft(text, "*>|[ ")) >= 2 {
		lower := known.Fold(inner)
		return inTable(known.Originals, strings.TrimRight(lower, ":： ")) || strings.HasSuffix(text, "--") && begins(known.ForwardedBy, lower)
	}
	word, _, _ := strings.Cut(inner, " ")
	return known.Folded(bareBegins, word) && bareIndex[known.Fold(inner)]
}

// dash says whether r is one of the characters rows of which separate: hyphens
// and dashes of all kinds, underscores and the like.
func dash(r rune) bool { return unicode.Is(unicode.Pd, r) || strings.ContainsRune("_=~+─━", r) }

// dashes counts the dashes that text begins with.
func dashes(text string) int {
	n := 0
	for _, r := range text {
		if !dash(r) {
			break
		}
		n++
	}
	return n
}

// inTable says whether lower is a phrase of the table, or goes on after one with
// more dashes (a header block on the same line).
func inTable(table []known.Phrase, lower string) bool {
	for i := range table {
		if after, ok := strings.CutPrefix(lower, table[i].Text); ok {
			if after == "" || dashes(strings.TrimLeft(after, " ")) >= 2 {
				return true
			}
		}
	}
	return false
}

func begins(table []known.Phrase, lower string) bool {
	for i := range table {
		if strings.HasPrefix(lower, table[i].Text+" ") {
			return true
		}
	}
	return false
}

var bareIndex = func() map[string]bool {
	m := make(map[string]bool)
	for _, p := range known.BareOriginals {
		m[known.Fold(p.Text)] = true
		m[strings.TrimRight(known.Fold(p.Text), ":： ")] = true
	}
	return m
}()

// bareBegins are their first words: no other line is folded.
var bareBegins = func() map[string]bool {
	m := make(map[string]bool)
	for text := range bareIndex {
		word, _, _ := strings.Cut(text, " ")
		m[word] = true
	}
	return m
}()
