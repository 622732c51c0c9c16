package insert

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"sigmilter/milter/entity"
)

// AtEdge puts a disclaimer below, or a banner above, everything there is,
// quoted mail included. The same block standing there already is left.
func (r *Reading) AtEdge(b Block) (Placement, bool) {
	b.Text = plainBlock(b.Text, r.kind.Flowed)
	if b.Kind == Banner {
		return r.atTop(b), true
	}
	return r.atBottom(b)
}

func (r *Reading) atTop(b Block) Placement {
	pl := Placement{Placed: AtTop}
	if r.there(&b, &pl, r.firstLines) {
		return pl
	}
	pl.Edits = []entity.Edit{r.topEdit(b)}
	return pl
}

// topEdit is the edit that puts a block above everything.
func (r *Reading) topEdit(b Block) entity.Edit {
	at := 0
	e := entity.Edit{New: b.Text + "\n\n"}
	if r.page != nil {
		at = r.page.top(r.lines)
		e.New = b.wrappedAs(r.wrapping(&b, r.page.innermost(at), at, nil))
	}
	e.Start, e.End = at, at
	return e
}

func (r *Reading) atBottom(b Block) (Placement, bool) {
	pl := Placement{Placed: AtEnd}
	if r.there(&b, &pl, r.lastLines) {
		return pl, true
	}
	e, ok := r.bottomEdit(b)
	pl.Edits = []entity.Edit{e}
	return pl, ok
}

// bottomEdit is the edit that puts a block below everything; false when there is no
// place.
func (r *Reading) bottomEdit(b Block) (entity.Edit, bool) {
	if r.page == nil {
		at := r.lastByte()
		if len(r.lines) == 0 {
			at = len(r.src)
		}
		return entity.Edit{Start: at, End: at, New: blankLineAfter(r.src[:at]) + b.Text + lineAfter(r.src[at:])}, true
	}
	at, leave, ok := r.page.endOfBody(r.lastByte())
	if !ok {
		return entity.Edit{}, false
	}
	return r.atEnd(b, at, leave), true
}

// there says whether the lines at an edge, so many as the block has, are the block.
// For an enforced block only lines of the newest text count, since whoever quotes a
// block says nothing of their own, and in HTML an element of ours alone.
func (r *Reading) there(b *Block, pl *Placement, edge func(n int) []line) bool {
	want := r.linesIn(*b)
	lines := edge(len(want))
	if len(want) == 0 || !slices.Equal(texts(lines), want) {
		return false
	}
	switch {
	case b.Name == "":
		return true
	case slices.ContainsFunc(lines, func(l line) bool { return l.quote > 0 || !l.own }):
		return false
	case r.page == nil:
		return true
	}
	for i := lines[0].elem; i >= 0; i = r.page.elems[i].parent {
		e := &r.page.elems[i]
		if strings.HasPrefix(r.page.idOf(e), b.Kind.class()) && r.isBlock(e, b) {
			pl.Here = r.element(int(i))
			return true
		}
	}
	return false
}

func (r *Reading) firstLines(n int) []line { return r.lines[:min(n, len(r.lines))] }
func (r *Reading) lastLines(n int) []line  { return r.lines[max(0, len(r.lines)-n):] }

// lines is the visible text of a block, line by line.
func (b *Block) lines(html bool) []string {
	switch {
	case !html:
		return texts(plainLines([]byte(b.Text), &Kind{}))
	case b.Shown != nil:
		return b.Shown
	}
	return ShownLines(b.HTML)
}

// ShownLines is the visible text of HTML, line by line.
func ShownLines(html string) []string { return texts(readHTML([]byte(html), &Kind{}).lines) }

// linesIn is the visible text of a block, line by line, as it reads in this text.
func (r *Reading) linesIn(b Block) []string {
	if r.page != nil || !r.kind.Flowed {
		return b.lines(r.page != nil)
	}
	return texts(plainLines([]byte(b.Text), &r.kind))
}

// top is where a block goes above everything a reader sees: at the start of
// <body>, or before the outermost element that the first line is in.
//
// QUIRK: some clients leave the whole document of the mail they quote, with a
// <body> of its own, inside theirs.
func (p *page) top(lines []line) int {
	if p.bodyIn > 0 && (len(lines) == 0 || p.bodyIn <= int(lines[0].open)) {
		return p.bodyIn
	}
	if len(lines) > 0 {
		at := lines[0].open
		for i := lines[0].elem; i >= 0; i = p.elems[i].parent {
			switch e := &p.elems[i]; e.tag {
			case atom.Html:
			case atom.Body:
				return int(e.in)
			default:
				at = min(at, e.start)
			}
		}
		return int(at)
	}
	for i := range p.elems { // nothing to see, and no <body>: behind the head
		if e := &p.elems[i]; e.tag == atom.Head && e.end > 0 {
			return int(e.end)
		}
	}
	return min(len(p.src), p.safe)
}

// Merge puts the edits of several placements into one list in the order of the
// text. Where two insert at one place, that of the earlier placement stands
// first; what is inserted within what another takes out comes in its place.
func (r *Reading) Merge(placements ...Placement) []entity.Edit {
	if len(placements) == 1 && inOrder(placements[0].Edits) { // nearly always
		return placements[0].Edits
	}
	var all []entity.Edit
	for _, p := range placements {
		all = append(all, p.Edits...)
	}
	slices.SortStableFunc(all, func(a, b entity.Edit) int { return a.Start - b.Start })
	var merged []entity.Edit
	for _, e := range all {
		if n := len(merged) - 1; n >= 0 && e.Start == e.End && e.Start <= merged[n].End {
			if e.Start < merged[n].End && r.page != nil { // what it would leave is taken out
				e.New = e.New[len(endTags.FindString(e.New)):]
			}
			merged[n].New = r.both(merged[n].New, e.New)
			continue
		}
		merged = append(merged, e)
	}
	return merged
}

// inOrder reports whether edits are in order, and none begins where another ends.
func inOrder(edits []entity.Edit) bool {
	for i := 1; i < len(edits); i++ {
		if edits[i].Start <= edits[i-1].End {
			return false
		}
	}
	return true
}

// both is what is inserted at one place by two edits: in plain text with a blank
// line between, in HTML leaving what the document left open only once.
func (r *Reading) both(first, second string) string {
	switch {
	case r.page != nil:
		leave := endTags.FindString(second)
		if strings.HasPrefix(first, leave) && strings.HasSuffix(first, blockEnd) {
			second = second[len(leave):]
		}
		return first + second
	case first == "" || strings.HasPrefix(second, "\n") || strings.HasSuffix(first, "\n\n"):
		return first + second
	}
	return strings.TrimSuffix(first, "\n") + "\n\n" + second
}

// endTags are the end tags that a text begins with.
var endTags = regexp.MustCompile(`^(?:</[^<>]*>)*`)
