package check

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/cmd/internal/migrate"
	"sigmilter/milter/entity"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// checkSample warns of what the template makes for a person who has a photo and a value in
// every field: lines that are too long, too many bytes.
func (r *run) checkSample(t config.Template) {
	sample, err := t.Parsed.Sample()
	if err != nil {
		return // loading it has tried this already
	}
	size := int64(len(sample.HTML) + len(sample.Text))
	for _, p := range slices.Concat(t.Pictures, sample.Pictures) {
		if strings.Contains(sample.HTML, p.CID) {
			size += int64(len(entity.Base64(p.Data)))
		}
	}
	for _, problem := range render.LongLines(sample.HTML, sample.Text) {
		r.warn("template %s: %s", t.Name, problem)
	}
	if budget := r.cfg.Blocks.Budget; size > budget {
		r.warn("template %s: with its pictures it adds %d bytes to each mail, more than the %d of blocks.budget; make the pictures smaller", t.Name, size, budget)
	}
}

// checkTemplate warns of mistakes in the files of a template, and in what comes out of it.
func (r *run) checkTemplate(t config.Template) {
	r.Templates = append(r.Templates, Template{t.Name, t.HTMLPath, t.TextPath})
	r.checkFields(t)
	for _, source := range t.Sources() {
		r.reviewSource(source)
	}
	r.checkSample(t)
}

// checkFields warns of fields that nobody has and that Microsoft Graph has no attribute
// for. They are misspelt: a template treats them as empty.
func (r *run) checkFields(t config.Template) {
	for _, field := range t.Parsed.Fields() {
		spelled, known := directory.Canonical(field)
		if r.attributes[field] || spelled == field {
			continue
		}
		if known {
			r.warn("%s: {{.%s}} is always empty; write {{.%s}}", r.placeOf(t, field), field, spelled)
		} else if near := r.nearestAttribute(field); near != "" {
			r.warn("%s: {{.%s}} is empty: nobody has such an attribute; did you mean {{.%s}}?", r.placeOf(t, field), field, near)
		} else {
			r.warn("%s: {{.%s}} is empty: nobody has such an attribute; sigmilter people show ADDRESS lists what there is", r.placeOf(t, field), field)
		}
	}
}

// placeOf is the file and line of the first use of a field, or the template alone.
func (r *run) placeOf(t config.Template, field string) string {
	use := regexp.MustCompile(`\.` + regexp.QuoteMeta(field) + `\b`)
	for _, source := range slices.Concat(t.Sources(), r.cfg.Blocks.Sources()) {
		if at := use.FindStringIndex(source.Text); at != nil {
			return fmt.Sprintf("%s:%d", source.Path, 1+strings.Count(source.Text[:at[0]], "\n"))
		}
	}
	return "template " + t.Name
}

// nearestAttribute is the attribute of anybody, or of Microsoft Graph, that a name was
// probably meant to be, or "".
func (r *run) nearestAttribute(name string) string {
	return tomltree.Nearest(name, slices.Concat(slices.Sorted(maps.Keys(r.attributes)), directory.Attributes()))
}

// reviewSource warns of markup that breaks in mail clients, and of placeholders that
// another product has left, in one file of a template.
func (r *run) reviewSource(s config.Source) {
	remarks, text := render.ReviewText(s.Text), html.EscapeString(s.Text)
	if s.IsHTML {
		remarks, text = render.ReviewHTML(s.Text), s.Text
	}
	for _, left := range migrate.Leftovers(text) {
		if slices.ContainsFunc(remarks, func(r render.Remark) bool { return strings.Contains(r.Problem, left.What) }) {
			continue // half of one of our own fields
		}
		remarks = append(remarks, render.Remark{Line: left.Lines[0], Problem: fmt.Sprintf(
			"%s is a placeholder of another product and goes out as it is; write %s, or use sigmilter import", left.What, left.Becomes)})
	}
	slices.SortStableFunc(remarks, func(a, b render.Remark) int { return a.Line - b.Line })
	var names []string // Content-IDs and the names they stand for
	for _, p := range s.Pictures {
		names = append(names, p.CID, p.Name)
	}
	named := strings.NewReplacer(names...)
	for _, remark := range remarks {
		r.warn("%s:%d: %s", s.Path, remark.Line, named.Replace(remark.Problem))
	}
}
