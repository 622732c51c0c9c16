package entity

import (
	"bytes"

	"sigmilter/milter/work"
)

// quotedKind tells what a piece of quoted-printable is.
type quotedKind int

const (
	quotedLiteral quotedKind = iota // stands for itself
	quotedEscape                    // "=3D", one byte
	quotedSoft                      // soft line break, nothing
	quotedDropped                   // what readers drop at the end of a line or of the part, nothing
)

// quotedPiece is a piece raw[start:end] of quoted-printable.
type quotedPiece struct {
	kind       quotedKind
	start, end int
	value      byte // of an escape
}

// size returns how many bytes the piece decodes to.
func (p quotedPiece) size() int {
	switch p.kind {
	case quotedLiteral:
		return p.end - p.start
	case quotedEscape:
		return 1
	}
	return 0
}

// walkQuoted takes quoted-printable apart as readers do, who forgive: hexadecimal
// digits may be lower case, a bad escape stands for itself, blanks at a line's end
// are dropped, also those after the sign of a soft break.
func walkQuoted(raw []byte, yield func(quotedPiece)) {
	for at := 0; at < len(raw); {
		at = walkQuotedLine(raw, at, yield)
	}
}

// walkQuotedLine takes the line that begins at a place apart, and returns where
// the next begins.
func walkQuotedLine(raw []byte, at int, yield func(quotedPiece)) int {
	line := firstLine(raw[at:])
	next := at + len(line)
	text := at + len(trimLineEnd(line))
	kept := at + len(bytes.TrimRight(raw[at:text], " \t"))
	switch {
	case kept > at && raw[kept-1] == '=' && text < next:
		walkQuotedText(raw, at, kept-1, yield)
		yield(quotedPiece{kind: quotedSoft, start: kept - 1, end: next})
	case kept > at && raw[kept-1] == '=':
		walkQuotedText(raw, at, kept-1, yield)
		yield(quotedPiece{kind: quotedDropped, start: kept - 1, end: next})
	default:
		walkQuotedText(raw, at, kept, yield)
		if kept < text {
			yield(quotedPiece{kind: quotedDropped, start: kept, end: text})
		}
		if text < next {
			yield(quotedPiece{kind: quotedLiteral, start: text, end: next})
		}
	}
	return next
}

// quotedSize returns how many bytes raw, which is whole lines, decodes to.
func quotedSize(raw []byte) int {
	n := 0
	walkQuoted(raw, func(p quotedPiece) { n += p.size() })
	return n
}

// quotedStart returns the beginning of a line of raw and how many of the size
// decoded bytes stand before it: all of them from place on stand behind it.
// What is nearer to the end is looked for from there, as new text mostly is.
func quotedStart(raw []byte, size, place int) (start, before int) {
	if place <= size/2 {
		return 0, 0
	}
	start, before = len(raw), size
	for start > 0 && before >= place {
		line := bytes.LastIndexByte(raw[:start-1], '\n') + 1
		before -= quotedSize(raw[line:start])
		start = line
	}
	return start, before
}

// walkQuotedText takes the inside of a line apart.
func walkQuotedText(raw []byte, at, end int, yield func(quotedPiece)) {
	start := at
	for at < end {
		i := bytes.IndexByte(raw[at:end], '=')
		if i < 0 {
			break
		}
		at += i
		v, ok := escapeAt(raw[at:end])
		if !ok {
			at++
			continue
		}
		if start < at {
			yield(quotedPiece{kind: quotedLiteral, start: start, end: at})
		}
		yield(quotedPiece{quotedEscape, at, at + 3, v})
		at += 3
		start = at
	}
	if start < end {
		yield(quotedPiece{kind: quotedLiteral, start: start, end: end})
	}
}

// escapeAt returns the byte that the escape at the start of b stands for.
func escapeAt(b []byte) (byte, bool) {
	if len(b) < 3 || b[0] != '=' {
		return 0, false
	}
	hi, lo := hexValue(b[1]), hexValue(b[2])
	return byte(hi<<4 | lo), hi >= 0 && lo >= 0
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

func decodeQuoted(raw []byte, w *work.Meter) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	pace := paced{work: w}
	walkQuoted(raw, func(p quotedPiece) {
		pace.to(p.end)
		switch p.kind {
		case quotedLiteral:
			out = append(out, raw[p.start:p.end]...)
		case quotedEscape:
			out = append(out, p.value)
		}
	})
	return out, nil
}

// locateQuoted returns the ranges of raw that the changes of the decoded bytes
// cover. A range begins after the soft breaks and ends before them, so that a
// deletion takes no soft break next to it; dropped blanks stay behind the place,
// where they go on being dropped.
func locateQuoted(raw, decoded []byte, changes []change) []change {
	if len(changes) == 0 {
		return nil
	}
	points := make([]int, 0, 2*len(changes))
	for _, c := range changes {
		points = append(points, c.start, c.end)
	}
	places := make([]int, len(points))
	next, at := quotedStart(raw, len(decoded), points[0])
	known := 0
	for known < len(points) && points[known] == at {
		places[known] = next
		known++
	}
	piece := func(p quotedPiece) {
		if p.kind == quotedSoft && known > 0 {
			last := (known - 1) &^ 1 // the start of the last change whose start is known
			for i := last; i < known && points[last] == at && places[i] == p.start; i++ {
				places[i] = p.end
			}
		}
		at += p.size()
		for ; known < len(points) && points[known] <= at; known++ {
			places[known] = p.end - (at - points[known])
		}
	}
	for next < len(raw) && (known < len(points) || at == points[len(points)-1]) {
		next = walkQuotedLine(raw, next, piece)
	}
	located := make([]change, len(changes))
	for i, c := range changes {
		located[i] = change{places[2*i], places[2*i+1], c.new}
	}
	return located
}
