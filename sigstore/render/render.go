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
//
// # Lines that disappear
//
// A line with fields, all of which are empty for the person, is left out with
// everything in it, labels and icons too; no condition has to be written for it.
// A field is any {{...}} that puts out something of the person; what a condition
// does not reach, and what a default fills in, is no empty field.
//
// In text a line is a line. In HTML it is what stands between two line ends: a
// <br>, or the beginning or end of a p, li, div, heading, table cell or another
// block. The fields of its text decide, and only without any those in its links
// and pictures. The <br> of such a line goes with it, and so does the paragraph,
// item, list, division or table that has nothing left to show.
//
// A table row is a line too: when all fields in it are empty it is left out with
// the cells that hold labels, of no more than one line each. A cell whose further
// lines stay keeps its row. The columns of a row that stays are never touched.
//
// # Line breaks of the source
//
// HTML is rendered without the line breaks and indents of its source, which some
// mail clients would show; those in a pre, or where a style says that they are kept,
// stay.
//
// # Functions
//
// Beside those of the template packages:
//
//	default OTHER VALUE        OTHER when the value is empty
//	upper, lower, title VALUE  in capitals, in small letters, Each Word So
//	phone VALUE                +49 30 5550 101, however it was written
//	tel VALUE                  tel:+49305550101, for a link
//	date LAYOUT ZONE VALUE     a date, by a layout of package time
//	url ADDRESS [NAME VALUE]...
//	                           a web address with parameters added to it
//	list VALUE                 the values between semicolons or bars, for range
//	photo [ADDRESS]            the address of the person's photo, for src; without
//	                           one that of another picture
//	qrcode VALUE               the address of a picture of a text, for src; in text
//	                           templates the text
//	vcard                      the person as a vCard, for qrcode
//
// phone leaves alone what is no complete number; so does date with what is no
// date. tel gives the digits there are, and url nothing for what is not on the web.
//
// # Pictures
//
// photo and qrcode make pictures that travel with the block, see [Block]. A photo is
// made as small as [Options] say. A picture whose address is an empty field is left
// out, and so is a line with nothing else in it; one that cannot be made counts as
// empty, and is among the problems of the block.
package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
)

// MaxOutput is the largest rendered alternative, in bytes. It is far above what
// a mail client shows as a signature, and there for templates gone wrong.
const MaxOutput = 256 << 10

// ErrTooLarge says that a template gave more than [MaxOutput].
var ErrTooLarge = fmt.Errorf("output is larger than %d bytes", MaxOutput)

// edition is part of every version, and changes when the same sources give other
// output than before, so that what was rendered earlier is not used again.
const edition = "5"

// Template is a parsed template. It may be used by many goroutines at once.
type Template struct {
	html     *alternative
	text     *alternative // nil: derived from the HTML
	version  string
	fields   []string
	partials []string
	photo    bool // it is used
	vcard    bool
	options  Options
}

// Options are what the templates of a configuration share. The zero value has no
// partials and no country.
type Options struct {
	// HTMLPartials and TextPartials are sources by name, for the one and the
	// other alternative. {{template "NAME" .}} includes one, from templates and
	// from other partials, unless the template itself defines that name.
	HTMLPartials, TextPartials map[string]string
	// PhonePrefix is the country calling code of numbers that are written
	// without one, such as +49. When it is empty they stay as they are.
	PhonePrefix string
	// PhotoPixels is how long the longer side of a photo may be; 0 is
	// [DefaultPhotoPixels].
	PhotoPixels int
	// PhotoBytes is how many bytes a photo may have in mail, where it is base64; 0
	// is [DefaultPhotoBytes].
	PhotoBytes int64
}

// Parse is [Options.Parse] without options.
func Parse(name, htmlSrc, textSrc string) (*Template, error) {
	return Options{}.Parse(name, htmlSrc, textSrc)
}

// Parse makes a template of its sources. The name is for error messages. With an
// empty textSrc the text is derived from the HTML.
//
// The template is tried with a value for every field, so that a fault that shows
// only when it runs (a value where html/template cannot escape it, a field of a
// field) is an error here. Errors name the alternative or the partial, the line
// and the column.
func (o Options) Parse(name, htmlSrc, textSrc string) (*Template, error) {
	o.PhotoPixels, o.PhotoBytes = cmp.Or(o.PhotoPixels, DefaultPhotoPixels), cmp.Or(o.PhotoBytes, DefaultPhotoBytes)
	t := &Template{options: o}
	html, trees, partials, err := parseHTML(name+" (HTML)", htmlSrc, o)
	if err != nil {
		return nil, fmt.Errorf("parse template %s: %w%s", name, err, mistakeAdvice(err))
	}
	t.html, t.partials = html, partials
	sources := append([]string{edition, o.PhonePrefix, fmt.Sprint(o.PhotoPixels, o.PhotoBytes), htmlSrc, textSrc}, named(o.HTMLPartials, partials)...)
	if textSrc != "" {
		text, textTrees, used, err := parseText(name+" (text)", textSrc, o)
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w%s", name, err, mistakeAdvice(err))
		}
		t.text, trees = text, append(trees, textTrees...)
		sources = append(append(sources, ""), named(o.TextPartials, used)...)
	}
	found := map[string]bool{}
	for _, tree := range trees {
		addFields(found, tree)
		t.photo = t.photo || calls(tree, "photo")
		t.vcard = t.vcard || calls(tree, "vcard")
		noteFields(tree)
	}
	t.version, t.fields = version(sources), slices.Sorted(maps.Keys(found))
	if _, err := t.Sample(); err != nil {
		return nil, fmt.Errorf("try template %s: %w%s", name, err, mistakeAdvice(err))
	}
	return t, nil
}

// parseText is [parseHTML] for the text alternative.
func parseText(name, source string, o Options) (*alternative, []*parse.Tree, []string, error) {
	a := &alternative{options: o}
	t := texttemplate.New(name).Option("missingkey=zero").Funcs(a.functions())
	if _, err := t.Parse(source); err != nil {
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
	used, err := include(o.TextPartials, trees, func(name, source string) error {
		_, err := t.New(name).Parse(source)
		return err
	})
	a.template = t
	return a, trees(), used, err
}

// named lists partials with their names.
func named(partials map[string]string, names []string) (list []string) {
	for _, name := range names {
		list = append(list, name, partials[name])
	}
	return list
}

func version(sources []string) string {
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Version identifies the sources, partials included: templates of the same
// sources and options have the same version, in every process.
func (t *Template) Version() string { return t.version }

// Fields returns the names of the attributes the template uses, sorted.
func (t *Template) Fields() []string { return slices.Clone(t.fields) }

// Partials returns the names of the HTML partials the template includes, sorted.
func (t *Template) Partials() []string { return slices.Clone(t.partials) }

// UsesPhoto says whether the template asks for the person's photo. Without, it
// comes out the same with and without one.
func (t *Template) UsesPhoto() bool { return t.photo }

const trialValue = "Trial value of "

// Sample renders the template for a person who has a value in every field, and a
// photo.
func (t *Template) Sample() (Block, error) {
	p := Person{Attributes: make(map[string]string, len(t.fields))}
	fields := t.fields
	if t.vcard {
		fields = append(slices.Clone(fields), vcardFields...)
	}
	for _, f := range fields {
		p.Attributes[f] = trialValue + f
	}
	if t.photo {
		p.Photo = samplePhoto(t.options.PhotoPixels)
	}
	return t.Render(p)
}

// Render returns both alternatives for a person, and the pictures of the HTML.
// Lines end in LF; neither alternative begins or ends with a line end. Values are
// cleaned before use: line breaks and controls become blanks, what turns the
// direction of the surrounding text is removed, and no more than 1024 characters
// are used. Lines whose fields are all empty are left out, see the package comment.
//
// Of an HTML template that is a whole document the content of its body is
// returned. An error (from the template, or [ErrTooLarge]) comes without output.
func (t *Template) Render(p Person) (Block, error) {
	clean := make(map[string]string, len(p.Attributes))
	for name, value := range p.Attributes {
		clean[name] = cleanValue(value)
	}
	var b Block
	photo := b.fit(t, p.Photo)
	page, err := t.html.execute(clean, photo)
	if err != nil {
		return Block{}, fmt.Errorf("render HTML: %w", err)
	}
	b.HTML = tight(trimLines(bodyContent(dropHTMLLines(page.text.String(), page.fields))))
	b.Problems = append(b.Problems, page.problems...)
	b.Pictures = shown(page.pictures, b.HTML)
	if t.text == nil {
		b.Text = plainText(b.HTML)
		return b, nil
	}
	plain, err := t.text.execute(clean, nil)
	if err != nil {
		return Block{}, fmt.Errorf("render text: %w", err)
	}
	b.Text = trimLines(dropTextLines(plain.text.String(), plain.fields))
	return b, nil
}

// trimLines leaves the blanks of a line alone: "-- " has one that matters.
func trimLines(s string) string {
	return strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}
