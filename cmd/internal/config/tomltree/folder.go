package tomltree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"unicode/utf8"

	"sigmilter/sigstore/localfile"
)

// Folder is where the files of a configuration are. What a relative path names is read
// from FS, wherever that is kept. Secrets, sockets and sources of people are this
// machine's own: their relative paths start at Dir. Without FS, all files are.
type Folder struct {
	Dir string // absolute
	FS  fs.FS
}

// Read returns what is in a file of at most so many bytes. The path is absolute, and
// in FS when it is below Dir.
func (f Folder) Read(path string, most int64) ([]byte, error) {
	if name, ok := f.inside(path); ok {
		return localfile.ReadFS(f.FS, name, most)
	}
	return localfile.Read(path, most)
}

// List returns the entries of a folder, by name.
func (f Folder) List(path string) ([]fs.DirEntry, error) {
	if name, ok := f.inside(path); ok {
		return fs.ReadDir(f.FS, name)
	}
	return fs.ReadDir(localfile.FS(path), ".")
}

// Advice is how to put an error of reading a file or folder of this machine right: what to
// look at, or else what the caller has to say.
func Advice(path string, err error, otherwise string) string {
	return cmp.Or(localfile.Advice(path, err), otherwise)
}

func (f Folder) inside(path string) (name string, ok bool) {
	if f.FS == nil {
		return "", false
	}
	name, err := filepath.Rel(f.Dir, path)
	if err != nil || !filepath.IsLocal(name) {
		return "", false
	}
	return filepath.ToSlash(name), true
}

// ErrNotUTF8 is what [Folder.ReadText] says of a file in another charset.
var ErrNotUTF8 = errors.New("is not UTF-8 text")

// ReadText reads a text file of at most so many bytes, without its byte order mark.
// Its errors do not name the file.
func (f Folder) ReadText(path string, most int64) (string, error) {
	text, err := f.Read(path, most)
	if errors.Is(err, localfile.ErrTooLarge) {
		return "", fmt.Errorf("is larger than %d bytes", most)
	}
	if err != nil {
		return "", Unreadable(err)
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if at := notUTF8(text); at >= 0 {
		line := bytes.Count(text[:at], []byte("\n")) + 1
		return "", fmt.Errorf("%w, which shows in line %d: it looks like %s", ErrNotUTF8, line, localfile.LooksLike(text))
	}
	return string(text), nil
}

// notUTF8 is where a text shows that it is not UTF-8, negative where it is. A zero
// shows UTF-16.
func notUTF8(text []byte) int {
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return at
	}
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// Unreadable drops the operation and the path of an error, which a fault names anyway.
func Unreadable(err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}
