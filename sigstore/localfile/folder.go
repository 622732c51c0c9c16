package localfile

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"time"
)

// ReadIn reads a regular file of a folder, up to a number of bytes. A pipe is not
// opened: its other end may never come.
func ReadIn(folder *os.Root, name string, most int64) ([]byte, error) {
	info, err := folder.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("this is no file")
	}
	if info.Size() > most {
		return nil, fmt.Errorf("it has %d bytes, over the limit of %d MiB", info.Size(), most>>20)
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it has more than %d MiB", most>>20)
	}
	return data, err
}

// WithoutPath leaves out the file name that an error of the file system begins with.
func WithoutPath(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Settled is how old a file's last change must be for its time and size to tell
// any later change: file systems keep times in steps of up to two seconds.
const Settled = 2 * time.Second

// WriteStat writes what changes with a file into a hash: its name, size, time and mode.
func WriteStat(sum hash.Hash, name string, info fs.FileInfo) {
	fmt.Fprintf(sum, "%q %d %d %o\n", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
}
