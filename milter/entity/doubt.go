package entity

import (
	"bytes"
	"strings"
)

// doubt notes the first thing about a part that the scanner finds ambiguous.
func (p *Part) doubt(why Ambiguity) {
	if p.doubted == "" {
		p.doubted = why
	}
}

// doubtLine notes it where only some readers take a line for a boundary, and reports
// whether this one is in a place where it is none here.
func (s *Scanner) doubtLine(line []byte) (none bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return false
	}
	if o := s.over; o.part != nil {
		if found, closing := matchBoundary(line, o.boundary); found && !closing {
			o.part.doubt(boundaryLate)
		}
		o.doubtCut(line)
	}
	none = s.afterCR()
	for _, m := range s.stack {
		m.doubtCut(line)
		rest, ok := bytes.CutPrefix(line, m.boundary)
		switch {
		case !ok:
		case none:
			m.part.doubt(boundaryBareCR)
		case goesOn(rest) || len(line) > maxBoundaryLine:
			m.part.doubt(boundaryNear)
		}
	}
	return none
}

// doubtCut notes a line that is a boundary, or its end, for readers who cut it short.
func (m *openMultipart) doubtCut(line []byte) {
	if !m.cut {
		return
	}
	line = bytes.TrimRight(trimLineEnd(line), " \t")
	if m.begins(line) || m.begins(bytes.TrimSuffix(line, []byte("--"))) {
		m.part.doubt(boundaryCut)
	}
}

// begins reports whether a line is the boundary up to one of its signs.
func (m *openMultipart) begins(line []byte) bool {
	n := len(line)
	return len("--") < n && n < len(m.boundary) && bytes.HasPrefix(m.boundary, line) && strings.IndexByte(mustBeQuoted, m.boundary[n]) >= 0
}

// goesOn reports whether what stands behind a boundary, or its end, makes it none for
// some readers, and is no longer boundary either.
func goesOn(rest []byte) bool {
	rest = trimLineEnd(bytes.TrimPrefix(rest, []byte("--")))
	blanks := len(rest) - len(bytes.TrimLeft(rest, " \t"))
	if blanks == len(rest) {
		return false
	}
	return blanks > 0 || rest[0] < ' ' || rest[0] >= 0x7f
}

// alike reports whether a line of one boundary may be one of the other, if only as
// its end.
func alike(a, b string) bool { return a == b || a+"--" == b || a == b+"--" }

// afterCR reports whether the line in hand follows a CR without LF, where only some
// readers see a line begin.
func (s *Scanner) afterCR() bool { return !s.inHeader && s.off > s.cur.BodyStart && s.last[1] == '\r' }
