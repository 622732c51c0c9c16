package people

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// runBuffer is how much of each run is in memory when runs are merged, in bytes.
const runBuffer = 32 << 10

// sorter sorts items by key, and leaves those with the same key in the order they
// came. What does not go into memory is in a temporary file that has no name, so that
// it is gone with the process.
type sorter struct {
	folder string // of the file
	memory int    // bytes to hold
	held   []byte // keys and values of items, as they came
	items  []heldItem
	file   *os.File // nil as long as nothing was written
	size   int64
	runs   []int64 // where the sorted runs in the file end
}

// heldItem is where a key and a value are in sorter.held.
type heldItem struct{ start, value, end uint32 }

// add takes an item over. The bytes are copied.
func (s *sorter) add(key, value []byte) error {
	if len(s.held)+len(key)+len(value) > s.memory && len(s.items) > 0 {
		if err := s.writeRun(); err != nil {
			return err
		}
	}
	start := uint32(len(s.held))
	s.held = append(append(s.held, key...), value...)
	s.items = append(s.items, heldItem{start, start + uint32(len(key)), uint32(len(s.held))})
	return nil
}

// reset forgets all items and gives the file up.
func (s *sorter) reset() {
	if s.file != nil {
		s.file.Close() // nobody reads it again
	}
	*s = sorter{folder: s.folder, memory: s.memory}
}

func (s *sorter) sortHeld() {
	slices.SortStableFunc(s.items, func(a, b heldItem) int {
		return bytes.Compare(s.held[a.start:a.value], s.held[b.start:b.value])
	})
}

// writeRun puts what is in memory behind the runs in the file.
func (s *sorter) writeRun() (err error) {
	if s.file == nil {
		s.file, err = unnamedFile(s.folder)
		if err != nil {
			return err
		}
	}
	s.sortHeld()
	out := bufio.NewWriter(io.NewOffsetWriter(s.file, s.size))
	var lengths [2 * binary.MaxVarintLen64]byte
	for _, i := range s.items {
		head := binary.AppendUvarint(lengths[:0], uint64(i.value-i.start))
		head = binary.AppendUvarint(head, uint64(i.end-i.value))
		out.Write(head)                  // an error comes again
		out.Write(s.held[i.start:i.end]) // at the end
		s.size += int64(len(head)) + int64(i.end-i.start)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sort people in %s: %w", s.folder, err)
	}
	s.runs = append(s.runs, s.size)
	s.held, s.items = s.held[:0], s.items[:0]
	return nil
}

func unnamedFile(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, ".sigmilter-*.sort")
	if err != nil {
		return nil, fmt.Errorf("sort people: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("sort people: %w", err)
	}
	return f, nil
}

// sorted begins to go through all items in order. It may be called again, but no item
// be added after.
func (s *sorter) sorted() (*sortedItems, error) {
	if s.file != nil && len(s.items) > 0 {
		if err := s.writeRun(); err != nil {
			return nil, err
		}
	}
	if s.file == nil {
		s.sortHeld()
		return &sortedItems{held: s}, nil
	}
	s.held, s.items = nil, nil
	all := &sortedItems{}
	start := int64(0)
	for n, end := range s.runs {
		r := &run{number: n, in: bufio.NewReaderSize(io.NewSectionReader(s.file, start, end-start), runBuffer)}
		if err := r.next(); err != nil {
			return nil, err
		}
		heap.Push(all, r)
		start = end
	}
	return all, nil
}

// sortedItems goes through the items of a sorter: those in memory, or the runs in the
// file, of which the one whose item comes next is on top of a heap.
type sortedItems struct {
	held *sorter
	next int // of held
	runs []*run
}

// run is a sorted run in the file, with the item that comes next.
type run struct {
	number     int
	in         *bufio.Reader
	key, value []byte
}

// item returns the next item, whose bytes are the caller's, and io.EOF after the last.
func (s *sortedItems) item() (key, value []byte, err error) {
	if s.held != nil {
		if s.next == len(s.held.items) {
			return nil, nil, io.EOF
		}
		i := s.held.items[s.next]
		s.next++
		return slices.Clone(s.held.held[i.start:i.value]), slices.Clone(s.held.held[i.value:i.end]), nil
	}
	if len(s.runs) == 0 {
		return nil, nil, io.EOF
	}
	r := s.runs[0]
	key, value = r.key, r.value
	err = r.next()
	if err == io.EOF {
		heap.Pop(s)
	} else if err != nil {
		return nil, nil, err
	} else {
		heap.Fix(s, 0)
	}
	return key, value, nil
}

func (r *run) next() error {
	n, err := binary.ReadUvarint(r.in)
	if err == io.EOF {
		return err
	}
	m, err2 := binary.ReadUvarint(r.in)
	if err == nil {
		err = err2
	}
	if err == nil {
		both := make([]byte, n+m)
		_, err = io.ReadFull(r.in, both)
		r.key, r.value = both[:n:n], both[n:]
	}
	if err != nil {
		return fmt.Errorf("read sorted people: %w", err)
	}
	return nil
}

// before is the order of runs: equal keys come in the order of the runs.
func (r *run) before(other *run) bool {
	if c := bytes.Compare(r.key, other.key); c != 0 {
		return c < 0
	}
	return r.number < other.number
}

// Len, Less, Swap, Push and Pop implement [heap.Interface].
func (s *sortedItems) Len() int           { return len(s.runs) }
func (s *sortedItems) Less(i, j int) bool { return s.runs[i].before(s.runs[j]) }
func (s *sortedItems) Swap(i, j int)      { s.runs[i], s.runs[j] = s.runs[j], s.runs[i] }
func (s *sortedItems) Push(r any)         { s.runs = append(s.runs, r.(*run)) }
func (s *sortedItems) Pop() any {
	last := s.runs[len(s.runs)-1]
	s.runs = s.runs[:len(s.runs)-1]
	return last
}
