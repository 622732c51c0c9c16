package entity

import (
	"bytes"
	"io"
	"mime"
	"strings"

	mailcharset "github.com/emersion/go-message/charset"
)

// Field is one field of a header. Value is everything after the colon without
// the final line end, folding kept as it came (CRLF or LF). A milter is given
// values without their first blank, a file has it; both work everywhere.
type Field struct{ Name, Value string }

// Header is a header's fields in order.
type Header []Field

var unfolder = strings.NewReplacer("\r", "", "\n", "")

// unfold undoes folding (RFC 5322 section 2.2.3): the line ends go, the blanks
// after them stay.
func unfold(value string) string { return strings.TrimSpace(unfolder.Replace(value)) }

// Get returns the first field of that name, unfolded and trimmed, or "".
// Names compare without regard to case.
func (h Header) Get(name string) string {
	if i := h.index(name); i >= 0 {
		return unfold(h[i].Value)
	}
	return ""
}

// sameName reports whether two names of fields are one. Their lengths tell most apart
// where many begin alike, as those of Exchange do.
func sameName(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }

// index returns the position of the first field of that name, or -1.
func (h Header) index(name string) int {
	for i := range h {
		if sameName(h[i].Name, name) {
			return i
		}
	}
	return -1
}

// All returns every field of that name, unfolded and trimmed, in order.
func (h Header) All(name string) []string {
	var all []string
	for _, f := range h {
		if sameName(f.Name, name) {
			all = append(all, unfold(f.Value))
		}
	}
	return all
}

// Has reports whether there is a field of that name.
func (h Header) Has(name string) bool { return h.index(name) >= 0 }

// Count returns how many fields have that name.
func (h Header) Count(name string) int {
	n := 0
	for i := range h {
		if sameName(h[i].Name, name) {
			n++
		}
	}
	return n
}

// Text returns what Get returns with the RFC 2047 encoded words decoded. Words
// that cannot be decoded leave the whole value as it is.
func (h Header) Text(name string) string { return decodeWords(h.Get(name)) }

// WordDecoder decodes encoded words of every charset that leaves may have.
func WordDecoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: wordReader}
}

// wordReader reads one encoded word. A reader of the library takes 8 KiB, whatever
// the word, and a subject may have tens of thousands of words.
func wordReader(label string, word io.Reader) (io.Reader, error) {
	cs, err := lookupCharset(label)
	if err != nil {
		return mailcharset.Reader(label, word)
	}
	b, err := io.ReadAll(word)
	return bytes.NewReader(cs.decodeAll(b)), err
}

func decodeWords(s string) string {
	if text, err := WordDecoder().DecodeHeader(s); err == nil {
		return text
	}
	return s
}

// fieldSpan tells where a field lies in the bytes it was parsed from: its name, and
// its value.
type fieldSpan struct{ name, nameEnd, start, end int }

// ParseHeader parses the header block at the start of b. It returns the offset
// just after the blank line, or where a line that is no field begins, or len(b).
// Line ends may be CRLF, LF or mixed, blanks may stand before the colon. A leading
// "From " line of an mbox is skipped, and so are leading lines that continue no
// field.
func ParseHeader(b []byte) (h Header, n int) {
	start := 0
	if line := firstLine(b); bytes.HasPrefix(line, []byte("From ")) && colon(line) < 0 {
		start = len(line)
	}
	for line := firstLine(b[start:]); len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); line = firstLine(b[start:]) {
		start += len(line)
	}
	h, _, n = parseFields(b[start:])
	return h, start + n
}

// parseFields is ParseHeader without the mbox line; it also tells where in b
// each value lies.
func parseFields(b []byte) (h Header, spans []fieldSpan, n int) {
	for n < len(b) {
		line := firstLine(b[n:])
		kind := kindOf(line, len(h) == 0)
		if kind == blankLine {
			n += len(line)
			break
		}
		if kind == otherLine {
			break
		}
		if kind == fieldLine {
			c := colon(line)
			if h == nil {
				const usual = 4 // fields of a part
				h, spans = make(Header, 0, usual), make([]fieldSpan, 0, usual)
			}
			name := bytes.TrimRight(line[:c], " \t")
			h = append(h, Field{})
			spans = append(spans, fieldSpan{name: n, nameEnd: n + len(name), start: n + c + 1})
		}
		spans[len(spans)-1].end = n + len(trimLineEnd(line))
		n += len(line)
	}
	block := string(b[:n]) // one copy for all names and values
	for i, s := range spans {
		h[i] = Field{Name: block[s.name:s.nameEnd], Value: block[s.start:s.end]}
	}
	return h, spans, n
}

type lineKind int

const (
	otherLine lineKind = iota // cannot be part of a header
	blankLine
	fieldLine
	continuationLine
)

// kindOf tells what a line is where a header is expected; first says that no
// field came before it, so that there is nothing to continue.
func kindOf(line []byte, first bool) lineKind {
	switch {
	case len(trimLineEnd(line)) == 0:
		return blankLine
	case !first && (line[0] == ' ' || line[0] == '\t'):
		return continuationLine
	case colon(line) > 0:
		return fieldLine
	}
	return otherLine
}

// colon returns the position of the colon after a field name, or -1.
// QUIRK: blanks may come between (RFC 5322 section 4.5, obsolete syntax).
func colon(line []byte) int {
	name := 0
	for name < len(line) && line[name] > ' ' && line[name] < 0x7f && line[name] != ':' {
		name++
	}
	rest := bytes.TrimLeft(line[name:], " \t")
	if name == 0 || len(rest) == 0 || rest[0] != ':' {
		return -1
	}
	return len(line) - len(rest)
}

// firstLine returns the first line of b with its line end, or all of b.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// trimLineEnd returns line without its CRLF or LF.
func trimLineEnd(line []byte) []byte {
	return line[:len(line)-len(lineEnd(line))]
}

// lineEnd returns the line end that line ends in: CRLF, LF or nothing.
func lineEnd(line []byte) []byte {
	switch n := len(line); {
	case bytes.HasSuffix(line, []byte("\r\n")):
		return line[n-2:]
	case bytes.HasSuffix(line, []byte("\n")):
		return line[n-1:]
	default:
		return nil
	}
}
