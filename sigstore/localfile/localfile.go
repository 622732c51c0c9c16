// Package localfile opens files that an admin names: configuration, sources of
// people, secrets. None of them is waited for, and a secret that others can read
// is none.
package localfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// What is wrong with a file, wrapped with its path.
var (
	ErrNotRegular = errors.New("not a regular file")                        // a pipe, a device, a folder
	ErrExposed    = errors.New("can be read by every user of this machine") // a secret that is none
	ErrTooLarge   = errors.New("too large")
)

// MaxSecret is the largest file with a secret, in bytes.
const MaxSecret = 1 << 20

// Open opens a regular file. A pipe is opened without waiting for its other end,
// which may never come, and refused with [ErrNotRegular]. Errors are *fs.PathError.
func Open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Read reads a regular file of at most so many bytes; a larger one is
// [ErrTooLarge].
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readFile(f, path, most)
}

func readFile(f fs.File, path string, most int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: over %d bytes", ErrTooLarge, most)}
	}
	return content, nil
}

// ReadSecret reads a file with a secret, of at most [MaxSecret] bytes. It is
// [ErrExposed] when anybody besides the owner and the group may read it.
func ReadSecret(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrExposed}
	}
	return readFile(f, path, MaxSecret)
}
