package localfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// FS is a folder of this machine as a file system. It opens what [Open] does.
type FS string

// Open implements [fs.FS].
func (dir FS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return Open(filepath.Join(string(dir), name))
}

// ReadDir implements [fs.ReadDirFS].
func (dir FS) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.ReadDir(filepath.Join(string(dir), name))
}

// ReadFS is [Read] for a file of a file system.
func ReadFS(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readFile(f, name, most)
}
