package insert

import (
	"bytes"
	"slices"
	"unicode"
	"unsafe"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert/known"
)

// replace puts the block in place of what was found, and takes out what else is
// to go: the sign-off below an old signature.
func (r *Reading) replace(b Block, f, also found) Placement {
	pl := Placement{Placed: Replaced, Separator: r.after(f.to), By: f.name}
	if also.found() && also.from < f.to {
		also = found{}
	}
	if f.same && f.elem >= 0 && r.page != nil {
		pl.Here = r.element(f.elem)
	}
	if !f.same {
		pl.Removed = f.removed
		pl.Edits = r.inPlace(b, r.removal(f, true), f.to < len(r.lines))
	}
	if also.found() {
		pl.Removed = append(slices.Clone(pl.Removed), also.removed...)
		pl.Edits = append(pl.Edits, cuts(r.removal(also, false))...)
	}
	return pl
}

// inPlace are the edits that take out ranges of the source, which are in order, and
// put the block where the first of them was.
func (r *Reading) inPlace(b Block, gone []span, quote bool) []entity.Edit {
	if r.page == nil {
		return append([]entity.Edit{r.block(b, gone[0].from, gone[0].to, quote)}, cuts(gone[1:])...)
	}
	at, leave, reenter := r.standing(gone[0].from, gone)
	e := entity.Edit{Start: at, End: at, New: leave + b.wrappedAs(r.wrapping(&b, r.page.holder(at), at, gone)) + reenter}
	if at == gone[0].from {
		e.End, gone = gone[0].to, gone[1:]
	}
	edits := append([]entity.Edit{e}, cuts(gone)...)
	slices.SortStableFunc(edits, func(a, b entity.Edit) int { return a.Start - b.Start })
	return edits
}

// cuts are the edits that take out ranges of the source.
func cuts(spans []span) []entity.Edit {
	var edits []entity.Edit
	for _, s := range spans {
		edits = append(edits, entity.Edit{Start: s.from, End: s.to})
	}
	return edits
}

// removal are the ranges of the source that go with what was found, in their
// order. In HTML they hold the elements that would be left with nothing to see. With
// takesBlock a block comes where the first was.
func (r *Reading) removal(f found, takesBlock bool) []span {
	switch {
	case r.page == nil:
		return []span{{int(r.lines[f.from].start), int(r.lines[f.to-1].end)}}
	case f.elem < 0:
		return r.emptied(f.from, f.to, takesBlock)
	}
	e := &r.page.elems[f.elem]
	spans := []span{{int(e.start), int(e.end)}}
	if start := r.lines[f.from].start; start < e.start { // a delimiter before the container
		spans = r.joinSpans(append(r.emptied(f.from, f.from+1, takesBlock), spans...))
	}
	return spans
}

// after names the rule that ends the newest text below line i.
func (r *Reading) after(i int) string {
	for ; i < len(r.lines); i++ {
		if !r.lines[i].own {
			return r.lines[i].why()
		}
	}
	return ""
}

// innermost is the index of the innermost element around an offset, -1 for none: the
// last one that begins before it, or one around that.
func (p *page) innermost(at int) int {
	i := p.elemFrom(at) - 1
	for i >= 0 {
		if e := &p.elems[i]; int(e.in) <= at && at <= int(e.close) && !e.void {
			break
		}
		i = int(p.elems[i].parent)
	}
	return i
}

// holder is the element that a block at an offset stands in, once those are left
// that it must not stand in, -1 for none.
func (p *page) holder(at int) int {
	i := p.innermost(at)
	for i >= 0 && isLeft(&p.elems[i]) {
		i = int(p.elems[i].parent)
	}
	return i
}

// withoutID is a start tag without its id, which must not occur twice.
func withoutID(tag []byte) string {
	z := nethtml.NewTokenizer(bytes.NewReader(tag))
	z.Next()
	t := z.Token()
	kept := t.Attr[:0]
	had := false
	for _, a := range t.Attr {
		if a.Key == "id" {
			had = true
			continue
		}
		kept = append(kept, a)
	}
	if !had {
		return string(tag)
	}
	t.Attr = kept
	t.Type = nethtml.StartTagToken
	return t.String()
}

// endOfBody is where a block goes after everything a reader sees, the last of
// which ends at shown, with the end tags of what the document left open there.
func (p *page) endOfBody(shown int) (at int, leave string, ok bool) {
	at = p.safe
	for _, end := range p.bodyEnds {
		if end >= shown {
			at = end
			break
		}
	}
	if at == p.safe {
		if p.raw || shown > p.safe {
			return 0, "", false
		}
		for i := range p.elems { // no </body>: still inside <html>
			if e := &p.elems[i]; e.tag == atom.Html && int(e.close) >= shown && int(e.end) > int(e.close) {
				at = int(e.close)
			}
		}
	}
	for i := p.innermost(at); i >= 0; i = int(p.elems[i].parent) {
		e := &p.elems[i]
		if e.tag == atom.Body || e.tag == atom.Html {
			break
		}
		leave += "</" + string(tagName(p.src[e.start:])) + ">"
	}
	return at, leave, true
}

// splitInline cuts lines in two where an attribution begins in their middle:
// some clients, and conversions to text, lose the line break before it.
func splitInline(lines []line, r *Reading) []line {
	if !r.kind.Reply {
		return lines
	}
	var split []line // all lines up to the last that was cut
	done := 0        // of lines
	for i := range lines {
		r.kind.Work.Spend(perLine + perByte*len(lines[i].text))
		for l := &lines[i]; ; {
			tail, ok := r.splitOff(l)
			if !ok {
				break
			}
			if split == nil {
				r.kind.Room.Take(len(lines) * int(unsafe.Sizeof(line{})))
			}
			split = append(append(split, lines[done:i]...), *l)
			lines[i], done = tail, i
		}
	}
	if split == nil {
		return lines
	}
	return append(split, lines[done:]...)
}

// splitOff cuts the line in two and returns the second part, if an attribution begins
// in its middle.
func (r *Reading) splitOff(l *line) (tail line, ok bool) {
	at := glued(l.text)
	if at <= 0 || l.quote > 0 {
		return line{}, false
	}
	offset := r.offsetIn(l, at)
	if offset < 0 {
		return line{}, false
	}
	tail = *l
	tail.text, tail.start, tail.open, tail.gap, tail.more = known.Visible(l.text[at:]), int32(offset), int32(offset), false, nil
	l.text, l.end = known.Visible(l.text[:at]), int32(offset)
	return tail, true
}

// offsetIn is the offset in the source of the first visible character at or
// after the at-th byte of a line's text, -1 when it has none.
func (r *Reading) offsetIn(l *line, at int) int {
	n := len([]rune(squeeze(l.text[:at])))
	for _, c := range r.chars(int(l.start), int(l.end)) {
		if unicode.IsSpace(c.r) || known.Invisible(c.r) {
			continue
		}
		if n == 0 {
			return c.from
		}
		n--
	}
	return -1
}
