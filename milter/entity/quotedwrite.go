package entity

import "bytes"

// quotedWriter writes quoted-printable and knows the column.
type quotedWriter struct {
	out  []byte
	col  int
	ends lineEnds
}

func encodeQuoted(decoded []byte, ends lineEnds) []byte {
	w := quotedWriter{out: make([]byte, 0, quotedRoom(len(decoded))), ends: ends}
	w.write(decoded)
	return w.out
}

// quotedRoom is about how many bytes so many decoded ones become: most stand for
// themselves, and each line has a soft break.
func quotedRoom(decoded int) int { return decoded + decoded/8 + maxEncodedLine }

func (w *quotedWriter) softBreak() {
	w.out = append(append(w.out, '='), w.ends.raw...)
	w.col = 0
}

// write encodes text. A blank at its end is escaped, because nobody knows here
// what comes after it.
func (w *quotedWriter) write(text []byte) {
	for len(text) > 0 {
		if n := w.literals(text); n > 0 {
			w.out = append(w.out, text[:n]...)
			w.col += n
			text = text[n:]
			continue
		}
		if n := w.hardBreak(text); n > 0 {
			w.out = append(w.out, text[:n]...)
			w.col = 0
			text = text[n:]
			continue
		}
		c, rest := text[0], text[1:]
		size := 3
		switch {
		case c == ' ' || c == '\t':
			if len(rest) > 0 && w.hardBreak(rest) == 0 {
				size = 1
			}
		case c > ' ' && c < 0x7f && c != '=':
			size = 1
		}
		if w.col+size >= maxEncodedLine { // the last column is the soft break's
			w.softBreak()
		}
		if size == 1 {
			w.out = append(w.out, c)
		} else {
			const digits = "0123456789ABCDEF"
			w.out = append(w.out, '=', digits[c>>4], digits[c&15])
		}
		w.col += size
		text = rest
	}
}

// literals is how many characters text begins with that stand for themselves, as far as
// the line has room for them.
func (w *quotedWriter) literals(text []byte) int {
	n, room := 0, maxEncodedLine-1-w.col
	for n < len(text) && n < room && text[n] > ' ' && text[n] < 0x7f && text[n] != '=' {
		n++
	}
	return n
}

// hardBreak returns the length of the line end that text begins with, if it is
// one that is written as such. Others, a lone CR or LF, are escaped.
func (w *quotedWriter) hardBreak(text []byte) int {
	if w.ends.hard != "" && bytes.HasPrefix(text, []byte(w.ends.hard)) {
		return len(w.ends.hard)
	}
	return 0
}

// editQuoted carries changes out between the encoded bytes around them, which
// all stay: new text stands on lines of its own between soft breaks.
func editQuoted(raw, decoded []byte, changes []change, ends lineEnds) []change {
	located := locateQuoted(raw, decoded, changes)
	col, prev := 0, 0
	for i := range located {
		c := &located[i]
		before, after := raw[prev:c.start], raw[c.end:]
		w := quotedWriter{col: column(col, before), ends: ends, out: make([]byte, 0, quotedRoom(len(c.new)))}
		w.begin(c, before, after)
		w.write(c.new)
		w.finish(c, after)
		prev, col, c.new = c.end, w.col, w.out
	}
	return located
}

// begin separates the change from the text before it on its line.
func (w *quotedWriter) begin(c *change, before, after []byte) {
	switch {
	case w.col == 0:
		return
	case len(c.new) > 0:
		if w.hardBreak(c.new) > 0 && !endsOpen(before) {
			return
		}
	case endsOpen(before) && (joins(before) || startsBlank(after)):
		// A blank would be dropped at the line's end, "=" and what comes now could
		// be read together.
	case w.col+lineLength(after) <= maxEncodedLine:
		return
	}
	if w.col == maxEncodedLine && len(before) > 0 {
		w.makeRoom(c, before)
		if !endsOpen(w.out) {
			return
		}
	}
	w.softBreak()
}

// makeRoom breaks a line of full length before its last character, to have a
// column for the sign of the soft break.
func (w *quotedWriter) makeRoom(c *change, before []byte) {
	n := 1
	if len(before) >= 3 {
		if _, ok := escapeAt(before[len(before)-3:]); ok {
			n = 3
		}
	}
	c.start -= n
	w.softBreak()
	w.out = append(w.out, before[len(before)-n:]...)
	w.col = n
}

// finish separates the change from the text after it.
func (w *quotedWriter) finish(c *change, after []byte) {
	if len(c.new) > 0 && w.col > 0 && lineLength(after) > 0 {
		w.softBreak()
	}
}

// endsOpen reports whether the end of b means something else if a line end or
// other text comes after it: a blank, or a "=" that stands for itself.
func endsOpen(b []byte) bool {
	return bytes.HasSuffix(b, []byte(" ")) || bytes.HasSuffix(b, []byte("\t")) || joins(b)
}

// joins reports whether b ends in a "=", or a "=" and a digit, that stand for
// themselves.
func joins(b []byte) bool { return bytes.IndexByte(b[max(0, len(b)-2):], '=') >= 0 }
