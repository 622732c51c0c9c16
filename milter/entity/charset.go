package entity

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"sigmilter/milter/work"
)

// ErrCharset tells that a part's charset is not known, or that new text cannot
// be written in the part without a risk for the author's text.
var ErrCharset = errors.New("charset")

// charset says how the bytes of a part become text and back. In the zero value
// the bytes are the text: that is UTF-8.
type charset struct {
	ascii    bool              // only ASCII may be written; without a decoder the bytes are the text
	kept     bool              // the bytes may be more than ASCII: the label must stay as it is
	guessed  bool              // ASCII only because all of it is, whatever the label means
	decoder  encoding.Encoding // nil: the bytes are the text
	encoder  encoding.Encoding // nil, with a decoder or whole: cannot be written
	whole    func([]byte) []byte
	stateful bool // escapes switch between character sets, ASCII is where it begins
	wide     bool // ASCII takes more than a byte
	mark     int  // bytes of byte order mark before the text
	work     *work.Meter
}

func simple(e encoding.Encoding) charset { return charset{decoder: e, encoder: e} }
func wide(e encoding.Encoding) charset   { return charset{decoder: e, encoder: e, wide: true} }

// charsets holds what the indexes of x/text do not know or see otherwise.
var charsets = map[string]charset{
	"":         {ascii: true},
	"us-ascii": {ascii: true},
	"utf-8":    {},
	"utf-7":    {whole: decodeUTF7},

	"iso-2022-kr": {whole: decodeShifted},
	"iso-2022-cn": {whole: decodeShifted},
	// QUIRK: clients label windows-1252 as ISO-8859-1 and all readers read it so,
	// but what we write keeps to the standard.
	"iso-8859-1": {decoder: charmap.Windows1252, encoder: charmap.ISO8859_1},

	"iso-2022-jp": {decoder: japanese.ISO2022JP, encoder: japanese.ISO2022JP, stateful: true},
	"hz-gb-2312":  {decoder: simplifiedchinese.HZGB2312, encoder: simplifiedchinese.HZGB2312, stateful: true},

	"utf-16be": wide(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)),
	"utf-16le": wide(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)),
	"utf-32be": wide(utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)),
	"utf-32le": wide(utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)),
}

// charsetAliases holds labels found in mail that neither index knows, or that
// htmlindex takes for windows-1252.
var charsetAliases = map[string]string{
	"ascii":               "us-ascii",
	"utf8":                "utf-8",
	"utf_8":               "utf-8",
	"cp65001":             "utf-8",
	"iso8859-1":           "iso-8859-1",
	"iso88591":            "iso-8859-1",
	"iso_8859_1":          "iso-8859-1",
	"latin-1":             "iso-8859-1",
	"cp50220":             "iso-2022-jp",
	"cp50221":             "iso-2022-jp",
	"cp50222":             "iso-2022-jp",
	"iso-2022-jp-1":       "iso-2022-jp",
	"iso-2022-jp-ms":      "iso-2022-jp",
	"unicode-1-1-utf-7":   "utf-7",
	"x-unicode-2-0-utf-7": "utf-7",
}

// byteOrderMarks lists what tells the byte order of the labels that leave it
// open. The longer ones come first: that of UTF-32LE begins like that of UTF-16LE.
var byteOrderMarks = []struct{ label, mark, is string }{
	{"utf-32", "\xff\xfe\x00\x00", "utf-32le"},
	{"utf-32", "\x00\x00\xfe\xff", "utf-32be"},
	{"utf-16", "\xff\xfe", "utf-16le"},
	{"utf-16", "\xfe\xff", "utf-16be"},
}

// lookupCharset returns the charset of a label as IANA registers them, or else
// as browsers know them. An empty label is US-ASCII.
func lookupCharset(label string) (charset, error) {
	name := strings.ToLower(strings.TrimSpace(label))
	if a, ok := charsetAliases[name]; ok {
		name = a
	}
	if cs, ok := charsets[name]; ok {
		return cs, nil
	}
	if name == "x-user-defined" { // QUIRK: to browsers it is one that holds every byte, in mail it says nothing
		return charset{}, fmt.Errorf("%w %q is not known", ErrCharset, label)
	}
	e, err := ianaindex.MIME.Encoding(name)
	if err != nil || e == nil { // nil: registered, but x/text has it, if at all, under another name
		if e, err = htmlindex.Get(name); err != nil || e == encoding.Replacement {
			return charset{}, fmt.Errorf("%w %q is not known", ErrCharset, label)
		}
	}
	if n, err := ianaindex.MIME.Name(e); err == nil {
		if cs, ok := charsets[strings.ToLower(n)]; ok {
			return cs, nil
		}
	}
	return simple(e), nil
}

// textCharset is lookupCharset for the label of a text that is at hand. A label
// that leaves the byte order open needs a mark: without one readers disagree.
func textCharset(label string, text []byte) (charset, error) {
	name := strings.ToLower(strings.TrimSpace(label))
	if name != "utf-16" && name != "utf-32" {
		return lookupCharset(label)
	}
	for _, m := range byteOrderMarks {
		if m.label == name && bytes.HasPrefix(text, []byte(m.mark)) {
			cs := charsets[m.is]
			cs.mark = len(m.mark)
			return cs, nil
		}
	}
	return charset{}, fmt.Errorf("%w %q without byte order mark", ErrCharset, label)
}

// plain reports whether the bytes are the text.
func (cs charset) plain() bool { return cs.decoder == nil && cs.whole == nil }

// isUnlabelledUTF8 reports whether the bytes are UTF-8 already, only nobody said so.
func (cs charset) isUnlabelledUTF8(b []byte) bool {
	return cs.ascii && cs.plain() && !cs.kept && utf8.Valid(b)
}

// decodeAll returns src in UTF-8. What does not decode becomes U+FFFD, except
// where the bytes are the text.
func (cs charset) decodeAll(src []byte) []byte {
	if cs.plain() {
		return src
	}
	if cs.whole != nil {
		return cs.whole(src)
	}
	w := cs.walk(src)
	w.to(-1)
	return w.text
}

// charsetWalk decodes step by step, so that a place in the text can be told as a
// place in the bytes by the very code that decodes.
type charsetWalk struct {
	dec  transform.Transformer
	src  []byte
	pos  int // in src
	text []byte
	work *work.Meter
}

func (cs charset) walk(src []byte) *charsetWalk {
	return &charsetWalk{dec: cs.decoder.NewDecoder().Transformer, src: src, pos: cs.mark, work: cs.work}
}

// to decodes until the text has n bytes, all of it for -1. It reports whether
// there is such a place: n may be inside a character or behind the end.
func (w *charsetWalk) to(n int) bool {
	for len(w.text) != n {
		room := n - len(w.text)
		if n < 0 {
			room = len(w.src) - w.pos + 64
		}
		room = min(room, pace)
		w.text = slices.Grow(w.text, room)
		nDst, nSrc, err := w.dec.Transform(w.text[len(w.text):len(w.text)+room], w.src[w.pos:], true)
		w.text = w.text[:len(w.text)+nDst]
		w.pos += nSrc
		w.work.Spend(nSrc)
		if err == nil {
			return len(w.text) == n || n < 0
		}
		if err == transform.ErrShortDst && nDst+nSrc > 0 {
			continue
		}
		if n >= 0 && len(w.text) < n || err != transform.ErrShortDst {
			return false
		}
	}
	return true
}

// locate returns the places in src of places in the decoded text, which are in
// order.
func (cs charset) locate(src, text []byte, points []int) ([]int, error) {
	if cs.plain() {
		return points, nil
	}
	at := make([]int, 0, len(points))
	w := cs.walk(src)
	known := asciiPlace{src: cs.mark}
	for _, p := range points {
		if !w.to(p) {
			return nil, fmt.Errorf("%w: no character begins at %d", ErrCharset, p)
		}
		pos := w.pos
		if cs.stateful {
			if pos = cs.unshifted(src, text, known, p, pos); pos < 0 {
				return nil, fmt.Errorf("%w: text at %d is inside an escape sequence", ErrCharset, p)
			}
			known = asciiPlace{src: pos, text: p}
		}
		at = append(at, pos)
	}
	return at, nil
}

// asciiPlace is a place of a stateful charset where ASCII is written, as at the
// beginning: what comes behind it can be decoded by itself.
type asciiPlace struct{ src, text int }

// unshifted returns the place at or just before pos where src is in the ASCII
// state and has yielded text up to p, or -1; known is one before it. A decoder whose
// output is full still reads the escapes that follow, so that pos may be too late by
// one or two of them.
func (cs charset) unshifted(src, text []byte, known asciiPlace, p, pos int) int {
	const twoEscapes = 8
	want := append(slices.Clone(text[known.text:p]), 'A')
	cs.mark = 0
	for at := pos; at >= max(known.src, pos-twoEscapes); at-- {
		if bytes.Equal(cs.decodeAll(append(slices.Clone(src[known.src:at]), 'A')), want) {
			return at
		}
	}
	return -1
}

// encode returns text in the charset, and whether all of it can be written so
// that it is read back unchanged.
func (cs charset) encode(text string) ([]byte, bool) {
	if cs.ascii && !isASCII(text) {
		return []byte(text), false
	}
	if cs.plain() {
		return []byte(text), true
	}
	if cs.encoder == nil {
		return nil, false
	}
	if cs.stateful {
		// The letter brings the encoder back to ASCII, which not each does at the end.
		b, err := cs.encoder.NewEncoder().Bytes([]byte(text + "A"))
		if err != nil {
			return nil, false
		}
		return b[:len(b)-1], string(cs.decodeAll(b)) == text+"A"
	}
	b, err := cs.encoder.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, false
	}
	cs.mark = 0
	return b, string(cs.decodeAll(b)) == text
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
