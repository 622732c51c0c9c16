package seen_test

import (
	"os"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/seen"
)

// shapes are the pages of a file of testdata/seen, by name and in order: each has {B}
// where the block goes.
func shapes(t *testing.T, file string) (names []string, pages map[string]string) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/seen/" + file)
	if err != nil {
		t.Fatal(err)
	}
	pages = map[string]string{}
	for row := range strings.SplitSeq(strings.TrimPrefix(string(text), "## "), "\n## ") {
		name, page, _ := strings.Cut(row, "\n")
		if strings.Count(page, "{B}") != 1 || pages[name] != "" {
			t.Fatalf("%q must be there once, with one {B}", name)
		}
		names, pages[name] = append(names, name), page
	}
	return names, pages
}

// legal is a block as it stands in a page where nothing is to be set right.
var legal = insert.Block{Kind: insert.Disclaimer, Name: "0a1b2c3d", HTML: "<p>LEGAL: <b>Contoso AG</b>, Berlin.</p>"}

func light() insert.Placement {
	html := `<div id="` + legal.ID() + `" class="` + legal.ID() + `" style="white-space:normal;margin-top:1em">` + legal.HTML + "\n</div>"
	return insert.Placement{Edits: []entity.Edit{{New: html}}}
}

func look(page string, pl insert.Placement) seen.Verdict { return lookAt(&legal, page, pl) }

func lookAt(b *insert.Block, page string, pl insert.Placement) seen.Verdict {
	e := pl.Put(b)
	page = strings.ReplaceAll(page, "{B}", e.HTML)
	return seen.Look([]byte(page), []seen.Block{{ID: e.ID, HTML: e.HTML}}, nil)[0]
}

// TestHidden: a block as it is put in first is not seen in any of these pages.
func TestHidden(t *testing.T) {
	names, pages := shapes(t, "hidden.txt")
	if len(names) < 120 {
		t.Errorf("only %d pages", len(names))
	}
	for _, name := range names {
		if v := look(pages[name], light()); v.Hidden == "" {
			t.Errorf("%s: it counts as seen", name)
		}
		if v := firm(pages[name]); strings.HasPrefix(name, "in any form: ") && v.Hidden == "" {
			t.Errorf("%s: its firm form counts as seen", name)
		}
	}
}

// firm is what is found out about a block in its firm form, once what was found out
// about style sheets is in it.
func firm(page string) seen.Verdict {
	v := look(page, light())
	for range 2 {
		if v.Hidden != "" {
			v = look(page, light().Firm(&legal, v.Against))
		}
	}
	return v
}

// TestOrdinary: a block is seen in each of these pages, as it is put in first or in its
// firm form.
func TestOrdinary(t *testing.T) {
	names, pages := shapes(t, "ordinary.txt")
	if len(names) < 80 {
		t.Errorf("only %d pages", len(names))
	}
	firmly := 0
	for _, name := range names {
		first := look(pages[name], light()).Hidden
		v := firm(pages[name])
		if v.Hidden != "" {
			t.Errorf("%s: hidden by %s, and first by %s", name, v.Hidden, first)
		}
		if first != "" {
			firmly++
			t.Logf("%s: firm for %s", name, first)
		}
	}
	t.Logf("%d of %d are firm", firmly, len(names))
}

// TestOwnFont: a block that names fonts itself is seen in its firm form, in a page that
// brings along one of any name, the block's too.
func TestOwnFont(t *testing.T) {
	for _, own := range []string{"<p style=\"font-family:Arial\">LEGAL</p>", "<p style=\"font:9pt 'Segoe UI',Arial\">LEGAL</p>", "<p><font face=Arial>LEGAL</font></p>"} {
		b := legal
		b.HTML = own
		first := insert.Placement{Edits: []entity.Edit{{New: strings.Replace(light().Edits[0].New, legal.HTML, own, 1)}}}
		for _, named := range []string{"Acme", "Arial", "Segoe UI", "Times"} {
			page := `<style>@font-face{font-family:"` + named + `";src:url(https://www.acme.example/a.woff2)}</style><p>Hello</p>{B}`
			v := lookAt(&b, page, first)
			if v.Hidden == "" {
				t.Errorf("%s, a font named %s: it counts as seen", own, named)
			}
			if v := lookAt(&b, page, first.Firm(&b, v.Against)); v.Hidden != "" {
				t.Errorf("%s, a font named %s: its firm form is hidden by %s", own, named, v.Hidden)
			}
		}
	}
}
