package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Remark is something in the source of a template that does mail no good.
type Remark struct {
	Line    int // counted from 1
	Problem string
}

// ReviewHTML names what in the source of an HTML template breaks in mail: pictures and
// links that lead nowhere, fields that markup cuts in two, styles that are left out,
// elements that mail clients remove, CSS that Outlook for Windows does not do, and
// text that was saved in another charset. Each is named once, in the order of the text.
func ReviewHTML(source string) []Remark {
	r := review{line: 1}
	z := html.NewTokenizer(strings.NewReader(hideActions(source)))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := string(z.Raw())
		r.token(z.Token(), raw)
		r.line += strings.Count(raw, "\n")
	}
	r.cutFields()
	r.misread(source)
	return r.sorted()
}

// ReviewText is [ReviewHTML] for the source of a text template.
func ReviewText(source string) []Remark {
	var r review
	r.misread(source)
	return r.sorted()
}

type review struct {
	found      []Remark
	seen       map[string]bool
	line       int  // of the token
	inHead     bool // what is there is left out
	inStyle    bool
	notOutlook bool // within what is hidden from it
	runs       textRuns
}

func (r *review) add(format string, args ...any) { r.addAt(r.line, format, args...) }

func (r *review) addAt(line int, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if r.seen[problem] {
		return
	}
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	r.seen[problem] = true
	r.found = append(r.found, Remark{line, problem})
}

func (r *review) sorted() []Remark {
	slices.SortStableFunc(r.found, func(a, b Remark) int { return a.Line - b.Line })
	return r.found
}

// actions are the fields and conditions of a template.
var actions = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// Within actions, what is markup to a tokenizer is written in characters that nobody
// uses.
var (
	hideMarkup = strings.NewReplacer(`"`, "\uE000", `'`, "\uE001", "<", "\uE002", ">", "\uE003", " ", "\uE004")
	showMarkup = strings.NewReplacer("\uE000", `"`, "\uE001", `'`, "\uE002", "<", "\uE003", ">", "\uE004", " ")
)

func hideActions(source string) string {
	return actions.ReplaceAllStringFunc(source, hideMarkup.Replace)
}

func (r *review) token(token html.Token, raw string) {
	switch token.Type {
	case html.CommentToken:
		r.comment(token.Data)
	case html.StartTagToken, html.SelfClosingTagToken:
		r.tag(token)
	case html.EndTagToken:
		r.inStyle = false
		r.inHead = r.inHead && token.DataAtom != atom.Head
	case html.TextToken:
		if r.inStyle && !r.inHead {
			r.sheet(token.Data)
		} else if !r.inStyle && !r.inHead {
			r.runs.add(raw, r.line)
		}
	}
	if blocks[token.DataAtom] || lineCells[token.DataAtom] || token.DataAtom == atom.Br {
		r.runs.add(runEnd, r.line)
	}
}

// comment notes where <!--[if !mso]><!--> begins and ends.
func (r *review) comment(text string) {
	text = strings.ToLower(text)
	if strings.HasPrefix(text, "[if !mso") {
		r.notOutlook = true
	} else if strings.HasPrefix(text, "<![endif") {
		r.notOutlook = false
	}
}

func (r *review) tag(token html.Token) {
	name := token.DataAtom
	r.inStyle = name == atom.Style
	switch {
	case name == atom.Head:
		r.inHead = true
	case name == atom.Body:
		r.inHead = false
		if attribute(token, "style") != "" {
			r.add("the style of <body> is left out; write it into the elements")
		}
		return
	case r.inHead && name == atom.Style:
		r.add("<style> in <head> is left out; write the style into the elements")
	case r.inHead && name == atom.Link:
		r.add("<link> in <head> is left out; write the style into the elements")
	}
	if r.inHead {
		return
	}
	for _, attr := range token.Attr {
		switch attr.Key {
		case "src", "background":
			r.picture(attr.Val)
		case "href":
			r.link(name, attr.Val)
		case "style":
			r.style(attr.Val, attribute(token, "width") != "")
		}
	}
	if name == atom.Img {
		r.alternativeText(token)
	} else if name == atom.Style {
		r.add("some clients drop <style>; write the style into the elements")
	} else if removedTags[name] {
		r.add("mail clients remove <%s>; do without it", token.Data)
	}
}

func (r *review) alternativeText(token html.Token) {
	source := asWritten(attribute(token, "src"))
	alt := slices.IndexFunc(token.Attr, func(a html.Attribute) bool { return a.Key == "alt" })
	if alt < 0 {
		r.add("picture %s has no alternative text; write alt=\"...\", or alt=\"\" for an ornament", source)
	} else if isFileName(token.Attr[alt].Val) {
		r.add("the alternative text of picture %s is the name of a file; write what it shows, or alt=\"\" for an ornament", source)
	}
}

// asWritten is an address as the template has it, shortened.
func asWritten(address string) string { return shorten(showMarkup.Replace(address)) }

var misread = regexp.MustCompile(`[\p{L}]*(?:[ÃÂ][\x{80}-\x{BF}]|â€|\x{FFFD})[\p{L}]*`)

// misread looks for what comes of UTF-8 that was read in another charset and saved so.
func (r *review) misread(source string) {
	line := 0
	for text := range strings.Lines(source) {
		line++
		if word := misread.FindString(text); word != "" {
			r.addAt(line, "%q was saved in the wrong charset and goes out so; write it anew, and save the file as UTF-8", shorten(word))
		}
	}
}
