package milter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"

	"sigmilter/milter/work"
)

// bodyStore keeps one message's body: in memory up to a limit, in a temporary
// file above it. The file has no name, so that nothing is left behind however
// the process ends.
type bodyStore struct {
	limit  int64  // bytes kept in memory
	dir    string // where the file goes; empty is the system's folder
	chunks []chunk
	file   *os.File // holds the whole body once it is there
	size   int64

	memory, disk *work.Budget // shared with the other bodies; nil for no limit
	held         int64        // bytes of the budget it is in now: disk with a file, else memory
}

// errSpoolFull says that the bodies in temporary files have as many bytes as they
// may have together.
var errSpoolFull = errors.New("the limit on bytes of all bodies on disk is reached")

// chunk is a piece of the body and where in it the piece begins.
type chunk struct {
	at    int64
	bytes []byte
}

// smallChunk is the size in bytes below which a piece is added to the one before.
const smallChunk = 4 << 10

// newBodyStore returns an empty store that keeps up to limit bytes in memory
// and more than that in a file in dir.
func newBodyStore(limit int64, dir string) *bodyStore {
	return &bodyStore{limit: limit, dir: dir}
}

// keepsInMemory reports whether Keep keeps n bytes themselves, unless other bodies take
// the memory meanwhile, and neither copies them nor writes them to the file.
func (b *bodyStore) keepsInMemory(n int) bool {
	return b.file == nil && b.size+int64(n) <= b.limit && !b.joins(n)
}

// joins reports whether n bytes are added to the last chunk, or an MTA of small chunks
// would cost much.
func (b *bodyStore) joins(n int) bool { return len(b.chunks) > 0 && n < smallChunk }

// Keep appends to the body. The store keeps p where [bodyStore.keepsInMemory] says so,
// and then it must not be changed any more. After an error it is of no use but for [bodyStore.Close].
func (b *bodyStore) Keep(p []byte) error {
	if b.file == nil && b.size+int64(len(p)) <= b.limit && b.takeMemory(int64(len(p))) {
		b.held += int64(len(p))
		if last := len(b.chunks) - 1; b.joins(len(p)) {
			b.chunks[last].bytes = append(b.chunks[last].bytes, p...)
		} else {
			b.chunks = append(b.chunks, chunk{b.size, p})
		}
		b.size += int64(len(p))
		return nil
	}
	if b.file == nil {
		if err := b.spill(); err != nil {
			return err
		}
	}
	if err := b.reserve(int64(len(p))); err != nil {
		return err
	}
	n, err := b.file.Write(p)
	b.size += int64(n)
	if err != nil {
		return fmt.Errorf("write the body to its temporary file: %w", err)
	}
	return nil
}

// takeMemory takes n bytes of the budget of memory and reports whether there were so
// many. Bodies may have half of it: the other half is for what is read of them, and a
// body can go to a file instead.
func (b *bodyStore) takeMemory(n int64) bool {
	if b.memory == nil {
		return true
	}
	if limit := b.memory.Limit(); limit > 0 && b.memory.Used()+n > limit/2 {
		return false
	}
	return b.memory.Take(n)
}

// reserve takes n bytes of the budget of files.
func (b *bodyStore) reserve(n int64) error {
	if !b.disk.Take(n) {
		return errSpoolFull
	}
	b.held += n
	return nil
}

// spill moves the body from memory to a file without a name.
func (b *bodyStore) spill() error {
	file, err := os.CreateTemp(b.dir, "sigmilter-body-")
	if err != nil {
		return fmt.Errorf("create a temporary file for the body: %w", err)
	}
	b.memory.Give(b.held)
	b.held, b.file = 0, file
	if err := os.Remove(file.Name()); err != nil {
		return fmt.Errorf("unlink the body's temporary file: %w", err)
	}
	if err := b.reserve(b.size); err != nil {
		return err
	}
	for _, c := range b.chunks {
		if _, err := file.Write(c.bytes); err != nil {
			return fmt.Errorf("write the body to its temporary file: %w", err)
		}
	}
	b.chunks = nil
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
	n := 0
	for i := b.chunkOf(off); i < len(b.chunks) && n < len(p); i++ {
		c := b.chunks[i]
		if from := off + int64(n) - c.at; from < int64(len(c.bytes)) {
			n += copy(p[n:], c.bytes[from:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// chunkOf is the index of the chunk in which the byte at off is, if any is.
func (b *bodyStore) chunkOf(off int64) int {
	return max(0, sort.Search(len(b.chunks), func(i int) bool { return b.chunks[i].at > off })-1)
}

// View implements what the engine asks a body for: no copy is made of what is in one chunk.
func (b *bodyStore) View(at, n int64) []byte {
	if len(b.chunks) == 0 || at < 0 || n < 0 {
		return nil
	}
	c := b.chunks[b.chunkOf(at)]
	from, to := at-c.at, at-c.at+n
	if to > int64(len(c.bytes)) {
		return nil
	}
	return c.bytes[from:to:to]
}

// Size returns the number of bytes kept so far.
func (b *bodyStore) Size() int64 { return b.size }

// Close gives memory and file back.
func (b *bodyStore) Close() error {
	held, file := b.held, b.file
	b.chunks, b.size, b.held, b.file = nil, 0, 0, nil
	if file == nil {
		b.memory.Give(held)
		return nil
	}
	defer b.disk.Give(held) // once the space is free again
	return file.Close()
}
