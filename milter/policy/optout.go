package policy

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sigmilter/milter/entity"
)

// WithoutKeywords is the edit that takes keywords out of the subject of a
// header; ok is false when none of them is in it. Only what must change does: a
// subject without encoded words (RFC 2047) keeps its folding.
func WithoutKeywords(h entity.Header, keywords []string) (edit entity.FieldEdit, ok bool) {
	const field = "Subject"
	for _, f := range h {
		if !strings.EqualFold(f.Name, field) {
			continue
		}
		raw, found := strings.TrimLeft(f.Value, " \t"), false
		if !strings.Contains(raw, "=?") {
			raw, found = cutAll(raw, keywords)
		}
		if !found {
			if raw, found = cutAll(norm.NFC.String(h.Text(field)), keywords); !found || !utf8.ValidString(raw) {
				return edit, false
			}
			raw = encodeWords(raw)
		}
		edit = entity.FieldEdit{Op: entity.ChangeField, Name: f.Name, Index: 1, Value: strings.ReplaceAll(raw, "\r\n", "\n")}
		if raw == "" { // a change to nothing deletes it all the same
			edit.Op = entity.DeleteField
		}
		return edit, true
	}
	return edit, false
}

// cutAll is a text without keywords, and whether one of them was in it.
func cutAll(s string, keywords []string) (rest string, found bool) {
	for _, k := range keywords {
		if cut, ok := cutWords(s, k); ok {
			s, found = cut, true
		}
	}
	return s, found
}

// cutWords is a text without the words wherever they stand alone, and whether they
// did. It is written once, from its beginning to its end.
func cutWords(s, words string) (rest string, found bool) {
	var left kept
	start := 0 // of what is not kept yet
	for at := 0; at < len(s); {
		n := prefixLength(s[at:], words)
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[at:])
			at += size
			continue
		}
		end := at + n
		left.add(s[start:at])
		start = at
		before, _ := utf8.DecodeLastRune(left.text)
		after, _ := utf8.DecodeRuneInString(s[end:])
		if at = end; isAlone(before, s[start:end], after) {
			at = len(s) - len(left.closeGap(s[end:]))
			start, found = at, true
		}
	}
	left.add(s[start:])
	return string(left.text), found
}

// prefixLength is how much of a text are the words, without regard to case, when it
// begins with them; else 0. Where they have a blank the text may have several, and
// folds.
func prefixLength(s, words string) int {
	at := 0
	for i := 0; i < len(words); {
		wanted, size := utf8.DecodeRuneInString(words[i:])
		if wanted == ' ' {
			blanks := len(words[i:]) - len(strings.TrimLeft(words[i:], " "))
			n := len(s[at:]) - len(strings.TrimLeft(s[at:], " \t\r\n\f"))
			if n < blanks {
				return 0
			}
			i, at = i+blanks, at+n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 || !sameLetter(r, wanted) {
			return 0
		}
		i, at = i+size, at+n
	}
	return at
}

// sameLetter says whether two runes differ in case at most.
func sameLetter(a, b rune) bool {
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return a == b
}

// kept is what was kept of a text so far.
type kept struct {
	text  []byte
	solid int // of text, without the blanks at its end
}

func (k *kept) add(s string) {
	if trimmed := strings.TrimRightFunc(s, unicode.IsSpace); trimmed != "" {
		k.solid = len(k.text) + len(trimmed)
	}
	k.text = append(k.text, s...)
}

// closeGap takes away the blanks that stand on both sides of a gap but for one
// run of them, and never leaves a line of blanks only. It returns what is left of
// the right side.
func (k *kept) closeGap(right string) string {
	after := strings.TrimLeftFunc(right, unicode.IsSpace)
	switch {
	case k.solid == 0:
		k.text, right = k.text[:0], after
	case after == "":
		k.text, right = k.text[:k.solid], ""
	case after != right:
		k.text = k.text[:k.solid]
	}
	return right
}

// encodeWords writes a text as a field has it, folded between its words.
func encodeWords(s string) string {
	const fits = 900 // of the 998 octets of a line
	encoded := mime.BEncoding.Encode("utf-8", s)
	if encoded == s && len(s) > fits {
		return strings.Join(strings.Fields(s), "\n ")
	}
	return strings.ReplaceAll(encoded, "?= =?", "?=\n =?")
}
