package entity

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Bytes may be in another charset than their label says: clients and gateways lose
// the labels of encodings that look like ASCII, and write labels that name none.
// What is written into such a text must not be read as a part of it, and the part
// must not be given a label under which it reads as something else.

// The control characters by which ISO 2022 switches character sets.
const (
	shiftOut = 0x0e
	shiftIn  = 0x0f
	escape   = 0x1b
)

// foundCharset is the charset of a text by its label and by what is in it. Text
// that is ASCII is so under any label that names no charset.
func foundCharset(label string, text []byte) (charset, error) {
	cs, err := textCharset(label, text)
	if err != nil {
		if !namesNothing(label) || !isASCII(text) {
			return cs, err
		}
		cs = charset{ascii: true, guessed: true}
	}
	if cs.wide || cs.whole != nil || cs.stateful {
		return cs, nil
	}
	return cs.found(text)
}

// namesNothing reports whether a label that is not known is that of no charset
// at all: DEFAULT, x-unknown, utf8mb4, what is left of an encoded word. National
// variants of ASCII have other letters in place of brackets.
func namesNothing(label string) bool {
	name := strings.ToLower(strings.TrimSpace(label))
	if name == "unknown-8bit" || name == "x-user-defined" { // RFC 1428; any charset a user had chosen
		return true
	}
	if strings.HasPrefix(name, "x-ia5") || strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32") {
		return false
	}
	_, err := ianaindex.MIME.Encoding(name)
	return err != nil
}

// found is the charset that a text labelled as one that contains ASCII is in. The
// error says that it is none that can be told, and not what the label says.
func (cs charset) found(text []byte) (charset, error) {
	if isUTF16(text) {
		return cs, fmt.Errorf("%w: UTF-16 without its label", ErrCharset)
	}
	shifts := hasShifts(text)
	if !shifts && !isHZ(text) {
		cs.kept = cs.ascii && isUTF7(text)
		return cs, nil
	}
	if !isASCII(text) {
		if !cs.ascii {
			return cs, nil // the label is right about the other bytes
		}
		return cs, fmt.Errorf("%w: escape sequences beside other bytes", ErrCharset)
	}
	candidate := charset{ascii: true, decoder: simplifiedchinese.HZGB2312, encoder: simplifiedchinese.HZGB2312, stateful: true}
	switch {
	case !shifts:
	case bytes.IndexByte(text, shiftOut) >= 0 || bytes.Contains(text, []byte("\x1b$)")):
		candidate = charset{whole: decodeShifted}
	default:
		candidate = charset{ascii: true, decoder: japanese.ISO2022JP, encoder: japanese.ISO2022JP, stateful: true}
	}
	if bytes.ContainsRune(candidate.decodeAll(text), utf8.RuneError) {
		return cs, fmt.Errorf("%w: escape sequences of an unknown charset", ErrCharset)
	}
	return candidate, nil
}

// isUTF16 reports whether a text is in UTF-16: it begins with a mark, or NULs stand
// where half of ASCII's characters would be.
func isUTF16(text []byte) bool {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return true
	}
	if bytes.IndexByte(text, 0) < 0 {
		return false
	}
	const share = 4
	return bytes.Count(text, []byte{0})*share >= len(text) || bytes.Contains(text, []byte("\r\x00\n"))
}

// designations are the escape sequences that choose a character set of ISO 2022,
// without the escape. Those of a terminal, which choose colours or come back to
// ASCII, are none.
var designations = []struct{ sequence, source string }{
	{"$@", "ISO-2022-JP, JIS C 6226"},
	{"$A", "ISO-2022-JP-2, GB 2312"},
	{"$B", "ISO-2022-JP, JIS X 0208"},
	{"$(", "ISO-2022-JP-1 and later, JIS X 0212 and others"},
	{"$)", "ISO-2022-KR, ISO-2022-CN"},
	{"$*", "ISO-2022-CN, CNS 11643"},
	{"(I", "ISO-2022-JP as clients write it, half-width kana"},
	{"(J", "ISO-2022-JP, Roman letters of JIS X 0201"},
	{".A", "ISO-2022-JP-2, ISO 8859-1"},
	{".F", "ISO-2022-JP-2, ISO 8859-7"},
}

// hasShifts reports whether a text switches character sets.
func hasShifts(text []byte) bool {
	if out := bytes.IndexByte(text, shiftOut); out >= 0 && bytes.IndexByte(text[out:], shiftIn) > 0 {
		return true
	}
	for {
		at := bytes.IndexByte(text, escape)
		if at < 0 {
			return false
		}
		text = text[at+1:]
		for _, d := range designations {
			if bytes.HasPrefix(text, []byte(d.sequence)) {
				return true
			}
		}
	}
}

// isHZ reports whether a text is in HZ (RFC 1843): runs ~{...~} of two bytes a
// character, most of which are common ones. Common Lisp and templates have such
// brackets too.
func isHZ(text []byte) bool {
	characters, common := 0, 0
	for {
		at := bytes.Index(text, []byte("~{"))
		if at < 0 {
			break
		}
		text = text[at+2:]
		length := hzLength(text)
		if length == 0 {
			return false
		}
		for i := 0; i < length; i += 2 {
			characters++
			if isCommonHan(text[i]) {
				common++
			}
		}
		text = text[length+2:]
	}
	const few, most = 2, 4 // three of four
	return characters >= few && common*most >= characters*(most-1)
}

// hzLength is how many bytes of two-byte characters text begins with, up to the ~}
// in the same line; 0 when they are no such.
func hzLength(text []byte) int {
	for i := 0; i+1 < len(text); i += 2 {
		if text[i] == '~' && text[i+1] == '}' {
			return i
		}
		const first, lastRow, lastCell = 0x21, 0x77, 0x7e
		if text[i] < first || text[i] > lastRow || text[i+1] < first || text[i+1] > lastCell {
			return 0
		}
	}
	return 0
}

// isCommonHan reports whether the first byte of a character of GB 2312 is that of
// signs or of the 3755 common characters. Those of small ASCII letters are rare.
func isCommonHan(row byte) bool {
	const signs, common, rare = 0x29, 0x30, 0x57
	return row <= signs || (row >= common && row <= rare)
}

// isUTF7 reports whether ASCII may be UTF-7 (RFC 2152): every + begins a run that
// decodes to what is not ASCII, and one of the runs is more than a word behind a +
// could be by chance.
func isUTF7(text []byte) bool {
	sure := false
	for {
		at := bytes.IndexByte(text, '+')
		if at < 0 {
			return sure
		}
		text = text[at+1:]
		if len(text) > 0 && text[0] == '-' {
			continue
		}
		n := shiftedLength(text)
		run := []rune(string(decodeUTF7([]byte("+" + string(text[:n]) + "-"))))
		for _, r := range run {
			if r < utf8.RuneSelf || r == utf8.RuneError || !unicode.IsGraphic(r) {
				return false
			}
		}
		const endOfLatin = '\u0180'
		sure = sure || len(run) > 1 || run[0] < endOfLatin
		text = text[n:]
	}
}

// decodeShifted returns ISO-2022-KR (RFC 1557) or ISO-2022-CN (RFC 1922) in UTF-8:
// between shift out and shift in stands what an escape sequence chose. What does
// not decode becomes U+FFFD. It is read only: few readers know it, so a part that
// is changed becomes UTF-8.
func decodeShifted(src []byte) []byte {
	chosen := map[string]encoding.Encoding{"\x1b$)C": korean.EUCKR, "\x1b$)A": simplifiedchinese.GBK}
	const sequence = 4
	var set encoding.Encoding
	text := make([]byte, 0, len(src)+len(src)/2)
	for i := 0; i < len(src); {
		c := src[i]
		if c == escape && i+sequence <= len(src) {
			if e, known := chosen[string(src[i:i+sequence])]; known {
				set = e
				i += sequence
				continue
			}
		}
		switch {
		case c == shiftOut && set != nil:
			run := src[i+1:]
			run = run[:shiftedOut(run)]
			text = append(text, decodeRun(set, run)...)
			i += 1 + len(run)
			continue
		case c == shiftIn: // the end of a run, or at the start of a line
		case c == escape, c == shiftOut, c >= utf8.RuneSelf:
			text = utf8.AppendRune(text, utf8.RuneError)
		default:
			text = append(text, c)
		}
		i++
	}
	return text
}

// shiftedOut is how many bytes belong to a run: a line end ends it too.
func shiftedOut(src []byte) int {
	if i := bytes.IndexAny(src, "\x0f\x1b\r\n"); i >= 0 {
		return i
	}
	return len(src)
}

// decodeRun decodes characters of two 7-bit bytes, which a set of its kind has with
// the high bits set. Blanks stand for themselves.
func decodeRun(set encoding.Encoding, run []byte) []byte {
	high := make([]byte, 0, len(run))
	for _, c := range run {
		if c > ' ' && c < 0x7f {
			c |= 0x80
		}
		high = append(high, c)
	}
	text, err := set.NewDecoder().Bytes(high)
	if err != nil {
		return []byte(string(utf8.RuneError))
	}
	return text
}
