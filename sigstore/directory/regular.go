package directory

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// errNoFile says that a path names a pipe, a device or a folder.
var errNoFile = errors.New("not a regular file")

// openRegular opens a regular file. A pipe is opened without waiting for its other
// end, which may never come, and refused.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// maxCertificates bounds a file of certificates.
const maxCertificates = 16 << 20

// readCertificates reads a file of certificates in PEM.
func readCertificates(path string) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCertificates))
}
