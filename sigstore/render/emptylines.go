package render

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// dropHTMLLines leaves out the lines whose fields are all empty; the package
// comment has the rule. It changes nothing beside.
func dropHTMLLines(source string, fields []templateValue) string {
	if !slices.ContainsFunc(fields, func(f templateValue) bool { return f.empty }) {
		return source
	}
	var kept strings.Builder
	at := 0
	for _, cut := range emptyLines(source, 0, fields) {
		if cut.start > at {
			kept.WriteString(source[at:cut.start])
		}
		at = max(at, cut.end)
	}
	kept.WriteString(source[at:])
	return kept.String()
}

// emptyLines returns what is to be cut out of a fragment that begins at offset
// base, in the order of the source. A cut may lie within another.
func emptyLines(source string, base int, fields []templateValue) []span {
	o := newOutline(source, base, fields)
	c := cutter{o.inner}
	c.judge(o.open[0])
	slices.SortFunc(c.cuts, func(a, b span) int { return a.start - b.start })
	return c.cuts
}

// cutter collects what is to be cut out.
type cutter struct{ cuts []span }

// verdict is what became of the lines of a box.
type verdict struct {
	empty, full bool // there is a line left out, or one whose field is filled in
	lost        bool // a line or a box in it is left out
	kept        int  // lines that stay and show something
}

func (v *verdict) add(w verdict) {
	v.empty, v.full, v.lost, v.kept = v.empty || w.empty, v.full || w.full, v.lost || w.lost, v.kept+w.kept
}

// judge cuts out of a box what is to go, or the box itself.
func (c *cutter) judge(b *box) (v verdict) {
	labels := true // each cell is a label, or has nothing left
	var above *lineBreak
	for _, p := range b.parts {
		if p.line != nil {
			v.add(c.judgeLine(p.line, &above))
			continue
		}
		above = nil
		inner := c.judge(p.box)
		oneWhole := inner.kept == 1 && !inner.lost
		labels = labels && (inner.kept == 0 || oneWhole)
		v.add(inner)
	}
	emptyRow := b.name == atom.Tr && v.empty && !v.full && labels
	allLost := v.lost && v.kept == 0
	if b.whole && !lineCells[b.name] && (emptyRow || allLost) {
		c.cuts = append(c.cuts, b.at)
		v.lost, v.kept = true, 0
	}
	return v
}

// judgeLine cuts out a line whose fields are all empty, with the <br> that ends
// it, or for the last with the one above that is still there. Without fields in
// its text those in its tags decide: a link whose text is empty shows nothing.
// Nor does a line of which a picture was left out, when that was all it had.
func (c *cutter) judgeLine(l *textLine, above **lineBreak) verdict {
	count := l.text
	if count == (fieldCount{}) {
		count = l.linked
	}
	if nothing := l.hollow && !l.shows; !nothing && (count.empty == 0 || count.full > 0) {
		*above = l.below
		v := verdict{full: count.full > 0}
		if l.shows {
			v.kept = 1
		}
		return v
	}
	at := l.at.start
	for _, tag := range unmatched(l.tags) {
		c.cuts = append(c.cuts, span{at, tag.start})
		at = tag.end
	}
	c.cuts = append(c.cuts, span{at, l.at.end})
	if l.below != nil {
		c.cuts = append(c.cuts, l.below.at)
	} else if *above != nil {
		c.cuts = append(c.cuts, (*above).at)
		*above = nil
	}
	return verdict{empty: true, lost: true}
}

// unmatched are the tags whose other half is in another line.
func unmatched(tags []inlineTag) (alone []span) {
	open := map[string][]int{} // indexes by name
	matched := make([]bool, len(tags))
	for i, tag := range tags {
		before := open[tag.name]
		if !tag.end {
			open[tag.name] = append(before, i)
		} else if len(before) > 0 {
			last := len(before) - 1
			matched[i], matched[before[last]] = true, true
			open[tag.name] = before[:last]
		}
	}
	for i, tag := range tags {
		if !matched[i] {
			alone = append(alone, tag.at)
		}
	}
	return alone
}
