package laws

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
)

// part is one entity of a message: its bytes, cut at the boundaries.
type part struct {
	id     string   // as IMAP numbers it
	lead   []byte   // of the message: what stands before its first field
	fields [][]byte // each with its folding and line end
	blank  []byte   // the line after the header, empty when it is missing
	body   []byte   // of a leaf: as encoded, without the line end before a boundary
	rest   []byte   // of the message: everything after blank

	kind   string // media type, lower case
	params map[string]string

	// frame holds of a multipart, in order, the preamble, the boundary lines and
	// the epilogue, a boundary with the line end before it.
	frame    [][]byte
	children []*part
}

// parse reads a message. Anything is one.
func parse(raw []byte) *part {
	root := &part{lead: lead(raw)}
	raw = raw[len(root.lead):]
	n := root.header(raw, func([]byte) bool { return false })
	root.rest = raw[n:]
	root.resolve(nil)
	(&cutter{src: raw, at: n}).cut(root)
	if len(root.frame) == 0 {
		root.id = "1"
	}
	return root
}

// lead is what stands before the first field: the "From " line of an mbox, and
// lines that would continue a field if there were one.
func lead(raw []byte) []byte {
	n := 0
	if line := firstLine(raw); bytes.HasPrefix(line, []byte("From ")) && !fieldStart.Match(line) {
		n = len(line)
	}
	for n < len(raw) && (raw[n] == ' ' || raw[n] == '\t') {
		n += len(firstLine(raw[n:]))
	}
	return raw[:n]
}

var fieldStart = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)

// header takes the fields at the start of raw and returns where the body begins.
// Until says that a line, whatever it looks like, is none of the header.
func (p *part) header(raw []byte, until func(line []byte) bool) int {
	at := 0
	for at < len(raw) {
		line := firstLine(raw[at:])
		switch n := len(p.fields); {
		case until(line):
			return at
		case len(trimEnd(line)) == 0:
			p.blank = line
			return at + len(line)
		case (line[0] == ' ' || line[0] == '\t') && n > 0:
			p.fields[n-1] = append(p.fields[n-1][:len(p.fields[n-1]):len(p.fields[n-1])], line...)
		case fieldStart.Match(line):
			p.fields = append(p.fields, line)
		default:
			return at
		}
		at += len(line)
	}
	return at
}

// resolve reads the media type.
func (p *part) resolve(parent *part) {
	p.kind, p.params = mediaType(p.value("Content-Type"))
	if p.kind == "" {
		p.kind = "text/plain"
		if parent != nil && parent.kind == "multipart/digest" {
			p.kind = "message/rfc822"
		}
	}
}

func (p *part) boundary() string {
	if !strings.HasPrefix(p.kind, "multipart/") {
		return ""
	}
	return strings.TrimRight(p.params["boundary"], " \t")
}

// cutter cuts a body into parts. The innermost multipart whose boundary a line
// is gets it; the boundary of an outer one ends the inner ones.
type cutter struct {
	src  []byte
	at   int
	open []*part // the multiparts whose boundary is looked for, outermost first
	cur  *part   // what the bytes from at on belong to
}

func (c *cutter) cut(root *part) {
	c.enter(root)
	for line := c.at; line < len(c.src); {
		next := line + len(firstLine(c.src[line:]))
		if k, closing := c.match(c.src[line:next]); k >= 0 {
			next = c.boundary(k, closing, line, next)
		}
		line = next
	}
	c.leave(len(c.src))
}

// enter begins the body of a part.
func (c *cutter) enter(p *part) {
	c.cur = p
	if p.boundary() != "" {
		c.open = append(c.open, p)
	}
}

// leave ends what the bytes up to end belong to.
func (c *cutter) leave(end int) {
	piece := c.src[c.at:max(end, c.at)]
	if c.cur.boundary() != "" {
		c.cur.frame = append(c.cur.frame, piece)
	} else {
		c.cur.body = piece
	}
}

// boundary handles the boundary line [line, next) of open[k] and returns where
// to go on.
func (c *cutter) boundary(k int, closing bool, line, next int) int {
	m := c.open[k]
	end := max(c.at, len(trimEnd(c.src[:line])))
	c.leave(end)
	m.frame = append(m.frame, c.src[end:next])
	c.at = next
	if closing {
		c.open, c.cur = c.open[:k], m
		return next
	}
	c.open = c.open[:k+1]
	child := &part{id: fmt.Sprint(len(m.children) + 1)}
	if m.id != "" {
		child.id = m.id + "." + child.id
	}
	m.children = append(m.children, child)
	c.at += child.header(c.src[next:], func(line []byte) bool { k, _ := c.match(line); return k >= 0 })
	child.resolve(m)
	c.enter(child)
	return c.at
}

// match says which open multipart a line is the boundary of, -1 for none.
func (c *cutter) match(line []byte) (k int, closing bool) {
	text, ok := bytes.CutPrefix(line, []byte("--"))
	if !ok {
		return -1, false
	}
	for k := len(c.open) - 1; k >= 0; k-- {
		if tail, ok := bytes.CutPrefix(text, []byte(c.open[k].boundary())); ok {
			switch string(bytes.TrimRight(tail, " \t\r\n")) {
			case "":
				return k, false
			case "--":
				return k, true
			}
		}
	}
	return -1, false
}

var looseParam = regexp.MustCompile(`;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;\s]*))`)

// mediaType reads a Content-Type, also one that is not built as RFC 2045 says.
func mediaType(value string) (kind string, params map[string]string) {
	if kind, params, err := mime.ParseMediaType(value); err == nil && strings.Contains(kind, "/") {
		return kind, params
	}
	kind, _, _ = strings.Cut(value, ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); !strings.Contains(kind, "/") {
		kind = ""
	}
	params = map[string]string{}
	for _, m := range looseParam.FindAllStringSubmatch(value, -1) {
		if name := strings.ToLower(m[1]); params[name] == "" {
			params[name] = m[2] + m[3]
		}
	}
	return kind, params
}

// firstLine is the first line of b with its line end.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// trimEnd is b without the one line end it ends in.
func trimEnd(b []byte) []byte { return b[:len(b)-len(lineEndOf(b))] }

// lineEndOf is the line end that b ends in.
func lineEndOf(b []byte) string {
	switch {
	case bytes.HasSuffix(b, []byte("\r\n")):
		return "\r\n"
	case bytes.HasSuffix(b, []byte("\n")):
		return "\n"
	}
	return ""
}
