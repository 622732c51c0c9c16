// Package files reads ready-made signatures from a folder, which has a folder for
// each person, named by the mail address:
//
//	alice@contoso.com/signature.html
//	alice@contoso.com/signature.txt
//	alice@contoso.com/logo.png
//
// One of signature.html and signature.txt must be there, in UTF-8, up to 1 MiB.
// PNG, JPEG and GIF files, up to 5 MiB, are pictures that the HTML refers to by
// their names. Names that begin with a dot are passed over; whatever else is there
// is told in a warning. A symbolic link may lead to another place in the folder, and
// not out of it.
//
// The people have no attributes.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/localfile"
)

// Source is a [directory.Source].
type Source struct {
	Path string
}

// Paths implements [directory.Local].
func (f Source) Paths() []string { return []string{f.Path} }

// Read implements [directory.Source]. Every batch is a full one, or an empty one when no file
// has another size or time than at the reading that gave the cursor.
func (f Source) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	batch, err := f.read(ctx, cursor, people, progress)
	if err != nil {
		return directory.Batch{}, fmt.Errorf("read signatures from %s: %w", f.Path, err)
	}
	return batch, nil
}

func (f Source) read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return directory.Batch{}, localfile.Explained(f.Path, err)
	}
	defer root.Close()
	seen, err := f.fingerprint(ctx, root)
	if err != nil {
		return directory.Batch{}, err
	}
	if seen != "" && seen == cursor {
		return directory.Batch{Cursor: cursor}, nil
	}
	batch := directory.Batch{Full: true, Cursor: seen}
	folders, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return directory.Batch{}, err
	}
	unique := directory.NewClaims(directory.KeyWords)
	for i, folder := range folders {
		if err := ctx.Err(); err != nil {
			return directory.Batch{}, err
		}
		p, warnings := readFolder(root, folder.Name())
		batch.Warnings = append(batch.Warnings, warnings...)
		if p.Ready != nil && unique.Admit(&p, p.Key) {
			if err := people.Add(p); err != nil {
				return directory.Batch{}, err
			}
		}
		if progress != nil {
			progress(i+1, len(folders))
		}
	}
	batch.Warnings = append(batch.Warnings, unique.TakeWarnings()...)
	return batch, nil
}

// fingerprint is a hash of the names, sizes and times of all files; empty when the
// last change is too fresh to tell it from the next.
func (f Source) fingerprint(ctx context.Context, root *os.Root) (string, error) {
	var newest time.Time
	sum := sha256.New()
	fmt.Fprintln(sum, f.Path)
	err := fs.WalkDir(root.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		info, serr := root.Stat(name) // the file itself where there is a link
		if serr != nil || err != nil {
			fmt.Fprintf(sum, "%q cannot be read\n", name)
			return nil
		}
		localfile.WriteStat(sum, name, info)
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	if err != nil || time.Since(newest) < localfile.Settled {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// readFolder reads one person's folder. Ready is nil when nothing came of it.
func readFolder(root *os.Root, name string) (p directory.Person, warnings []error) {
	warn := func(at string, err error) {
		warnings = append(warnings, fmt.Errorf("%s: %w", path.Join(name, at), localfile.WithoutPath(err)))
	}
	if strings.HasPrefix(name, ".") {
		return p, nil
	}
	info, err := root.Stat(name)
	address, ok := directory.ParseAddress(name)
	if err != nil {
		warn("", err)
		return p, warnings
	}
	if !info.IsDir() {
		warn("", errors.New("this is no folder; put it into one named by a mail address"))
		return p, warnings
	}
	if !ok {
		warn("", errors.New("this is no mail address, as which the folder should be named"))
		return p, warnings
	}
	entries, err := fs.ReadDir(root.FS(), name)
	if err != nil {
		warn("", err)
		return p, warnings
	}
	ready := &directory.Ready{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			if err := addFile(ready, root, path.Join(name, e.Name())); err != nil {
				warn(e.Name(), err)
			}
		}
	}
	if ready.HTML == "" && ready.Text == "" {
		warn("", errors.New("there is neither signature.html nor signature.txt to use"))
		return p, warnings
	}
	return directory.Person{Address: address, Addresses: []string{address}, Key: address, Ready: ready}, warnings
}

// addFile puts a file where it belongs by its name.
func addFile(r *directory.Ready, root *os.Root, name string) (err error) {
	base := path.Base(name)
	switch strings.ToLower(base) {
	case "signature.html":
		r.HTML, err = readText(root, name)
		return err
	case "signature.txt":
		r.Text, err = readText(root, name)
		return err
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".png", ".jpg", ".jpeg", ".gif":
		data, err := localfile.ReadIn(root, name, directory.MaxPicture)
		if err != nil {
			return err
		}
		mediaType, _, err := directory.CheckPicture(data)
		if err != nil {
			return err
		}
		r.Images = append(r.Images, directory.Image{Name: base, Type: mediaType, Data: data})
		return nil
	}
	return errors.New("this is neither signature.html, signature.txt nor a picture and is not used")
}

func readText(root *os.Root, name string) (string, error) {
	data, err := localfile.ReadIn(root, name, directory.MaxReady)
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", fmt.Errorf("it is not in UTF-8 and looks like %v; save it as UTF-8", localfile.LooksLike([]byte(text)))
	}
	if strings.TrimSpace(text) == "" {
		return "", errors.New("it is empty")
	}
	return text, nil
}
