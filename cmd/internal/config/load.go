package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/localfile"
)

const (
	// maxFile bounds each template, partial and list of words: a larger file is some
	// other file by mistake.
	maxFile = 1 << 20
)

// bounds are how many bytes each file of settings and all of them may have.
type bounds struct{ file, all int64 }

var settingsBounds = bounds{16 << 20, 256 << 20}

// moreFiles is the folder beside the main file whose files NAME.toml belong to the
// configuration, in the order of their names.
const moreFiles = "conf.d"

// shared are the keys that may be in several files: each tenant, template and rule is
// in one of them.
var shared = []string{"tenant", "template", "rule"}

type (
	// Fault is one mistake in a configuration. Its file is named as [Load] was given it.
	Fault = tomltree.Fault
	// Faults is every mistake found in a configuration, in the order of its files and
	// their lines. It is the error that [Load] returns.
	Faults = tomltree.Faults
)

// Load reads and checks the configuration in the file at path and the files of conf.d
// beside it. Its error is always [Faults].
func Load(path string) (*Config, error) { return loadAs(path, nil) }

// LoadElsewhere is [Load] for a process that is not the service: a credential of the
// service's is taken to be right, and is one of [Config.Notes].
func LoadElsewhere(path string) (*Config, error) { return loadAs(path, serviceCredential) }

func loadAs(path string, rewrite func(string) string) (*Config, error) {
	tree, err := treeOf(path, rewrite)
	if err != nil {
		return nil, err
	}
	return loadTree(tree, path)
}

// treeOf is a tree for the configuration at path, before its files are read.
func treeOf(path string, rewrite func(string) string) (*tomltree.Tree, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error() + "; use an absolute path"}}
	}
	return &tomltree.Tree{Folder: tomltree.Folder{Dir: dir, FS: localfile.FS(dir)}, Rewrite: rewrite}, nil
}

// loadFrom is Load for a configuration in a folder. Faults name its main file as main.
func loadFrom(folder tomltree.Folder, main string) (*Config, error) {
	return loadTree(&tomltree.Tree{Folder: folder}, main)
}

func loadTree(tree *tomltree.Tree, main string) (*Config, error) {
	files, faults := readSettings(tree.Folder, main, settingsBounds)
	if len(faults) > 0 {
		return nil, faults
	}
	return parseTree(tree, files)
}

// parse is loadFrom for files that were read, the main one first.
func parse(folder tomltree.Folder, files []settingsFile) (*Config, error) {
	return parseTree(&tomltree.Tree{Folder: folder}, files)
}

func parseTree(tree *tomltree.Tree, files []settingsFile) (*Config, error) {
	for _, f := range files {
		tree.Add(f.name, f.text)
	}
	if len(tree.Faults) > 0 {
		return nil, tree.Faults
	}
	cfg := defaults()
	tomltree.Table(cfg.settings(tree.Folder.Dir)...)(tree.Root(shared...))
	tree.Sort()
	if len(tree.Faults) > 0 {
		tree.Faults = append(tree.Faults, tree.Warnings...)
		tree.Sort()
		return nil, tree.Faults
	}
	cfg.Path, cfg.Warnings, cfg.Notes, cfg.hash = files[0].name, tree.Warnings, tree.Notes, cfg.sum(files)
	return cfg, nil
}

// settingsFile is a file of settings that was read.
type settingsFile struct {
	name string // as faults have it
	text string
}

// readSettings reads the main file and those of conf.d.
func readSettings(folder tomltree.Folder, main string, most bounds) (files []settingsFile, faults Faults) {
	names, err := settingsNames(folder.FS)
	if err != nil {
		name := filepath.Join(filepath.Dir(main), moreFiles)
		faults = Faults{{File: name, Problem: tomltree.Unreadable(err).Error() + "; let sigmilter read this folder"}}
	}
	room := most.all
	read := func(shown, name, fix string) {
		path := filepath.Join(folder.Dir, name)
		text, err := folder.ReadText(path, most.file)
		room -= int64(len(text))
		if err != nil {
			faults = append(faults, Fault{File: shown, Problem: err.Error() + "; " + readingFix(err, tomltree.Advice(path, err, fix))})
		} else if room < 0 {
			faults = append(faults, Fault{File: shown, Problem: fmt.Sprintf("with it the settings are larger than %d bytes; make the files smaller", most.all)})
		} else {
			files = append(files, settingsFile{shown, text})
		}
	}
	read(main, filepath.Base(main), "name the configuration with -c FILE")
	for _, name := range names {
		if room < 0 {
			break
		}
		read(filepath.Join(filepath.Dir(main), name), name, "let sigmilter read it, or take it away")
	}
	return files, faults
}

// settingsNames are the files of conf.d, in their order. There need not be any.
func settingsNames(fsys fs.FS) (names []string, err error) {
	entries, err := fs.ReadDir(fsys, moreFiles)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		name := e.Name()
		hidden := strings.HasPrefix(name, ".") // an editor's, or one on its way
		if !hidden && path.Ext(name) == ".toml" {
			names = append(names, path.Join(moreFiles, name))
		}
	}
	return names, err
}

// readingFix is how an error of reading a text is put right.
func readingFix(err error, otherwise string) string {
	if errors.Is(err, tomltree.ErrNotUTF8) {
		return "save it as UTF-8"
	}
	return otherwise
}

// paths are file names as a value has them, from the folder of the configuration when
// relative.
func paths(v tomltree.Value) tomltree.Kind[string] { return pathsIn(v.Tree().Folder.Dir) }
