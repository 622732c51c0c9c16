package entity

import (
	"slices"
	"strconv"
	"strings"

	"sigmilter/milter/work"
)

// Part is one entity of a message: a leaf or a multipart with its children. Its
// offsets count from the first byte of the message's body.
type Part struct {
	// ID numbers the part as IMAP does: the children of a multipart root, whose
	// own ID is "", are "1", "2"..., theirs "1.1"...; a root that is a leaf is "1".
	ID     string
	Header Header
	// Media is the Content-Type in force: text/plain where there is none, or
	// message/rfc822 inside a multipart/digest.
	Media       MediaType
	Disposition string // lower case, "" if there is none
	Filename    string // of Content-Disposition or else the name of Content-Type, decoded
	Encoding    string // Content-Transfer-Encoding in lower case; "7bit" if there is none

	// HeaderStart is -1 in the root, whose header is not in the body.
	HeaderStart int64
	// BodyStart and BodyEnd are the range of the part's body. BodyEnd excludes
	// the line end that belongs to the boundary after the part (RFC 2046 section
	// 5.1.1).
	BodyStart, BodyEnd int64

	Parent   *Part
	Children []*Part
	Closed   bool // of a multipart: its closing boundary was seen

	values    []valueRange // of the fields in Header, in the body; nil in the root
	headerEnd int64        // where a further field would begin
	lf        bool         // the boundary line before the part ends in a bare LF
	tight     bool         // the boundary after the part begins at BodyStart, no line end between
	headless  bool         // the boundary after the part came before the header was over
	doubted   Ambiguity    // what the scanner saw that readers read differently
	work      *work.Meter  // what is done with the part may cost; nil for no limit
}

// valueRange is where a field's value lies in the body.
type valueRange struct{ start, end int64 }

// IsMultipart reports whether the part is a multipart, also one that has no
// children because its boundary is missing.
func (p *Part) IsMultipart() bool { return strings.HasPrefix(p.Media.Type, "multipart/") }

// Walk calls f for the part and, as long as f returns true, for everything below
// it, depth first and in order. False skips what is below that part.
func (p *Part) Walk(f func(*Part) bool) {
	if !f(p) {
		return
	}
	for _, c := range p.Children {
		c.Walk(f)
	}
}

// resolve fills in what follows from the header. It reports whether all of it was
// read, and false when one of its fields has too many parameters.
func (p *Part) resolve() (whole bool) {
	contentType := p.Header.Get("Content-Type")
	media, crowded := parseMediaType(contentType)
	p.Media = media
	if p.Parent != nil && p.Parent.Media.Type == "multipart/digest" && contentType == "" {
		p.Media.Type = "message/rfc822" // RFC 2046 section 5.1.5
	}
	var room usualParams
	disposition, d := splitValue(p.Header.Get("Content-Disposition"), room[:])
	p.Disposition = disposition
	p.Filename = decodeWords(d.values()["filename"])
	if p.Filename == "" {
		p.Filename = decodeWords(p.Media.Params["name"])
	}
	// Readers disagree on a ; or a comment behind it: with either the encoding is
	// not known.
	p.Encoding = encodingOf(p.Header.Get("Content-Transfer-Encoding"))
	if p.Encoding == "" {
		p.Encoding = "7bit"
	}
	if p.Parent == nil && !p.IsMultipart() {
		p.ID = "1"
	}
	return !crowded && !d.crowded
}

// boundary returns the line that separates the children of a multipart, without
// its blanks and line end; "" if the part has none.
func (p *Part) boundary() string {
	b := strings.TrimRight(p.Media.Params["boundary"], " \t")
	if b == "" || !p.IsMultipart() {
		return ""
	}
	return "--" + b
}

// endsAnywhere reports whether readers may cut the boundary: it stands without quotes and
// has a sign that RFC 2045 wants quoted.
func (p *Part) endsAnywhere() bool {
	if !strings.ContainsAny(p.Media.Params["boundary"], mustBeQuoted) {
		return false
	}
	var room usualParams
	value := p.Header.raw("Content-Type")
	_, f := splitValue(value, room[:])
	return slices.ContainsFunc(f.params, func(q param) bool { return q.name == "boundary" && !strings.HasPrefix(value[q.at:], `"`) })
}

// mustBeQuoted are the signs that end a value without quotes, for those who read it as
// RFC 2045 section 5.1 or RFC 2231 section 7 says.
const mustBeQuoted = `()<>@,;:\"/[]?=*'%`

// add appends a child whose header begins at that offset.
func (p *Part) add(start int64) *Part {
	id := strconv.Itoa(len(p.Children) + 1)
	if p.ID != "" {
		id = p.ID + "." + id
	}
	c := &Part{ID: id, Parent: p, HeaderStart: start, work: p.work}
	p.Children = append(p.Children, c)
	return c
}

// encodingOf is a Content-Transfer-Encoding in lower case. A comment (RFC 2045 section 5.1)
// is left out where readers that take it for part of the name show the same, since nothing
// is encoded.
func encodingOf(value string) string {
	name, comment, found := strings.Cut(strings.ToLower(value), "(")
	if name = strings.TrimSpace(name); found && isPlainComment(comment) && (name == "7bit" || name == "8bit" || name == "binary") {
		return name
	}
	return strings.ToLower(value)
}

// isPlainComment reports whether the rest of a field, behind its first bracket, is a
// comment of plain words and nothing more.
func isPlainComment(rest string) bool {
	words, found := strings.CutSuffix(strings.TrimSpace(rest), ")")
	return found && !strings.ContainsFunc(words, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" .,-_", r))
	})
}
