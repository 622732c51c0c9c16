package laws

import (
	"bytes"
	"strings"
)

// maxLine is the longest line that may be sent, without its line end (RFC 5322
// section 2.1.1).
const maxLine = 998

// leaf compares a part that the report lists as signed.
func (c *checker) leaf(was, is *part) {
	if was.kind != "text/plain" && was.kind != "text/html" {
		c.breach(2, was, "a block went into %s", was.kind)
		return
	}
	c.encoding(was, is)
	c.lines(was, is)
	a, cleanBefore, ok := was.text()
	if !ok {
		c.breach(2, was, "a block went into text that does not decode")
		return
	}
	b, clean, ok := is.text()
	if !ok || cleanBefore && !clean {
		c.breach(2, was, "does not decode any more as its header says")
		return
	}
	c.sameText(was, a, b)
}

// sameText wants one text to be the other with nothing changed but what the
// report says.
func (c *checker) sameText(p *part, a, b string) {
	html := p.kind == "text/html"
	x := &aligner{
		a: split(a, html), b: split(b, html), html: html,
		removed: squeeze(strings.Join(c.removed(p), "")), blocks: len(c.listed[p.id]),
	}
	for i, block := range c.options.Blocks {
		x.find(i, block)
	}
	switch {
	case len(x.sites) == 0:
		c.breach(3, p, "the block is not there")
	case a == b && c.standing(p):
		c.places = append(c.places, Place{p.id, x.b.visible(0, x.sites[0].block.start), x.b.visible(x.sites[0].block.end, x.b.size())})
	case a == b:
		c.breach(3, p, "listed as signed, but nothing was put in")
	case x.explain():
		at := x.placed()
		c.places = append(c.places, Place{p.id, x.b.visible(0, at.start), x.b.visible(at.end, x.b.size())})
	default:
		c.breach(2, p, "its text differs by more than the report says, first at %s", x.difference())
	}
}

// removed is the text that the report says was taken out of a part.
func (c *checker) removed(p *part) []string {
	var all []string
	for _, b := range c.listed[p.id] {
		all = append(all, b.Removed...)
	}
	return all
}

// standing says that every block of a part stood there already and was replaced
// by itself.
func (c *checker) standing(p *part) bool {
	for _, b := range c.listed[p.id] {
		if b.Placed != "replaced" {
			return false
		}
	}
	return true
}

// lines wants no line longer than may be sent, but for what is left of one that
// was so before.
func (c *checker) lines(was, is *part) {
	for line := range bytes.Lines(is.body) {
		if line = trimEnd(line); len(line) > maxLine && !bytes.Contains(was.body, line) {
			c.breach(2, was, "a line of %d bytes", len(line))
			return
		}
	}
}
