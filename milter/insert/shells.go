package insert

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"sort"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/insert/known"
)

// emptied are the ranges of the source that go with the lines [from, to), in their
// order: each element that holds nothing else a reader sees, those between them
// that show nothing, and of other elements the text between their tags. With
// takesBlock a block comes where the first was.
func (r *Reading) emptied(from, to int, takesBlock bool) []span {
	g := going{r: r, from: from, to: to, first: int(r.lines[from].start), last: int(r.lines[to-1].end), takesBlock: takesBlock}
	g.lo, g.hi = r.room(from, to)
	var spans []span
	at := g.first
	for i := r.page.elemFrom(g.lo); i < len(r.page.elems); i++ {
		e := &r.page.elems[i]
		if int(e.start) >= g.last {
			break
		}
		if int(e.start) < g.lo || !g.goes(e) {
			continue
		}
		if int(e.start) > at {
			spans = append(spans, g.between(at, int(e.start))...)
		}
		spans = append(spans, span{int(e.start), int(e.end)})
		at, g.lo = max(at, int(e.end)), int(e.end)
	}
	if at < g.last {
		spans = append(spans, g.between(at, g.last)...)
	}
	return r.joinSpans(spans)
}

// room is the range around the lines [from, to) that holds no other.
func (r *Reading) room(from, to int) (lo, hi int) {
	hi = len(r.src)
	if from > 0 {
		lo = int(r.lines[from-1].end)
	}
	switch {
	case to < len(r.lines):
		hi = int(r.lines[to].open)
	case r.page.tail != nil:
		hi = r.page.tailAt
	}
	return lo, hi
}

// joinSpans joins the ranges that have nothing but blanks of the source between
// them.
func (r *Reading) joinSpans(spans []span) []span {
	var joined []span
	for _, s := range spans {
		if n := len(joined); n > 0 && len(bytes.Trim(r.src[joined[n-1].to:s.from], " \t\r\n")) == 0 {
			joined[n-1].to = s.to
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// going says what goes with lines that are taken out.
type going struct {
	r           *Reading
	from, to    int // the lines
	first, last int // where what a reader sees of them begins and ends
	lo, hi      int // the range that holds nothing else a reader sees
	takesBlock  bool
}

// goes reports whether an element goes: with the lines it holds, or because it
// stands between them and shows nothing.
func (g *going) goes(e *elem) bool {
	if int(e.end) > g.hi || !removable(e) {
		return false
	}
	between := int(e.start) >= g.first && int(e.end) <= g.last
	if e.void {
		return between && !g.r.isTiny(e)
	}
	i := g.r.lineFrom(int(e.in))
	holds := i < g.to && g.r.lines[max(i, g.from)].start < e.close
	if !holds && (!between || e.hides) {
		return false
	}
	if g.takesBlock && int(e.start) < g.first && !g.makesRoom(e) {
		return false
	}
	return g.r.dispensable(e)
}

// isTiny reports whether an element is a picture that nobody sees.
func (r *Reading) isTiny(e *elem) bool {
	return readOpenTag(string(r.src[e.start:e.in])).attrs.tiny
}

// makesRoom reports whether the block can stand where an element was that holds
// the first line: not between rows or items, and not where the blank line below the
// author's text would go too. One that begins far above the line stays.
func (g *going) makesRoom(e *elem) bool {
	const far = 16 << 10 // bytes of markup
	return g.first-int(e.in) <= far && !structure[e.tag] && (g.from == 0 || !g.r.blankLine(int(e.in), g.first, true))
}

// removable reports whether elements of this kind can be taken out: those with an
// end, since browsers let others reach further than they are read here, and no
// part of the document's or a table's frame.
func removable(e *elem) bool {
	switch e.tag {
	case atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.P:
		return e.end >= 0
	case atom.Img, atom.Hr:
		return true
	}
	return !structure[e.tag] && e.end > e.close
}

// dispensable reports whether nothing in an element is needed: no form controls and
// the like, no target of a link, and no row of a table whose cells reach over several.
func (r *Reading) dispensable(e *elem) bool {
	needed := r.page.neededElems()
	i, _ := slices.BinarySearch(needed, e.start)
	return (i == len(needed) || needed[i] >= e.end) && (e.tag != atom.Tr || !r.page.spansRows())
}

// neededElems are the starts of the form controls and the like, and of what links lead
// to.
func (p *page) neededElems() []int32 {
	if p.needed == nil {
		p.needed = []int32{}
		for i := range p.elems {
			if e := &p.elems[i]; controls[e.tag] || p.linked(e) {
				p.needed = append(p.needed, e.start)
			}
		}
	}
	return p.needed
}

// spansRows reports whether a cell of the document reaches over several rows: then
// none is taken out.
func (p *page) spansRows() bool {
	if p.rowspans == unknown {
		p.rowspans = no
		if bytes.Contains(bytes.ToLower(p.src), []byte("rowspan")) {
			p.rowspans = yes
		}
	}
	return p.rowspans == yes
}

// linked reports whether a link of the document leads to an element, or may do so.
func (p *page) linked(e *elem) bool {
	name := attrIn(p.src[e.start:e.in], "id")
	if e.tag == atom.A && name == "" {
		name = attrIn(p.src[e.start:e.in], "name")
	}
	if name == "" {
		return false
	}
	if p.targets == nil {
		p.targets = targets(p.src)
	}
	return p.targets[name] || p.targets[anyName]
}

// attrIn is an attribute of a start tag.
func attrIn(tag []byte, name string) string {
	if !bytes.Contains(bytes.ToLower(tag), []byte(name)) {
		return ""
	}
	z := nethtml.NewTokenizer(bytes.NewReader(tag))
	z.Next()
	for _, a := range z.Token().Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Limits of the names that links lead to. Where they do not do, every element counts as
// one that a link leads to, and stays.
const (
	longestTarget = 256 // bytes
	mostTargets   = 4096
)

// anyName stands among the names that links lead to for all there may be.
const anyName = "#"

// targets are the names within the document that its links lead to.
func targets(src []byte) map[string]bool {
	names := map[string]bool{}
	for {
		i := bytes.IndexByte(src, '#')
		if i < 0 {
			return names
		}
		before := bytes.TrimRight(src[:i], "\"' \t\r\n")
		src = src[i+1:]
		if !bytes.HasSuffix(before, []byte("=")) {
			continue
		}
		near := src[:min(len(src), longestTarget)]
		n := bytes.IndexAny(near, "\"'> \t\r\n")
		if n < 0 && len(near) == longestTarget || len(names) == mostTargets {
			names[anyName] = true
			return names
		}
		names[html.UnescapeString(string(src[:max(n, 0)]))] = true
	}
}

// between are the ranges of a stretch between elements that go: text that a reader
// sees, and line breaks.
func (g *going) between(from, to int) []span {
	var spans []span
	var inside atom.Atom // the element that began last
	z := nethtml.NewTokenizer(bytes.NewReader(g.r.src[from:to]))
	for at := from; ; {
		tt := z.Next()
		n := len(z.Raw())
		goes := false
		switch tt {
		case nethtml.ErrorToken:
			return spans
		case nethtml.TextToken:
			goes = !unseen[inside] && strings.TrimSpace(string(z.Raw())) != ""
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			inside = atom.Lookup(name)
			goes = inside == atom.Br
		}
		if goes {
			spans = append(spans, span{at, at + n})
		}
		at += n
	}
}

// emptiedBy is the outermost element around an offset, of those that within allows,
// that shows nothing but what is gone, -1 for none. An element that is larger than what
// is left to be looked at stays.
func (r *Reading) emptiedBy(at int, gone []span, within func(*elem) bool, left *int) int {
	outer := -1
	from, to := at, at // nothing is seen between
	for i := r.page.innermost(at); i >= 0 && within(&r.page.elems[i]); i = int(r.page.elems[i].parent) {
		e := &r.page.elems[i]
		size := int(e.end - e.start)
		if e.tag == atom.Body || e.tag == atom.Html || size > *left {
			break
		}
		*left -= size
		if r.shows(int(e.in), from, gone) || r.shows(to, int(e.close), gone) {
			break
		}
		from, to = int(e.start), int(e.end)
		if removable(e) && r.dispensable(e) {
			outer = i
		}
	}
	return outer
}

// standing is where a block stands that is to stand at an offset: outside of the
// elements it must not stand in (a paragraph, bold or coloured text, preformatted
// text), behind or before those that show nothing on one side of it. Others are
// left by end tags and entered again by start tags. What is gone does not count.
func (r *Reading) standing(at int, gone []span) (place int, leave, reenter string) {
	for i := r.page.innermost(at); i >= 0; i = int(r.page.elems[i].parent) {
		e := &r.page.elems[i]
		if !isLeft(e) {
			break
		}
		switch {
		case leave != "":
		case removable(e) && int(e.end) <= r.page.safe && !r.shows(at, int(e.close), gone):
			at = int(e.end)
			continue
		case !r.shows(int(e.in), at, gone):
			at = int(e.start)
			continue
		}
		leave += "</" + string(tagName(r.src[e.start:])) + ">"
		reenter = withoutID(r.src[e.start:e.in]) + reenter
	}
	return at, leave, reenter
}

// isLeft reports whether a block must not stand in an element.
func isLeft(e *elem) bool { return inline[e.tag] || phrasing[e.tag] }

// shows reports whether a reader sees anything between two offsets but what is
// gone, which is in order.
func (r *Reading) shows(from, to int, gone []span) bool {
	for i := r.lineFrom(from); i < len(r.lines) && int(r.lines[i].start) < to; i++ {
		if r.showsText(max(from, int(r.lines[i].start)), min(to, int(r.lines[i].end)), gone) {
			return true
		}
	}
	if r.page == nil {
		return false
	}
	for i := r.page.elemFrom(from); i < len(r.page.elems) && int(r.page.elems[i].start) < to; i++ {
		if e := &r.page.elems[i]; (e.tag == atom.Hr || controls[e.tag]) && !covered(int(e.start), gone) {
			return true
		}
	}
	return false
}

// showsText is shows for a stretch of one line.
func (r *Reading) showsText(from, to int, gone []span) bool {
	for _, c := range r.seen(from, to) {
		if !covered(c.from, gone) {
			return true
		}
	}
	return false
}

// seen are the characters and pictures of a stretch that a reader sees.
func (r *Reading) seen(from, to int) []char {
	if r.page == nil {
		return slices.DeleteFunc(runes(nil, r.src, from, to, false), unseenChar)
	}
	var chars []char
	z := nethtml.NewTokenizer(bytes.NewReader(r.src[from:to]))
	for at := from; ; {
		tt := z.Next()
		n := len(z.Raw())
		switch tt {
		case nethtml.ErrorToken:
			return slices.DeleteFunc(chars, unseenChar)
		case nethtml.TextToken:
			chars = runes(chars, r.src, at, at+n, true)
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "img" {
				chars = append(chars, char{known.Image, span{at, at + n}})
			}
		}
		at += n
	}
}

func unseenChar(c char) bool { return !known.Shows(string(c.r)) }

// covered reports whether an offset is in one of the ranges, which are in order.
func covered(at int, spans []span) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].to > at })
	return i < len(spans) && spans[i].from <= at
}

// elemFrom is the index of the first element that begins at or after an offset.
func (p *page) elemFrom(at int) int {
	return sort.Search(len(p.elems), func(i int) bool { return int(p.elems[i].start) >= at })
}

// blankLine reports whether a reader sees a blank line, or a rule, between two
// offsets with no text between; ended says that a line does not go on at the first.
func (r *Reading) blankLine(from, to int, ended bool) bool {
	src := r.src[from:to]
	return holdsOpen.Match(src) && breaksTwice(src, ended) || bytes.Count(src, []byte("\n")) > 1 && r.keepsBreaks(from)
}

// holdsOpen matches, at little cost, what may hold a line open: a line break, a rule,
// a no-break space.
var holdsOpen = regexp.MustCompile(`(?i)&|[^\x00-\x7f]|</?[bh]r`)

// breaksTwice reports whether markup breaks lines so that one is left blank.
func breaksTwice(src []byte, ended bool) bool {
	z := nethtml.NewTokenizer(bytes.NewReader(src))
	for {
		tt := z.Next()
		switch tt {
		case nethtml.ErrorToken:
			return false
		case nethtml.TextToken:
			if ended && strings.Trim(html.UnescapeString(string(z.Raw())), " \t\r\n\f") != "" {
				return true // a no-break space holds the line open
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken, nethtml.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == atom.Hr || tag == atom.Br && ended {
				return true
			}
			ended = ended || !inline[tag]
		}
	}
}

// keepsBreaks reports whether the element around an offset says that line breaks of
// the source are seen.
func (r *Reading) keepsBreaks(at int) bool {
	for i := r.page.innermost(at); i >= 0; i = int(r.page.elems[i].parent) {
		if kept, said := r.page.elems[i].keepsBreaks(); said {
			return kept
		}
	}
	return false
}
