package entity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Addition is a part that is put into a message beside those it has. Its body is
// transfer-encoded already; the lines of both end in CRLF and are written with
// the message's own line ends.
type Addition struct {
	Header Header
	Body   string
}

// Composition is what puts parts into a message: splices that stand before those
// of the part itself, splices that stand after them, and edits of the message's
// header in place of those the part asked for.
type Composition struct {
	Before, After []Splice
	Fields        []FieldEdit
}

// errHeadless is a part whose header never ended: what follows it would become
// part of its header.
var errHeadless = fmt.Errorf("%w: its header never ends", ErrDamaged)

// Multipart describes a multipart that is made.
type Multipart struct {
	Subtype  string // related, alternative, mixed
	Params   string // further parameters of its type, `; type="text/html"`
	Boundary string // must not occur in any of the parts
}

func (m Multipart) contentType() string {
	return "multipart/" + m.Subtype + `; boundary="` + m.Boundary + `"` + m.Params
}

// String is the multipart as the body of an addition.
func (m Multipart) Addition(parts ...Addition) Addition {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--" + m.Boundary + "\r\n" + p.String() + "\r\n")
	}
	b.WriteString("--" + m.Boundary + "--\r\n")
	return Addition{Header{{"Content-Type", m.contentType()}}, b.String()}
}

// String is the part as it goes out, without the line end of the boundary after it.
func (a Addition) String() string {
	var b strings.Builder
	for _, f := range a.Header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	return b.String() + "\r\n" + a.Body
}

// Relate puts parts where the references (cid:) of an HTML leaf find them: into
// the multipart/related it is the root of, directly or through a
// multipart/alternative, or else into a new one around the leaf. fields are the
// header edits the leaf's own change asks for, lineEnd is that of the message.
func Relate(p *Part, parts []Addition, m Multipart, fields []FieldEdit, lineEnd string) (Composition, error) {
	for child := p; child.Parent != nil; child = child.Parent {
		parent := child.Parent
		if parent.Media.Type == "multipart/related" && relatedRoot(parent) == child {
			c, err := appendTo(parent, parts, lineEnd)
			c.Fields = fields
			return c, err
		}
		if parent.Media.Type != "multipart/alternative" {
			break
		}
	}
	m.Subtype = "related"
	return Wrap(p, nil, parts, m, fields, lineEnd)
}

// appendTo puts parts behind the last child of a multipart.
func appendTo(multi *Part, parts []Addition, lineEnd string) (Composition, error) {
	last := multi.Children[len(multi.Children)-1]
	if last.headless {
		return Composition{}, errHeadless
	}
	var b strings.Builder
	for _, a := range parts {
		if last.tight {
			b.WriteString(multi.boundary() + "\r\n" + a.String() + "\r\n")
		} else {
			b.WriteString("\r\n" + multi.boundary() + "\r\n" + a.String())
		}
	}
	return Composition{After: []Splice{insertion(last.BodyEnd, b.String(), lineEnd)}}, nil
}

// Prepend puts a part before the first child of a multipart.
func Prepend(multi *Part, a Addition, lineEnd string) (Composition, error) {
	if len(multi.Children) == 0 || multi.boundary() == "" {
		return Composition{}, errors.New("a multipart without parts")
	}
	text := a.String() + "\r\n" + multi.boundary() + "\r\n"
	return Composition{Before: []Splice{insertion(multi.Children[0].HeaderStart, text, lineEnd)}}, nil
}

// Remove takes a part out of the multipart it is in, with one of the boundaries
// beside it. The multipart must have another.
func Remove(p *Part) (Composition, error) {
	siblings := p.Parent.Children
	i := slices.Index(siblings, p)
	switch {
	case i+1 < len(siblings):
		return Composition{Before: []Splice{{Start: p.HeaderStart, End: siblings[i+1].HeaderStart}}}, nil
	case i > 0 && !siblings[i-1].tight && !siblings[i-1].headless:
		return Composition{Before: []Splice{{Start: siblings[i-1].BodyEnd, End: p.BodyEnd}}}, nil
	}
	return Composition{}, errHeadless
}

// Unhang takes a part out of the multipart it is in, with the boundary before it;
// several beside one another may go. It reports whether that can be done: not with
// a first part, nor where a boundary stands inside a header.
func Unhang(p *Part) (Splice, bool) {
	siblings := p.Parent.Children
	i := slices.Index(siblings, p)
	if i == 0 || p.tight || p.headless || siblings[i-1].tight || siblings[i-1].headless {
		return Splice{}, false
	}
	return Splice{Start: siblings[i-1].BodyEnd, End: p.BodyEnd}, true
}

// Wrap puts a part and others into a new multipart that takes its place. A
// nested part keeps its header; of the root, the fields that describe the body
// (Content-Type and the like) move into the part, as fields would have changed
// them, and the message's header gets those of the multipart.
func Wrap(p *Part, before, after []Addition, m Multipart, fields []FieldEdit, lineEnd string) (Composition, error) {
	if p.headless {
		return Composition{}, errHeadless
	}
	var head, tail strings.Builder
	var c Composition
	start := p.HeaderStart
	if p.Parent == nil {
		start = 0
	} else {
		head.WriteString("Content-Type: " + m.contentType() + "\r\n\r\n")
	}
	for _, a := range before {
		head.WriteString("--" + m.Boundary + "\r\n" + a.String() + "\r\n")
	}
	head.WriteString("--" + m.Boundary + "\r\n")
	if p.Parent == nil {
		inner := movedFields(p.Header, fields)
		head.WriteString(Addition{Header: inner}.String())
		c.Fields = multipartFields(p.Header, inner, m)
	}
	lead := "\r\n"
	if p.tight { // what is put into it ends in the line end of the next boundary
		lead = ""
	}
	for _, a := range after {
		tail.WriteString(lead + "--" + m.Boundary + "\r\n" + a.String())
		lead = "\r\n"
	}
	tail.WriteString(lead + "--" + m.Boundary + "--")
	if p.tight || p.Parent == nil {
		tail.WriteString("\r\n")
	}
	c.Before = []Splice{insertion(start, head.String(), lineEnd)}
	c.After = []Splice{insertion(p.BodyEnd, tail.String(), lineEnd)}
	return c, nil
}

func insertion(at int64, text, lineEnd string) Splice {
	return Splice{at, at, []byte(strings.ReplaceAll(text, "\r\n", lineEnd))}
}

// bodyFields are the fields that describe a body and go with it when the root
// becomes a part (RFC 2045 3). Content-Language and Content-Class speak of the
// message.
var bodyFields = []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Description", "Content-Location", "Content-MD5"}

// isBodyField says whether a field describes the body.
func isBodyField(name string) bool {
	return slices.ContainsFunc(bodyFields, func(f string) bool { return strings.EqualFold(f, name) })
}

// movedFields are the body's fields of a header, with edits of the first of each
// name carried out.
func movedFields(h Header, edits []FieldEdit) Header {
	var moved Header
	for _, f := range h {
		if isBodyField(f.Name) {
			moved = append(moved, f)
		}
	}
	for _, e := range edits {
		switch i := moved.index(e.Name); {
		case !isBodyField(e.Name):
		case e.Op == AddField:
			moved = append(moved, Field{e.Name, e.Value})
		case e.Op == ChangeField:
			moved[i].Value = e.Value
		}
	}
	for i := range moved {
		value := strings.TrimLeft(moved[i].Value, " \t")
		moved[i].Value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n")
	}
	return moved
}

// multipartFields are the edits that make a message's header that of the
// multipart around its body. Of each field at most one stays.
func multipartFields(h, inner Header, m Multipart) []FieldEdit {
	wanted := []Field{{"Content-Type", m.contentType()}}
	switch e := strings.ToLower(inner.Get("Content-Transfer-Encoding")); e {
	case "8bit", "binary": // a multipart says the widest of its parts (RFC 2045 6.4)
		wanted = append(wanted, Field{"Content-Transfer-Encoding", e})
	}
	edits := rootEdits(h, wanted)
	for _, name := range bodyFields {
		keep := 0
		if slices.ContainsFunc(wanted, func(f Field) bool { return f.Name == name }) {
			keep = 1
		}
		for i := h.Count(name); i > keep; i-- {
			edits = append(edits, FieldEdit{DeleteField, name, i, ""})
		}
	}
	return edits
}

// LineEnd is how the leaf ends its lines, CRLF or LF.
func (l *Leaf) LineEnd() string { return l.rawEnd }

// TextPart is a text of any language as a part: UTF-8 in quoted-printable.
func TextPart(media, text string) Addition {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	return Addition{
		Header: Header{{"Content-Type", media + "; charset=utf-8"}, {"Content-Transfer-Encoding", quotedPrintable.label}},
		Body:   string(encodeQuoted([]byte(text), lineEnds{raw: "\r\n", hard: "\r\n"})),
	}
}

// Base64 is data as the body of a part in base64.
func Base64(data []byte) string { return string(encodeBase64(data, lineEnds{raw: "\r\n"})) }
