package entity

import (
	"encoding/base64"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF7 returns UTF-7 (RFC 2152) in UTF-8. What does not decode becomes
// U+FFFD. UTF-7 is read only: no reader is obliged to know it any more, so a part
// that is changed becomes UTF-8.
func decodeUTF7(src []byte) []byte {
	text := make([]byte, 0, len(src))
	for i := 0; i < len(src); {
		c := src[i]
		i++
		switch {
		case c >= utf8.RuneSelf:
			text = utf8.AppendRune(text, utf8.RuneError)
		case c != '+':
			text = append(text, c)
		case i < len(src) && src[i] == '-':
			text = append(text, '+')
			i++
		default:
			n := shiftedLength(src[i:])
			text = appendShifted(text, src[i:i+n])
			if i += n; i < len(src) && src[i] == '-' {
				i++
			}
		}
	}
	return text
}

// shiftedLength tells how many bytes of the base64 alphabet src begins with.
func shiftedLength(src []byte) int {
	for i, c := range src {
		if base64Value[c] < 0 {
			return i
		}
	}
	return len(src)
}

// appendShifted appends the UTF-16 in modified base64 b to text.
func appendShifted(text, b []byte) []byte {
	damaged := len(b)%4 == 1 // six bits that are not even a byte
	if damaged {
		b = b[:len(b)-1]
	}
	raw, err := base64.RawStdEncoding.DecodeString(string(b))
	damaged = damaged || err != nil || len(raw) == 0 || len(raw)%2 != 0
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	for _, r := range utf16.Decode(units) {
		text = utf8.AppendRune(text, r)
	}
	if damaged {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text
}
