package laws

import (
	"slices"
	"strings"
)

// form compares the HTML form that a plain text got with the text as it is now:
// the same lines, with their indents and rows of blanks, and the same blocks
// between them.
func (c *checker) form(was, is, added *part) {
	src, ok := c.newText(was, c.pictured(was, added), "text/html")
	plain := c.explained[was.id]
	if !ok || plain == nil {
		return
	}
	x := newAligner("", src, true)
	reports := c.listed[was.id]
	var order []int // the blocks by their place in the plain text
	for i, r := range reports {
		if _, _, put := plain.placed(i); put {
			block, _ := c.block(r)
			x.find(i, block, r.Block)
			c.want(block)
			order = append(order, i)
		}
	}
	start := func(i int) int { _, in, _ := plain.placed(i); return in.start }
	slices.SortFunc(order, func(i, j int) int { return start(i) - start(j) })
	slices.SortFunc(x.sites, func(a, b site) int { return a.block.start - b.block.start })
	if !slices.EqualFunc(order, x.sites, func(i int, s site) bool { return s.which == i }) {
		c.breach(3, was, "the HTML form has %d blocks, or in another order than the text, which has %d", len(x.sites), len(order))
		return
	}
	if !x.b.nested() {
		c.breach(2, was, "the HTML form does not close what it opens: %.200q", src)
	}
	flowed := strings.EqualFold(was.params["format"], "flowed")
	from, to := 0, 0
	for n := 0; n <= len(order); n++ {
		textEnd, htmlEnd := plain.b.size(), x.b.size()
		if n < len(order) {
			_, in, _ := plain.placed(order[n])
			textEnd, htmlEnd = in.start, x.sites[n].block.start
		}
		want, got := plain.b.plainLines(from, textEnd), x.b.htmlLines(to, htmlEnd)
		if flowed {
			want, got = joined(want), joined(got)
		}
		if !slices.Equal(want, got) {
			c.breach(2, was, "the HTML form shows %.200q, the text %.200q", got, want)
		}
		if n < len(order) {
			_, in, _ := plain.placed(order[n])
			from, to = in.end, x.sites[n].block.end
		}
	}
}

// nested says whether all elements that begin end, each inside the others.
func (t *text) nested() bool {
	var inside []string
	for i := range t.units {
		switch n := len(inside); {
		case t.units[i].kind == open:
			inside = append(inside, tagName(t.raw(i)))
		case t.units[i].kind == end && (n == 0 || inside[n-1] != tagName(t.raw(i))):
			return false
		case t.units[i].kind == end:
			inside = inside[:n-1]
		}
	}
	return len(inside) == 0
}

// plainLines are the lines of a range of plain text that are not blank, tabs as
// the blanks they stand for.
func (t *text) plainLines(from, to int) []string {
	var b strings.Builder
	column := 0
	for i := from; i < to; i++ {
		switch r := t.units[i].r; r {
		case '\t':
			n := 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case '\n':
			b.WriteRune(r)
			column = 0
		default:
			b.WriteRune(r)
			column++
		}
	}
	return shownLines(b.String())
}

// htmlLines are the lines that a reader sees of a range of HTML, blanks folded as
// readers do. Any markup but that of lines is shown as it is.
func (t *text) htmlLines(from, to int) []string {
	var b strings.Builder
	folding := true // a blank would not be seen
	for i := from; i < to; i++ {
		switch u := &t.units[i]; {
		case u.kind != char && slices.Contains([]string{"html", "body", "div", "br"}, tagName(t.raw(i))):
			b.WriteByte('\n')
			folding = true
		case u.kind != char:
			b.WriteString(t.raw(i))
		case u.r == '\u00a0':
			b.WriteByte(' ')
			folding = false
		case u.r == ' ' || u.r == '\n' || u.r == '\t':
			if !folding {
				b.WriteByte(' ')
			}
			folding = true
		default:
			b.WriteRune(u.r)
			folding = false
		}
	}
	return shownLines(b.String())
}

func shownLines(s string) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.ReplaceAll(s, "\u00a0", " "), "\n") {
		if l = strings.TrimRight(l, " "); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// joined is text in format=flowed, whose line ends are not the author's, without
// blanks and quote signs.
func joined(lines []string) []string {
	return []string{strings.NewReplacer(" ", "", ">", "").Replace(strings.Join(lines, ""))}
}
