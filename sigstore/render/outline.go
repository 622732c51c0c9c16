package render

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// span is a range of the source.
type span struct{ start, end int }

// box is an element that begins and ends lines, or a whole fragment of HTML,
// which has no name.
type box struct {
	name  atom.Atom
	at    span // with its tags
	whole bool // it has an end
	parts []outlinePart
}

// outlinePart is either a line or a box.
type outlinePart struct {
	line *textLine
	box  *box
}

// textLine is what stands between two line ends.
type textLine struct {
	at     span
	below  *lineBreak // nil where a box begins or ends below it
	shows  bool       // text or a picture
	tags   []inlineTag
	hollow bool       // a picture is left out of it
	text   fieldCount // fields of the text
	linked fieldCount // fields within tags
}

// lineBreak is a <br>.
type lineBreak struct{ at span }

type inlineTag struct {
	name string
	end  bool
	at   span
}

type fieldCount struct{ empty, full int }

func (c *fieldCount) add(f templateValue) {
	if f.empty {
		c.empty++
	} else {
		c.full++
	}
}

// lineCells are boxes beside [blocks].
var lineCells = map[atom.Atom]bool{atom.Td: true, atom.Th: true, atom.Caption: true}

// shownTags are inline elements that one sees without text in them.
var shownTags = map[atom.Atom]bool{
	atom.Img: true, atom.Svg: true, atom.Object: true, atom.Input: true, atom.Button: true, atom.Video: true,
}

// impliedEnds are the boxes that the beginning of another one ends. A paragraph
// is ended by all of them.
var impliedEnds = map[atom.Atom][]atom.Atom{
	atom.Li: {atom.Li}, atom.Dt: {atom.Dt, atom.Dd}, atom.Dd: {atom.Dt, atom.Dd},
	atom.Td: {atom.Td, atom.Th}, atom.Th: {atom.Td, atom.Th}, atom.Tr: {atom.Td, atom.Th, atom.Tr},
	atom.Tbody: {atom.Td, atom.Th, atom.Tr, atom.Thead, atom.Tbody},
	atom.Tfoot: {atom.Td, atom.Th, atom.Tr, atom.Thead, atom.Tbody},
}

// optionalEnds are the boxes whose end tag may be left out.
var optionalEnds = map[atom.Atom]bool{
	atom.P: true, atom.Li: true, atom.Dt: true, atom.Dd: true, atom.Td: true, atom.Th: true,
	atom.Tr: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true,
}

// outline finds the boxes and lines of a fragment, and puts fields into them.
type outline struct {
	fields []templateValue // those to come
	open   []*box          // the fragment first
	line   *textLine       // in the innermost
	hidden skipped
	inner  []span // cuts within lines: pictures, and lines of conditional comments
}

// newOutline outlines a fragment that begins at offset base, which all offsets
// count in.
func newOutline(source string, base int, fields []templateValue) *outline {
	o := &outline{fields: fields, open: []*box{{}}, line: &textLine{at: span{start: base}}}
	z := html.NewTokenizer(strings.NewReader(source))
	for at := base; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		size := len(z.Raw())
		o.token(z.Token(), span{at, at + size}, source[at-base:at-base+size])
		at += size
	}
	end := base + len(source)
	o.take(end, &o.line.text)
	for len(o.open) > 1 {
		o.pop(end)
	}
	o.endLine(end)
	return o
}

func (o *outline) token(token html.Token, at span, raw string) {
	if o.hidden.depth == 0 {
		o.take(at.start, &o.line.text)
	}
	if o.hidden.takes(token) {
		o.take(at.end-1, nil)
		return
	}
	name := token.DataAtom
	if token.Type == html.TextToken {
		o.line.shows = o.line.shows || strings.ContainsFunc(token.Data, isShown)
		o.take(at.end-1, &o.line.text)
		return
	}
	if token.Type == html.CommentToken {
		o.comment(at, raw)
		return
	}
	if token.Type == html.DoctypeToken {
		return
	}
	if name == atom.Br {
		o.lineBreak(at)
		return
	}
	if !blocks[name] && !lineCells[name] {
		o.inline(token, at)
		return
	}
	o.take(at.end-1, nil) // of its style
	o.boundary(token, at)
}

func isShown(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// take puts the fields that begin at or before an offset where they belong.
func (o *outline) take(upTo int, into *fieldCount) {
	for len(o.fields) > 0 && o.fields[0].at <= upTo {
		if into != nil {
			into.add(o.fields[0])
		}
		o.fields = o.fields[1:]
	}
}

// comment looks for lines in what only Outlook sees, apart from those around it.
// What opens or closes a part that others see is a tag like any other, and so is
// a comment that holds a half of something.
func (o *outline) comment(at span, raw string) {
	fields := o.fields
	o.take(at.end-1, nil)
	fields = fields[:len(fields)-len(o.fields)]
	mark, end := conditional.FindStringIndex(raw), strings.LastIndex(raw, "<![")
	if mark == nil || mark[0] > 0 {
		return
	}
	if mark[1] == len(raw) {
		o.line.tags = append(o.line.tags, inlineTag{"[if]", strings.Contains(strings.ToLower(raw), "endif"), at})
		return
	}
	if end >= mark[1] {
		inner := raw[mark[1]:end]
		if len(unmatched(tagsOf(inner))) > 0 {
			o.line.tags = append(o.line.tags, inlineTag{"[half]", false, at})
		}
		if len(fields) > 0 {
			o.inner = append(o.inner, emptyLines(inner, at.start+mark[1], fields)...)
		}
	}
}

// tagsOf are the tags of a fragment that have another half.
func tagsOf(source string) (tags []inlineTag) {
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return tags
		case html.StartTagToken, html.EndTagToken:
			if token := z.Token(); !empties[token.DataAtom] {
				tags = append(tags, inlineTag{name: token.Data, end: kind == html.EndTagToken})
			}
		}
	}
}

// inline notes a tag within a line. A picture whose address is an empty field is
// left out, whatever its other attributes: it would show as a broken one.
func (o *outline) inline(token html.Token, at span) {
	var count fieldCount
	o.take(at.end-1, &count)
	// QUIRK: without quotes html/template writes ZgotmplZ for an empty value.
	if src := attribute(token, "src"); token.DataAtom == atom.Img && count.empty > 0 && (src == "" || src == "ZgotmplZ") {
		o.inner = append(o.inner, at)
		o.line.hollow = true
		o.line.linked.empty++
		return
	}
	o.line.linked.empty += count.empty
	o.line.linked.full += count.full
	o.line.shows = o.line.shows || shownTags[token.DataAtom]
	if token.Type != html.SelfClosingTagToken && !empties[token.DataAtom] {
		o.line.tags = append(o.line.tags, inlineTag{token.Data, token.Type == html.EndTagToken, at})
	}
}

func (o *outline) lineBreak(at span) {
	o.take(at.end-1, nil)
	o.line.below = &lineBreak{at}
	o.endLine(at.start)
	o.line.at.start = at.end
}

// endLine puts the line that ends at an offset into its box, and begins another.
func (o *outline) endLine(at int) {
	o.line.at.end = at
	top := o.open[len(o.open)-1]
	top.parts = append(top.parts, outlinePart{line: o.line})
	o.line = &textLine{at: span{start: at}}
}

// boundary begins or ends a box. What ends none that is open only ends a line.
func (o *outline) boundary(token html.Token, at span) {
	name := token.DataAtom
	if token.Type == html.EndTagToken {
		o.end(name, at)
	} else {
		for top := o.open[len(o.open)-1].name; top == atom.P || slices.Contains(impliedEnds[name], top); top = o.open[len(o.open)-1].name {
			o.pop(at.start)
		}
		o.endLine(at.start)
		b := &box{name: name, at: at}
		top := o.open[len(o.open)-1]
		top.parts = append(top.parts, outlinePart{box: b})
		if empties[name] { // a rule
			b.whole, b.parts = true, []outlinePart{{line: &textLine{at: span{at.end, at.end}, shows: true}}}
		} else {
			o.open = append(o.open, b)
		}
	}
	o.line.at.start = at.end
}

func (o *outline) end(name atom.Atom, at span) {
	for i := len(o.open) - 1; i > 0; i-- {
		switch o.open[i].name {
		case name:
			for len(o.open) > i+1 {
				o.pop(at.start)
			}
			o.pop(at.start)
			last := o.open[i-1].parts
			b := last[len(last)-1].box
			b.at.end, b.whole = at.end, true
			return
		case atom.Table: // its cells do not end what it stands in
			i = 0
		}
	}
	o.endLine(at.start)
}

// pop ends the innermost box at an offset, without an end tag of its own.
func (o *outline) pop(at int) {
	o.endLine(at)
	b := o.open[len(o.open)-1]
	b.at.end, b.whole = at, optionalEnds[b.name]
	o.open = o.open[:len(o.open)-1]
}
