package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/cmd/internal/reasons"

	"sigmilter/cmd/internal/config"
)

// docsDir holds the documentation, docsData what its commands are run with.
const (
	docsDir  = "../../docs"
	docsData = "../../testdata/docs"
)

// fenced is one block between fences of a page.
type fenced struct {
	page, kind, text string
	line             int // of the fence
}

func (b fenced) where() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

var fence = regexp.MustCompile("^```(\\w*)\\s*$")

// blocks are all fenced blocks of the pages in docs/.
func blocks(t *testing.T) (all []fenced) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(docsDir, "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%v; pages %q", err, pages)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var open *fenced
		for i, line := range strings.SplitAfter(string(text), "\n") {
			m := fence.FindStringSubmatch(line)
			switch {
			case m != nil && open == nil:
				open = &fenced{page: filepath.Base(page), kind: m[1], line: i + 1}
			case m != nil:
				all = append(all, *open)
				open = nil
			case open != nil:
				open.text += line
			}
		}
		if open != nil {
			t.Errorf("%s:%d: the block does not end", page, open.line)
		}
	}
	return all
}

// docsFolder is a copy of what the commands are run with. Secrets must not be
// readable by others, which a repository does not keep.
func docsFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(docsData)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "contoso.code"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// exitLine stands in a console block where a command does not end with 0.
var exitLine = regexp.MustCompile(`^\(exit status (\d+)\)$`)

// Every command in a console block does what the page shows. A line "..." stands
// for any lines; where nothing is shown, only the exit status is looked at.
func TestDocumentedCommands(t *testing.T) {
	ran := 0
	for _, b := range blocks(t) {
		if b.kind != "console" {
			continue
		}
		t.Run(b.where(), func(t *testing.T) {
			t.Chdir(docsFolder(t))
			for _, part := range strings.Split("\n"+b.text, "\n$ ")[1:] {
				command, shown, _ := strings.Cut(part, "\n")
				args := words(command)
				if len(args) == 0 || args[0] != "sigmilter" {
					continue
				}
				ran++
				var wanted []string
				status := 0
				for _, line := range strings.Split(strings.TrimRight(shown, "\n"), "\n") {
					if m := exitLine.FindStringSubmatch(line); m != nil {
						status = int(m[1][0] - '0')
					} else {
						wanted = append(wanted, line)
					}
				}
				got, stdout, stderr := invoke(t, args[1:]...)
				if got != status {
					t.Errorf("%s:%d: %s: exit status %d, want %d\n%s", b.page, b.line, command, got, status, stderr)
				}
				if output := strings.TrimRight(stdout+stderr, "\n"); shown != "" && !shownAs(output, wanted) {
					t.Errorf("%s:%d: %s prints\n%s", b.page, b.line, command, output)
				}
			}
		})
	}
	if ran < 12 {
		t.Errorf("only %d commands were found", ran)
	}
}

// words are those of a command line; single quotes hold blanks together.
func words(line string) (all []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

// shownAs says whether an output has these lines; "..." is any lines.
func shownAs(output string, wanted []string) bool {
	if !slices.ContainsFunc(wanted, func(line string) bool { return line != "" }) {
		return true
	}
	var pattern strings.Builder
	for _, line := range wanted {
		if line == "..." {
			pattern.WriteString("(?:.*\n)*?")
		} else {
			pattern.WriteString(regexp.QuoteMeta(strings.TrimRight(line, " ")) + " *\n")
		}
	}
	return regexp.MustCompile(`^(?:` + pattern.String() + `)$`).MatchString(output + "\n")
}

// Every piece of configuration on a page is one: with what it lacks taken from the
// tests' configuration, it loads.
func TestDocumentedSettings(t *testing.T) {
	dir := docsFolder(t)
	base, err := os.ReadFile(filepath.Join(dir, "sigmilter.toml"))
	if err != nil {
		t.Fatal(err)
	}
	head, rules, _ := strings.Cut(string(base), "[[rule]]")
	loaded := 0
	for _, b := range blocks(t) {
		if b.kind != "toml" || !slices.Contains([]string{"rules.md", "microsoft-365.md", "hybrid-and-multi-tenant.md"}, b.page) {
			continue
		}
		text := head + b.text
		switch {
		case strings.Contains(b.text, "[tenant."):
			// Whole tenants, beside the tests' templates.
			_, templates, _ := strings.Cut(head, "[template.corporate]")
			text = b.text + "\n[template.corporate]" + templates + "[[rule]]" + rules
		case !strings.Contains(b.text, "[[rule]]"):
			text += "\n[[rule]]" + rules
		}
		path := filepath.Join(dir, "page.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if cfg, err := config.Load(path); err != nil || len(cfg.Warnings) > 0 {
			t.Errorf("%s:%d: %v", b.page, b.line, err)
		}
		loaded++
	}
	if loaded < 8 {
		t.Errorf("only %d pieces of configuration were found", loaded)
	}
}

// Every template of the cookbook renders for everybody without a warning, and gives
// the plain text that stands below it for Alice.
func TestDocumentedTemplates(t *testing.T) {
	all := blocks(t)
	tried := 0
	for i, b := range all {
		if b.page != "templates.md" || b.kind != "html" {
			continue
		}
		tried++
		t.Run(b.where(), func(t *testing.T) {
			dir := docsFolder(t)
			t.Chdir(dir)
			for name, text := range map[string]string{
				"page.html": b.text,
				"page.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory = { path = \"people.csv\" }\n[template.page]\nhtml = \"page.html\"\n[blocks]\npartials = \"parts\"\nphone_prefix = \"+49\"\n",
			} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			status, _, stderr := invoke(t, "check", "-c", "page.toml")
			if status != 0 || strings.Contains(stderr, "template page") {
				t.Errorf("%s:%d: check: status %d\n%s", b.page, b.line, status, stderr)
			}
			for _, person := range []string{"alice", "carl"} {
				if status, _, stderr := invoke(t, "preview", "-c", "page.toml", "--person", person+"@contoso.com", "-o", person); status != 0 {
					t.Errorf("%s:%d: preview for %s: %s", b.page, b.line, person, stderr)
				}
				html, err := os.ReadFile(filepath.Join(dir, person, "page.html"))
				if err != nil || strings.Contains(string(html), "{{") {
					t.Errorf("%s:%d: for %s: %v\n%s", b.page, b.line, person, err, html)
				}
			}
			text, err := os.ReadFile(filepath.Join(dir, "alice", "page.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if next := i + 1; next < len(all) && all[next].kind == "text" && strings.TrimSpace(all[next].text) != strings.TrimSpace(string(text)) {
				t.Errorf("%s:%d: the text of Alice is\n%s", b.page, b.line, text)
			}
		})
	}
	if tried < 8 {
		t.Errorf("only %d templates were found", tried)
	}
}

// reasonName is a reason as troubleshooting.md has it.
var reasonName = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|")

// documentedReasons are the names of the rows in the section of troubleshooting.md about
// reasons; other sections have tables of other things.
func documentedReasons(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docsDir, "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## By reason\n")
	if !found {
		t.Fatal("troubleshooting.md has no section By reason")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for _, m := range reasonName.FindAllStringSubmatch(section, -1) {
		names = append(names, m[1])
	}
	return names
}

// Every reason of a log line has its row in troubleshooting.md, and no other.
func TestTroubleshootingHasEveryReason(t *testing.T) {
	told := documentedReasons(t)
	for i, reason := range told {
		if slices.Contains(told[:i], reason) {
			t.Errorf("%s is there twice", reason)
		}
	}
	known := slices.Concat(reasonConstants(t, "../../milter/policy"), reasonConstants(t, "../../milter/engine"), reasonConstants(t, "../../milter/insert"))
	if len(known) < 40 {
		t.Fatalf("only %d reasons were found: %q", len(known), known)
	}
	for _, reason := range known {
		if !slices.Contains(told, reason) {
			t.Errorf("%s is not in troubleshooting.md", reason)
		}
	}
	for _, reason := range told {
		if !slices.Contains(known, reason) {
			t.Errorf("troubleshooting.md has %s, which is no reason", reason)
		}
	}
}

// The rows say what `sigmilter find` says.
func TestTroubleshootingExplainsReasons(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docsDir, "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	for reason, words := range reasons.Of {
		if row := fmt.Sprintf("| `%s` | %s | %s |", reason, words.Is, words.Do); !strings.Contains(string(text), row) {
			t.Errorf("troubleshooting.md has no row\n%s", row)
		}
	}
	for _, reason := range documentedReasons(t) {
		if _, ok := reasons.Of[reason]; !ok {
			t.Errorf("cmd/internal/reasons does not explain %s", reason)
		}
	}
}

var namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)`")

// Each test that the threat model names for a promise is there.
func TestThreatModelNamesTests(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docsDir, "threat-model.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err = filepath.WalkDir("../..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(source), -1) {
			there[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := namedTest.FindAllStringSubmatch(string(page), -1)
	if len(named) == 0 {
		t.Error("it names none")
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("it names %s, which is not there", m[1])
		}
	}
}
