package known

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Image stands in a line's text for a picture, so that a line with only a
// picture is not blank.
const Image = '￼'

// Invisible says whether a reader sees nothing of r: soft hyphens, zero-width
// characters and directional marks, which clients strew into text.
func Invisible(r rune) bool {
	switch {
	case r == 'ᐧ': // QUIRK: read-receipt add-ins of Gmail leave it where their picture was
		return true
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
		return true
	}
	return r < ' ' && !unicode.IsSpace(r)
}

// Visible folds blanks to single spaces, trims, leaves out what is invisible, and
// composes what is decomposed: windows-1258 and macOS write letters and their
// marks apart, the tables do not.
func Visible(s string) string {
	if s = strings.Trim(s, " \t\r\n"); Tidy(s) {
		return s
	}
	if !composed(s) {
		s = norm.NFC.String(s)
	}
	b := make([]byte, 0, len(s))
	blank := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r > ' ' && r < 0x7f:
			for i+size < len(s) && s[i+size] > ' ' && s[i+size] < 0x7f {
				size++
			}
		case unicode.IsSpace(r) || r == '\u3164':
			blank = len(b) > 0
			i += size
			continue
		case Invisible(r):
			i += size
			continue
		}
		if blank {
			b = append(b, ' ')
			blank = false
		}
		if r == utf8.RuneError {
			b = utf8.AppendRune(b, r) // a byte that is none counts as one
		} else {
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return string(b)
}

// Combining is the first character that others combine with.
const Combining = '\u0300'

// composed says whether s needs no composing, at little cost for most scripts of
// the West.
func composed(s string) bool {
	for _, r := range s {
		if r >= Combining {
			return norm.NFC.IsNormalString(s)
		}
	}
	return true
}

// Shows says whether a reader sees anything of s.
func Shows(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && r != '\u3164' && !Invisible(r) {
			return true
		}
	}
	return false
}

// Tidy says, at little cost, that visible would give s back unchanged: single
// blanks within, and letters that nothing combines with.
func Tidy(s string) bool {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && plain8(s[i:i+8]) {
			i += 7 // the last may be a blank, which the next eight show what follows
			continue
		}
		c := s[i]
		if c > ' ' && c < 0x7f || c == ' ' && i+1 < len(s) && s[i+1] != ' ' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			return false
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r <= '\u00a0' || r == '\u00ad' || r >= Combining {
			return false
		}
		i += size
	}
	return !strings.HasPrefix(s, " ")
}

// WithoutImages is a text without the characters that stand for pictures, and without the
// blanks around it.
func WithoutImages(text string) string {
	if !strings.Contains(text, string(Image)) {
		return text
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(text, string(Image), " ")), " ")
}

// plain8 reports whether eight characters are visible ones of ASCII and single blanks. It
// looks at them as one number, in which the top bit of a byte comes to say that the byte
// is too small, too large or a blank. Of " !" it does not say so: the careful look does.
func plain8(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	odd := x | (x - ' '*ones) | (x + ones) // below a blank, DEL, beyond ASCII
	fromBlank := x ^ ' '*ones
	blanks := (fromBlank - ones) &^ fromBlank & tops
	return odd&tops == 0 && blanks&(blanks>>8) == 0
}
