package entity

import (
	"bytes"
	"errors"
	"fmt"

	"sigmilter/milter/work"
)

// ErrEncoding tells that a part's Content-Transfer-Encoding is not known.
var ErrEncoding = errors.New("unknown transfer encoding")

// ErrDamaged tells that a part is not what its header says, so that an edit
// would be a guess: base64 that does not decode cleanly, or a part whose header
// never ends.
var ErrDamaged = errors.New("damaged part")

// change replaces the bytes [start, end) of a slice by new.
type change struct {
	start, end int
	new        []byte
}

// patch returns b with the changes, which are in order and apart, carried out.
func patch(b []byte, changes []change) []byte { return patchPiece(b, 0, changes) }

// patchPiece is patch for a piece of the bytes that the changes count from, which
// begins at from and holds them all.
func patchPiece(b []byte, from int, changes []change) []byte {
	size := len(b)
	for _, c := range changes {
		size += len(c.new) - (c.end - c.start)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, c := range changes {
		out = append(append(out, b[at:c.start-from]...), c.new...)
		at = c.end - from
	}
	return append(out, b[at:]...)
}

// lineEnds tells how a part ends its lines.
type lineEnds struct {
	raw  string // between the lines of the encoded part
	hard string // in a text: quoted-printable writes these as line ends; "" if all line ends are escaped
}

// transfer is one way to encode a body.
type transfer struct {
	label string // what a header that we write calls it
	// decode returns the decoded bytes. It counts them down piece by piece.
	decode func(raw []byte, w *work.Meter) ([]byte, error)
	// edit turns changes of the decoded bytes into changes of the raw ones.
	edit func(raw, decoded []byte, changes []change, ends lineEnds) []change
	// encode encodes from scratch.
	encode func(decoded []byte, ends lineEnds) []byte
	// bits is 7 or 8 where the raw bytes are the decoded ones, with at most so
	// many bits each; 0 elsewhere.
	bits int
	// size returns how many bytes whole lines decode to, where each line decodes by
	// itself; nil elsewhere.
	size func(lines []byte) int
}

var (
	sevenBit = &transfer{label: "7bit", decode: decodeIdentity, edit: editIdentity, bits: 7, size: identitySize}
	eightBit = &transfer{label: "8bit", decode: decodeIdentity, edit: editIdentity, bits: 8, size: identitySize}

	quotedPrintable = &transfer{label: "quoted-printable", decode: decodeQuoted, edit: editQuoted, encode: encodeQuoted, size: quotedSize}
	base64Transfer  = &transfer{label: "base64", decode: decodeBase64, edit: editBase64, encode: encodeBase64}
)

// transfers holds the encodings of RFC 2045 section 6 and how clients misspell
// them.
var transfers = map[string]*transfer{
	"7bit":             sevenBit,
	"7-bit":            sevenBit,
	"7bits":            sevenBit,
	"8bit":             eightBit,
	"8-bit":            eightBit,
	"8bits":            eightBit,
	"binary":           eightBit,
	"quoted-printable": quotedPrintable,
	"base64":           base64Transfer,
}

func lookupTransfer(name string) (*transfer, error) {
	t, ok := transfers[name]
	if !ok {
		return nil, fmt.Errorf("%w %q", ErrEncoding, name)
	}
	return t, nil
}

func decodeIdentity(raw []byte, _ *work.Meter) ([]byte, error) { return raw, nil }

func identitySize(lines []byte) int { return len(lines) }

func editIdentity(_, _ []byte, changes []change, _ lineEnds) []change { return changes }

// maxLine is the longest line, without its line end, that may be sent (RFC 5322
// section 2.1.1).
const maxLine = 998

// carries reports whether the raw bytes, after the changes that made them, may
// be sent in this encoding.
func (t *transfer) carries(raw []byte, changes []change) bool {
	if t.bits == 0 {
		return true
	}
	shift := 0
	for _, c := range changes {
		start, end := c.start+shift, c.start+shift+len(c.new)
		shift += len(c.new) - (c.end - c.start)
		if t.bits == 7 && !isASCII(c.new) || hasLongLine(raw, start, end) {
			return false
		}
	}
	return true
}

// hasLongLine reports whether a line that overlaps raw[start:end] is too long.
func hasLongLine(raw []byte, start, end int) bool {
	start = bytes.LastIndexByte(raw[:start], '\n') + 1
	if i := bytes.IndexByte(raw[end:], '\n'); i >= 0 {
		end += i + 1
	} else {
		end = len(raw)
	}
	for line := range bytes.Lines(raw[start:end]) {
		if len(trimLineEnd(line)) > maxLine {
			return true
		}
	}
	return false
}

// maxEncodedLine is the longest line of quoted-printable and base64 (RFC 2045
// sections 6.7 and 6.8).
const maxEncodedLine = 76

// column returns the column after b if it begins in column col.
func column(col int, b []byte) int {
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return len(b) - i - 1
	}
	return col + len(b)
}

// lineLength returns the length of the first line of b without its line end. One that
// is longer than any line may be is not gone through: it is asked for at each change.
func lineLength(b []byte) int {
	return len(trimLineEnd(firstLine(b[:min(len(b), maxLine)])))
}

// startsBlank reports whether the first line of b is nothing but blanks.
func startsBlank(b []byte) bool {
	for i, c := range b {
		switch {
		case c == ' ', c == '\t':
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n', c == '\n':
			return true
		default:
			return false
		}
	}
	return true
}
