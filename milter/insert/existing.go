package insert

import (
	"bytes"
	"html"
	"sort"
	"strings"

	nethtml "golang.org/x/net/html"

	"sigmilter/milter/insert/known"
)

// search is what evidence of an old signature is looked for with.
type search struct {
	block  Block
	person *Person
	known  *knowledge
	last   int // the author's last line, a phone's line below it left out
}

// evidence is one way to know lines of the newest text as the author's old
// signature. What it finds is explained line by line.
type evidence struct {
	name string
	// counts says whether it counts beside what the other form of the message showed.
	counts func(*OtherForm) bool
	find   func(*Reading, *search) found
}

func always(*OtherForm) bool         { return true }
func wasOurs(o *OtherForm) bool      { return o.Ours }
func wasTheirs(o *OtherForm) bool    { return !o.Ours && len(o.Lines) > 0 }
func wasSomething(o *OtherForm) bool { return len(o.Lines) > 0 }

// evidences are tried in order, the strongest first: what ours was, what the other
// form showed, what a client or product put around it, a delimiter, and the data
// alone. A further source of knowledge about a person's signature is a row here.
var evidences = []evidence{
	{"own-element", always, func(r *Reading, s *search) found { return r.ownBlock(s) }},
	{"own-lines", wasOurs, func(r *Reading, s *search) found { return r.renderedLines(s.block, s.last) }},
	{"other-form", wasTheirs, func(r *Reading, s *search) found { return r.asInOtherForm(s) }},
	{"container", always, func(r *Reading, s *search) found { return r.inContainer(s) }},
	{"delimiter", always, func(r *Reading, s *search) found { return r.delimited(s) }},
	{"fingerprint", wasSomething, func(r *Reading, s *search) found { return r.fingerprint(s) }},
}

// existing finds a signature that is there already at the end of the newest text:
// a block of ours, the container of a client or product with the person's own
// data in it, or lines that read like their signature. What is not recognised
// with confidence is not found.
func (r *Reading) existing(b Block, p *Person) found {
	if r.last < 0 {
		return found{}
	}
	last := r.signoff(r.last, nil).from - 1 // a phone's line may stand below it
	if last < 0 {
		last = r.last
	}
	s := &search{block: b, person: p, known: know(p), last: last}
	list := r.linkList(last)
	if list > 0 {
		s.last = list - 1
	}
	for _, e := range evidences {
		if p.Other != nil && !e.counts(p.Other) {
			continue
		}
		if f := e.find(r, s); f.found() {
			return r.withLinkList(f, list, last)
		}
	}
	return found{}
}

// ownBlock finds a container of ours among the author's lines. What the author
// typed in it stays.
func (r *Reading) ownBlock(s *search) found {
	if r.page == nil {
		return found{}
	}
	for _, h := range r.page.held {
		if !h.by.own {
			continue
		}
		f := r.linesOf(h.elem)
		if !f.found() || !r.lines[f.from].own {
			continue
		}
		f.name, f.ours, f.removed = "sigmilter", true, r.shown(f.from, f.to)
		f.same = r.isBlock(&r.page.elems[h.elem], &s.block)
		if !f.same {
			f = r.withoutTyped(s, f)
		}
		return f
	}
	return found{}
}

// withoutTyped leaves out the lines above and below a block in its own container
// that nothing explains; one that nothing at all explains was another template's.
func (r *Reading) withoutTyped(s *search, f found) found {
	ours := map[string]bool{}
	for _, l := range s.block.lines(true) {
		ours[l] = true
	}
	explained := func(i int) bool {
		how, _ := s.known.nameLine(r.lines[i].text)
		return ours[r.lines[i].text] || how != notNamed || s.known.read(r.lines[i].text).sense > unsaid || r.notice(i, f.to) > 0
	}
	from, to := f.from, f.to
	for from < to && !explained(from) {
		from++
	}
	for to > from && !explained(to-1) {
		to--
	}
	if from == to || from == f.from && to == f.to {
		return f
	}
	left := r.stretch(from, to, f.name)
	left.ours = true
	return left
}

// isBlock reports whether an element is the block as it would be put there, set off
// or not, under whichever name and whether firm or not.
func (r *Reading) isBlock(e *elem, b *Block) bool {
	there := html.UnescapeString(strings.ReplaceAll(string(r.src[e.start:e.end]), "\r\n", "\n"))
	named := *b
	named.Name = strings.TrimPrefix(strings.TrimPrefix(r.page.idOf(e), b.Kind.class()), "-")
	w := r.wrapping(b, int(e.parent), int(e.start), nil)
	for _, w.gap = range []bool{false, true} {
		as := named.wrappedAs(w)
		if there == html.UnescapeString(as) || b.Name != "" && there == html.UnescapeString(firm(as, nil)) {
			return true
		}
	}
	return false
}

// idOf is the id of an element as its start tag has it.
func (p *page) idOf(e *elem) string {
	z := nethtml.NewTokenizer(bytes.NewReader(p.src[e.start:e.in]))
	z.Next()
	for _, a := range z.Token().Attr {
		if a.Key == "id" {
			return a.Val
		}
	}
	return ""
}

// element is an element with its source.
func (r *Reading) element(i int) Element {
	e := &r.page.elems[i]
	return Element{ID: r.page.idOf(e), HTML: string(r.src[e.start:e.end])}
}

// linesOf is the stretch of lines that begin within an element, without their text.
func (r *Reading) linesOf(elem int) found {
	e := &r.page.elems[elem]
	return found{elem: elem, from: r.lineBegun(int(e.in)), to: r.lineBegun(int(e.close))}
}

// lineBegun is the index of the first line that begins at or after an offset.
func (r *Reading) lineBegun(at int) int {
	return sort.Search(len(r.lines), func(i int) bool { return int(r.lines[i].start) >= at })
}

func (r *Reading) stretch(from, to int, name string) found {
	return found{from: from, to: to, elem: -1, name: name, removed: r.shown(from, to)}
}

// renderedLines finds the very text of the block: at the end of the newest text,
// in plain text anywhere in it, since there it has no element of its own and a
// marker may have put it above other text.
func (r *Reading) renderedLines(b Block, last int) found {
	want := b.lines(r.page != nil)
	for from := last + 1 - len(want); len(want) > 0 && from >= 0; from-- {
		if r.are(from, want) && !(r.page != nil && r.asContent(from)) {
			f := r.stretch(from, from+len(want), "sigmilter")
			f.ours, f.same = true, r.page == nil
			return f
		}
		if r.page != nil {
			break
		}
	}
	return found{}
}

// asContent reports whether what stands above line i says that the data from there
// on are what the mail is about.
func (r *Reading) asContent(i int) bool {
	return i > 0 && r.lines[i-1].own && (known.LeadsOn(r.lines[i-1].text) && known.ClosingOf(r.lines[i-1].text) == known.NoClosing || known.Announces(r.lines[i-1].text))
}

// are says whether the lines from one on are the author's and these.
func (r *Reading) are(from int, want []string) bool {
	for i, w := range want {
		if !r.lines[from+i].own || r.lines[from+i].text != w {
			return false
		}
	}
	return true
}

// inContainer finds the container of a client or product in the newest text that
// holds the person's signature. Clients let people type inside it: only the lines
// of the signature are found, and in what was typed above them no mark. Where there are
// far more than clients write the others are text: nothing in them is taken out.
func (r *Reading) inContainer(s *search) found {
	if r.page == nil {
		return found{}
	}
	const most = 32
	looked := 0
	for _, h := range r.page.held {
		if h.by.own {
			continue
		}
		f := r.linesOf(h.elem)
		if h.by.begins {
			f = found{from: r.lineFrom(int(r.page.elems[h.elem].start)), to: s.last + 1, elem: -1}
		}
		if !f.found() || !r.lines[f.from].own || f.from > s.last {
			continue
		}
		if looked++; looked > most {
			break
		}
		if in := r.within(s, f.from, f.to, marked, h.by.needs); in.found() {
			in.name = h.by.name
			if in.from == f.from && in.to == f.to && !h.by.begins {
				in.elem = h.elem
			}
			return r.withDelimiter(in)
		}
	}
	return found{}
}

// withDelimiter takes the delimiter along that stands before a container.
func (r *Reading) withDelimiter(f found) found {
	if f.from > 0 && r.lines[f.from-1].own && r.lines[f.from-1].text == "--" {
		f.from--
		f.removed = append([]string{"--"}, f.removed...)
	}
	return f
}

// within finds the signature in the lines [from, to) that something marks as one.
// needs is how many of the person's values it must hold beside the name, or two
// of them without it.
func (r *Reading) within(s *search, from, to int, m mark, needs int) found {
	start := from
	for start < to && r.lines[start].text == "--" {
		start++
	}
	for start < to && known.ClosingOf(r.lines[start].text) != known.NoClosing {
		start++ // the closing in it stays the author's
		from = start
	}
	i := r.nameIn(s.known, start, to)
	if i < 0 {
		return r.nameless(s, from, start, to)
	}
	h := r.head(s.known, i, start, m)
	if h > start { // typed above the signature
		c := r.above(s.known, h)
		if c.content || known.LeadsOn(r.lines[h-1].text) {
			return found{}
		}
		m, from = greeted, h
	} else if from > 0 && from == start && m == marked && r.lines[from-1].own && endsInColon(r.lines[from-1].text) {
		return found{}
	}
	o := r.signatureAt(s.known, i, to, m)
	if !o.enough(m) || o.known() < needs-1 || !r.below(s.known, o.to, to, m) {
		return found{}
	}
	return r.stretch(from, o.to, "")
}

func endsInColon(text string) bool {
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}

// nameIn is the first of the lines [from, to) that names the person, -1 for none.
// A line that names them in part counts when none names them fully.
func (r *Reading) nameIn(k *knowledge, from, to int) int {
	part := -1
	for i := from; i < min(to, from+longestSignature); i++ {
		switch how, _ := k.nameLine(r.lines[i].text); {
		case how == fully:
			return i
		case how == partly && part < 0:
			part = i
		}
	}
	return part
}

// nameless finds a signature without a name in lines that something marks as one:
// all of them must be explained.
func (r *Reading) nameless(s *search, from, start, to int) found {
	if start >= to {
		return found{}
	}
	o := oldSignature{from: start, to: start}
	r.extend(s.known, &o, to, marked)
	first := s.known.read(r.lines[start].text)
	if o.to < to || !o.enough(marked) || first.sense < hollow {
		return found{}
	}
	return r.stretch(from, o.to, "")
}

// delimited finds the block below a "-- " line that ends the newest text and
// is the person's.
func (r *Reading) delimited(s *search) found {
	for i := s.last; i >= 0 && r.lines[i].own && s.last-i < longestWhole; i-- {
		if r.lines[i].text != "--" {
			continue
		}
		if i == s.last || i > 0 && r.lines[i-1].own && endsInColon(r.lines[i-1].text) {
			return found{}
		}
		f := r.within(s, i+1, s.last+1, marked, 1)
		if f.found() && f.from == i+1 {
			f = r.withDelimiter(f)
		}
		f.name = "delimiter"
		return f
	}
	return found{}
}

// fingerprint finds lines that end the newest text, begin with the person's name
// and hold enough of their data, with nothing that speaks for content.
func (r *Reading) fingerprint(s *search) found {
	if !s.known.names.known() {
		return found{}
	}
	for i := s.last; i >= 0 && r.lines[i].own && s.last-i < longestWhole; i-- {
		how, _ := s.known.nameLine(r.lines[i].text)
		if how == notNamed {
			continue
		}
		h := r.head(s.known, i, 0, unmarked)
		c := r.above(s.known, h)
		o := r.signatureAt(s.known, i, s.last+1, c.mark)
		o.to = r.withRow(h, o.to, s.last+1)
		if !o.enough(c.mark) {
			continue
		}
		if c.content || c.rich && !o.whole() || !r.below(s.known, o.to, s.last+1, c.mark) {
			return found{}
		}
		return r.stretch(h, o.to, "fingerprint")
	}
	return found{}
}

// withRow takes the row of signs along that is drawn below a signature, when one is
// drawn above it too or nothing follows.
func (r *Reading) withRow(from, to, end int) int {
	if to < end && drawn(r.lines[to].text) && (to+1 == end || drawn(r.lines[from].text)) {
		return to + 1
	}
	return to
}
