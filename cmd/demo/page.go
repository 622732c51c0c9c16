package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"sigmilter/cmd/internal/lab"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// card is one message on the page.
type card struct {
	Title, Client, Action, Done, Why, Millis string
	Passes                                   int
	Fault                                    string
	Sides                                    []side
}

// side is the message before or after the filter.
type side struct {
	Label, File string // File is the .eml beside the page; empty when there is none
	Parts       []view
}

// view is one part of a message as a reader sees it. Mail is not to be trusted:
// markup is shown in a frame of its own that may do nothing.
type view struct {
	Type  string
	Frame template.HTMLAttr // the srcdoc attribute of text/html
	Text  string            // of text/plain
}

// writeResults leaves each message before and after, and the page that shows
// them, in the folder out.
func writeResults(out string, results []result) error {
	var cards []card
	for i, r := range results {
		c := card{
			Title: r.Title, Client: r.Client, Action: r.Log.Action,
			Done: r.done(), Why: r.why(), Millis: r.millis(), Passes: r.Passes,
		}
		if r.Fault != nil {
			c.Fault = r.Fault.Error()
		}
		for _, version := range []struct {
			label string
			raw   []byte
		}{{"before", r.Before}, {"after", r.After}} {
			s := side{Label: version.label}
			if version.raw != nil {
				s.File = fmt.Sprintf("%02d-%s.%s.eml", i+1, r.Name, version.label)
				s.Parts = views(version.raw)
				if err := writeFile(out, s.File, version.raw); err != nil {
					return err
				}
			}
			c.Sides = append(c.Sides, s)
		}
		cards = append(cards, c)
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, cards); err != nil {
		return fmt.Errorf("make the page: %w", err)
	}
	return writeFile(out, "index.html", page.Bytes())
}

// views are the text parts of a message, or why they cannot be read.
func views(raw []byte) []view {
	leaves, err := lab.Leaves(raw)
	if err != nil {
		return []view{{Type: "unreadable", Text: err.Error()}}
	}
	var parts []view
	for _, leaf := range leaves {
		v := view{Type: leaf.Type, Text: leaf.Text}
		switch {
		case leaf.HTML != "":
			v.Text = ""
			// html/template would strip the tags from an attribute's value.
			v.Frame = template.HTMLAttr(`srcdoc="` + template.HTMLEscapeString(leaf.HTML) + `"`)
		case leaf.Text == "":
			v.Text = fmt.Sprintf("(%d bytes, not shown)", len(leaf.Raw))
		}
		parts = append(parts, v)
	}
	return parts
}

func writeFile(dir, name string, content []byte) error {
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
