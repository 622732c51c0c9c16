package entity

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Leaf is a text leaf that was opened for editing.
type Leaf struct {
	Part *Part
	// Text is the part's text in UTF-8. Bytes of a part in UTF-8, in US-ASCII or
	// without charset stand here as they are, also those that are no valid UTF-8;
	// in other charsets what does not decode is U+FFFD here, while its bytes stay
	// in the part. Not to be changed.
	Text []byte

	raw      []byte
	start    bool   // raw is only what the body begins with
	decoded  []byte // of the transfer encoding
	transfer *transfer
	charset  charset
	rawEnd   string // line end of raw
	textEnd  string // line end of Text
}

// Open decodes a text leaf, whose body raw is: [p.BodyStart, p.BodyEnd) of the
// message's body. It keeps raw. The error wraps ErrEncoding, ErrCharset or
// ErrDamaged.
func Open(p *Part, raw []byte) (*Leaf, error) {
	l := &Leaf{Part: p, raw: raw}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("part %q: %w", p.ID, err)
	}
	return l, nil
}

// OpenStart opens what a text leaf begins with, up to the end of a line: start is
// the body from p.BodyStart on. That is all that edits there need, as long as the
// part keeps its charset and encoding; else Apply returns ErrStart. It is
// ErrStart too when the part's encoding cannot be read line by line.
func OpenStart(p *Part, start []byte) (*Leaf, error) {
	if t, err := lookupTransfer(p.Encoding); err == nil && t.size == nil {
		return nil, fmt.Errorf("part %q in %s: %w", p.ID, p.Encoding, ErrStart)
	}
	l, err := Open(p, start)
	if l != nil {
		l.start = true
		if l.charset.guessed {
			return nil, fmt.Errorf("part %q in a charset nobody knows: %w", p.ID, ErrStart)
		}
	}
	return l, err
}

// IsStart reports whether only what the part begins with was opened.
func (l *Leaf) IsStart() bool { return l.start }

// ErrStart tells that the beginning of a part is not enough.
var ErrStart = errors.New("the whole part is needed")

func (l *Leaf) open() (err error) {
	if l.transfer, err = lookupTransfer(l.Part.Encoding); err != nil {
		return err
	}
	if l.decoded, err = l.transfer.decode(l.raw, l.Part.work); err != nil {
		return err
	}
	if l.charset, err = foundCharset(l.Part.Media.Params["charset"], l.decoded); err != nil {
		return err
	}
	l.charset.work = l.Part.work
	l.Text = l.charset.decodeAll(l.decoded)
	l.rawEnd = "\r\n"
	if l.Part.lf {
		l.rawEnd = "\n"
	}
	if e := lineEnd(firstLine(l.raw)); len(e) > 0 {
		l.rawEnd = string(e)
	}
	l.textEnd = l.rawEnd
	if e := lineEnd(firstLine(l.Text)); len(e) > 0 && (l.transfer == base64Transfer || l.charset.wide) {
		l.textEnd = string(e)
	}
	return nil
}

// Apply returns the splices over the message's body, and for the root also the
// edits of its header, that carry out the edits of Text. Edits are in order and
// do not overlap or part a CR from its LF; line ends in New are written as the part's own.
//
// The part keeps its charset and transfer encoding as long as the new text fits.
// In HTML characters that do not fit become numeric references. A plain text that
// does not fit becomes UTF-8, provided that it decodes without loss. New text
// that a 7bit part, or one of lines up to 998 bytes, cannot carry makes the part
// quoted-printable.
//
// Before it returns, Apply decodes the result and compares: it is an error,
// wrapping ErrCharset or ErrDamaged, if the part would not read as Text with
// exactly these edits.
func (l *Leaf) Apply(edits []Edit) ([]Splice, []FieldEdit, error) {
	splices, fields, err := l.apply(edits)
	if err != nil {
		return nil, nil, fmt.Errorf("editing part %q: %w", l.Part.ID, err)
	}
	return splices, fields, nil
}

func (l *Leaf) apply(edits []Edit) ([]Splice, []FieldEdit, error) {
	edits, err := l.tidy(edits)
	if err != nil || len(edits) == 0 {
		return nil, nil, err
	}
	if l.Part.headless {
		return nil, nil, fmt.Errorf("%w: its header never ends", ErrDamaged)
	}
	r, err := l.rewrite(edits)
	if err != nil {
		return nil, nil, err
	}
	if l.start && r.whole() {
		return nil, nil, ErrStart
	}
	if err := l.check(r, edits); err != nil {
		return nil, nil, err
	}
	splices, fields := l.fieldEdits(r)
	for _, c := range r.body {
		splices = append(splices, Splice{l.Part.BodyStart + int64(c.start), l.Part.BodyStart + int64(c.end), c.new})
	}
	if l.Part.tight {
		// The boundary takes the line end before it; so far that was the blank line's.
		splices[len(splices)-1].New = append(splices[len(splices)-1].New, l.rawEnd...)
	}
	return splices, fields, nil
}

// tidy returns the edits in the part's own line ends, without those that change
// nothing, and with those that touch made one.
func (l *Leaf) tidy(edits []Edit) ([]Edit, error) {
	var tidied []Edit
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(l.Text) {
			return nil, fmt.Errorf("edit %d-%d is out of order in a text of %d bytes", e.Start, e.End, len(l.Text))
		}
		at = e.End
		e.New = withLineEnds(strings.ToValidUTF8(e.New, string(utf8.RuneError)), l.textEnd)
		if string(l.Text[e.Start:e.End]) == e.New {
			continue
		}
		if splitsLineEnd(l.Text, e.Start) || splitsLineEnd(l.Text, e.End) {
			return nil, fmt.Errorf("edit %d-%d begins or ends between CR and LF", e.Start, e.End)
		}
		if n := len(tidied); n > 0 && tidied[n-1].End == e.Start {
			tidied[n-1].End = e.End
			tidied[n-1].New += e.New
			continue
		}
		tidied = append(tidied, e)
	}
	return tidied, nil
}

// withLineEnds is a text with its line ends written as others.
func withLineEnds(text, end string) string {
	var b strings.Builder
	b.Grow(len(text) + strings.Count(text, "\n")*len(end))
	for {
		i := strings.IndexAny(text, "\r\n")
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		b.WriteString(end)
		if text = text[i:]; strings.HasPrefix(text, "\r\n") {
			i = len("\r\n")
		} else {
			i = len("\n")
		}
		text = text[i:]
	}
}

// splitsLineEnd reports whether the place is between a CR and its LF. An edit
// there would leave a bare CR, which must not be sent (RFC 5321 section 2.3.8).
func splitsLineEnd(text []byte, at int) bool {
	return at > 0 && at < len(text) && text[at-1] == '\r' && text[at] == '\n'
}

// rewriting is how a part is going to be changed.
type rewriting struct {
	charset  charset
	transfer *transfer
	label    string // new charset label, "" if it stays
	body     []change
	decoded  []change // the same of the decoded bytes; nil when all is written anew
}

// whole says that more of the part changes than where new text stands.
func (r *rewriting) whole() bool { return r.decoded == nil || r.label != "" }

// rewrite decides how the edits are written. Where characters become references
// it changes the edits accordingly.
func (l *Leaf) rewrite(edits []Edit) (rewriting, error) {
	r := rewriting{charset: l.charset, transfer: l.transfer}
	encoded, fits := l.encode(edits)
	switch {
	case fits:
	case l.charset.isUnlabelledUTF8(l.decoded):
		r.charset, r.label = charset{}, "utf-8"
	case (l.charset.ascii && l.charset.plain()) || bytes.ContainsRune(l.Text, utf8.RuneError):
		return r, fmt.Errorf("%w: the part does not decode cleanly, so that it cannot become UTF-8", ErrCharset)
	default:
		r.charset, r.label = charset{}, "utf-8"
		l.recode(&r, patch(l.Text, textChanges(edits)))
		return r, nil
	}
	changes, err := l.locate(edits, encoded)
	if err != nil {
		return r, err
	}
	r.decoded = changes
	r.body = l.transfer.edit(l.raw, l.decoded, changes, l.ends(r.charset))
	if l.transfer.bits > 0 && !l.transfer.carries(l.changed(r.body)) {
		r.decoded = nil
		l.recode(&r, patch(l.decoded, changes))
	}
	return r, nil
}

// recode has the whole body written anew: as base64 if it was, or else as
// quoted-printable.
func (l *Leaf) recode(r *rewriting, decoded []byte) {
	if r.transfer != base64Transfer {
		r.transfer = quotedPrintable
	}
	r.body = []change{{0, len(l.raw), r.transfer.encode(decoded, l.ends(r.charset))}}
}

// encode returns the new text of each edit in the part's charset, and whether
// all of it fits. In HTML it always does, except in a charset that cannot be
// written at all.
func (l *Leaf) encode(edits []Edit) ([][]byte, bool) {
	all := make([][]byte, len(edits))
	for i := range edits {
		b, fits := l.charset.encode(edits[i].New)
		if l.Part.Media.Type == "text/html" && l.charset.whole == nil && (!fits || l.transfer.bits == 7 && !isASCII(b)) {
			edits[i].New = l.references(edits[i].New)
			b, fits = l.charset.encode(edits[i].New)
		}
		if !fits {
			for i := range edits {
				all[i] = []byte(edits[i].New)
			}
			return all, false
		}
		all[i] = b
	}
	return all, true
}

// references replaces what cannot be written in an HTML part by numeric
// character references.
func (l *Leaf) references(text string) string {
	var b strings.Builder
	for _, r := range text {
		if raw, fits := l.charset.encode(string(r)); fits && (l.transfer.bits != 7 || isASCII(raw)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

// locate turns edits of the text, encoded, into changes of the decoded bytes.
func (l *Leaf) locate(edits []Edit, encoded [][]byte) ([]change, error) {
	var points []int
	for _, e := range edits {
		points = append(points, e.Start, e.End)
	}
	at, err := l.charset.locate(l.decoded, l.Text, points)
	if err != nil {
		return nil, err
	}
	changes := make([]change, len(edits))
	for i := range edits {
		changes[i] = change{at[2*i], at[2*i+1], encoded[i]}
	}
	return changes, nil
}

func (l *Leaf) ends(cs charset) lineEnds {
	if cs.wide {
		return lineEnds{raw: l.rawEnd}
	}
	return lineEnds{raw: l.rawEnd, hard: l.rawEnd}
}

func textChanges(edits []Edit) []change {
	changes := make([]change, len(edits))
	for i, e := range edits {
		changes[i] = change{e.Start, e.End, []byte(e.New)}
	}
	return changes
}
