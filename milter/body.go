package milter

import (
	"fmt"
	"io"
	"os"
)

// bodyStore keeps one message's body: in memory up to a limit, in a temporary
// file above it. The file has no name, so that nothing is left behind however
// the process ends.
type bodyStore struct {
	limit  int64  // bytes kept in memory
	dir    string // where the file goes; empty is the system's folder
	memory []byte // the whole body while file is nil
	file   *os.File
	size   int64
}

// newBodyStore returns an empty store that keeps up to limit bytes in memory
// and more than that in a file in dir.
func newBodyStore(limit int64, dir string) *bodyStore {
	return &bodyStore{limit: limit, dir: dir}
}

// Write appends to the body. After an error the store is of no use but for
// [bodyStore.Close].
func (b *bodyStore) Write(p []byte) (int, error) {
	if b.file == nil && b.size+int64(len(p)) <= b.limit {
		b.memory = append(b.memory, p...)
		b.size += int64(len(p))
		return len(p), nil
	}
	if b.file == nil {
		if err := b.spill(); err != nil {
			return 0, err
		}
	}
	n, err := b.file.Write(p)
	b.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write the body to its temporary file: %w", err)
	}
	return n, nil
}

// spill moves the body from memory to a file without a name.
func (b *bodyStore) spill() error {
	file, err := os.CreateTemp(b.dir, "sigmilter-body-")
	if err != nil {
		return fmt.Errorf("create a temporary file for the body: %w", err)
	}
	b.file = file
	if err := os.Remove(file.Name()); err != nil {
		return fmt.Errorf("unlink the body's temporary file: %w", err)
	}
	if _, err := file.Write(b.memory); err != nil {
		return fmt.Errorf("write the body to its temporary file: %w", err)
	}
	b.memory = nil
	return nil
}

// ReadAt implements [io.ReaderAt].
func (b *bodyStore) ReadAt(p []byte, off int64) (int, error) {
	if b.file != nil {
		return b.file.ReadAt(p, off)
	}
	if off < 0 {
		return 0, fmt.Errorf("read the body at %d: negative offset", off)
	}
	if off >= b.size {
		return 0, io.EOF
	}
	n := copy(p, b.memory[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size returns the number of bytes written so far.
func (b *bodyStore) Size() int64 { return b.size }

// Close gives memory and file back.
func (b *bodyStore) Close() error {
	b.memory, b.size = nil, 0
	if b.file == nil {
		return nil
	}
	file := b.file
	b.file = nil
	return file.Close()
}
