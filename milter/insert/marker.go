package insert

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert/known"
)

// atMarker puts the block where the author typed the marker and takes out every
// copy of it in the newest text. The marker is found although markup, entities
// or invisible characters split it, and in any case of its letters.
func (r *Reading) atMarker(b Block, marker string) (Placement, bool) {
	want := squeeze(marker)
	if want == "" {
		return Placement{}, false
	}
	var copies [][]span
	for i := range r.lines {
		if l := &r.lines[i]; l.own && holds(l.text, want) {
			copies = append(copies, r.markersIn(l, want)...)
		}
	}
	if len(copies) == 0 {
		return Placement{}, false
	}
	pl := Placement{Placed: AtMarker}
	for range copies {
		pl.Removed = append(pl.Removed, marker)
	}
	if r.page != nil {
		pl.Edits = r.inPlace(b, r.markersGone(copies), false)
		return pl, true
	}
	first := true
	for _, pieces := range copies {
		for _, s := range pieces {
			e := entity.Edit{Start: s.from, End: s.to}
			if first {
				e, first = r.inLine(b, s.from, s.to), false
			}
			pl.Edits = append(pl.Edits, e)
		}
	}
	return pl, true
}

// markersGone are the ranges of the source that go with the copies of the marker, in
// their order: the copies, and the elements that had nothing else in them. What the
// block can stand in stays for the first.
func (r *Reading) markersGone(copies [][]span) []span {
	all := slices.Concat(copies...)
	var gone []span
	done, asked := 0, map[int]int{}
	left := 4 * len(r.src) // bytes that may be looked at: mostly those of the copies
	for i, pieces := range copies {
		within := isLeft
		if i > 0 {
			within = func(e *elem) bool { return int(e.start) >= done }
		}
		if pieces[0].from < done {
			continue
		}
		inner := r.page.innermost(pieces[0].from)
		if _, known := asked[inner]; !known {
			asked[inner] = r.emptiedBy(pieces[0].from, all, within, &left)
		}
		if outer := asked[inner]; outer >= 0 {
			e := &r.page.elems[outer]
			gone, done = append(gone, span{int(e.start), int(e.end)}), int(e.end)
			continue
		}
		gone = append(gone, pieces...)
	}
	return gone
}

// inLine is the edit that puts the block in place of bytes within a line of plain
// text.
func (r *Reading) inLine(b Block, from, to int) entity.Edit {
	text := b.Text
	if r.readsRightToLeft(text) {
		text = isolatedText(text)
	}
	before, after := "", ""
	if line := r.src[lineStart(r.src, from):from]; known.Visible(string(line)) != "" {
		before = "\n"
	}
	if line := r.src[to:lineEnd(r.src, to)]; known.Visible(string(line)) != "" {
		after = "\n"
	}
	return entity.Edit{Start: from, End: to, New: before + text + after}
}

func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

func lineEnd(text []byte, at int) int {
	if i := bytes.IndexAny(text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(text)
}

// span is a range of bytes of the source.
type span struct{ from, to int }

// squeeze leaves out blanks and folds case, as markers are compared.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || known.Invisible(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// holds says whether a text has a marker in it, which is squeezed. A marker that
// begins with a sign is ruled out at little cost.
func holds(text, marker string) bool {
	first, _ := utf8.DecodeRuneInString(marker)
	if !unicode.IsLetter(first) && !strings.ContainsRune(text, first) {
		return false
	}
	return strings.Contains(squeeze(text), marker)
}

// markersIn finds the copies of a squeezed marker in a line, each as the ranges of
// the source that hold its characters.
func (r *Reading) markersIn(l *line, marker string) [][]span {
	chars := r.chars(int(l.start), int(l.end))
	want := []rune(marker)
	var copies [][]span
	for i := 0; i < len(chars); {
		n := match(chars[i:], want)
		if n == 0 {
			i++
			continue
		}
		copies = append(copies, pieces(chars[i:i+n]))
		i += n
	}
	return copies
}

// char is a character of the visible text and where it stands in the source.
type char struct {
	r rune
	span
}

// match says over how many characters the marker stands at their start, 0 for
// not; blanks and invisible characters within do not matter.
func match(chars []char, want []rune) int {
	j := 0
	for i, c := range chars {
		switch {
		case unicode.ToUpper(c.r) == want[j]:
			if j++; j == len(want) {
				return i + 1
			}
		case i > 0 && (known.Invisible(c.r) || unicode.IsSpace(c.r)):
		default:
			return 0
		}
	}
	return 0
}

// pieces joins the ranges of characters that touch.
func pieces(chars []char) []span {
	var p []span
	for _, c := range chars {
		if n := len(p); n > 0 && p[n-1].to == c.from {
			p[n-1].to = c.to
		} else {
			p = append(p, c.span)
		}
	}
	return p
}

// chars are the characters of the text within [from, to) of the source.
func (r *Reading) chars(from, to int) []char {
	if r.page == nil {
		return runes(nil, r.src, from, to, false)
	}
	var chars []char
	z := nethtml.NewTokenizer(strings.NewReader(string(r.src[from:to])))
	for at := from; ; {
		tt := z.Next()
		n := len(z.Raw())
		if tt == nethtml.TextToken {
			chars = runes(chars, r.src, at, at+n, true)
		}
		if tt == nethtml.ErrorToken {
			return chars
		}
		at += n
	}
}

func runes(chars []char, src []byte, from, to int, entities bool) []char {
	for at := from; at < to; {
		c, n := utf8.DecodeRune(src[at:to])
		if entities && c == '&' {
			c, n = reference(src[at:to])
		}
		chars = append(chars, char{c, span{at, at + n}})
		at += n
	}
	return chars
}

// reference reads the character reference at the start of b; an ampersand that
// is none stands for itself.
func reference(b []byte) (rune, int) {
	const longest = 34
	n := 1
	for n < len(b) && n < longest && (b[n] == '#' || b[n] < utf8.RuneSelf && (unicode.IsLetter(rune(b[n])) || unicode.IsDigit(rune(b[n])))) {
		n++
	}
	if n < len(b) && b[n] == ';' {
		n++
	}
	s := html.UnescapeString(string(b[:n]))
	if c, size := utf8.DecodeRuneInString(s); size == len(s) {
		return c, n
	}
	return '&', 1
}
