package insert

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/entity"
)

// replace puts the block in place of what was found, and takes out what else is
// to go: the sign-off below an old signature.
func (r *Reading) replace(b Block, f, also found) Placement {
	pl := Placement{Placed: Replaced, Separator: r.after(f.to), By: f.name}
	if also.found() && also.from < f.to {
		also = found{}
	}
	if !f.same {
		pl.Removed = f.removed
		pl.Edits = r.removal(f)
		e := &pl.Edits[0]
		*e = r.block(b, e.Start, e.End, f.to < len(r.lines))
	}
	if also.found() {
		pl.Removed = append(slices.Clone(pl.Removed), also.removed...)
		pl.Edits = append(pl.Edits, r.removal(also)...)
	}
	return pl
}

// removal are the edits that take out what was found.
func (r *Reading) removal(f found) []entity.Edit {
	if r.page == nil {
		return []entity.Edit{{Start: r.lines[f.from].start, End: r.lines[f.to-1].end}}
	}
	var edits []entity.Edit
	for _, s := range r.spans(f) {
		edits = append(edits, entity.Edit{Start: s.from, End: s.to})
	}
	return edits
}

// after names the rule that ends the newest text below line i.
func (r *Reading) after(i int) string {
	for ; i < len(r.lines); i++ {
		if !r.lines[i].own {
			return r.lines[i].why
		}
	}
	return ""
}

// spans are the ranges of the source that hold what was found: the elements that
// hold lines of it and nothing else a reader sees, and between them the text and
// the pictures.
func (r *Reading) spans(f found) []span {
	first, last := r.lines[f.from].start, r.lines[f.to-1].end
	if f.elem >= 0 {
		e := &r.page.elems[f.elem]
		if first < e.start { // a delimiter before the container
			return append([]span{{e.start, e.end}}, r.textSpans(first, r.lines[f.from].end)...)
		}
		return []span{{e.start, e.end}}
	}
	var spans []span
	at := first
	for _, s := range r.holding(f) {
		if s.from > at {
			spans = append(spans, r.textSpans(at, s.from)...)
		}
		spans = append(spans, s)
		at = s.to
	}
	if at < last {
		spans = append(spans, r.textSpans(at, last)...)
	}
	return spans
}

// holding are the outermost elements that hold some of the lines, or blanks
// between them, and nothing else a reader sees.
func (r *Reading) holding(f found) []span {
	from, to := 0, len(r.src)
	if f.from > 0 {
		from = r.lines[f.from-1].end
	}
	if f.to < len(r.lines) {
		to = r.lines[f.to].open
	}
	first, last := r.lines[f.from].start, r.lines[f.to-1].end
	var spans []span
	at := from
	for i := range r.page.elems {
		e := &r.page.elems[i]
		if e.start >= last {
			break
		}
		if e.start < at || e.end > to || e.end <= first || structure[e.tag] || e.void {
			continue
		}
		spans = append(spans, span{e.start, e.end})
		at = e.end
	}
	return spans
}

// textSpans are the pieces of text and the pictures between the tags of
// [from, to), blanks of the source left out.
func (r *Reading) textSpans(from, to int) []span {
	var spans []span
	z := nethtml.NewTokenizer(bytes.NewReader(r.src[from:to]))
	for at := from; ; {
		tt := z.Next()
		n := len(z.Raw())
		switch tt {
		case nethtml.ErrorToken:
			return spans
		case nethtml.TextToken:
			if strings.TrimSpace(string(r.src[at:at+n])) != "" {
				spans = append(spans, span{at, at + n})
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Img {
				spans = append(spans, span{at, at + n})
			}
		}
		at += n
	}
}

// around are the end tags that leave what a block must not stand in (a
// paragraph, bold or coloured text, preformatted text) at an offset, and the
// start tags that enter it again.
func (p *page) around(at int) (leave, reenter string) {
	for i := p.innermost(at); i >= 0; i = p.elems[i].parent {
		e := &p.elems[i]
		if !(inline[e.tag] || phrasing[e.tag]) {
			break
		}
		leave += "</" + string(tagName(p.src[e.start:])) + ">"
		reenter = withoutID(p.src[e.start:e.in]) + reenter
	}
	return leave, reenter
}

// innermost is the index of the innermost element around an offset, -1 for none.
func (p *page) innermost(at int) int {
	in := -1
	for i := range p.elems {
		e := &p.elems[i]
		if e.start >= at {
			break
		}
		if e.in <= at && at <= e.close && !e.void {
			in = i
		}
	}
	return in
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
			if e := &p.elems[i]; e.tag == atom.Html && e.close >= shown && e.end > e.close {
				at = e.close
			}
		}
	}
	for i := p.innermost(at); i >= 0; i = p.elems[i].parent {
		e := &p.elems[i]
		if e.tag == atom.Body || e.tag == atom.Html {
			break
		}
		leave += "</" + string(tagName(p.src[e.start:])) + ">"
	}
	return at, leave, true
}

// splitInline cuts a line in two where an attribution begins in its middle:
// some clients, and conversions to text, lose the line break before it.
func splitInline(lines []line, r *Reading) []line {
	if !r.kind.Reply {
		return lines
	}
	for i := 0; i < len(lines); i++ {
		l := &lines[i]
		at := glued(l.text)
		if at <= 0 || l.quote > 0 {
			continue
		}
		offset := r.offsetIn(l, at)
		if offset < 0 {
			continue
		}
		tail := *l
		tail.text, tail.start, tail.open, tail.gap, tail.mark = visible(l.text[at:]), offset, offset, false, nil
		l.text, l.end = visible(l.text[:at]), offset
		lines = append(lines[:i+1], append([]line{tail}, lines[i+1:]...)...)
	}
	return lines
}

// offsetIn is the offset in the source of the first visible character at or
// after the at-th byte of a line's text, -1 when it has none.
func (r *Reading) offsetIn(l *line, at int) int {
	n := len([]rune(squeeze(l.text[:at])))
	for _, c := range r.chars(l.start, l.end) {
		if unicode.IsSpace(c.r) || invisible(c.r) {
			continue
		}
		if n == 0 {
			return c.from
		}
		n--
	}
	return -1
}
