package insert

import (
	"bytes"
	"html"
	"strings"

	"golang.org/x/net/html/atom"

	"sigmilter/milter/insert/known"
	"sigmilter/milter/work"
)

// elem is an element of an HTML document as byte ranges of its source. Close
// is where its end tag starts, or where something else ended it; End is after
// that tag. Of dense markup there is one for every third byte: it is kept small.
type elem struct {
	tag        atom.Atom
	start, in  int32 // the start tag, and where its content begins
	close, end int32
	parent     int32  // index, -1 for none
	breaks     breaks // what becomes of the line ends of its text
	void       bool   // it has no content
	hides      bool   // its text is not seen
}

// breaks says what an element's style says of the line ends of its text.
type breaks uint8

const (
	breaksUnsaid breaks = iota
	breaksKept          // white-space: pre and its kind
	breaksFolded
)

// held is an element that holds a signature, as a row of the table of containers says.
type held struct {
	elem int
	by   *container
}

// page is an HTML text read as lines and elements.
type page struct {
	src   []byte
	elems []elem
	lines []line
	held  []held // in the order of the document
	// bodyIn is where the content of <body> begins, or of the document when it
	// has no body; bodyEnds are the offsets of every </body>; safe is the end of
	// what a parser reads as markup, less than len(src) when the document ends in a tag or
	// in an element of raw text.
	bodyIn   int
	bodyEnds []int
	safe     int
	// tail is a separator that nothing a reader sees comes after, nil for none,
	// and tailAt where a block goes that is to stand before it.
	tail   *separator
	tailAt int
	// raw is set when the document ends inside an element whose content is not
	// markup (<plaintext>, an unclosed <textarea>): nothing can be put at its end.
	raw bool
	// targets are the names that links of the document lead to, and rowspans says
	// whether it has cells over several rows: once asked for.
	targets  map[string]bool
	needed   []int32 // see neededElems
	rowspans answer
}

// answer is that to a question about a document that few ask.
type answer uint8

const (
	unknown answer = iota
	no
	yes
)

// scan builds a page in one pass over the tokens.
type scan struct {
	page
	open   openElements
	seen   int32
	blanks int32
	kind   *Kind
	tokens tokens   // of src
	text   gathered // of the line being built
	cur    line
	inLine bool
	gap    bool // a border of a block lies before the next line
	breaks int  // line breaks since the last line
	hidden int  // depth of elements whose text nobody sees
	rule   int  // where the last <hr> begins if no line came since, -1 for none
	prefix int  // where a line of only quote prefixes opens, likewise
	mark   *separator
	markAt int
}

// readHTML reads an HTML text.
func readHTML(src []byte, kind *Kind) *page {
	kind.Room.Take(copies * len(src))
	s := &scan{page: page{src: src, safe: len(src)}, kind: kind, tokens: tokens{src: shared(src)}, gap: true, rule: -1, prefix: -1, markAt: -1, open: newOpenElements()}
	const usual = 64 // lines
	elements := elementsIn(src)
	s.elems = work.Grow[elem](kind.Room, nil, elements)
	s.lines = work.Grow[line](kind.Room, nil, min(elements, usual))
	t := &s.tokens
	for token := t.next(); token != noToken; token = t.next() {
		kind.Work.Spend(perToken + t.end - t.start)
		switch token {
		case textToken:
			s.textToken(t.start, t.end)
		case startTagToken:
			s.startTag(t.tag, t.start, t.end)
		case endTagToken:
			s.endTag(nameOfTag(t.src[t.start:]), t.start, t.end)
		case otherToken:
			if t.end == len(src) && !complete(src[t.start:]) { // it would take in what is put behind it
				s.safe = t.start
			}
		}
	}
	at := t.end
	kind.Work.Spend(perToken + len(src) - at)
	s.safe = min(s.safe, at)
	for _, begun := range []string{"</", "<!", "<?"} { // the same holds for the beginning of a tag
		s.safe = len(bytes.TrimSuffix(src[:s.safe], []byte(begun)))
	}
	s.endLine()
	if s.mark != nil && !s.mark.header {
		s.tail, s.tailAt = s.mark, s.markAt
	}
	for _, o := range s.open.all {
		if rawText[o.tag] {
			s.raw, s.safe = true, min(s.safe, int(s.elems[o.elem].start))
		}
		s.elems[o.elem].close, s.elems[o.elem].end = int32(at), int32(at)
	}
	return &s.page
}

// perToken is what a token costs beside its bytes, in units of work.
const perToken = 32

// elementsIn is about how many elements an ordinary text has: so many start tags, but
// for markup that is denser than a client writes it.
func elementsIn(src []byte) int {
	const dense = 24 // bytes of an element
	return min(bytes.Count(src, []byte("<"))-bytes.Count(src, []byte("</")), len(src)/dense) + 1
}

// complete says whether a comment or the like has its end.
func complete(markup []byte) bool {
	if body, ok := bytes.CutPrefix(markup, []byte("<!--")); ok {
		return bytes.HasSuffix(markup, []byte("-->")) || bytes.HasSuffix(body, []byte("--!>")) || string(body) == ">"
	}
	return bytes.HasSuffix(markup, []byte(">"))
}

func (s *scan) startTag(t *openTag, at, in int) {
	s.impliedEnds(t.kind, at)
	if !t.kind.inline {
		s.endLine()
		s.gap = s.gap || t.tag != atom.Br
	}
	switch t.tag {
	case atom.Br:
		s.br()
		return
	case atom.Hr:
		s.rule = s.outermost(at)
		s.blanks++
	case atom.Img:
		if !t.attrs.tiny {
			s.show(at, in, string(known.Image))
		}
	case atom.Body:
		s.bodyIn = in
	}
	if len(s.open.all) == maxOpen {
		s.pop(maxOpen-1, at, at)
	}
	e := elem{tag: t.tag, start: int32(at), in: int32(in), close: -1, end: -1, parent: s.top(), breaks: t.attrs.breaks, hides: t.kind.unseen || t.attrs.hidden}
	if t.holds != nil {
		s.held = work.Append(s.kind.Room, s.held, held{len(s.elems), t.holds})
	}
	if m := t.separates; m != nil && (s.mark == nil || s.mark.older) {
		s.mark, s.markAt = m, s.outermost(at)
	}
	if t.kind.void || t.closed && t.tag == 0 {
		e.close, e.end, e.void = e.in, e.in, true
		s.elems = work.Append(s.kind.Room, s.elems, e)
		return
	}
	s.open.push(len(s.elems), t, &e, s.seen, s.blanks)
	s.elems = work.Append(s.kind.Room, s.elems, e)
	if t.tag == atom.A && s.inLine {
		s.cur.link = true
	}
	if e.hides {
		s.hidden++
	}
}

func (s *scan) br() {
	s.blanks++
	if s.breaks++; s.breaks > 1 {
		s.gap = true
	}
}

func (s *scan) endTag(name string, at, end int) {
	tag := atom.Lookup([]byte(name))
	if tag == atom.Body {
		s.bodyEnds = append(s.bodyEnds, at)
	}
	if tag == atom.Br { // QUIRK: browsers read </br> as <br>
		s.endLine()
		s.br()
		return
	}
	kind := elemKindOf(tag)
	if !kind.inline {
		s.endLine()
		s.gap = true
	}
	if i := s.open.reaches(tag, kind, name); i >= 0 {
		s.pop(i, at, end)
	}
}

// tagName is the name in a start or end tag.
func tagName(raw []byte) []byte {
	raw = bytes.TrimPrefix(bytes.TrimPrefix(raw, []byte("<")), []byte("/"))
	if i := bytes.IndexAny(raw, " \t\r\n\f/>"); i >= 0 {
		raw = raw[:i]
	}
	return raw
}

// pop ends the open elements from the innermost up to the i-th; only that one has the
// end tag.
func (s *scan) pop(i, at, end int) {
	for j := len(s.open.all) - 1; j >= i; j-- {
		e := &s.elems[s.open.all[j].elem]
		e.close, e.end = int32(at), int32(at)
		if j == i {
			e.end = int32(end)
		}
		if e.hides {
			s.hidden--
		}
	}
	s.open.cut(i)
}

// impliedEnds closes what a start tag closes by itself: the head, a paragraph before a
// block, a list item before the next, a cell or row before the next.
func (s *scan) impliedEnds(kind *elemKind, at int) {
	if !kind.inHead {
		if i := s.open.head(); i >= 0 {
			s.pop(i, at, at)
		}
	}
	if i := s.open.implied(kind); i >= 0 {
		s.pop(i, at, at)
	}
}

func (s *scan) top() int32 {
	if top := s.open.top(); top != nil {
		return top.elem
	}
	return -1
}

// outermost is the start of the outermost open element that holds nothing yet,
// or at itself: what is put there stands before all that begins here and is
// inside nothing that begins here. When nothing was written yet, blank lines
// count: they are where the author would have written.
func (s *scan) outermost(at int) int {
	i := s.open.firstEmpty(func(o *openElem) bool {
		return o.seen == s.seen && (s.seen > 0 || o.blanks == s.blanks)
	})
	if i < 0 {
		return at
	}
	return int(s.elems[i].start)
}

func (s *scan) textToken(at, end int) {
	if s.hidden > 0 {
		return
	}
	raw := s.tokens.src[at:end]
	if s.preformatted() {
		s.preText(at, raw)
		return
	}
	s.show(at, end, raw)
}

func (s *scan) preformatted() bool {
	top := s.open.top()
	return top != nil && top.keeps
}

// keepsBreaks reports whether the line ends of an element's text are line breaks, if
// the element says so by its style or its kind.
func (e *elem) keepsBreaks() (kept, said bool) {
	if e.breaks != breaksUnsaid {
		return e.breaks == breaksKept, true
	}
	switch e.tag {
	case atom.Pre, atom.Textarea, atom.Plaintext, atom.Xmp:
		return true, true
	}
	return false, false
}

// preText is text whose line ends are line breaks.
func (s *scan) preText(at int, raw string) {
	for len(raw) > 0 {
		n := strings.IndexByte(raw, '\n')
		if n < 0 {
			s.show(at, at+len(raw), raw)
			return
		}
		s.show(at, at+n, raw[:n])
		s.endLine()
		s.br()
		raw, at = raw[n+1:], at+n+1
	}
}

// show adds source text, which stands at [at, end), to the current line.
func (s *scan) show(at, end int, raw string) {
	if strings.TrimLeft(raw, " \t\r\n\f") == "" { // blanks of the source itself
		if s.inLine {
			s.text.blank()
		}
		return
	}
	text := raw
	if strings.IndexByte(raw, '&') >= 0 {
		text = html.UnescapeString(raw)
	}
	seen := known.Shows(text)
	if !s.inLine && !seen {
		s.blanks++ // &nbsp; and the like: an empty paragraph
		return
	}
	if !s.inLine {
		s.beginLine(at + len(raw) - len(strings.TrimLeft(raw, " \t\r\n\f")))
	}
	s.text.add(text)
	if seen {
		s.seen++
		s.cur.end = int32(at + len(strings.TrimRight(raw, " \t\r\n\f")))
		if raw == string(known.Image) {
			s.cur.end = int32(end)
		}
	}
}

func (s *scan) beginLine(at int) {
	s.inLine = true
	s.cur = line{start: int32(at), end: int32(at), gap: s.gap, elem: s.top()}
	if s.mark != nil {
		s.cur.more = &more{mark: s.mark}
	}
	open := s.outermost(at)
	if s.rule >= 0 {
		open, s.cur.ruled = min(open, s.rule), true
	}
	if s.markAt >= 0 {
		open = min(open, s.markAt)
	}
	if s.prefix >= 0 {
		open = min(open, s.prefix)
	}
	s.cur.open = int32(open)
	s.kind.Work.Spend(perLine)
	if top := s.open.top(); top != nil {
		s.cur.quote, s.cur.sure, s.cur.row = top.quoted, top.sure, top.row
		s.cur.link, s.cur.older, s.cur.composed = top.link, top.older, top.composed
	}
	s.blanks++
	s.gap, s.breaks, s.rule, s.prefix, s.mark, s.markAt = false, 0, -1, -1, nil, -1
}

func (s *scan) endLine() {
	if !s.inLine {
		return
	}
	s.inLine = false
	s.cur.text = known.Visible(s.text.take())
	// QUIRK: mail written as plain text and shown as HTML on the way has > signs.
	if depth, rest := unquoteShown(s.cur.text); depth > 0 {
		if len(rest) == 0 {
			s.dropLine()
			return
		}
		s.cur.deeper(depth, prefixed)
		n := len(s.cur.text) - len(rest)
		s.cur.quoted(s.cur.text[:n])
		s.cur.text = s.cur.text[n:]
	}
	if s.cur.more != nil {
		s.kind.Room.Take(perMore)
	}
	s.lines = work.Append(s.kind.Room, s.lines, s.cur)
}

// dropLine leaves out a line of only quote prefixes: what stands before it stands
// before the next line instead.
func (s *scan) dropLine() {
	open := int(s.cur.open)
	s.gap, s.prefix = true, open
	if s.cur.ruled {
		s.rule = open
	}
	if mark := s.cur.mark(); mark != nil {
		s.mark, s.markAt = mark, open
	}
}
