package dkim

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"sigmilter/milter/entity"
)

// Bounds of what is given to the library, whose time grows with the square of each.
// No signer comes near them.
const (
	maxSignatureBytes = 16 << 10 // of a field DKIM-Signature
	maxNames          = 500      // in its tag h
	maxFoldedBytes    = 64 << 20 // lines of a field times its bytes, all fields together
	maxLineEnds       = 64 << 10 // bytes of line ends in the body with but blanks between
)

// errTooMuch says that a signature is not verified, and so proves nothing.
var errTooMuch = errors.New("it takes too much to verify")

// needed is a header with no more than what a signature in it needs: itself and the
// fields that it covers. Of each name those are the last, as many as its tag h names
// (RFC 6376 5.4.2). The library, which looks through a header for each name, finds the
// same ones.
func needed(h entity.Header, signature int) (entity.Header, error) {
	tags := h[signature].Value
	if len(tags) > maxSignatureBytes {
		return nil, fmt.Errorf("%w: the field has more than %d bytes", errTooMuch, maxSignatureBytes)
	}
	names := strings.Split(tag(tags, "h"), ":")
	if len(names) > maxNames {
		return nil, fmt.Errorf("%w: its tag h has more than %d names", errTooMuch, maxNames)
	}
	left := map[string]int{}
	for _, n := range names {
		left[strings.ToLower(n)]++
	}
	canonicalization, _, _ := strings.Cut(tag(tags, "c"), "/")
	var fields entity.Header
	folded := 0
	for i, f := range slices.Backward(h) {
		name := strings.ToLower(strings.TrimSpace(f.Name))
		if i != signature && (left[name] == 0 || name == "dkim-signature") {
			continue
		}
		left[name]--
		if canonicalization == "relaxed" { // to which a fold is a blank
			f.Value = unfolder.Replace(f.Value)
		}
		// The library copies a field for each of its lines.
		if folded += strings.Count(f.Value, "\n") * len(f.Value); folded > maxFoldedBytes {
			return nil, fmt.Errorf("%w: the fields that it covers have too many lines", errTooMuch)
		}
		fields = append(fields, f)
	}
	slices.Reverse(fields)
	return fields, nil
}

var unfolder = strings.NewReplacer("\r\n ", " ", "\r\n\t", "\t", "\n ", " ", "\n\t", "\t")

// tag is the value of a tag of a signature without blanks, empty for none. A signature
// that has one twice is not valid.
func tag(tags, name string) string {
	for t := range strings.SplitSeq(tags, ";") {
		if n, value, _ := strings.Cut(t, "="); strings.TrimSpace(n) == name {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, value)
		}
	}
	return ""
}

// bodyReader marks a fault of reading the body as one, and ends one that has nothing
// but blank lines for too long: the library keeps those, and copies them again and
// again.
type bodyReader struct {
	io.Reader
	lineEnds int // bytes of them since the last that is no blank
}

type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

func (r *bodyReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = bodyError{err}
	}
	for _, c := range p[:n] {
		switch c {
		case '\r', '\n':
			r.lineEnds++
		case ' ', '\t':
		default:
			r.lineEnds = 0
		}
		if r.lineEnds > maxLineEnds {
			return 0, fmt.Errorf("%w: the body has too many blank lines", errTooMuch)
		}
	}
	return n, err
}
