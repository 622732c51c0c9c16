package main

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigmilter/sigstore/directory"
)

//go:embed preview_index.html
var indexSource string

var indexPage = template.Must(template.New("index").Parse(indexSource))

// index is the page of everyone.
type index struct {
	Config     string
	At         time.Time
	Tenants    bool // there are several
	Rows       []indexRow
	Incomplete int // people with missing fields
	Failed     int // templates that failed
}

type indexRow struct {
	Tenant, Address, Name string
	Blocks                []indexBlock
}

type indexBlock struct {
	previewed
	Links []indexLink
}

type indexLink struct{ Label, Href string }

// everyone writes the files of all people and the page.
func (o *previewOptions) everyone(ctx context.Context, off *offline, stdout, stderr io.Writer) error {
	page := index{Config: off.cfg.Path, At: time.Now(), Tenants: len(off.cfg.Tenants) > 1}
	for _, t := range off.cfg.Tenants {
		for person, err := range off.store.People(t.Name) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				person.Photo, err = off.store.Photo(t.Name, person.Address)
			}
			if err != nil {
				return fmt.Errorf("reading the people of tenant %s: %w", t.Name, err)
			}
			folder := fileName(person.Address)
			if page.Tenants { // an address may be in two of them
				folder = fileName(t.Name) + "," + folder
			}
			blocks, err := writeBlocks(filepath.Join(o.folder, folder), off.cfg, person)
			if err != nil {
				return err
			}
			if err := reportFailed(person, blocks, stderr); err != nil {
				page.Failed++
			}
			page.add(t.Name, folder, person, blocks)
		}
	}
	path := filepath.Join(o.folder, "index.html")
	if err := page.write(path); err != nil {
		return fmt.Errorf("writing the preview: %w", err)
	}
	fmt.Fprintf(stdout, "%s: people: %d, with missing fields: %d\n", path, len(page.Rows), page.Incomplete)
	if page.Failed > 0 {
		return fmt.Errorf("people for whom a template failed: %d", page.Failed)
	}
	return nil
}

func (page *index) add(tenant, folder string, person directory.Person, blocks []previewed) {
	row := indexRow{Tenant: tenant, Address: person.Address, Name: person.Attributes["displayName"]}
	incomplete := false
	for _, b := range blocks {
		incomplete = incomplete || len(b.Missing) > 0
		shown := indexBlock{previewed: b}
		for _, file := range b.Files {
			shown.Links = append(shown.Links, indexLink{
				strings.TrimPrefix(filepath.Ext(file), "."), "./" + url.PathEscape(folder) + "/" + url.PathEscape(file),
			})
		}
		row.Blocks = append(row.Blocks, shown)
	}
	if incomplete {
		page.Incomplete++
	}
	page.Rows = append(page.Rows, row)
}

func (page *index) write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := indexPage.Execute(f, page); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
