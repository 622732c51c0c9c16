package laws

import (
	"bytes"
	"slices"
	"strings"

	"sigmilter/milter/engine"
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
	b, clean, ok := is.textAs(was.params["charset"])
	if !ok || cleanBefore && !clean {
		c.breach(2, was, "does not decode any more as its header says")
		return
	}
	c.sameText(was, a, b)
}

// block is the block that a report speaks of.
func (c *checker) block(r engine.BlockReport) (Block, bool) {
	i := slices.IndexFunc(c.options.Blocks, func(b Block) bool { return b.Template == r.Template })
	if i < 0 {
		c.breach(3, nil, "no block is made of the template %q", r.Template)
		return Block{}, false
	}
	return c.options.Blocks[i], true
}

// sameText wants one text to be the other with nothing changed but what the
// report says: each block put in once, unless it stood there already.
func (c *checker) sameText(p *part, a, b string) {
	reports := c.listed[p.id]
	x := newAligner(a, b, p.kind == "text/html")
	old := newAligner(a, a, x.html)
	stood := make([]standing, len(reports))
	for i, r := range reports {
		block, ok := c.block(r)
		if !ok {
			return
		}
		if len(r.Removed) > 0 && (r.Block == disclaimer || r.Block == banner) {
			c.breach(2, p, "the %s takes out %.200q", r.Block, r.Removed)
		}
		x.find(i, block, r.Block)
		old.find(i, block, r.Block)
		stood[i] = old.stood(i, r, block)
	}
	x.findInsertions()
	if !x.explainSome(reports, stood) {
		c.unexplained(p, x, stood, a == b)
		return
	}
	for i, r := range reports {
		if x.blocks&(1<<i) != 0 && x.html {
			block, _ := c.block(r)
			c.want(block)
		}
		c.places = append(c.places, x.place(p.id, i, r))
	}
	c.removed(p, x)
	c.explained[p.id] = x
}

func newAligner(a, b string, html bool) *aligner {
	return &aligner{a: split(a, html), b: split(b, html), html: html}
}

// explainSome looks for an explanation by putting in all blocks but those that
// stood there; where that is not certain, either way will do.
func (x *aligner) explainSome(reports []engine.BlockReport, stood []standing) bool {
	for left := range uint32(1) << len(reports) {
		x.removed, x.blocks = nil, 0
		possible := true
		for i, r := range reports {
			switch leave := left&(1<<i) != 0; {
			case leave && stood[i] == didNot, !leave && stood[i] == did:
				possible = false
			case leave && stood[i] == beside:
				x.removed = append(x.removed, squeeze(strings.Join(r.Removed, ""))...)
			case !leave:
				x.blocks |= 1 << i
				x.removed = append(x.removed, squeeze(strings.Join(r.Removed, ""))...)
			}
		}
		if possible && (x.blocks == 0 || x.a.src != x.b.src) && x.explain() {
			return true
		}
	}
	return false
}

// unexplained says what is wrong with a text.
func (c *checker) unexplained(p *part, x *aligner, stood []standing, same bool) {
	for i := range stood {
		if stood[i] == didNot && !slices.ContainsFunc(x.sites, func(s site) bool { return s.which == i }) {
			c.breach(3, p, "the block is not there")
			return
		}
	}
	if same {
		c.breach(3, p, "listed as signed, but nothing was put in")
		return
	}
	c.breach(2, p, "its text differs by more than the report says, first at %s", x.difference())
}

// place is where a block stands now, which was put in or stood there.
func (x *aligner) place(part string, which int, r engine.BlockReport) Place {
	at, _, ok := x.placed(which)
	if !ok {
		at = x.edge(r)
		for _, s := range x.sites {
			if s.which == which && (r.Block == disclaimer || at.start == at.end) {
				at = s.block
			}
		}
	}
	return Place{part, r.Block, x.b.visible(0, at.start), x.b.visible(at.end, x.b.size())}
}

// edge is the end of the text for a disclaimer, or else its start.
func (x *aligner) edge(r engine.BlockReport) interval {
	if r.Block == disclaimer {
		return interval{x.b.size(), x.b.size()}
	}
	return interval{}
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
