package known

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// HasClock reports whether a text has a time of day: 17:40, 5:40 PM, kl. 17.40,
// 17h40, 17時40分, 下午5点.
func HasClock(text string) bool {
	var before rune
	for i, r := range text {
		if unicode.IsDigit(before) && clockSign(r) {
			next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
			if unicode.IsDigit(next) || unicode.Is(unicode.Han, r) || r == '시' {
				return true
			}
		}
		before = r
	}
	for word := range strings.FieldsSeq(text) {
		if dottedClock(strings.TrimRight(word, ",;:)")) {
			return true
		}
	}
	return false
}

// clockSign reports whether r stands between the hours and the minutes.
func clockSign(r rune) bool { return strings.ContainsRune(":h٫時时点點시", r) }

// dottedClock reports whether a word is a time of day with a dot, as in Finland,
// Denmark and Italy: 17.40, not 20.11. of a date.
func dottedClock(word string) bool {
	hours, minutes, ok := strings.Cut(word, ".")
	return ok && digits(hours, 1, 2) && digits(minutes, 2, 2) && (len(hours) == 1 || hours < "24") && minutes < "60"
}

// digits reports whether a text is so many ASCII digits and nothing else.
func digits(text string, least, most int) bool {
	if len(text) < least || len(text) > most {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// HasYear reports whether a text has a year: of four digits, or at the end of a
// date in numbers (20.11.26, 20/11/26).
func HasYear(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsDigit(r) && !strings.ContainsRune("./-", r) }) {
		if yearIn(word) {
			return true
		}
	}
	return false
}

func yearIn(word string) bool {
	parts := 0
	for p := range strings.FieldsFuncSeq(word, func(r rune) bool { return !unicode.IsDigit(r) }) {
		parts++
		n := utf8.RuneCountInString(p)
		if n == 4 && (p[0] == '1' || p[0] == '2' || p[0] >= utf8.RuneSelf) {
			return true
		}
	}
	return parts == 3
}
