// Package render makes the text of a block from a template and a person's
// attributes. It reads no files and keeps no state: the same template and the
// same attributes always give the same output.
//
// A template is a pair of sources, html/template for the HTML alternative and
// text/template for the text one. The dot of both is the map of attributes by
// Graph's names, so that {{.displayName}} and {{if .mobilePhone}} work and an
// attribute nobody filled in is the empty string. html/template escapes each
// value for the place it stands in: a value never becomes markup, and never a
// link that runs a script.
//
// Without a text source the text is derived from the rendered HTML.
package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	texttemplate "text/template"
)

// MaxOutput is the largest rendered alternative, in bytes. It is far above what
// a mail client shows as a signature, and there for templates gone wrong.
const MaxOutput = 256 << 10

// ErrTooLarge says that a template gave more than [MaxOutput].
var ErrTooLarge = fmt.Errorf("output is larger than %d bytes", MaxOutput)

// edition is part of every version, and changes when the same sources give other
// output than before, so that what was rendered earlier is not used again.
const edition = "1"

// Template is a parsed template. It may be used by many goroutines at once.
type Template struct {
	html    *template.Template
	text    *texttemplate.Template // nil: derived from the HTML
	version string
	fields  []string
}

// Parse makes a template of its sources. The name is for error messages. With an
// empty textSrc the text is derived from the HTML.
//
// The template is tried with a value for every field, so that a fault that shows
// only when it runs (a value where html/template cannot escape it, a field of a
// field) is an error here. Errors name the alternative, line and column.
func Parse(name, htmlSrc, textSrc string) (*Template, error) {
	t := &Template{version: version(htmlSrc, textSrc)}
	var err error
	if t.html, err = parseHTML(name+" (HTML)", htmlSrc); err != nil {
		return nil, fmt.Errorf("parse template %s: %w", name, err)
	}
	found := map[string]bool{}
	for _, part := range t.html.Templates() {
		addFields(found, part.Tree)
	}
	if textSrc != "" {
		t.text, err = texttemplate.New(name + " (text)").Option("missingkey=zero").Parse(textSrc)
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		for _, part := range t.text.Templates() {
			addFields(found, part.Tree)
		}
	}
	t.fields = slices.Sorted(maps.Keys(found))
	if _, _, err := t.Render(trial(t.fields)); err != nil {
		return nil, fmt.Errorf("try template %s: %w", name, err)
	}
	return t, nil
}

func version(sources ...string) string {
	h := sha256.New()
	for _, s := range append(sources, edition) {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func trial(fields []string) map[string]string {
	attrs := make(map[string]string, len(fields))
	for _, f := range fields {
		attrs[f] = "Trial value of " + f
	}
	return attrs
}

// Version identifies the sources: templates of the same sources have the same
// version, in every process.
func (t *Template) Version() string { return t.version }

// Fields returns the names of the attributes the template uses, sorted.
func (t *Template) Fields() []string { return slices.Clone(t.fields) }

// Render returns both alternatives for a person with these attributes. Lines end
// in LF; neither alternative begins or ends with a line end. Values are cleaned
// before use: line breaks and controls become blanks, what turns the direction
// of the surrounding text is removed, and no more than 1024 characters are used.
//
// Of an HTML template that is a whole document the content of its body is
// returned. An error (from the template, or [ErrTooLarge]) comes without output.
func (t *Template) Render(attrs map[string]string) (html, text string, err error) {
	clean := make(map[string]string, len(attrs))
	for name, value := range attrs {
		clean[name] = cleanValue(value)
	}
	var page, plain output
	if err := t.html.Execute(&page, clean); err != nil {
		return "", "", fmt.Errorf("render HTML: %w", err)
	}
	html = trimLines(bodyContent(page.text.String()))
	if t.text == nil {
		return html, plainText(html), nil
	}
	if err := t.text.Execute(&plain, clean); err != nil {
		return "", "", fmt.Errorf("render text: %w", err)
	}
	return html, trimLines(plain.text.String()), nil
}

// trimLines leaves the blanks of a line alone: "-- " has one that matters.
func trimLines(s string) string {
	return strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}

// output collects what a template writes, up to MaxOutput.
type output struct{ text strings.Builder }

func (o *output) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > MaxOutput {
		return 0, ErrTooLarge
	}
	return o.text.Write(p)
}
