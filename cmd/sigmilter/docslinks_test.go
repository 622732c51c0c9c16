package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documentationPages are the paths of the README and of all pages in docs/.
func documentationPages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(docsDir, "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%v; pages %q", err, pages)
	}
	return append(pages, "../../README.md")
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pageLink matches a link to a file or to a heading, and a picture.
var pageLink = regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`)

var (
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	linked  = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names by which the headings of a page are linked to, as GitHub and others
// make them.
func anchors(page string) (names []string) {
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		text := linked.ReplaceAllString(m[1], "$1")
		name := dropped.ReplaceAllString(strings.ToLower(text), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

// Pages link only to files and headings that exist.
func TestDocumentedLinks(t *testing.T) {
	for _, page := range documentationPages(t) {
		for _, m := range pageLink.FindAllStringSubmatch(readPage(t, page), -1) {
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if m[2] != "" && !slices.Contains(anchors(readPage(t, target)), m[2]) {
				t.Errorf("%s: %s has no heading %q", page, target, m[2])
			}
		}
	}
}

// Every page is in the index, and the README stays short.
func TestDocumentedIndex(t *testing.T) {
	index := readPage(t, filepath.Join(docsDir, "README.md"))
	for _, page := range documentationPages(t) {
		if name := filepath.Base(page); name != "README.md" && !strings.Contains(index, "("+name+")") {
			t.Errorf("docs/README.md has no link to %s", name)
		}
	}
	if lines := strings.Count(readPage(t, "../../README.md"), "\n"); lines >= 150 {
		t.Errorf("the README has %d lines", lines)
	}
}
