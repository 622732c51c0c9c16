package laws

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
)

// kind is what a unit is.
type kind uint8

const (
	char    kind = iota // a character, or a byte that is none
	open                // a start tag
	end                 // an end tag
	void                // an element without content
	picture             // a picture that is seen
	other               // a comment, a doctype, a tag that never ends
)

// unit is the smallest piece of a text that is compared: a character or a piece
// of markup, as the bytes [start, end) of the source.
type unit struct {
	start, end int32
	r          rune // of a character: what is read, references resolved
	kind       kind
	hidden     bool // nobody sees it
}

// text is a decoded text as units.
type text struct {
	src   string
	units []unit
}

func (t *text) size() int             { return len(t.units) }
func (t *text) raw(i int) string      { return t.src[t.units[i].start:t.units[i].end] }
func (t *text) is(i int, r rune) bool { return t.units[i].kind == char && t.units[i].r == r }
func (t *text) add(k kind, from, to int) {
	t.units = append(t.units, unit{start: int32(from), end: int32(to), kind: k})
}

// split cuts a text into units.
func split(src string, isHTML bool) text {
	t := text{src: src}
	if isHTML {
		t.splitHTML()
	} else {
		t.chars(0, len(src), false, false)
	}
	return t
}

// chars adds the characters of [from, to).
func (t *text) chars(from, to int, references, hidden bool) {
	for at := from; at < to; {
		r, n := utf8.DecodeRuneInString(t.src[at:to])
		if references && r == '&' {
			r, n = reference(t.src[at:to])
		}
		t.units = append(t.units, unit{start: int32(at), end: int32(at + n), r: r, hidden: hidden})
		at += n
	}
}

// reference reads the character reference at the start of s; an ampersand that
// begins none stands for itself.
func reference(s string) (rune, int) {
	const longest = 34
	n := 1
	for n < len(s) && n < longest && (s[n] == '#' || s[n] < utf8.RuneSelf && (unicode.IsLetter(rune(s[n])) || unicode.IsDigit(rune(s[n])))) {
		n++
	}
	if n < len(s) && s[n] == ';' {
		n++
	}
	read := html.UnescapeString(s[:n])
	if r, size := utf8.DecodeRuneInString(read); size == len(read) {
		return r, n
	}
	return '&', 1
}

// voids are the elements without content.
var voids = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}

// rawTexts are the elements whose content is no markup; unseen ones of them, and
// of all, are those nobody reads.
var (
	rawTexts = []string{"style", "script", "title", "textarea", "xmp", "plaintext", "iframe", "noembed", "noframes"}
	unseen   = []string{"style", "script", "title", "iframe", "noembed", "noframes", "template"}
)

// splitHTML reads as browsers do. What is hidden ends with the end tag of the
// element that hides it.
func (t *text) splitHTML() {
	z := nethtml.NewTokenizer(strings.NewReader(t.src))
	z.SetMaxBuf(0)
	var hiding, element string // the element that hides, and the last one that began
	depth := 0
	for at := 0; ; {
		tt := z.Next()
		next := at + len(z.Raw())
		if tt == nethtml.ErrorToken {
			if at < len(t.src) {
				t.add(other, at, len(t.src))
			}
			return
		}
		if tt == nethtml.TextToken {
			t.chars(at, next, !slices.Contains(rawTexts, element) || element == "title" || element == "textarea", depth > 0)
			at = next
			continue
		}
		token := z.Token()
		k := kindOf(tt, &token)
		t.add(k, at, next)
		t.units[len(t.units)-1].hidden = depth > 0
		element = ""
		switch {
		case k == open:
			element = token.Data
			if depth > 0 && element == hiding {
				depth++
			} else if depth == 0 && hides(&token) {
				hiding, depth = element, 1
			}
		case k == end && depth > 0 && token.Data == hiding:
			depth--
		}
		at = next
	}
}

func kindOf(tt nethtml.TokenType, token *nethtml.Token) kind {
	switch {
	case tt == nethtml.EndTagToken:
		return end
	case tt != nethtml.StartTagToken && tt != nethtml.SelfClosingTagToken:
		return other
	case token.Data == "img" && !tiny(token):
		return picture
	case slices.Contains(voids, token.Data):
		return void
	}
	return open
}

// style is a style attribute in lower case without blanks.
func style(value string) string {
	return strings.ToLower(strings.Join(strings.Fields(value), ""))
}

func hides(token *nethtml.Token) bool {
	if slices.Contains(unseen, token.Data) {
		return true
	}
	for _, a := range token.Attr {
		if s := style(a.Val); a.Key == "style" && (strings.Contains(s, "display:none") || strings.Contains(s, "mso-hide:all")) {
			return true
		}
	}
	return false
}

// tiny tells the pictures that count who opens the mail.
func tiny(token *nethtml.Token) bool {
	for _, a := range token.Attr {
		switch v := style(a.Val); a.Key {
		case "width", "height":
			if v = strings.TrimSuffix(v, "px"); v == "0" || v == "1" {
				return true
			}
		case "style":
			if strings.Contains(v, "width:1px") || strings.Contains(v, "display:none") || strings.Contains(v, "mso-hide:all") {
				return true
			}
		}
	}
	return false
}

// tag is a tag as a browser reads it, without its id when asked.
func tag(raw string, id bool) nethtml.Token {
	z := nethtml.NewTokenizer(strings.NewReader(raw))
	z.Next()
	t := z.Token()
	if !id {
		t.Attr = slices.DeleteFunc(t.Attr, func(a nethtml.Attribute) bool { return a.Key == "id" })
	}
	return t
}

func tagName(raw string) string { return tag(raw, true).Data }

// object stands for a picture in the text that a report calls removed.
const object = '\ufffc'

// visible is what a reader sees of the units [from, to), blanks folded.
func (t *text) visible(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		switch u := &t.units[i]; {
		case u.hidden:
		case u.kind == char && !ignored(u.r):
			b.WriteRune(u.r)
		case u.kind == picture:
			b.WriteString(" [picture] ")
		case u.kind != char && breaks(t.raw(i)):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// breaks says that a tag separates words.
func breaks(raw string) bool {
	return !slices.Contains([]string{"a", "b", "i", "u", "em", "strong", "font", "span", "small", "big", "sub", "sup", "code", "o:p"}, tagName(raw))
}

// ignored says that a reader sees nothing of r: soft hyphens, zero-width and
// control characters.
func ignored(r rune) bool {
	return unicode.In(r, unicode.Cf) || r == '\u034f' || r == 'ᐧ' || unicode.IsControl(r) && !unicode.IsSpace(r)
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u3164' || ignored(r) }

// squeeze is the characters of s without blanks, in one case.
func squeeze(s string) []rune {
	var rs []rune
	for _, r := range s {
		if !blank(r) {
			rs = append(rs, fold(r))
		}
	}
	return rs
}

func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
