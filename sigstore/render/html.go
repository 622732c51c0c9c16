package render

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"text/template/parse"

	"golang.org/x/net/html"
)

// conditional matches what opens and closes a conditional comment of Outlook,
// both kinds: <!--[if mso]>..<![endif]--> is seen by Outlook alone, and
// <!--[if !mso]><!-->..<!--<![endif]--> by everybody else.
var conditional = regexp.MustCompile(`(?i)<!--\[if[^\]\n]*\]>(?:<!-->|-->)?|<!\[if[^\]\n]*\]>|<!--<!\[endif\]-->|<!\[endif\](?:--)?>`)

// comments are the marks of conditional comments in HTML sources.
//
// QUIRK: html/template drops comments, but Outlook for Windows lays out mail by
// conditional ones, and what stands in them is markup with fields like any
// other. So what opens and closes them is put past html/template as finished
// HTML, and what they enclose is escaped by it as usual.
type comments struct{ marks []template.HTML }

// hide puts a call of mark in place of each.
func (c *comments) hide(source string) string {
	return conditional.ReplaceAllStringFunc(source, func(mark string) string {
		c.marks = append(c.marks, template.HTML(mark))
		return fmt.Sprintf("{{conditionalComment %d}}", len(c.marks)-1)
	})
}

func (c *comments) mark(i int) template.HTML { return c.marks[i] }

// parseHTML parses an HTML source and the partials it includes, and returns the
// names of these.
func parseHTML(name, source string, o Options) (*alternative, []*parse.Tree, []string, error) {
	a, hidden := &alternative{options: o}, &comments{}
	t := template.New(name).Option("missingkey=zero").Funcs(a.functions()).Funcs(template.FuncMap{
		"tel": telURL(o.PhonePrefix), "photo": a.photo, "qrcode": a.qrcode, "conditionalComment": hidden.mark,
	})
	if _, err := t.Parse(hidden.hide(source)); err != nil {
		return nil, nil, nil, err
	}
	trees := func() (all []*parse.Tree) {
		for _, part := range t.Templates() {
			if part.Tree != nil {
				all = append(all, part.Tree)
			}
		}
		return all
	}
	used, err := include(o.HTMLPartials, trees, func(name, source string) error {
		_, err := t.New(name).Parse(hidden.hide(source))
		return err
	})
	a.template = t
	return a, trees(), used, err
}

// bodyContent returns what is to be put into a mail of a template that is a whole
// HTML document, and anything else unchanged.
func bodyContent(source string) string {
	if !isDocument(source) {
		return source
	}
	var content strings.Builder
	inHead := false
	rest := source
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		kind := z.Next()
		// The tokenizer's own bytes are changed when it is asked for names.
		raw := rest[:len(z.Raw())]
		rest = rest[len(raw):]
		name, _ := z.TagName()
		tag := string(name)
		if kind == html.ErrorToken {
			return content.String()
		}
		if kind == html.DoctypeToken {
			continue
		}
		if kind == html.StartTagToken && tag == "head" {
			inHead = true
			continue
		}
		if kind == html.EndTagToken && tag == "head" {
			inHead = false
			continue
		}
		if kind == html.StartTagToken && tag == "body" {
			content.Reset()
			inHead = false
			continue
		}
		if kind == html.EndTagToken && tag == "body" {
			return content.String()
		}
		if tag == "html" && (kind == html.StartTagToken || kind == html.EndTagToken) {
			continue
		}
		if !inHead {
			content.WriteString(raw)
		}
	}
}

var documentTag = regexp.MustCompile(`(?i)<(?:!doctype|/?html|/?head|/?body)[\s>]`)

func isDocument(source string) bool { return documentTag.MatchString(source) }
