package known

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// PlainForm is text as names, directory values and the tables of signatures are
// compared: in lower case, without accents, with ASCII digits, and with one
// spelling for what is written with and without umlauts, so that Jörg, Joerg and
// Jorg are one.
func PlainForm(s string) string {
	s = Fold(s)
	if IsASCII(s) {
		return oneSpelling(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || Invisible(r):
		case unicode.IsDigit(r):
			b.WriteRune('0' + digitOf(r))
		case r == '\u05f3': // geresh and gershayim, for which most keyboards have only these
			b.WriteByte('\'')
		case r == '\u05f4':
			b.WriteByte('"')
		default:
			if latin, ok := latinLetters[r]; ok {
				b.WriteString(latin)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return oneSpelling(Fold(norm.NFC.String(b.String()))) // Hangul is put together again
}

// oneSpelling makes one of an umlaut's two spellings without one. Most texts have none.
func oneSpelling(s string) string {
	for i := 1; i < len(s); i++ {
		if (s[i] == 'e' || s[i] == 'a') && (s[i-1] == 'a' || s[i-1] == 'o' || s[i-1] == 'u') {
			return oneVowel.Replace(s)
		}
	}
	return s
}

var oneVowel = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// latinLetters are the letters that no decomposition makes plain.
var latinLetters = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'ı': "i", 'æ': "a", 'œ': "o", 'þ': "th", 'ð': "d", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ə': "a", 'ĸ': "k",
}

// digitOf is the value of a decimal digit of any script: their digits stand in
// rows of ten.
func digitOf(r rune) rune {
	n := rune(0)
	for n < 9 && unicode.IsDigit(r-n-1) {
		n++
	}
	return n
}

// IsASCII reports whether a text has ASCII characters only.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Unspaced reports whether a word is of a script that is written without blanks.
func Unspaced(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return !Spaced(r)
}

// Fold prepares text for comparison with tables: lower case, one kind of
// apostrophe.
func Fold(s string) string {
	s = strings.ToLower(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '`', "’"[0], "´"[0]: // or another character that begins so
			return apostrophes.Replace(s)
		}
	}
	return s
}

// Folded is what a table has for a text, once that is folded. A short text in ASCII,
// as most words are, is not copied for it.
func Folded[V any](table map[string]V, text string) V {
	var lower [32]byte
	if len(text) > len(lower) {
		return table[Fold(text)]
	}
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf || c == '`' {
			return table[Fold(text)]
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return table[string(lower[:len(text)])]
}

var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "´", "'", "`", "'")

// WordAt says whether [from, to) is not part of a longer word. In scripts that
// write words together any place is a border.
func WordAt(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	first, _ := utf8.DecodeRuneInString(s[from:])
	after, _ := utf8.DecodeRuneInString(s[to:])
	final, _ := utf8.DecodeLastRuneInString(s[:to])
	return !(Spaced(before) && Spaced(first)) && !(Spaced(after) && Spaced(final))
}

// Spaced says whether r is a letter of a script that puts blanks between words.
func Spaced(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
