package preview

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
)

//go:embed index.html
var indexSource string

var indexPage = template.Must(template.New("index").Parse(indexSource))

// Index is the page with links to the files of everyone.
type Index struct {
	Path       string // of the page
	Config     string
	At         time.Time
	Tenants    bool // there are several
	Rows       []indexRow
	Incomplete int // people with missing fields
	Failed     int // people for whom a template failed
}

type indexRow struct {
	Tenant, Address, Name string
	Blocks                []indexBlock
}

type indexBlock struct {
	Result
	Links []indexLink
}

type indexLink struct{ Label, Href string }

// WriteAll writes the files of everyone, in a folder for each person, and the index page.
// It hands the results of each person to done.
func WriteAll(ctx context.Context, folder string, cfg *config.Config, store *sigstore.Store, done func(Written)) (*Index, error) {
	page := &Index{Path: filepath.Join(folder, "index.html"), Config: cfg.Path, At: time.Now(), Tenants: len(cfg.Tenants) > 1}
	for _, t := range cfg.Tenants {
		for person, err := range store.People(t.Name) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				person.Photo, err = store.Photo(t.Name, person.Address)
			}
			if err != nil {
				return nil, fmt.Errorf("reading the people of tenant %s: %w", t.Name, err)
			}
			below := fileName(person.Address)
			if page.Tenants { // an address may be in two of them
				below = fileName(t.Name) + "," + below
			}
			w := Written{Tenant: t.Name, Address: person.Address, Person: person, Folder: filepath.Join(folder, below)}
			w.Results, err = Write(w.Folder, cfg.Templates, person)
			if err != nil {
				return nil, err
			}
			done(w)
			page.add(t.Name, below, person, w.Results)
		}
	}
	if err := page.write(); err != nil {
		return nil, fmt.Errorf("writing the preview: %w; name a folder that may be written to with -o", err)
	}
	return page, nil
}

func (page *Index) add(tenant, folder string, person directory.Person, results []Result) {
	row := indexRow{Tenant: tenant, Address: person.Address, Name: person.Attributes["displayName"]}
	incomplete, failed := false, false
	for _, r := range results {
		incomplete = incomplete || len(r.Missing) > 0
		failed = failed || r.Failed != ""
		shown := indexBlock{Result: r}
		for _, file := range r.Files {
			shown.Links = append(shown.Links, indexLink{
				strings.TrimPrefix(filepath.Ext(file), "."), "./" + url.PathEscape(folder) + "/" + url.PathEscape(file),
			})
		}
		row.Blocks = append(row.Blocks, shown)
	}
	if incomplete {
		page.Incomplete++
	}
	if failed {
		page.Failed++
	}
	page.Rows = append(page.Rows, row)
}

func (page *Index) write() error {
	if err := os.MkdirAll(filepath.Dir(page.Path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(page.Path)
	if err != nil {
		return err
	}
	if err := indexPage.Execute(f, page); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
