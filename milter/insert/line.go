package insert

import (
	"strings"
	"unsafe"
)

// line is one visual line that is not blank, of plain text or of HTML. A text of
// short lines has many: it is kept small.
type line struct {
	text  string  // visible text, blanks folded and trimmed, quote prefix taken off
	more  *more   // what few lines have, nil for none
	start int32   // offset of its first byte; in plain text of the physical line, quote prefix included
	end   int32   // offset just after its last visible byte
	open  int32   // where a block goes that is to stand before this line
	elem  int32   // HTML: index of the innermost element, -1 for none
	row   int32   // HTML: index of the innermost table row and one more, 0 for none
	quote uint16  // depth of quoting: > prefixes, or elements that hold quoted mail
	tab   uint8   // plain text: where in the text a column ends that a tab or a row of blanks follows, 0 for none
	sure  quoting // how sure it is that a quoted line is older mail
	gap   bool    // a blank line or, in HTML, the border of a block lies before it
	cited bool    // plain text: a quote prefix with nothing behind it follows
	ruled bool    // HTML: a horizontal rule stands before it
	link  bool    // HTML: a part of it is a link
	older bool    // HTML: it is in an element of an earlier round, as clients mark them
	// composed says that it is in a paragraph of a client that marks the mail it quotes
	// by an element of its own: Outlook's MsoNormal, elementToProof.
	composed bool

	own bool // the author's own newest text
}

// more is what few lines have.
type more struct {
	prefix string     // HTML: the quote prefix that was taken off the text
	mark   *separator // HTML: the element that starts quoted mail with this line
	why    string     // name of the rule that says the line is not the author's
}

// maxDepth is the deepest quoting that is told from deeper.
const maxDepth = 1<<16 - 1

// deeper adds to the depth of quoting of a line.
func (l *line) deeper(depth int, sure quoting) {
	l.quote = uint16(min(int(l.quote)+depth, maxDepth))
	l.sure = max(l.sure, sure)
}

// perMore is how many bytes of memory more takes, with a mark that no other line has.
const perMore = int(unsafe.Sizeof(more{}) + unsafe.Sizeof(separator{}))

// mark is the element that starts quoted mail with this line, nil for none.
func (l *line) mark() *separator {
	if l.more == nil {
		return nil
	}
	return l.more.mark
}

// why is the name of the rule that says that older mail begins with this line.
func (l *line) why() string {
	if l.more == nil {
		return ""
	}
	return l.more.why
}

// prefix is the quote prefix that was taken off the text, in HTML.
func (l *line) prefix() string {
	if l.more == nil {
		return ""
	}
	return l.more.prefix
}

// quoted sets prefix.
func (l *line) quoted(prefix string) {
	if l.more == nil {
		l.more = new(more)
	}
	l.more.prefix = prefix
}

// because sets why.
func (l *line) because(why string) {
	switch {
	case l.more != nil:
		l.more.why = why
	case why != "":
		l.more = &more{why: why}
	}
}

// joined is the text of lines as one, for what clients wrap over several.
func joined(lines []line) string {
	if len(lines) == 1 {
		return lines[0].text
	}
	parts := make([]string, len(lines))
	for i := range lines {
		parts[i] = lines[i].text
	}
	return strings.Join(parts, " ")
}

// gathered is a text that is put together of pieces. One that is of a single piece, as
// most are, is not copied.
type gathered struct {
	one    string // the first piece
	all    []byte // the pieces, once there are more
	gap    bool   // a blank lies before the next
	filled bool
}

// add adds a piece.
func (p *gathered) add(text string) {
	if !p.filled {
		p.one, p.filled = text, true
		return
	}
	if len(p.all) == 0 {
		p.all = append(p.all, p.one...)
	}
	if p.gap {
		p.all = append(p.all, ' ')
	}
	p.gap = false
	p.all = append(p.all, text...)
}

// blank adds a blank between the piece before and the next.
func (p *gathered) blank() { p.gap = true }

// take returns the text, and begins a new one.
func (p *gathered) take() string {
	text := p.one
	if len(p.all) > 0 {
		text = string(p.all)
	}
	*p = gathered{all: p.all[:0]}
	return text
}
