package entity

import (
	"bytes"
	"strings"

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

// quotedLine is where the pieces of a line of quoted-printable end: its inside, what
// readers make nothing of behind it, and its line end.
type quotedLine struct {
	inside, end, next int
	soft              bool // a soft break stands behind the inside, or else what is dropped
}

// quotedLineAt returns the line that begins at a place.
func quotedLineAt(raw []byte, at int) quotedLine {
	text, next := len(raw), len(raw)
	if n := bytes.IndexByte(raw[at:], '\n'); n >= 0 {
		text, next = at+n, at+n+1
		if n > 0 && raw[text-1] == '\r' {
			text--
		}
	}
	kept := text
	for kept > at && (raw[kept-1] == ' ' || raw[kept-1] == '\t') {
		kept--
	}
	if kept > at && raw[kept-1] == '=' {
		return quotedLine{kept - 1, next, next, text < next}
	}
	return quotedLine{kept, text, next, false}
}

// walkQuotedLine takes the line that begins at a place apart, and returns where
// the next begins. It reads as readers do, who forgive: hexadecimal digits may be lower
// case, a bad escape stands for itself, blanks at a line's end are dropped, also those
// after the sign of a soft break.
func walkQuotedLine(raw []byte, at int, yield func(quotedPiece)) int {
	l := quotedLineAt(raw, at)
	walkQuotedText(raw, at, l.inside, yield)
	switch {
	case l.soft:
		yield(quotedPiece{kind: quotedSoft, start: l.inside, end: l.end})
	case l.inside < l.end:
		yield(quotedPiece{kind: quotedDropped, start: l.inside, end: l.end})
	}
	if l.end < l.next {
		yield(quotedPiece{kind: quotedLiteral, start: l.end, end: l.next})
	}
	return l.next
}

// quotedSize returns how many bytes raw, which is whole lines, decodes to.
func quotedSize(raw []byte) int {
	n := 0
	for at := 0; at < len(raw); {
		l := quotedLineAt(raw, at)
		n += l.inside - at - escapes(raw[at:l.inside])*(len("=3D")-1) + l.next - l.end
		at = l.next
	}
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
	hi, lo := hexValues[b[1]], hexValues[b[2]]
	return byte(hi<<4 | lo), hi >= 0 && lo >= 0
}

// hexValues are the values of hexadecimal digits, -1 for other characters.
var hexValues = func() (values [256]int8) {
	for c := range values {
		values[c] = int8(strings.IndexByte("0123456789abcdef", byte(c)))
	}
	for c := 'A'; c <= 'F'; c++ {
		values[c] = values[c-'A'+'a']
	}
	return values
}()

func decodeQuoted(raw []byte, w *work.Meter) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	step := paced{work: w}
	for at := 0; at < len(raw); {
		l := quotedLineAt(raw, at)
		for at < l.inside {
			to := quotedPause(raw, at, l.inside)
			out = appendQuotedText(out, raw[at:to])
			at = to
			step.to(at)
		}
		out = append(out, raw[l.end:l.next]...)
		at = l.next
		step.to(at)
	}
	return out, nil
}

// quotedPause is where the inside of a line may be cut for the sake of pace, outside of
// an escape.
func quotedPause(raw []byte, at, inside int) int {
	if inside-at <= pace {
		return inside
	}
	to := at + pace
	for n := 1; n < len("=3D"); n++ {
		if raw[to-n] == '=' {
			return to - n
		}
	}
	return to
}

// appendQuotedText appends what the inside of a line decodes to.
func appendQuotedText(out, text []byte) []byte {
	for {
		for len(text) > 0 && text[0] == '=' { // one mostly follows another
			n, c := 1, byte('=')
			if v, ok := escapeAt(text); ok {
				n, c = len("=3D"), v
			}
			out, text = append(out, c), text[n:]
		}
		i := bytes.IndexByte(text, '=')
		if i < 0 {
			return append(out, text...)
		}
		out, text = append(out, text[:i]...), text[i:]
	}
}

// escapes is how many escapes the inside of a line has.
func escapes(text []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(text, '=')
		if i < 0 {
			return n
		}
		if _, ok := escapeAt(text[i:]); ok {
			n++
			i += len("=3D") - 1
		}
		text = text[i+1:]
	}
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
