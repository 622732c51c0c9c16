package insert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Agree makes two forms of one message, HTML and plain text, say the same of where
// the older mail begins that follows the newest text. Where only one of them shows
// it, or one by an element of the client and the other by words that the author may
// have written, that one is believed, if its line is found in the other form.
func Agree(a, b *Reading) {
	qa, qb := a.quoteBegins(), b.quoteBegins()
	switch {
	case qa < len(a.lines) && (qb == len(b.lines) || a.surer(qa, b, qb)):
		b.follow(a, qa)
	case qb < len(b.lines) && (qa == len(a.lines) || b.surer(qb, a, qa)):
		a.follow(b, qb)
	}
}

// quoteBegins is the line at which the older mail begins that follows the newest
// text; the number of lines when none does.
func (r *Reading) quoteBegins() int {
	for i := r.last + 1; i < len(r.lines); i++ {
		if !r.lines[i].own {
			return i
		}
	}
	return len(r.lines)
}

// surer reports whether line i of r is where older mail begins by an element of the
// client, and line j of the other form by words.
func (r *Reading) surer(i int, other *Reading, j int) bool {
	return r.byElement(i) && !other.byElement(j)
}

func (r *Reading) byElement(i int) bool {
	l := &r.lines[i]
	return (l.mark() != nil && !l.mark().older) || (l.quote > 0 && l.sure == surely)
}

// follow lets older mail begin where it does in the other form, at its line q. Lines
// that are the author's by that must be so in the other form too, and those that
// are not any more must not.
func (r *Reading) follow(other *Reading, q int) {
	at := r.sameLine(other, q)
	if at < 0 {
		return
	}
	if at = r.marked.above(at); at == r.quoteBegins() {
		return
	}
	if at <= r.last {
		if !other.showsLines(r.lines[at:r.last+1], q, len(other.lines)) {
			return
		}
	} else if !other.showsLines(r.lines[r.last+1:at], 0, q) {
		return
	}
	for i := r.last + 1; i < at; i++ {
		r.lines[i].own = true
		r.lines[i].because("")
	}
	for i := at; i < len(r.lines); i++ {
		r.lines[i].own = false
	}
	r.lines[at].because(other.after(q))
	r.findLast()
}

// sameLine is the line that says the same as line q of the other form: the one below
// what stands above that, or else the only one; -1 for none.
func (r *Reading) sameLine(other *Reading, q int) int {
	const shortest = 4 // letters and digits
	want, above := lettersOf(other.lines[q].text), ""
	if q > 0 {
		above = lettersOf(other.lines[q-1].text)
	}
	if len(want) < shortest {
		return -1
	}
	only, count := -1, 0
	for i := range r.lines {
		if !sameStart(r.lines[i].text, want) {
			continue
		}
		if i > 0 && above != "" && strings.HasSuffix(above, lettersOf(r.lines[i-1].text)) {
			return i
		}
		only = i
		count++
	}
	if count != 1 {
		return -1
	}
	return only
}

// sameStart reports whether a text says the letters and digits wanted, or whether one
// of the two is the beginning of the other, which a client may have wrapped.
func sameStart(text, want string) bool {
	const shortest = 8
	said := 0 // bytes of what is wanted
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if said == len(want) {
			return said >= shortest
		}
		next, size := utf8.DecodeRuneInString(want[said:])
		if unicode.ToLower(r) != next {
			return false
		}
		said += size
	}
	return said == len(want) || said >= shortest
}

// showsLines reports whether lines of the other form stand among the lines [from, to).
func (r *Reading) showsLines(lines []line, from, to int) bool {
	const most = 60 // lines that are looked for
	if len(lines) > most {
		return false
	}
	var all strings.Builder
	for i := from; i < to; i++ {
		all.WriteString(lettersOf(r.lines[i].text))
	}
	for i := range lines {
		if !strings.Contains(all.String(), lettersOf(lines[i].text)) {
			return false
		}
	}
	return true
}
