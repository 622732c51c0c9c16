package insert

import (
	"html"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/bidi"

	"sigmilter/milter/insert/known"
)

// directionOf is the direction of a letter, none for what has no letter's.
func directionOf(c rune) direction {
	if c < 0x80 {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return leftToRight
		}
		return noDirection
	}
	if known.Invisible(c) {
		return noDirection
	}
	p, _ := bidi.LookupRune(c)
	switch p.Class() {
	case bidi.L:
		return leftToRight
	case bidi.R, bidi.AL:
		return rightToLeft
	}
	return noDirection
}

// hasRightToLeft reports whether there is a letter of a script that runs from right
// to left in a source of HTML.
func hasRightToLeft(source string) bool {
	if !mayRunRightToLeft(source) {
		return false
	}
	for _, c := range html.UnescapeString(source) {
		if directionOf(c) == rightToLeft {
			return true
		}
	}
	return false
}

// mayRunRightToLeft rules out, at little cost, that there are letters of such a
// script, the first of which is the Hebrew one.
func mayRunRightToLeft(source string) bool {
	const hebrew = 0xd6 // the first byte in UTF-8
	for i := range len(source) {
		if source[i] >= hebrew {
			return true
		}
	}
	return strings.Contains(source, "&#")
}

// ltrMark is the left-to-right ltrMark. It is in the charsets of Hebrew and Arabic mail,
// which the newer isolates (U+2066) are not.
const ltrMark = "\u200e"

// isolatedText is a text to be read from right to left, with marks around numbers
// and addresses, which would be shown backwards.
func isolatedText(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		var s isolator
		s.write(&b, line, runes(nil, []byte(line), 0, len(line), false), ltrMark, ltrMark)
	}
	return b.String()
}

// readsRightToLeft reports whether a block stands in plain text that runs from right
// to left: by the first letter of the author's, as readers do, or of the whole text
// where they wrote nothing, or its own.
func (r *Reading) readsRightToLeft(block string) bool {
	for i := range r.lines {
		if d := firstStrong(r.lines[i].text); d != noDirection && (r.lines[i].own || r.last < 0) {
			return d == rightToLeft
		}
	}
	return firstStrong(block) == rightToLeft
}

// firstStrong is the direction of the first letter of a text.
func firstStrong(text string) direction {
	for _, c := range text {
		if d := directionOf(c); d != noDirection {
			return d
		}
	}
	return noDirection
}

// isolatedHTML is a block's HTML with numbers and addresses isolated where the text
// runs from right to left: in elements that say so, or if all of it does.
//
// QUIRK: Outlook for Windows knows dir on a <span>, but neither <bdi> nor
// unicode-bidi.
func isolatedHTML(source string, rtl bool) string {
	if !rtl && !strings.Contains(source, "rtl") && !strings.Contains(source, "RTL") {
		return source
	}
	var b strings.Builder
	var s isolator
	open := openDirections{{rtl: rtl}}
	z := nethtml.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(0)
	for at := 0; ; {
		tt := z.Next()
		raw := source[at : at+len(z.Raw())]
		at += len(raw)
		switch tt {
		case nethtml.ErrorToken:
			b.WriteString(source[at-len(raw):])
			return b.String()
		case nethtml.TextToken:
			if open.rtl() {
				s.write(&b, raw, runes(nil, []byte(raw), 0, len(raw), true), `<span dir="ltr">`, `</span>`)
				continue
			}
		case nethtml.StartTagToken, nethtml.EndTagToken, nethtml.SelfClosingTagToken:
			t := z.Token()
			if t.DataAtom == atom.Br || !inline[t.DataAtom] {
				s.strong = noDirection
			}
			open.take(&t)
		}
		b.WriteString(raw)
	}
}

// openDirections are the open elements, the innermost last, of which one knows
// whether their text runs from right to left. The first stands for what is around
// all.
type openDirections []struct {
	name string
	rtl  bool
}

func (o openDirections) rtl() bool { return o[len(o)-1].rtl }

func (o *openDirections) take(t *nethtml.Token) {
	switch {
	case t.Type == nethtml.EndTagToken:
		for i := len(*o) - 1; i > 0; i-- {
			if (*o)[i].name == t.Data {
				*o = (*o)[:i]
				return
			}
		}
	case void[t.DataAtom] || len(*o) > maxOpen:
	default:
		next := (*o)[len(*o)-1]
		next.name = t.Data
		in := inherited{}
		for _, a := range t.Attr {
			in.attribute(a.Key, strings.ToLower(a.Val))
		}
		switch {
		case in.dir != noDirection:
			next.rtl = in.dir == rightToLeft
		case t.DataAtom == atom.Bdi || rawText[t.DataAtom] || t.DataAtom == atom.Option:
			next.rtl = false
		}
		*o = append(*o, next)
	}
}

// isolator finds what is to be isolated. Behind letters that run from left to
// right nothing is: it goes on with them.
type isolator struct {
	strong direction // of the last letter in the line
}

// write writes a text with before and after around each piece that is isolated.
func (s *isolator) write(b *strings.Builder, text string, chars []char, before, after string) {
	written := 0
	for i := 0; i < len(chars); {
		n := s.piece(chars[i:])
		if n > 0 && s.strong != leftToRight && isolates(chars[i:i+n]) {
			from, to := chars[i].from, chars[i+n-1].to
			b.WriteString(text[written:from] + before + text[from:to] + after)
			written = to
			i += n
			continue
		}
		for range max(n, 1) {
			if d := directionOf(chars[i].r); d != noDirection {
				s.strong = d
			}
			i++
		}
	}
	b.WriteString(text[written:])
}

// piece is how many characters the text from left to right has that the
// characters begin with: digits and letters, with signs and blanks between them,
// and the sign that opens it ("+49 30 5550", "(03) 555"). Commas and points may
// be in it ("10115 Berlin, Gauge Street 7"), what lists items ends it.
func (s *isolator) piece(chars []char) int {
	if !worded(chars[0].r) && !(len(chars) > 1 && strings.ContainsRune("+(#@/*", chars[0].r) && worded(chars[1].r)) {
		return 0
	}
	n := 1
	for i, c := range chars {
		switch {
		case worded(c.r), strings.ContainsRune(")/%", c.r):
			n = i + 1
		case directionOf(c.r) == rightToLeft, strings.ContainsRune("|·•;\t", c.r):
			return n
		}
	}
	return n
}

// worded reports whether a character is a digit, or a letter that runs from left to
// right.
func worded(c rune) bool { return unicode.IsDigit(c) || directionOf(c) == leftToRight }

// isolates reports whether a piece may be shown in another order in text from right to
// left than alone: digits with signs or blanks, and addresses. Numbers go on with the
// letters that a piece begins with.
func isolates(piece []char) bool {
	digits, others := false, false
	var text strings.Builder
	for _, c := range piece {
		digits = digits || unicode.IsDigit(c.r)
		others = others || !unicode.IsDigit(c.r) && !unicode.IsLetter(c.r)
		text.WriteRune(c.r)
	}
	address := strings.Contains(text.String(), "@") || strings.Contains(text.String(), "://") || strings.HasPrefix(text.String(), "www.")
	return address || digits && others && directionOf(piece[0].r) != leftToRight
}
