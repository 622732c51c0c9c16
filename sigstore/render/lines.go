package render

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// due is the line end that goes before what comes next. That of a block within a
// table cell is void at the end of the cell; that of a row is not.
type due int

const (
	noEnd due = iota
	blockEnd
	rowEnd
)

// textWriter lays out the lines.
type textWriter struct {
	out   strings.Builder
	lines int  // written to out, empty ones included
	empty bool // the one written last is empty

	line     []byte // the current line
	occupied bool   // it counts although it may be empty
	blank    bool   // a blank goes before what comes next
	due      due
	cellAt   int // where the current cell begins in line, negative outside of one

	// A logo in a cell of its own is no part of the first or last of several lines beside
	// it.
	pictures int  // up to where line has nothing but texts of pictures
	aside    int  // up to where these are whole cells
	rowBroke bool // a line ended within an earlier cell of the row

	url         string // of the link that is open
	linkStart   int    // where its text begins in line, negative in an earlier line
	pictureless bool   // pictures are left out
	said        string // the words of the text without pictures, between blanks
}

func (w *textWriter) start(token html.Token) {
	switch token.DataAtom {
	case atom.Br:
		w.endDueLine()
		w.occupied = true
		w.endLine()
	case atom.A:
		w.closeLink()
		w.openLink(attribute(token, "href"))
	case atom.Img:
		w.blank = true
		if alt := attribute(token, "alt"); !w.pictureless && !isDecorative(token) && !w.says(alt) {
			w.picture(alt)
		}
		w.blank = true
	case atom.Td, atom.Th:
		w.endCell()
		w.cellAt = len(w.line)
	default:
		w.boundary(token.DataAtom, false)
	}
}

func (w *textWriter) end(name atom.Atom) {
	switch name {
	case atom.A:
		of := w.ofPictures()
		w.closeLink()
		if of {
			w.pictures = len(w.line)
		}
	case atom.Td, atom.Th:
		w.endCell()
	default:
		w.boundary(name, name == atom.Tr)
	}
}

// picture adds the text of a picture.
func (w *textWriter) picture(alt string) {
	if w.rowBroke && len(w.line) == w.cellAt {
		w.due = max(w.due, blockEnd)
	}
	of := w.ofPictures() || len(w.line) == 0
	w.text(alt)
	if of {
		w.pictures = len(w.line)
	}
}

// ofPictures reports whether the line has nothing but texts of pictures, and some.
func (w *textWriter) ofPictures() bool { return w.pictures > 0 && w.pictures == len(w.line) }

func (w *textWriter) endCell() {
	if w.cellAt >= 0 && w.ofPictures() {
		w.aside = len(w.line)
	}
	w.blank = true
	w.cellAt = -1
	if w.due == blockEnd {
		w.due = noEnd
	}
}

// boundary begins or ends a block. The first block of a cell goes on in its row.
func (w *textWriter) boundary(name atom.Atom, rowEnds bool) {
	if !blocks[name] || !w.occupied {
		return
	}
	if len(w.line) == w.cellAt && !rowEnds {
		return
	}
	if name == atom.Tr {
		w.due, w.rowBroke = rowEnd, false
		return
	}
	w.due = max(w.due, blockEnd)
}

// text adds to the line. A line of nothing but no-break spaces is one on
// purpose: clients and editors write empty lines so.
func (w *textWriter) text(s string) {
	for _, r := range s {
		switch {
		case r == '\u00A0':
			w.endDueLine()
			w.occupied = true
			w.blank = true
		case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp):
			w.blank = true
		case r == '\u00AD' || r == '\u200B' || r == '\u2060' || r == '\uFEFF':
			// For the line breaking of a browser; in text they only hinder a search.
		default:
			w.endDueLine()
			w.setOff()
			w.line = utf8.AppendRune(w.line, r)
			w.occupied = true
		}
	}
}

// setOff writes the blank that is due, within the line only.
func (w *textWriter) setOff() {
	if w.blank && len(w.line) > 0 && w.line[len(w.line)-1] != ' ' {
		w.line = append(w.line, ' ')
	}
	w.blank = false
}

func (w *textWriter) endDueLine() {
	if w.due != noEnd {
		w.endLine()
	}
}

func (w *textWriter) endLine() {
	if w.cellAt >= 0 {
		w.rowBroke = true
		if w.aside > 0 && w.aside < len(w.line) {
			w.write(w.line[:w.aside])
			w.line = append(w.line[:0], bytes.TrimLeft(w.line[w.aside:], " ")...)
		}
	}
	w.write(bytes.TrimRight(w.line, " ")) // set off for a link without text
	w.line = w.line[:0]
	w.blank, w.occupied, w.due = false, false, noEnd
	w.linkStart, w.cellAt = -1, -1
	w.pictures, w.aside = 0, 0
}

// write writes a line, or no more than one empty one in a row.
func (w *textWriter) write(line []byte) {
	empty := len(line) == 0
	firstEmpty := w.lines > 0 && !w.empty
	if !empty || firstEmpty {
		w.out.Write(line)
		w.out.WriteByte('\n')
		w.lines++
		w.empty = empty
	}
}

// says reports whether the text says without a picture what stands in its place. In a
// link that is the link's text.
func (w *textWriter) says(alt string) bool {
	return w.url == "" && strings.Contains(w.said, " "+wordsOf(alt)+" ")
}

func (w *textWriter) openLink(href string) {
	w.url = webAddress(href)
	if w.url != "" {
		w.endDueLine()
		w.setOff()
		w.linkStart = len(w.line)
	}
}

// closeLink puts the address of the link after its text, or in its place when
// the text says the same.
func (w *textWriter) closeLink() {
	url, start := w.url, w.linkStart
	if url == "" {
		return
	}
	w.url = ""
	w.occupied = true
	if start >= 0 {
		if start < len(w.line) && w.line[start] == ' ' {
			start++
		}
		text := string(w.line[start:])
		if text == "" || sameAddress(text, url) {
			w.line = append(w.line[:start], url...)
			return
		}
	}
	after := w.blank
	w.blank = true
	w.setOff()
	w.line = append(append(append(w.line, '<'), url...), '>')
	w.blank = after
}

func (w *textWriter) finish() string {
	w.closeLink()
	w.endLine()
	return strings.TrimRight(w.out.String(), "\n")
}
