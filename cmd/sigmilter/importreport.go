package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/migrate"
	"sigmilter/cmd/internal/printed"
)

// importReport is what `import --json` writes.
type importReport struct {
	Product  string            `json:"product"`
	Template string            `json:"template"`
	Fault    string            `json:"fault,omitempty"` // why check refuses the template
	Findings []migrate.Finding `json:"findings"`
	Pictures []importedPicture `json:"pictures"`
	Files    []string          `json:"files"` // as written
}

// importedPicture is a picture and where it went.
type importedPicture struct {
	Source  string `json:"source,omitempty"` // empty: it was in the HTML itself
	Name    string `json:"name"`             // of the file, and after cid: in the template
	Line    int    `json:"line"`
	Missing string `json:"missing,omitempty"` // why there is no such file
}

// addPictures adds the pictures next to the imported file, and those inside it.
func (r *importReport) addPictures(dir string, pictures []migrate.Picture, files map[string][]byte) {
	r.Pictures = []importedPicture{}
	for _, p := range pictures {
		got := importedPicture{Source: p.Source, Name: p.Name, Line: p.Line}
		data, err := p.Data, error(nil)
		if data == nil {
			data, err = readBelow(dir, p.Source)
		}
		if err == nil {
			_, err = config.PictureType(data)
		}
		if err != nil {
			got.Missing = err.Error()
		} else {
			files[p.Name] = data
		}
		r.Pictures = append(r.Pictures, got)
	}
}

// readBelow reads a file in a folder or below it: a template must not bring along any other
// file of this machine.
func readBelow(dir, name string) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, errors.New("not in the folder of the template; copy it there by hand")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	defer root.Close()
	name = filepath.FromSlash(name)
	if info, err := root.Stat(name); err == nil && !info.Mode().IsRegular() { // a pipe could block forever
		return nil, errors.New("not a regular file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTemplate))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	}
	return data, nil
}

// withoutPath is an error without the path, which stands next to it.
func withoutPath(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// writeFiles writes all files or, if one exists already, none.
func (r *importReport) writeFiles(folder string, files map[string][]byte, force bool) error {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		path := filepath.Join(folder, name)
		if _, err := os.Lstat(path); err == nil && !force {
			return &exitError{exitUsage, fmt.Errorf("%s exists already; --force replaces it, --name gives the template another name", path)}
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("writing the template: %w", err)
	}
	for _, name := range names {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
		r.Files = append(r.Files, path)
	}
	return nil
}

// write prints the report. Its error is the exit status if something needs attention.
func (r *importReport) write(out io.Writer, asJSON bool) error {
	var err error
	if asJSON {
		err = writeJSON(out, r)
	} else {
		err = r.writeText(out)
	}
	if err == nil && r.needAttention() > 0 {
		return &exitError{status: exitFailed}
	}
	return err
}

// needAttention counts what somebody should look at.
func (r *importReport) needAttention() int {
	n := 0
	if r.Fault != "" {
		n++
	}
	for _, f := range r.Findings {
		if f.Kind == migrate.Unmapped {
			n++
		}
	}
	for _, p := range r.Pictures {
		if p.Missing != "" {
			n++
		}
	}
	return n
}

func (r *importReport) writeText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = printed.Cell(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	for _, f := range r.Findings {
		row(string(f.Kind), f.What, strings.Join(nonEmpty(f.Becomes, f.Note), "  "), lineWords(f.Lines))
	}
	for _, p := range r.Pictures {
		source := cmp.Or(p.Source, "in the HTML")
		if p.Missing != "" {
			row("missing", source, "cid:"+p.Name+"  "+p.Missing, lineWords([]int{p.Line}))
		} else {
			row("picture", source, "cid:"+p.Name, lineWords([]int{p.Line}))
		}
	}
	if r.Fault != "" {
		row("fault", r.Template+".html", r.Fault)
	}
	for _, file := range r.Files {
		row("written", file)
	}
	if n := r.needAttention(); n > 0 {
		row(fmt.Sprintf("%d to look at", n))
	}
	return w.Flush()
}

func nonEmpty(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

func lineWords(lines []int) string {
	words := make([]string, len(lines))
	for i, n := range lines {
		words[i] = fmt.Sprint(n)
	}
	if len(words) == 1 {
		return "line " + words[0]
	}
	return "lines " + strings.Join(words, ", ")
}
