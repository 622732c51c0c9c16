package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// handWritten is the page that man does not write.
const handWritten = "../../packaging/man/sigmilter.toml.5"

// writePages writes all pages as man does, and returns their names.
func writePages(t *testing.T) (pages []string) {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1795132800")
	dir := t.TempDir()
	if status, _, stderr := invoke(t, "man", "-o", dir); status != 0 {
		t.Fatal(stderr)
	}
	pages, err := filepath.Glob(dir + "/*.8")
	if err != nil || len(pages) < 15 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return append(pages, handWritten)
}

// Every verb has a page with its text and its options.
func TestManPages(t *testing.T) {
	pages := map[string]string{}
	for _, name := range writePages(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[strings.TrimSuffix(filepath.Base(name), ".8")] = string(text)
	}
	for _, c := range newRootCommand().Commands() {
		if _, ok := pages["sigmilter-"+c.Name()]; !ok {
			t.Errorf("no page of %s", c.Name())
		}
	}
	for page, parts := range map[string][]string{
		"sigmilter":            {".It Cm serve\n", ".Dd November 20, 2026\n", ".Sh FILES\n", ".Xr sigmilter-man 8"},
		"sigmilter-sign":       {".Nm sigmilter sign\n", ".It Fl c , Fl \\-config Ar FILE\n", ".Sh EXIT STATUS\n", ".Xr sigmilter 8\n"},
		"sigmilter-state":      {".Xr sigmilter-state-check 8"},
		"sigmilter-completion": {".Nd generate"},
		"sigmilter-test":       {".Bd -literal\n", "\n  about    = \"a sentence"},
	} {
		for _, part := range parts {
			if !strings.Contains(pages[page], part) {
				t.Errorf("%s has no %q:\n%s", page, part, pages[page])
			}
		}
	}
}

// A page that another refers to is there.
func TestManReferences(t *testing.T) {
	pages := writePages(t)
	reference := regexp.MustCompile(`(?m)^\.Xr (sigmilter\S*) (\d)`)
	found := 0
	for _, name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reference.FindAllStringSubmatch(string(text), -1) {
			found++
			want := m[1] + "." + m[2]
			if _, err := os.Stat(filepath.Join(filepath.Dir(pages[0]), want)); err != nil && want != filepath.Base(handWritten) {
				t.Errorf("%s refers to %s, which is not there", filepath.Base(name), want)
			}
		}
	}
	if found < 30 {
		t.Errorf("%d references", found)
	}
}

func TestManLint(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("mandoc is missing; make setup installs it")
		}
		t.Skip("mandoc is not installed; make setup installs it")
	}
	// The status is that of any remark, also of those left out below.
	out, _ := exec.CommandContext(t.Context(), "mandoc", append([]string{"-Tlint"}, writePages(t)...)...).Output()
	for line := range strings.Lines(string(out)) {
		// Pages that are not installed: TestManReferences looks for them.
		if !strings.Contains(line, "referenced manual not found") {
			t.Error(strings.TrimSpace(line))
		}
	}
}

func TestManDate(t *testing.T) {
	if date, err := manDate("86400"); err != nil || date.Format("2006-01-02") != "1970-01-02" {
		t.Errorf("%v %v", date, err)
	}
	if _, err := manDate("today"); err == nil {
		t.Error("no error")
	}
}

func TestMdocFill(t *testing.T) {
	for text, want := range map[string]string{
		"One. Two.":              "One.\nTwo.\n",
		".dot\\":                 "\\&.dot\\e\n",
		"'quoted' text":          "\\&'quoted' text\n",
		strings.Repeat("a ", 50): strings.Repeat("a ", 37) + "a\n" + strings.Repeat("a ", 11) + "a\n",
	} {
		if got := mdocFill(text, true); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
