package render

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// conditional matches what opens and closes a conditional comment of Outlook,
// both kinds: <!--[if mso]>..<![endif]--> is seen by Outlook alone, and
// <!--[if !mso]><!-->..<!--<![endif]--> by everybody else.
var conditional = regexp.MustCompile(`(?i)<!--\[if[^\]\n]*\]>(?:<!-->|-->)?|<!\[if[^\]\n]*\]>|<!--<!\[endif\]-->|<!\[endif\](?:--)?>`)

// parseHTML parses an HTML source.
//
// QUIRK: html/template drops comments, but Outlook for Windows lays out mail by
// conditional ones, and what stands in them is markup with fields like any
// other. So what opens and closes them is put past html/template as finished
// HTML, and what they enclose is escaped by it as usual.
func parseHTML(name, source string) (*template.Template, error) {
	var marks []template.HTML
	source = conditional.ReplaceAllStringFunc(source, func(mark string) string {
		marks = append(marks, template.HTML(mark))
		return fmt.Sprintf("{{conditionalComment %d}}", len(marks)-1)
	})
	return template.New(name).
		Option("missingkey=zero").
		Funcs(template.FuncMap{"conditionalComment": func(i int) template.HTML { return marks[i] }}).
		Parse(source)
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
		switch tag := string(name); {
		case kind == html.ErrorToken:
			return content.String()
		case kind == html.DoctypeToken:
		case kind == html.StartTagToken && tag == "head":
			inHead = true
		case kind == html.EndTagToken && tag == "head":
			inHead = false
		case kind == html.StartTagToken && tag == "body":
			content.Reset()
			inHead = false
		case kind == html.EndTagToken && tag == "body":
			return content.String()
		case tag == "html" && (kind == html.StartTagToken || kind == html.EndTagToken):
		case !inHead:
			content.WriteString(raw)
		}
	}
}

var documentTag = regexp.MustCompile(`(?i)<(?:!doctype|/?html|/?head|/?body)[\s>]`)

func isDocument(source string) bool { return documentTag.MatchString(source) }
