package policy

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sigmilter/milter/work"
)

// text is a word of the configuration that something of a message is compared
// with: as it is, without regard to case, or as a regular expression when it is
// written between slashes.
type text struct {
	plain   string // folded
	pattern *regexp.Regexp
}

func parseText(s string) (text, error) {
	if len(s) < 2 || s[0] != '/' || s[len(s)-1] != '/' {
		return text{plain: fold(s)}, nil
	}
	re, err := regexp.Compile(s[1 : len(s)-1])
	if err != nil {
		return text{}, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return text{pattern: re}, nil
}

// is says whether a value is the text, or matches the expression.
func (t *text) is(v *value) bool {
	if t.pattern != nil {
		return v.matches(t.pattern)
	}
	return t.plain == v.folded
}

// in says whether a value has the text as words of its own, or matches the
// expression.
func (t *text) in(v *value) bool {
	if t.pattern != nil {
		return v.matches(t.pattern)
	}
	v.work.Spend(len(v.folded))
	return hasWords(v.folded, t.plain)
}

// value is something of a message that texts are compared with.
type value struct {
	text, folded string
	work         *work.Meter // what comparing may cost; nil for no limit
}

// matches reports whether an expression finds something in the value.
func (v *value) matches(re *regexp.Regexp) bool {
	const perByte = 4 // units of work
	v.work.Spend(perByte * len(v.text))
	return re.MatchString(v.text)
}

// valueBytes is how much of a subject, an attribute or the fields of one name rules
// look at. There may be many rules, and expressions take time.
const valueBytes = 64 << 10

func newValue(s string, w *work.Meter) value {
	s = cut(s, valueBytes)
	w.Spend(len(s))
	return value{s, fold(s), w}
}

// fold makes texts comparable that differ in case or in how accents are written.
func fold(s string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
}

// ParseKeyword reads a word, or several, to be looked for in a subject. The
// result is compared without regard to case.
func ParseKeyword(s string) (string, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return "", errors.New("it is empty")
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", errors.New("it has a control character")
	}
	return fold(s), nil
}

// hasWords says whether a folded text has the words, and not as a part of longer
// ones: "ad" is not in "bad news".
func hasWords(folded, words string) bool {
	for at := 0; ; {
		i := strings.Index(folded[at:], words)
		if i < 0 {
			return false
		}
		if standsAlone(folded, at+i, at+i+len(words)) {
			return true
		}
		at += i + 1
	}
}

// standsAlone says whether no word goes on across the ends of s[start:end].
func standsAlone(s string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:start])
	after, _ := utf8.DecodeRuneInString(s[end:])
	return isAlone(before, s[start:end], after)
}

// isAlone says whether words between two letters are no part of longer ones.
func isAlone(before rune, words string, after rune) bool {
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	return !(inWord(before) && inWord(first)) && !(inWord(last) && inWord(after))
}

// inWord says whether a rune is part of a word. The scripts that put no blanks
// between words are left out: there a word begins anywhere.
func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
