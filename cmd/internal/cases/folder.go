package cases

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore/localfile"
)

// Entry is a case of a folder.
type Entry struct {
	Name string       // path in the folder without .eml
	Mail string       // file with the message
	File string       // file that says what is wanted of it
	Case *config.Case // nil: File is not there yet
}

// Folder reads the cases below a folder, in the order of their names: each file
// NAME.eml with NAME.toml beside it. Those that keep refuses are not read. Its error
// is [config.Faults] of all files when one of them cannot be used; a message without
// its other file is a fault unless fresh is true. Other files do not matter.
func Folder(dir string, keep func(name string) bool, fresh bool) ([]Entry, error) {
	found, err := twins(dir)
	if err != nil {
		return nil, err
	}
	var (
		entries []Entry
		faults  config.Faults
	)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !keep(name) {
			continue
		}
		e := Entry{Name: name, Mail: filepath.Join(dir, name+".eml"), File: filepath.Join(dir, name+".toml")}
		if !found[name][".eml"] {
			faults = append(faults, config.Fault{File: e.File, Problem: "has no message beside it; put " + filepath.Base(e.Mail) + " there"})
			continue
		}
		if found[name][".toml"] || !fresh {
			e.Case, err = config.LoadCase(e.File)
			var more config.Faults
			if errors.As(err, &more) {
				faults = append(faults, more...)
			}
		}
		entries = append(entries, e)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return entries, nil
}

// twins are the names below a folder and which of the two files each has.
func twins(dir string) (map[string]map[string]bool, error) {
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := filepath.Ext(path)
		ofACase := ext == ".eml" || ext == ".toml"
		if d.IsDir() || !ofACase {
			return nil
		}
		name, err := filepath.Rel(dir, strings.TrimSuffix(path, ext))
		if err != nil {
			return err
		}
		if found[name] == nil {
			found[name] = map[string]bool{}
		}
		found[name][ext] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the cases: %w", localfile.Explained(dir, err))
	}
	return found, nil
}
