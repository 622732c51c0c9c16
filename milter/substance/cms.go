package substance

import "bytes"

// cmsTypes are the content types of CMS that S/MIME uses: all begin with the same
// bytes of an object identifier.
var cmsTypes = []struct {
	oid    string
	signed bool
	source string
}{
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", true, "RFC 5652 5: signed-data"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", false, "RFC 5652 6: enveloped-data"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", false, "RFC 5652 8: encrypted-data"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09", false, "RFC 3274: compressed-data"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", false, "RFC 5083: authenticated-enveloped-data"},
}

// The tags of BER that CMS is made of.
const (
	berInteger  = 0x02
	berOID      = 0x06
	berSequence = 0x30
	berSet      = 0x31
	berContext0 = 0xa0
)

// CMS reports whether b is, or whole is false and it begins as, what S/MIME carries:
// signed, encrypted or compressed data.
func CMS(b []byte, whole bool) bool {
	_, parts := contentOf(b, whole)
	return parts != nil
}

// CMSSignature reports whether b is a signature of CMS: signed data with at least one
// signer.
func CMSSignature(b []byte, whole bool) bool {
	signed, parts := contentOf(b, whole)
	if !signed {
		return false
	}
	last := parts[len(parts)-1]
	return !whole || last.tag == berSet && len(last.content) > 0 && last.content[0] == berSequence
}

// contentOf takes apart what a ContentInfo of CMS holds (RFC 5652 section 3); nil if
// it is none.
func contentOf(b []byte, whole bool) (signed bool, parts []element) {
	w := walker{b: b, whole: whole}
	if len(b) == 0 || b[0] != berSequence || !w.wellFormed() {
		return false, nil
	}
	info := w.children(element{berSequence, b})
	if len(info) == 0 || info[0].tag != berSequence {
		return false, nil
	}
	info = w.children(info[0])
	if len(info) < 2 || info[0].tag != berOID || info[1].tag != berContext0 {
		return false, nil
	}
	for _, t := range cmsTypes {
		if t.oid != string(info[0].content) {
			continue
		}
		inner := w.children(info[1])
		if len(inner) == 0 || inner[0].tag != berSequence {
			return false, nil
		}
		parts = w.children(inner[0])
		const fewest = 2
		if len(parts) < fewest || parts[0].tag != berInteger || (t.signed && parts[1].tag != berSet) {
			return false, nil
		}
		return t.signed, parts
	}
	return false, nil
}

// element is one of BER, with its content as far as it is there.
type element struct {
	tag     byte
	content []byte
}

// walker reads BER (X.690), of which DER is a part.
type walker struct {
	b     []byte
	whole bool
	cut   bool // b ended within an element, which it may unless it is whole
}

// maxDepth is how deep elements may be inside each other; those of CMS are less than
// half of it.
const maxDepth = 40

// wellFormed reports whether all of b is one element, with nothing but zeros or a
// line end behind it.
func (w *walker) wellFormed() bool {
	n, ok := w.end(w.b, 0)
	return ok && (w.cut || len(bytes.Trim(w.b[n:], "\x00\r\n")) == 0)
}

// end is where the first element of b ends.
func (w *walker) end(b []byte, depth int) (int, bool) {
	const constructed = 0x20
	tag, at, length, ok := w.head(b)
	if w.cut {
		return len(b), true
	}
	if !ok || depth > maxDepth {
		return 0, false
	}
	limit := at + length
	if length < 0 || limit > len(b) {
		if length >= 0 && w.whole {
			return 0, false
		}
		w.cut = length >= 0
		limit = len(b)
	}
	if tag&constructed == 0 {
		return limit, true
	}
	for at < limit {
		if length < 0 && bytes.HasPrefix(b[at:], []byte{0, 0}) {
			return at + 2, true
		}
		n, ok := w.end(b[at:limit], depth+1)
		if !ok {
			return 0, false
		}
		at += n
	}
	return at, length >= 0 || !w.whole
}

// head reads the tag and the length of an element; a length of -1 is one that its
// end tells.
func (w *walker) head(b []byte) (tag byte, head, length int, ok bool) {
	const multi = 0x1f
	if len(b) < 2 {
		w.cut = w.cut || !w.whole
		return 0, 0, 0, false
	}
	tag, n := b[0], int(b[1])
	switch {
	case tag&multi == multi:
		return 0, 0, 0, false // tags that CMS does not use
	case n < 0x80:
		return tag, 2, n, true
	case n == 0x80:
		return tag, 2, -1, tag&0x20 != 0
	}
	const longest = 4
	n &= 0x7f
	if n > longest || len(b) < 2+n {
		w.cut = w.cut || (n <= longest && !w.whole)
		return 0, 0, 0, false
	}
	for _, c := range b[2 : 2+n] {
		length = length<<8 | int(c)
	}
	return tag, 2 + n, length, length >= 0
}

// children are the elements inside one; for the outermost, b itself.
func (w *walker) children(e element) []element {
	const most = 16
	var all []element
	b := e.content
	for len(b) > 0 && len(all) < most && !bytes.HasPrefix(b, []byte{0, 0}) {
		step := walker{b: b, whole: w.whole}
		n, ok := step.end(b, 0)
		tag, head, length, known := step.head(b)
		if !ok || !known {
			break
		}
		content := b[head:n]
		if length < 0 && !step.cut {
			content = bytes.TrimSuffix(content, []byte{0, 0})
		}
		all = append(all, element{tag, content})
		b = b[n:]
	}
	return all
}
