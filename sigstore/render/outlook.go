package render

import (
	"fmt"
	"regexp"
	"strings"

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

var (
	styleRule  = regexp.MustCompile(`\{([^{}]*)\}`)
	cssAddress = regexp.MustCompile(`(?i)url\(\s*['"]?([^'")]+)`)
)

func (r *review) sheet(css string) {
	for _, rule := range styleRule.FindAllStringSubmatch(css, -1) {
		r.style(rule[1], false)
	}
}

func (r *review) style(css string, hasWidth bool) {
	for _, address := range cssAddress.FindAllStringSubmatch(css, -1) {
		r.picture(address[1])
	}
	if r.notOutlook {
		return
	}
	for declaration := range strings.SplitSeq(strings.ToLower(css), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		for _, c := range outlookCSS {
			if c.property == strings.TrimSpace(property) && hasOne(value, c.words) && !(hasWidth && c.instead == useWidth) {
				r.add("Outlook for Windows does not do %s:%s; %s", c.property, shorten(strings.TrimSpace(value)), c.instead)
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

// LongLines names the lines of a rendered template that mail servers may break.
func LongLines(htmlText, text string) (problems []string) {
	for _, alternative := range []struct{ name, text string }{{"HTML", htmlText}, {"text", text}} {
		n := 0
		for line := range strings.Lines(alternative.text) {
			n++
			if size := len(strings.TrimRight(line, "\r\n")); size > longestLine {
				problems = append(problems, fmt.Sprintf("line %d of the rendered %s has %d bytes, more than the %d of a line in mail; break it",
					n, alternative.name, size, longestLine))
			}
		}
	}
	return problems
}

// shorten keeps a warning readable.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
