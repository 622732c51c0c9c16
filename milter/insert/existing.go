package insert

import (
	"html"
	"strings"
	"unicode"
)

// existing finds a signature that is there already at the end of the newest
// text: a block of ours, the container of a client or product with the person's
// own data in it, or lines that read like his signature. What is not recognised
// with confidence is not found.
func (r *Reading) existing(b Block, p *Person) found {
	if f := r.ownBlock(b); f.found() {
		return f
	}
	last := r.signoff(r.last, nil).from - 1 // a phone's line may stand below it
	if last < 0 {
		last = r.last
	}
	if f := r.renderedLines(b, last); f.found() {
		return f
	}
	if f := r.inContainer(p, last); f.found() {
		return f
	}
	if f := r.delimited(p, last); f.found() {
		return f
	}
	return r.fingerprint(p, last)
}

// ownBlock finds a container of ours among the author's lines.
func (r *Reading) ownBlock(b Block) found {
	if r.page == nil {
		return found{}
	}
	for i := range r.page.elems {
		e := &r.page.elems[i]
		if e.holds == nil || !e.holds.own {
			continue
		}
		f := r.linesOf(i)
		if f.found() && r.lines[f.from].own {
			f.name, f.ours = "sigmilter", true
			f.same = r.isBlock(e, &b)
			return f
		}
	}
	return found{}
}

// isBlock reports whether an element is the block as it would be put there, set off
// or not.
func (r *Reading) isBlock(e *elem, b *Block) bool {
	there := html.UnescapeString(strings.ReplaceAll(string(r.src[e.start:e.end]), "\r\n", "\n"))
	w := r.wrapping(b, e.parent, e.start, nil)
	for _, w.gap = range []bool{false, true} {
		if there == html.UnescapeString(b.wrappedAs(w)) {
			return true
		}
	}
	return false
}

// linesOf is the stretch of lines within an element.
func (r *Reading) linesOf(elem int) found {
	e := &r.page.elems[elem]
	f := found{elem: elem}
	for i := range r.lines {
		if r.lines[i].start >= e.in && r.lines[i].start < e.close {
			if !f.found() {
				f.from = i
			}
			f.to = i + 1
		}
	}
	f.removed = r.shown(f.from, f.to)
	return f
}

// inContainer finds the container of a client or product in the newest text that
// holds enough of the person's data and little else.
func (r *Reading) inContainer(p *Person, last int) found {
	if r.page == nil || last < 0 {
		return found{}
	}
	for i := range r.page.elems {
		e := &r.page.elems[i]
		if e.holds == nil || e.holds.own {
			continue
		}
		f := r.linesOf(i)
		if !f.found() || !r.lines[f.from].own || f.from > last || !e.holds.signedBy(p, r.lines[f.from:f.to]) {
			continue
		}
		f.name = e.holds.name
		if f.from > 0 && r.lines[f.from-1].own && r.lines[f.from-1].text == "--" {
			f.from--
			f.removed = append([]string{"--"}, f.removed...)
		}
		return f
	}
	return found{}
}

// delimited finds the block below a "-- " line that ends the newest text and
// names the person.
func (r *Reading) delimited(p *Person, last int) found {
	for i := last; i >= 0 && r.lines[i].own && last-i < longestSignature; i-- {
		if r.lines[i].text != "--" {
			continue
		}
		if i == last || p.matches(r.lines[i+1:last+1]) == 0 {
			return found{}
		}
		return r.stretch(i, last+1, "delimiter")
	}
	return found{}
}

const (
	longestSignature = 25 // lines
	longestUnknown   = 2  // lines of a signature that hold nothing known of the person

	longestPostscript = 4 // lines below it
)

func (r *Reading) stretch(from, to int, name string) found {
	return found{from: from, to: to, elem: -1, name: name, removed: r.shown(from, to)}
}

// renderedLines finds the very text of the block: at the end of the newest text,
// in plain text anywhere in it, since there it has no element of its own and a
// marker may have put it above other text.
func (r *Reading) renderedLines(b Block, last int) found {
	want := b.lines(r.page != nil)
	for from := last + 1 - len(want); len(want) > 0 && from >= 0; from-- {
		if r.are(from, want) {
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

// are says whether the lines from one on are the author's and these.
func (r *Reading) are(from int, want []string) bool {
	for i, w := range want {
		if !r.lines[from+i].own || r.lines[from+i].text != w {
			return false
		}
	}
	return true
}

// fingerprint finds lines at or near the end of the newest text that begin with
// the person's name and hold little but his data; a postscript may follow.
func (r *Reading) fingerprint(p *Person, last int) found {
	if p.Name == "" {
		return found{}
	}
	name := fold(p.Name)
	for i := last; i >= 0 && r.lines[i].own && last-i < longestSignature; i-- {
		const around = 16 // bytes of signs and blanks
		if text := r.lines[i].text; len(text) > 2*len(name)+around || strings.Trim(fold(text), "*_ ,") != name {
			continue
		}
		to := i + 1
		for j := i + 1; j <= last && p.unknown(r.lines[i:j+1]) <= longestUnknown; j++ {
			if p.matches(r.lines[j:j+1]) > 0 {
				to = j + 1
			}
		}
		if p.matches(r.lines[i:to]) < 3 || last+1-to > longestPostscript {
			return found{}
		}
		return r.stretch(i, to, "fingerprint")
	}
	return found{}
}

// signedBy says whether the lines in a container are the person's signature. In
// one that people type into, no more than half may be anything else.
func (c *container) signedBy(p *Person, lines []line) bool {
	limit := longestSignature
	if c.typed {
		limit = len(lines) / 2
	}
	return p.matches(lines) >= c.needs && p.unknown(lines) <= limit
}

// unknown counts the lines that hold nothing of the person.
func (p *Person) unknown(lines []line) int {
	n := 0
	for i := range lines {
		if p.matches(lines[i:i+1]) == 0 && !isDelimiter(lines[i].text) {
			n++
		}
	}
	return n
}

// matches counts which of the person's values occur in lines.
func (p *Person) matches(lines []line) int {
	text := fold(joinedAll(lines))
	digits := digitsOf(text)
	n := 0
	if p.Name != "" && strings.Contains(text, fold(p.Name)) {
		n++
	}
	for _, a := range p.Addresses {
		if strings.Contains(text, fold(a)) {
			n++
			break
		}
	}
	for _, v := range p.Values {
		if d := digitsOf(v); len(d) >= 7 && len(d)*2 >= len(v) {
			if strings.Contains(digits, d[len(d)-7:]) {
				n++
			}
		} else if len(v) >= 4 && strings.Contains(text, fold(v)) {
			n++
		}
	}
	return n
}

func joinedAll(lines []line) string {
	return strings.Join(texts(lines), " ")
}

// digitsOf is the digits of s: phone numbers are written in many ways.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
