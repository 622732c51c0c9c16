package entity

import (
	"bytes"
	"errors"
	"fmt"

	"sigmilter/milter/work"
)

// Limits bound what a [Scanner] does for one message. Zero means the default.
type Limits struct {
	Parts       int // parts in the message, the root included; default 1000
	Depth       int // multiparts inside each other; default 30
	HeaderBytes int // of one part's header; default 256 KiB
	Fields      int // of all the parts, without the root; default 20,000
}

// The defaults of [Limits].
const (
	DefaultParts       = 1000
	DefaultDepth       = 30
	DefaultHeaderBytes = 256 << 10
	DefaultFields      = 20_000
)

// What [Scanner.Finish] returns, wrapped, when a limit was hit.
var (
	ErrTooManyParts  = errors.New("too many parts")
	ErrTooDeep       = errors.New("multiparts nested too deep")
	ErrHeaderTooLong = errors.New("part header too long")
	ErrTooManyFields = errors.New("too many fields in the parts, or parameters in a field")
)

// maxBoundaryLine is the longest line, line end included, that is taken for a
// boundary: RFC 5322 section 2.1.1 allows no longer ones, and RFC 2046 section
// 5.1.1 limits the boundary to 70 characters.
const maxBoundaryLine = 1000

// openMultipart is a multipart whose boundary is looked for.
type openMultipart struct {
	part     *Part
	boundary []byte // with its two dashes
	cut      bool   // some readers end it at any sign that it has without quotes
}

// Scanner finds the parts of a message while its body arrives. It takes time
// linear in the body and keeps, besides the tree, only the header of the part
// that is being read and a line that may be a boundary.
//
// A line that matches the boundary of an outer multipart ends the inner ones,
// whose closing boundary is missing then. A message/rfc822 is a leaf.
type Scanner struct {
	// Work is what scanning may cost, and what is done with the parts later; nil for no
	// limit. It is set before the first byte.
	Work *work.Meter

	limits Limits
	root   *Part
	cur    *Part           // the innermost open part
	stack  []openMultipart // outermost first
	over   openMultipart   // the one whose end was seen last
	parts  int
	fields int // of the parts
	err    error

	inHeader  bool
	header    []byte // complete lines of the header of cur
	line      []byte // the unfinished line, where it has to be seen whole
	lineStart bool   // the next byte begins a line of a body
	off       int64  // bytes done
	last      [2]byte
}

// NewScanner returns a scanner for the body of a message with that header.
func NewScanner(root Header, l Limits) *Scanner {
	if l.Parts == 0 {
		l.Parts = DefaultParts
	}
	if l.Depth == 0 {
		l.Depth = DefaultDepth
	}
	if l.HeaderBytes == 0 {
		l.HeaderBytes = DefaultHeaderBytes
	}
	if l.Fields == 0 {
		l.Fields = DefaultFields
	}
	s := &Scanner{limits: l, parts: 1, lineStart: true}
	s.root = &Part{Header: root, HeaderStart: -1}
	s.cur = s.root
	s.beginBody()
	return s
}

// Write takes the next bytes of the body. It always takes all; an error is told
// by Finish.
func (s *Scanner) Write(p []byte) (int, error) {
	n := len(p)
	s.root.work = s.Work
	for len(p) > 0 && s.err == nil {
		n := 0
		if s.wantsLine(p[0]) {
			n = s.readLine(p)
			s.Work.Spend(perLine + len(s.stack) + 2*n) // looked at for boundaries, and for what is near to one
		} else {
			n = s.skipBody(p)
			s.Work.Spend(perLine + n/64)
		}
		p = p[n:]
	}
	return n, nil
}

// Finish ends the body and returns the root of the tree, or what limit was hit.
func (s *Scanner) Finish() (*Part, error) {
	if len(s.line) > 0 && s.err == nil {
		s.endLine(s.line)
	}
	if s.err != nil {
		return nil, fmt.Errorf("scanning the message: %w", s.err)
	}
	s.closeTo(nil, s.off)
	return s.root, nil
}

// perLine is what a line costs beside its bytes, in units of work.
const perLine = 16

// wantsLine reports whether the line that goes on with c has to be seen whole.
func (s *Scanner) wantsLine(c byte) bool {
	if s.inHeader {
		return true
	}
	return s.watches() && (s.lineStart && c == '-' || len(s.line) > 0)
}

// watches reports whether there is a boundary to look for.
func (s *Scanner) watches() bool { return len(s.stack) > 0 || s.over.part != nil }

// readLine takes bytes up to the line's end and returns how many.
func (s *Scanner) readLine(p []byte) int {
	n, whole := len(p), false
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		n, whole = i+1, true
	}
	line := p[:n]
	if len(s.line) > 0 || !whole {
		s.line = append(s.line, line...)
		line = s.line
	}
	switch {
	case s.inHeader && len(s.header)+len(line) > s.limits.HeaderBytes:
		s.err = ErrHeaderTooLong
	case whole:
		s.endLine(line)
		s.line = s.line[:0]
	case !s.inHeader && (len(line) > maxBoundaryLine || !bytes.HasPrefix(line, []byte("--")[:min(2, len(line))])):
		s.doubtLine(line)
		s.consume(line) // no boundary after all
		s.line = s.line[:0]
	}
	return n
}

// skipBody takes bytes of a body that cannot belong to a boundary line and
// returns how many.
func (s *Scanner) skipBody(p []byte) int {
	n := len(p)
	if s.watches() {
		// A boundary line begins with a dash, which base64 does not use at all, so
		// that this passes over attachments faster than any search for lines.
		for i := 1; i < n; i++ {
			dash := bytes.IndexByte(p[i:], '-')
			if dash < 0 {
				break
			}
			if i += dash; p[i-1] == '\n' || p[i-1] == '\r' {
				n = i
			}
		}
	}
	s.consume(p[:n])
	return n
}

// consume counts bytes as done.
func (s *Scanner) consume(b []byte) {
	if len(b) == 0 {
		return
	}
	s.off += int64(len(b))
	if len(b) == 1 {
		s.last[0] = s.last[1]
	} else {
		s.last[0] = b[len(b)-2]
	}
	s.last[1] = b[len(b)-1]
	s.lineStart = s.last[1] == '\n' || s.last[1] == '\r'
}

// endLine handles a line that was seen whole.
func (s *Scanner) endLine(line []byte) {
	if s.doubtLine(line) {
		s.consume(line)
		return
	}
	if k, closing := s.match(line); k >= 0 {
		s.endPart(line, k, closing)
		return
	}
	if !s.inHeader {
		s.consume(line)
		return
	}
	switch kindOf(line, len(s.header) == 0) {
	case blankLine:
		s.consume(line)
		s.endHeader()
	case otherLine:
		s.cur.doubt(headerEndless)
		s.endHeader()
		s.endLine(line) // may be the boundary of the part that has just begun
	default:
		if line[0] != ' ' && line[0] != '\t' {
			s.fields++
		}
		if s.fields > s.limits.Fields {
			s.err = ErrTooManyFields
			return
		}
		s.header = append(s.header, line...)
		s.consume(line)
	}
}

// match returns the index in the stack of the multipart whose boundary line is,
// or -1. The innermost one that matches exactly wins.
func (s *Scanner) match(line []byte) (k int, closing bool) {
	if len(line) > maxBoundaryLine || !bytes.HasPrefix(line, []byte("--")) {
		return -1, false
	}
	line = bytes.TrimRight(line, " \t\r\n") // once for all of them
	for k := len(s.stack) - 1; k >= 0; k-- {
		if found, closing := matchBoundary(line, s.stack[k].boundary); found {
			return k, closing
		}
	}
	return -1, false
}

// matchBoundary reports whether line is that boundary, and whether it is the
// closing one.
func matchBoundary(line, boundary []byte) (found, closing bool) {
	rest, ok := bytes.CutPrefix(line, boundary)
	if !ok {
		return false, false
	}
	rest = bytes.TrimRight(rest, " \t\r\n")
	closing = string(rest) == "--"
	return closing || len(rest) == 0, closing
}

// endPart closes what the boundary line of stack[k] ends and begins what comes
// after it.
func (s *Scanner) endPart(line []byte, k int, closing bool) {
	m := s.stack[k].part
	end := s.off
	if s.off > 0 && s.last[1] == '\n' {
		end--
		if s.off > 1 && s.last[0] == '\r' {
			end--
		}
	}
	s.closeTo(m, end)
	s.cur = m
	s.consume(line)
	s.lineStart = true
	if closing {
		m.Closed = true
		s.over = s.stack[k]
		s.stack = s.stack[:k]
		return
	}
	s.over = openMultipart{}
	s.stack = s.stack[:k+1]
	if s.parts++; s.parts > s.limits.Parts {
		s.err = ErrTooManyParts
		return
	}
	s.cur = m.add(s.off)
	s.cur.lf = bytes.HasSuffix(line, []byte("\n")) && !bytes.HasSuffix(line, []byte("\r\n"))
	s.inHeader = true
}

// closeTo ends the open parts below m at that offset. Where a part has no body at
// all, the line end before the boundary was its header's, and those around it end
// there too.
func (s *Scanner) closeTo(m *Part, end int64) {
	if s.inHeader {
		s.endHeader()
		s.cur.headless = true
	}
	for p := s.cur; p != m; p = p.Parent {
		p.tight = end < p.BodyStart
		end = max(end, p.BodyStart)
		p.BodyEnd = end
	}
}

// endHeader takes in the header of cur; its body begins here.
func (s *Scanner) endHeader() {
	s.cur.doubt(headerAmbiguity(s.header))
	h, spans, n := parseFields(s.header)
	s.cur.Header = h
	s.cur.headerEnd = s.cur.HeaderStart + int64(n)
	s.cur.values = make([]valueRange, 0, len(spans))
	for _, v := range spans {
		s.cur.values = append(s.cur.values, valueRange{s.cur.HeaderStart + int64(v.start), s.cur.HeaderStart + int64(v.end)})
	}
	s.header = s.header[:0]
	s.inHeader = false
	s.beginBody()
}

// beginBody begins the body of cur, whose header is known.
func (s *Scanner) beginBody() {
	s.cur.BodyStart = s.off
	s.lineStart = true
	if !s.cur.resolve() {
		s.err = ErrTooManyFields
		return
	}
	boundary := s.cur.boundary()
	if boundary == "" {
		return
	}
	for _, m := range s.stack {
		if alike(boundary, string(m.boundary)) {
			s.cur.doubt(boundaryShared)
		}
	}
	if s.stack = append(s.stack, openMultipart{s.cur, []byte(boundary), s.cur.endsAnywhere()}); len(s.stack) > s.limits.Depth {
		s.err = ErrTooDeep
	}
}
