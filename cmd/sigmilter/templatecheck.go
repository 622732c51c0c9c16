package main

import (
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/entity"
	"sigmilter/sigstore/render"
)

// adviseTemplate warns of what breaks in mail clients, as the template comes out
// for a person who has a value in every field, and a photo.
func (r *checkReport) adviseTemplate(t config.Template, budget int64) {
	sample, err := t.Parsed.Sample()
	if err != nil {
		return // it was tried when it was loaded
	}
	var names []string // Content-IDs and the names they stand for
	size := int64(len(sample.HTML) + len(sample.Text))
	for _, p := range slices.Concat(t.Pictures, sample.Pictures) {
		names = append(names, p.CID, p.Name)
		if strings.Contains(sample.HTML, p.CID) {
			size += int64(len(entity.Base64(p.Data)))
		}
	}
	named := strings.NewReplacer(names...)
	for _, problem := range render.Advice(sample.HTML, sample.Text) {
		r.warn("template %s: %s", t.Name, named.Replace(problem))
	}
	if size > budget {
		r.warn("template %s: %d bytes go into each mail with its pictures, more than the %d of blocks.budget; make the pictures smaller", t.Name, size, budget)
	}
}
