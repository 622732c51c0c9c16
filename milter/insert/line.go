package insert

import (
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"
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

// image stands in a line's text for a picture, so that a line with only a
// picture is not blank.
const image = '￼'

// invisible says whether a reader sees nothing of r: soft hyphens, zero-width
// characters and directional marks, which clients strew into text.
func invisible(r rune) bool {
	switch {
	case r == 'ᐧ': // QUIRK: read-receipt add-ins of Gmail leave it where their picture was
		return true
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
		return true
	}
	return r < ' ' && !unicode.IsSpace(r)
}

// visible folds blanks to single spaces, trims, leaves out what is invisible, and
// composes what is decomposed: windows-1258 and macOS write letters and their
// marks apart, the tables do not.
func visible(s string) string {
	if s = strings.Trim(s, " \t\r\n"); tidy(s) {
		return s
	}
	if !composed(s) {
		s = norm.NFC.String(s)
	}
	b := make([]byte, 0, len(s))
	blank := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r > ' ' && r < 0x7f:
			for i+size < len(s) && s[i+size] > ' ' && s[i+size] < 0x7f {
				size++
			}
		case unicode.IsSpace(r) || r == '\u3164':
			blank = len(b) > 0
			i += size
			continue
		case invisible(r):
			i += size
			continue
		}
		if blank {
			b = append(b, ' ')
			blank = false
		}
		if r == utf8.RuneError {
			b = utf8.AppendRune(b, r) // a byte that is none counts as one
		} else {
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return string(b)
}

// combining is the first character that others combine with.
const combining = '\u0300'

// composed says whether s needs no composing, at little cost for most scripts of
// the West.
func composed(s string) bool {
	for _, r := range s {
		if r >= combining {
			return norm.NFC.IsNormalString(s)
		}
	}
	return true
}

// shows says whether a reader sees anything of s.
func shows(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && r != '\u3164' && !invisible(r) {
			return true
		}
	}
	return false
}

// tidy says, at little cost, that visible would give s back unchanged: single
// blanks within, and letters that nothing combines with.
func tidy(s string) bool {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && plain8(s[i:i+8]) {
			i += 7 // the last may be a blank, which the next eight show what follows
			continue
		}
		c := s[i]
		if c > ' ' && c < 0x7f || c == ' ' && i+1 < len(s) && s[i+1] != ' ' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			return false
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r <= '\u00a0' || r == '\u00ad' || r >= combining {
			return false
		}
		i += size
	}
	return !strings.HasPrefix(s, " ")
}

// plain8 reports whether eight characters are visible ones of ASCII and single blanks. It
// looks at them as one number, in which the top bit of a byte comes to say that the byte
// is too small, too large or a blank. Of " !" it does not say so: the careful look does.
func plain8(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	odd := x | (x - ' '*ones) | (x + ones) // below a blank, DEL, beyond ASCII
	fromBlank := x ^ ' '*ones
	blanks := (fromBlank - ones) &^ fromBlank & tops
	return odd&tops == 0 && blanks&(blanks>>8) == 0
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
