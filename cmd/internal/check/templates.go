package check

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/migrate"
	"sigmilter/milter/entity"
	"sigmilter/sigstore/render"
)

// adviseTemplate warns of what the template comes out with for a person who has a value
// in every field, and a photo.
func (r *Report) adviseTemplate(t config.Template, budget int64) {
	sample, err := t.Parsed.Sample()
	if err != nil {
		return // it was tried when it was loaded
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
	if size > budget {
		r.warn("template %s: %d bytes go into each mail with its pictures, more than the %d of blocks.budget; make the pictures smaller", t.Name, size, budget)
	}
}

// reviewTemplate warns of what is wrong in the files of a template, and in what comes
// of it.
func (r *Report) reviewTemplate(t config.Template, budget int64) {
	for _, source := range t.Sources() {
		r.reviewSource(source)
	}
	r.adviseTemplate(t, budget)
}

// reviewSource warns of what breaks in mail clients, and of what another product has
// left, in a file of a template.
func (r *Report) reviewSource(s config.Source) {
	remarks, text := render.ReviewText(s.Text), html.EscapeString(s.Text)
	if s.IsHTML {
		remarks, text = render.ReviewHTML(s.Text), s.Text
	}
	for _, left := range migrate.Leftovers(text) {
		if slices.ContainsFunc(remarks, func(r render.Remark) bool { return strings.Contains(r.Problem, left.What) }) {
			continue // half of a field of ours
		}
		remarks = append(remarks, render.Remark{Line: left.Lines[0], Problem: fmt.Sprintf(
			"%s is another product's, and goes out as it is; write %s, or use sigmilter import", left.What, left.Becomes)})
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
