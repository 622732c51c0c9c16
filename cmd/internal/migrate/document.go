package migrate

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// converter goes through a template once.
type converter struct {
	options    Options
	syntaxes   []Syntax
	pattern    *regexp.Regexp
	conditions conditions
	out        strings.Builder
	findings   []Finding
	noted      map[string]int // of findings, by what they are
	pictures   []Picture
	names      map[string]string // of pictures, by source
	// What is left out: within <head>, and marks of Outlook's vector graphics.
	inHead bool
	vml    int
}

func newConverter(o Options) *converter {
	c := &converter{options: o, syntaxes: o.Product.syntaxes(), noted: map[string]int{}, names: map[string]string{}}
	c.pattern = pattern(c.syntaxes)
	return c
}

// hollow are elements that are left out with what is in them.
var hollow = map[string]string{
	"style":  "clients drop it, or use it for the author's text too; write the styles into the elements",
	"script": "mail clients remove it",
	"xml":    "",
	"title":  "",
}

// document writes what is to be kept of a piece of HTML that begins on a line.
func (c *converter) document(source string, line int) {
	z := html.NewTokenizer(strings.NewReader(source))
	rest, within := source, "" // within: the hollow element
	for {
		kind := z.Next()
		// The tokenizer's own bytes are changed when it is asked for names.
		raw := rest[:len(z.Raw())]
		rest = rest[len(raw):]
		name := ""
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			n, _ := z.TagName()
			name = string(n)
		}
		if kind == html.ErrorToken {
			return
		}
		if within != "" {
			if kind == html.EndTagToken && name == within {
				within = ""
			}
		} else if kind == html.StartTagToken && c.isHollow(name, raw, line) {
			within = name
		} else {
			c.token(kind, name, raw, line)
		}
		line += strings.Count(raw, "\n")
	}
}

// isHollow says whether an element is left out, and notes it.
func (c *converter) isHollow(name, raw string, line int) bool {
	why, ok := hollow[name]
	if ok && why != "" {
		c.note(Finding{Kind: Dropped, What: "<" + name + ">", Note: why}, line)
	}
	return ok
}

func (c *converter) token(kind html.TokenType, name, raw string, line int) {
	if name == "head" {
		c.inHead = kind == html.StartTagToken
		return
	}
	if name == "body" {
		c.inHead = false
		if strings.Contains(strings.ToLower(raw), "style") {
			c.note(Finding{Kind: Dropped, What: "style of <body>", Note: "write it into the elements"}, line)
		}
		return
	}
	if kind == html.DoctypeToken || name == "html" || c.inHead {
		return
	}
	if kind == html.CommentToken {
		c.comment(raw, line)
		return
	}
	if strings.Contains(name, ":") { // Word's own, such as <o:p>
		return
	}
	if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
		c.out.WriteString(c.tag(name, raw, line))
		return
	}
	if kind == html.TextToken {
		c.out.WriteString(c.text(raw, line, true))
		return
	}
	c.out.WriteString(markup(raw))
}

// hidden is a conditional comment that only Outlook reads.
var hidden = regexp.MustCompile(`(?is)^(<!--\[if[^\]]*\]>)(.*)(<!\[endif\]-->)$`)

// comment keeps the conditional comments of Outlook. Its vector graphics stand in
// one, and the pictures for everybody else between marks that hide them from it:
// with the graphics the marks go too.
func (c *converter) comment(raw string, line int) {
	lower := strings.ToLower(raw)
	m := hidden.FindStringSubmatch(raw)
	if strings.HasPrefix(lower, "<!--[if") && strings.Contains(lower, "vml") {
		c.note(Finding{Kind: Dropped, What: "<!--[if gte vml ...]>", Note: "the pictures beside it are for all clients"}, line)
		return
	}
	if strings.HasPrefix(lower, "<![if") && strings.Contains(lower, "vml") {
		c.vml++
		return
	}
	if strings.HasPrefix(lower, "<![endif]") && c.vml > 0 {
		c.vml--
		return
	}
	if m != nil {
		c.out.WriteString(markup(m[1]))
		c.document(m[2], line+strings.Count(m[1], "\n"))
		c.out.WriteString(m[3])
		return
	}
	if strings.HasPrefix(lower, "<!--[if") || strings.HasPrefix(lower, "<![if") || strings.Contains(lower, "<![endif]") {
		c.out.WriteString(markup(raw))
	}
}
