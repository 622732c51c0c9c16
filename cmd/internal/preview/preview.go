// Package preview writes the blocks of people as files to look at: a page for a browser,
// the text, and a message for a mail client; for everyone, with an index page.
package preview

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// Result is what became of one template for one person.
type Result struct {
	Template string   `json:"template"`
	Files    []string `json:"files"`              // names in the person's folder: .html, .txt, .eml
	Missing  []string `json:"missing,omitempty"`  // fields the template uses and the person does not have
	Problems []string `json:"problems,omitempty"` // pictures that were left out, and why
	Failed   string   `json:"failed,omitempty"`   // why there are no files
}

// Written is what became of the templates for one person.
type Written struct {
	Tenant  string           `json:"tenant,omitempty"` // where everyone is written
	Address string           `json:"address"`
	Person  directory.Person `json:"-"`
	Folder  string           `json:"folder"` // of the files
	Results []Result         `json:"templates"`
}

// Write renders every template for a person into a folder. A template that fails is
// reported in its result; an error is about the files.
func Write(folder string, templates map[string]config.Template, person directory.Person) ([]Result, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("writing the preview: %w; name a folder that may be written to with -o", err)
	}
	var results []Result
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		t := templates[name]
		r := Result{Template: name, Files: []string{}, Missing: missingFields(t, person)}
		rendered, err := t.Parsed.Render(render.Person{Attributes: person.Attributes, Photo: person.Photo})
		if err != nil {
			r.Failed = err.Error()
			results = append(results, r)
			continue
		}
		r.Problems = rendered.Problems
		b := block{name, rendered.HTML, rendered.Text, append(shownPictures(t, rendered.HTML), rendered.Pictures...)}
		for _, f := range []struct{ ext, content string }{
			{".html", b.page(person)}, {".txt", rendered.Text + "\n"}, {".eml", b.message(person)},
		} {
			file := fileName(name) + f.ext
			if err := os.WriteFile(filepath.Join(folder, file), []byte(f.content), 0o644); err != nil {
				return nil, fmt.Errorf("writing the preview: %w; name a folder that may be written to with -o", err)
			}
			r.Files = append(r.Files, file)
		}
		results = append(results, r)
	}
	return results, nil
}

// missingFields are the fields that a template uses and a person does not have.
func missingFields(t config.Template, person directory.Person) (missing []string) {
	for _, field := range t.Parsed.Fields() {
		if strings.TrimSpace(person.Attributes[field]) == "" {
			missing = append(missing, field)
		}
	}
	if t.Parsed.UsesPhoto() && len(person.Photo) == 0 {
		missing = append(missing, "photo")
	}
	return missing
}

// fileName makes the name of a file from any name, different for different names.
func fileName(name string) string { return url.PathEscape(name) }
