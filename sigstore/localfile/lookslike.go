package localfile

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	unicodes "golang.org/x/text/encoding/unicode"
)

// Guess is the charset that a text which is not UTF-8 looks like.
type Guess struct {
	Charset string // as the WHATWG has it; empty when it looks like nothing known
	Word    string // a word that is not ASCII as it reads in that charset, may be empty
}

// String is "windows-1252 (Müller)".
func (g Guess) String() string {
	if g.Charset == "" {
		return "another charset"
	}
	if g.Word == "" {
		return g.Charset
	}
	return g.Charset + " (" + g.Word + ")"
}

// charsets are those of one byte a character that office programs save in, the
// likeliest first.
var charsets = []struct {
	name string
	is   *charmap.Charmap
}{
	{"windows-1252", charmap.Windows1252}, {"windows-1250", charmap.Windows1250}, {"windows-1251", charmap.Windows1251},
	{"windows-1253", charmap.Windows1253}, {"macintosh", charmap.Macintosh},
}

// mostLooked is how much of a text is looked at.
const mostLooked = 64 << 10

// LooksLike guesses the charset of a text that is not UTF-8. UTF-16 is known by its
// mark or its zeros, another charset by where its letters stand.
func LooksLike(text []byte) Guess {
	text = text[:min(len(text), mostLooked)]
	if name := utf16Of(text); name != "" {
		order := unicodes.LittleEndian
		if name == "utf-16be" {
			order = unicodes.BigEndian
		}
		return Guess{name, foreignWord(decoded(unicodes.UTF16(order, unicodes.UseBOM), text))}
	}
	best, most := Guess{}, 0
	for _, c := range charsets {
		read := decoded(c.is, text)
		if points := plausible([]rune(read)); points > most {
			best, most = Guess{c.name, foreignWord(read)}, points
		}
	}
	return best
}

// utf16Of is empty for a text that is not UTF-16.
func utf16Of(text []byte) string {
	if bytes.HasPrefix(text, []byte("\xFF\xFE")) {
		return "utf-16le"
	}
	if bytes.HasPrefix(text, []byte("\xFE\xFF")) {
		return "utf-16be"
	}
	var zeros [2]int // at even and odd offsets
	for i, b := range text {
		if b == 0 {
			zeros[i%2]++
		}
	}
	if zeros[0]+zeros[1] < len(text)/4 || zeros[0]+zeros[1] == 0 {
		return ""
	}
	if zeros[1] > zeros[0] {
		return "utf-16le"
	}
	return "utf-16be"
}

func decoded(e encoding.Encoding, text []byte) string {
	read, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return ""
	}
	return string(read)
}

// typographic are marks that word processors write.
const typographic = "\u00A0‘’‚“”„«»–—…•·€§©®™°"

// plausible gives points for what is not ASCII in a text: letters between letters of
// their script, in the usual case, and typographic marks beside words speak for it,
// anything else speaks against it.
func plausible(text []rune) (points int) {
	at := func(i int) rune {
		if i < 0 || i >= len(text) {
			return ' '
		}
		return text[i]
	}
	for i, r := range text {
		if r < utf8.RuneSelf {
			continue
		}
		before, after := at(i-1), at(i+1)
		within := unicode.IsLetter(before) && unicode.IsLetter(after)
		if unicode.IsUpper(r) && unicode.IsLetter(before) && (unicode.IsLower(before) || unicode.IsLower(after)) {
			points -= 2
			continue
		}
		if unicode.IsLetter(r) && fits(r, before) && fits(r, after) {
			points++
			if unicode.Is(unicode.Latin, r) && foreign(before) && foreign(at(i-2)) {
				points -= 2 // Latin words have few of them in a row
			}
			continue
		}
		if strings.ContainsRune(typographic, r) && (!within || r == '’' || r == '\u00A0') {
			points++
			continue
		}
		points -= 2
	}
	return points
}

// fits reports whether a letter may stand beside a character.
func fits(letter, beside rune) bool {
	return !unicode.IsLetter(beside) || unicode.Is(unicode.Latin, letter) == unicode.Is(unicode.Latin, beside)
}

func foreign(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) }

// foreignWord is the first word of letters that are not all ASCII.
func foreignWord(text string) string {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.ContainsFunc(word, foreign) && len(word) < 60 {
			return word
		}
	}
	return ""
}
