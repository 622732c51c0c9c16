package render

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blocks are the elements that begin and end a line.
var blocks = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true,
	atom.Center: true, atom.Dd: true, atom.Div: true, atom.Dl: true, atom.Dt: true,
	atom.Footer: true, atom.Form: true, atom.H1: true, atom.H2: true, atom.H3: true,
	atom.H4: true, atom.H5: true, atom.H6: true, atom.Header: true, atom.Hr: true,
	atom.Li: true, atom.Main: true, atom.Nav: true, atom.Ol: true, atom.P: true,
	atom.Pre: true, atom.Section: true, atom.Table: true, atom.Tbody: true,
	atom.Tfoot: true, atom.Thead: true, atom.Tr: true, atom.Ul: true,
}

// unseen are the elements whose content is not text to read.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true,
	atom.Iframe: true, atom.Noembed: true, atom.Noframes: true, atom.Noscript: true,
}

// empties are the elements without an end tag.
var empties = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true,
	atom.Hr: true, atom.Img: true, atom.Input: true, atom.Link: true, atom.Meta: true,
	atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// plainText returns HTML as text to read, in time linear to its length: block
// elements, table rows and <br> are lines, the cells of a row and runs of blanks
// are set off by one blank, there is never more than one empty line in a row and
// none at either end, and no line ends in a blank. A link to the web is its text
// and its address, "text <url>"; a picture is its alternative text, unless it is an
// ornament or the text says the same without it, as that of a logo beside the company's
// name, and a line of its own in a cell beside several lines. Hidden elements are left
// out. The only control character is LF.
func plainText(source string) string {
	w := textWriter{cellAt: -1}
	if strings.Contains(source, "alt") {
		without := textWriter{cellAt: -1, pictureless: true}
		w.said = " " + wordsOf(without.read(source)) + " "
	}
	return w.read(source)
}

// wordsOf is a text in lower case with one blank between its words and nothing else.
func wordsOf(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}

// read returns the text of HTML.
func (w *textWriter) read(source string) string {
	var hidden skipped
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return w.finish()
		}
		token := z.Token()
		if hidden.takes(token) {
			continue
		}
		switch kind {
		case html.TextToken:
			w.text(token.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(token)
		case html.EndTagToken:
			w.end(token.DataAtom)
		}
	}
}

// skipped tracks an element that is left out, up to its end tag. Elements of the
// same name within it are counted, everything else in it is passed over.
type skipped struct {
	name  string
	depth int
}

func (s *skipped) takes(token html.Token) bool {
	start := token.Type == html.StartTagToken && !empties[token.DataAtom]
	switch {
	case s.depth > 0 && token.Data == s.name && start:
		s.depth++
	case s.depth > 0 && token.Data == s.name && token.Type == html.EndTagToken:
		s.depth--
	case s.depth > 0:
	case (token.Type == html.StartTagToken || token.Type == html.SelfClosingTagToken) && isHidden(token):
		if start {
			s.name, s.depth = token.Data, 1
		}
	default:
		return false
	}
	return true
}

func isHidden(token html.Token) bool {
	if unseen[token.DataAtom] {
		return true
	}
	for _, a := range token.Attr {
		if a.Key == "hidden" {
			return true
		}
		if a.Key == "style" && hidesByStyle(a.Val) {
			return true
		}
	}
	return false
}

func hidesByStyle(style string) bool {
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(value, "!")
		if strings.EqualFold(strings.TrimSpace(property), "display") && strings.EqualFold(strings.TrimSpace(value), "none") {
			return true
		}
	}
	return false
}

func attribute(token html.Token, key string) string {
	for _, a := range token.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// webAddress returns a link's address when it is one that can be followed from
// text, with nothing in it that could end it or the line.
func webAddress(href string) string {
	href = strings.Map(func(r rune) rune {
		if r == ' ' {
			return r
		}
		if unicode.IsControl(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Zl, unicode.Zp) || turnsDirection(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	scheme, _, _ := strings.Cut(href, "://")
	if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return ""
	}
	return quoteAddress.Replace(href)
}

var quoteAddress = strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E")

// sameAddress reports whether a link's text is its address, as people shorten it.
func sameAddress(text, url string) bool {
	return strings.EqualFold(shortAddress(text), shortAddress(url))
}

func shortAddress(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	return strings.TrimSuffix(url, "/")
}

var fileName = regexp.MustCompile(`(?i)^\S+\.(?:png|jpe?g|gif|svg|bmp|webp|emz|wmz)$`)

// isFileName reports whether an alternative text is none, but the name of the picture's
// file, as editors put it there.
func isFileName(alt string) bool { return fileName.MatchString(strings.TrimSpace(alt)) }

// isDecorative reports whether a picture is an ornament, whatever its alternative text:
// it is said to be one, or no larger than a rule or a spacer.
func isDecorative(token html.Token) bool {
	switch strings.ToLower(attribute(token, "role")) {
	case "presentation", "none":
		return true
	}
	return strings.EqualFold(attribute(token, "aria-hidden"), "true") || isFileName(attribute(token, "alt")) ||
		tinyPixels.MatchString(attribute(token, "width")) || tinyPixels.MatchString(attribute(token, "height"))
}

// tinyPixels are widths and heights of rules and spacers.
var tinyPixels = regexp.MustCompile(`^\s*[0-4](?:px)?\s*$`)
