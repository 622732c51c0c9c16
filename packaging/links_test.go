package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	pageLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	// fullPath is a file of the package as texts name it.
	fullPath = regexp.MustCompile(`(?:/usr/share/doc/sigmilter|/usr/lib/systemd/system)[A-Za-z0-9/._-]*[A-Za-z0-9]`)
	// sourcePath is a place in the sources, no use to who has the package only; what
	// begins with a bracket is a link between pages.
	sourcePath = regexp.MustCompile(`(?:^|[^\w/.(\[-])(?:docs|contrib|packaging)/[\w./-]+`)
)

// What the pages, samples and manual of the package name is in the package.
func TestPackagedTextsNameWhatIsThere(t *testing.T) {
	need(t, "dpkg-deb")
	deb, _ := packages(t)
	root := t.TempDir()
	output(t, "dpkg-deb", "-x", deb, root)
	output(t, "sh", "-c", "gunzip "+root+"/usr/share/man/man?/*.gz")
	texts, links := 0, 0
	for _, below := range []string{"usr/share/doc/sigmilter", "usr/share/man", "usr/share/sigmilter"} {
		err := filepath.WalkDir(filepath.Join(root, below), func(path string, entry os.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			texts++
			there := func(target string) {
				links++
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s names %s", strings.TrimPrefix(path, root), strings.TrimPrefix(target, root))
				}
			}
			if filepath.Ext(path) == ".md" {
				for _, m := range pageLink.FindAllSubmatch(text, -1) {
					there(filepath.Join(filepath.Dir(path), string(m[1])))
				}
			}
			for _, name := range sourcePath.FindAll(text, -1) {
				t.Errorf("%s names %s of the sources", strings.TrimPrefix(path, root), name)
			}
			for _, name := range fullPath.FindAll(text, -1) {
				there(filepath.Join(root, string(name)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if texts < 30 || links < 80 {
		t.Errorf("only %d links in %d texts were found", links, texts)
	}
}
