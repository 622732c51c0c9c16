package render

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// longestLine is the most bytes of a line in mail (RFC 5322 section 2.1.1).
const longestLine = 998

// useWidth is advice that an element with that attribute has followed.
const useWidth = "write width= too"

// outlookCSS is CSS that Outlook for Windows, which lays out mail by Word, does
// not do. A declaration is meant when its value has one of the words, or when
// there are none.
var outlookCSS = []struct {
	property string
	words    []string
	instead  string
}{
	{"display", []string{"flex", "grid", "inline-block"}, "lay out by a table"},
	{"float", []string{"left", "right"}, "lay out by a table or align="},
	{"position", []string{"absolute", "relative", "fixed", "sticky"}, "lay out by a table"},
	{"max-width", nil, useWidth},
	{"min-width", nil, useWidth},
	{"background-image", nil, "write a colour of background too"},
	{"background", []string{"url(", "gradient("}, "write a colour of background too"},
	{"border-radius", nil, "corners are square there"},
	{"box-shadow", nil, "there is none there"},
	{"text-shadow", nil, "there is none there"},
	{"opacity", nil, "write a lighter colour"},
	{"color", []string{"rgba(", "hsl"}, "write it like #336699"},
	{"background-color", []string{"rgba(", "hsl"}, "write it like #336699"},
	{"transform", nil, "it stays as it is there"},
	{"object-fit", nil, "cut the picture itself"},
}

// removedTags are elements that mail clients take out or do not show.
var removedTags = map[atom.Atom]bool{
	atom.Script: true, atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Form: true,
	atom.Input: true, atom.Button: true, atom.Video: true, atom.Audio: true, atom.Svg: true, atom.Link: true,
}

// Advice names what in a rendered template breaks in mail clients: pictures
// without alternative text or from where clients do not take them, CSS that
// Outlook for Windows does not do, elements that are removed, and lines that
// mail servers may break. Each is named once, in the order of the text.
func Advice(htmlText, text string) []string {
	var a advice
	z := html.NewTokenizer(strings.NewReader(htmlText))
	for inStyle := false; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.CommentToken:
			a.comment(token.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			a.tag(token)
			inStyle = token.DataAtom == atom.Style
		case html.TextToken:
			if inStyle {
				a.sheet(token.Data)
			}
		case html.EndTagToken:
			inStyle = false
		}
	}
	a.lines("HTML", htmlText)
	a.lines("text", text)
	return a.found
}

type advice struct {
	found      []string
	seen       map[string]bool
	notOutlook bool // within what is hidden from it
}

func (a *advice) add(format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if a.seen[problem] {
		return
	}
	if a.seen == nil {
		a.seen = map[string]bool{}
	}
	a.seen[problem] = true
	a.found = append(a.found, problem)
}

// comment notes where <!--[if !mso]><!--> begins and ends.
func (a *advice) comment(text string) {
	switch text = strings.ToLower(text); {
	case strings.HasPrefix(text, "[if !mso"):
		a.notOutlook = true
	case strings.HasPrefix(text, "<![endif"):
		a.notOutlook = false
	}
}

func (a *advice) tag(token html.Token) {
	hasAlt := false
	for _, attr := range token.Attr {
		hasAlt = hasAlt || attr.Key == "alt"
		switch attr.Key {
		case "src", "background":
			a.picture(attr.Val)
		case "style":
			a.style(attr.Val, attribute(token, "width") != "")
		}
	}
	switch name := token.DataAtom; {
	case name == atom.Img && !hasAlt:
		a.add("picture %s has no alternative text; write alt=\"...\", or alt=\"\" for an ornament", shorten(attribute(token, "src")))
	case name == atom.Style:
		a.add("some clients drop <style>; write the style into the elements")
	case removedTags[name]:
		a.add("mail clients remove <%s>; do without it", token.Data)
	}
}

func (a *advice) picture(address string) {
	switch scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), ":"); scheme {
	case "http":
		a.add("picture %s comes over http, which clients block; use https or put it beside the template (cid:)", shorten(address))
	case "data":
		a.add("picture %s is part of the HTML, which Outlook and Gmail do not show; put it beside the template (cid:)", shorten(address))
	}
}

var (
	styleRule  = regexp.MustCompile(`\{([^{}]*)\}`)
	cssAddress = regexp.MustCompile(`(?i)url\(\s*['"]?([^'")]+)`)
)

func (a *advice) sheet(css string) {
	for _, rule := range styleRule.FindAllStringSubmatch(css, -1) {
		a.style(rule[1], false)
	}
}

func (a *advice) style(css string, hasWidth bool) {
	for _, address := range cssAddress.FindAllStringSubmatch(css, -1) {
		a.picture(address[1])
	}
	if a.notOutlook {
		return
	}
	for declaration := range strings.SplitSeq(strings.ToLower(css), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		for _, c := range outlookCSS {
			if c.property == strings.TrimSpace(property) && hasOne(value, c.words) && !(hasWidth && c.instead == useWidth) {
				a.add("Outlook for Windows does not do %s:%s; %s", c.property, shorten(strings.TrimSpace(value)), c.instead)
			}
		}
	}
}

func hasOne(value string, words []string) bool {
	for _, word := range words {
		if strings.Contains(value, word) {
			return true
		}
	}
	return len(words) == 0
}

func (a *advice) lines(alternative, text string) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if size := len(strings.TrimRight(line, "\r\n")); size > longestLine {
			a.add("line %d of the rendered %s has %d bytes, more than the %d of a line in mail; break it", n, alternative, size, longestLine)
		}
	}
}

// shorten keeps a warning readable.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
