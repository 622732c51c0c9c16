package main

import (
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/entity"
	"sigmilter/sigstore/render"
)

// adviseTemplate warns of what breaks in mail clients, as the template comes out
// for a person who has a value in every field.
func (r *checkReport) adviseTemplate(t config.Template, budget int64) {
	html, text, err := t.Parsed.Sample()
	if err != nil {
		return // it was tried when it was loaded
	}
	var names []string // Content-IDs and the names they stand for
	size := int64(len(html) + len(text))
	for _, p := range t.Pictures {
		names = append(names, p.CID, p.Name)
		if strings.Contains(html, p.CID) {
			size += int64(len(entity.Base64(p.Data)))
		}
	}
	named := strings.NewReplacer(names...)
	for _, problem := range render.Advice(html, text) {
		r.warn("template %s: %s", t.Name, named.Replace(problem))
	}
	if size > budget {
		r.warn("template %s: %d bytes go into each mail with its pictures, more than the %d of blocks.budget; make the pictures smaller", t.Name, size, budget)
	}
}
