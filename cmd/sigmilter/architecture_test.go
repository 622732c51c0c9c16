package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// sourceFiles are the paths of all files and folders, from the root, with slashes.
func sourceFiles(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		p, err = filepath.Rel(root, p)
		all = append(all, filepath.ToSlash(p))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// aFile matches what names a file or folder, and not something in one.
var aFile = regexp.MustCompile(`^[\w./-]+(\.(go|md|toml|txt|sh|yaml|5)|/[\w-]+)$`)

var inBackticks = regexp.MustCompile("`([^`]+)`")

// missingFiles are the files that a cell of the table names and that do not exist. A name
// without a folder is in the folder of the one before; if that was none, anywhere.
func missingFiles(all []string, cell string) (missing []string) {
	folder := ""
	for _, m := range inBackticks.FindAllStringSubmatch(cell, -1) {
		name := m[1]
		if !aFile.MatchString(name) {
			continue
		}
		within := func(p string) bool { return p == name || strings.HasSuffix(p, "/"+name) }
		if !strings.Contains(name, "/") && folder != "" {
			within = func(p string) bool { return p == folder+"/"+name }
		}
		i := slices.IndexFunc(all, within)
		if i < 0 {
			missing = append(missing, name)
			continue
		}
		if path.Ext(name) == "" {
			folder = all[i]
		} else if strings.Contains(name, "/") {
			folder = path.Dir(all[i])
		}
	}
	return missing
}

// tableRows are the cells of each row of the table under a heading.
func tableRows(t *testing.T, page, heading string) (rows [][]string) {
	t.Helper()
	_, below, found := strings.Cut(page, "\n## "+heading+"\n")
	if !found {
		t.Fatalf("there is no heading %q", heading)
	}
	below, _, _ = strings.Cut(below, "\n## ")
	for line := range strings.Lines(below) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| ---") {
			rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | "))
		}
	}
	return rows
}

// Where to add something is true: every file that the table names exists.
func TestWhereToAdd(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := sourceFiles(t)
	rows := tableRows(t, string(page), "Where to add")
	if len(rows) < 25 {
		t.Errorf("only %d rows were found", len(rows))
	}
	for _, cells := range rows {
		if len(cells) != 3 {
			t.Errorf("%q has %d cells", cells[0], len(cells))
		}
		for _, cell := range cells[1:] {
			for _, name := range missingFiles(all, cell) {
				t.Errorf("%q names %s, which does not exist", strings.TrimSpace(cells[0]), name)
			}
		}
	}
}

// The rest of the page names no file that is gone either.
func TestArchitectureNamesFiles(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := sourceFiles(t)
	for _, m := range inBackticks.FindAllStringSubmatch(string(page), -1) {
		if missing := missingFiles(all, m[0]); len(missing) > 0 {
			t.Errorf("there is no %s", missing[0])
		}
	}
}

// onTheMap matches a package, and those beside it on the same line.
var onTheMap = regexp.MustCompile(`(?m)^    ([a-z0-9/]+)((?:, [a-z0-9]+)*)  +\S`)

// Every package is on the map, and nothing else is.
func TestMapOfPackages(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	onMap := map[string]bool{}
	for _, m := range onTheMap.FindAllStringSubmatch(string(page), -1) {
		onMap[m[1]] = true
		for _, name := range strings.Split(m[2], ", ")[1:] {
			onMap[path.Join(path.Dir(m[1]), name)] = true
		}
	}
	delete(onMap, "packaging")
	for _, p := range sourceFiles(t) {
		if !strings.HasSuffix(p, ".go") || strings.HasPrefix(p, "packaging/") || strings.Contains(p, "testdata/") {
			continue
		}
		if dir := path.Dir(p); !onMap[dir] {
			t.Errorf("%s is not on the map", dir)
			onMap[dir] = true
		}
	}
	for dir := range onMap {
		if goFiles, _ := filepath.Glob(filepath.Join(root, dir, "*.go")); len(goFiles) == 0 {
			t.Errorf("%s is on the map and has no code", dir)
		}
	}
}
