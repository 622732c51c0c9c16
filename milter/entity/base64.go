package entity

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"sigmilter/milter/work"
)

// base64Value is the value of each character of the base64 alphabet, -1 for
// others.
var base64Value = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i, c := range []byte(alphabet) {
		t[c] = int8(i)
	}
	return t
}()

// base64Group is a group of four characters, raw[start:end] with the blanks
// between them, and the size bytes it stands for.
type base64Group struct {
	start, end int
	bytes      [3]byte
	size       int
}

// walkBase64 takes base64 apart. It returns ErrDamaged for anything but whole
// groups, blanks, and padding at the very end.
func walkBase64(raw []byte, yield func(base64Group)) error {
	var g base64Group
	bits, have, pad := 0, 0, 0
	done := false
	for i, c := range raw {
		if c == '\n' || c == '\r' || c == ' ' || c == '\t' {
			continue
		}
		v := base64Value[c]
		switch {
		case done:
			return fmt.Errorf("%w: base64 has data after its padding", ErrDamaged)
		case c == '=' && have+pad >= 2:
			pad++
			v = 0
		case v < 0 || pad > 0:
			return fmt.Errorf("%w: base64 has a stray %q", ErrDamaged, c)
		default:
			have++
		}
		if have+pad == 1 {
			g.start = i
		}
		if bits = bits<<6 | int(v); have+pad == 4 {
			g.end, g.size = i+1, have-1
			g.bytes = [3]byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
			yield(g)
			done = pad > 0
			bits, have, pad = 0, 0, 0
		}
	}
	if have+pad > 0 {
		return fmt.Errorf("%w: base64 ends within a group", ErrDamaged)
	}
	return nil
}

func decodeBase64(raw []byte, w *work.Meter) ([]byte, error) {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	// The library is fast, the walk forgives blanks and says what is wrong.
	w.Spend(len(raw))
	if n, err := base64.StdEncoding.Decode(out, raw); err == nil {
		return out[:n], nil
	}
	out = out[:0]
	p := paced{work: w}
	err := walkBase64(raw, func(g base64Group) {
		p.to(g.end)
		out = append(out, g.bytes[:g.size]...)
	})
	return out, err
}

// paced counts down what a loop over bytes has gone through, a piece at a time.
type paced struct {
	work *work.Meter
	at   int
}

// pace is of how many bytes a piece is: less than a millisecond of work.
const pace = 64 << 10

// to says that the loop is at a place.
func (p *paced) to(at int) {
	if at-p.at >= pace {
		p.work.Spend(at - p.at)
		p.at = at
	}
}

func encodeBase64(decoded []byte, ends lineEnds) []byte {
	return appendBase64(nil, 0, decoded, ends)
}

// appendBase64 appends data in base64 to out, which ends in column col, in lines
// of at most 76 characters.
func appendBase64(out []byte, col int, data []byte, ends lineEnds) []byte {
	text := base64.StdEncoding.AppendEncode(nil, data)
	for len(text) > 0 {
		room := maxEncodedLine - col
		if room <= 0 {
			out = append(out, ends.raw...)
			room = maxEncodedLine
		}
		n := min(room, len(text))
		out = append(out, text[:n]...)
		col, text = maxEncodedLine-room+n, text[n:]
	}
	return out
}

// base64Region is a stretch of decoded bytes, from the first byte of a group to
// the last of one, that is encoded anew with the changes in it.
type base64Region struct {
	start, end int
	data       []byte
}

// base64Regions returns the stretches to encode anew for the changes. After a
// change that shifts the groups a stretch goes on to the next change that shifts
// them back, or to the end.
func base64Regions(decoded []byte, changes []change) []base64Region {
	var regions []base64Region
	for i := 0; i < len(changes); {
		r := base64Region{start: changes[i].start / 3 * 3}
		at := r.start
		for done := false; !done; {
			r.data = append(append(r.data, decoded[at:changes[i].start]...), changes[i].new...)
			at = changes[i].end
			i++
			r.end = min((at+2)/3*3, len(decoded))
			last := i == len(changes)
			aligned := (len(r.data)+r.end-at)%3 == 0
			done = last || aligned && changes[i].start/3*3 >= r.end
			if last && !aligned {
				r.end = len(decoded)
			}
		}
		r.data = append(r.data, decoded[at:r.end]...)
		regions = append(regions, r)
	}
	return regions
}

// editBase64 carries changes out in whole groups; the groups before and between
// stay as they are, and those after as long as the lengths work out.
func editBase64(raw, decoded []byte, changes []change, ends lineEnds) []change {
	regions := base64Regions(decoded, changes)
	located := locateBase64(raw, regions)
	col, prev := 0, 0
	for i := range located {
		c := &located[i]
		col = column(col, raw[prev:c.start])
		c.new = appendBase64(nil, col, regions[i].data, ends)
		col = column(col, c.new)
		if rest := lineLength(raw[c.end:]); rest > 0 && col > 0 && col+rest > maxEncodedLine {
			c.new = append(c.new, ends.raw...)
			col = 0
		}
		prev = c.end
	}
	return located
}

// locateBase64 returns where the groups of the regions are in raw.
func locateBase64(raw []byte, regions []base64Region) []change {
	located := make([]change, len(regions))
	at, end := 0, 0
	begun, ended := 0, 0
	// The part was decoded before, so that no error can come.
	_ = walkBase64(raw, func(g base64Group) {
		for ; begun < len(regions) && regions[begun].start == at; begun++ {
			located[begun].start, located[begun].end = g.start, g.start
		}
		at, end = at+g.size, g.end
		for ; ended < begun && regions[ended].end <= at; ended++ {
			if regions[ended].end > regions[ended].start {
				located[ended].end = end
			}
		}
	})
	for ; begun < len(regions); begun++ { // behind the last group
		end = len(bytes.TrimRight(raw, "\r\n\t "))
		located[begun].start, located[begun].end = end, end
	}
	return located
}
