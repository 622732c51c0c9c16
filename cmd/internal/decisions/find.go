package decisions

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Found are decisions that were asked for.
type Found struct {
	Decisions []Decision // the oldest first
	More      bool       // there are older ones, which were not asked for
	Damage    []Damage   // files of which a part could not be read
	Files     int        // how many were read
}

// Find reads the decisions in a folder that a query asks for: the newest of them, limit at
// most, or all for 0. A folder that is not there has none. Several files are read at once,
// one for each core, from the newest back.
func Find(dir string, q Query, limit int) (Found, error) {
	var all Found
	files, err := filesIn(dir)
	if err != nil {
		return all, err
	}
	files = slices.DeleteFunc(files, func(f file) bool { return !f.mayHold(&q) })
	slices.Reverse(files)
	var newestFirst [][]Decision
	count := 0
	for together := range slices.Chunk(files, runtime.GOMAXPROCS(0)) {
		all.Files += len(together)
		for _, m := range matchesIn(together, &q) {
			if m.err != nil {
				return all, m.err
			}
			all.Damage = append(all.Damage, m.damage...)
			entries := m.entries
			if excess := count + len(entries) - limit; limit > 0 && excess > 0 {
				entries, all.More = entries[min(excess, len(entries)):], true
			}
			count += len(entries)
			newestFirst = append(newestFirst, m.reader.decisions(entries))
			if all.More {
				break
			}
		}
		if all.More {
			break
		}
	}
	slices.Reverse(newestFirst)
	all.Decisions = slices.Concat(newestFirst...)
	return all, nil
}

// Any reports whether a folder has decisions, without reading them.
func Any(dir string) (bool, error) {
	files, err := filesIn(dir)
	return slices.ContainsFunc(files, func(f file) bool { return f.bytes > headBytes }), err
}

// matches are what one file has of what a query asks for.
type matches struct {
	reader  *reader
	entries []entry
	damage  []Damage
	err     error
}

// matchesIn reads files at the same time; what each has is in their order.
func matchesIn(files []file, q *Query) []matches {
	all := make([]matches, len(files))
	var reading sync.WaitGroup
	for i, f := range files {
		reading.Go(func() {
			m := &all[i]
			m.reader, m.damage, m.err = readFile(f.path, q, func(e entry) { m.entries = append(m.entries, bytes.Clone(e)) })
		})
	}
	reading.Wait()
	return all
}

// Counts are numbers of messages by action and reason.
type Counts map[string]map[string]int

// Count counts the decisions since a time.
func Count(dir string, since time.Time) (Counts, error) {
	counts := Counts{}
	files, err := filesIn(dir)
	if err != nil {
		return counts, err
	}
	q := Query{Since: since}
	for _, f := range files {
		if !f.mayHold(&q) {
			continue
		}
		numbers := map[[2]uint32]int{}
		r, _, err := readFile(f.path, &q, func(e entry) {
			numbers[[2]uint32{e.number(actionColumn), e.number(reasonColumn)}]++
		})
		if err != nil {
			return counts, err
		}
		for n, count := range numbers {
			action, reason := r.strings[n[0]], r.strings[n[1]]
			if counts[action] == nil {
				counts[action] = map[string]int{}
			}
			counts[action][reason] += count
		}
	}
	return counts, nil
}

// readFile reads one file, of which one chunk at most is in memory. That it was removed
// meanwhile is no error, nor that its end is not there yet.
func readFile(path string, q *Query, found func(entry)) (*reader, []Damage, error) {
	r := newReader(q)
	in, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil, nil
	}
	if err != nil {
		return r, nil, err
	}
	defer in.Close()
	window, filled, offset := make([]byte, headBytes+maxEntries), 0, 0
	for {
		n, err := in.Read(window[filled:])
		filled += n
		taken, damage := r.read(window[:filled], found)
		offset += taken
		if damage != nil {
			return r, []Damage{{path, offset, errors.Is(damage, errNewer)}}, nil
		}
		if err == io.EOF {
			return r, nil, nil
		}
		if err != nil {
			return r, nil, err
		}
		filled = copy(window, window[taken:filled])
	}
}

// followPause is how often a folder that is followed is looked at.
const followPause = 200 * time.Millisecond

// Follow hands each decision that a query asks for to found as it is made, from now on,
// until ctx ends or found fails.
func Follow(ctx context.Context, dir string, q Query, found func(Decision) error) error {
	f := follower{dir: dir, query: q}
	if err := f.look(nil); err != nil {
		return err
	}
	return f.follow(ctx, found)
}

// follow looks again and again.
func (f *follower) follow(ctx context.Context, found func(Decision) error) error {
	ticks := time.NewTicker(followPause)
	defer ticks.Stop()
	for {
		if err := f.look(found); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// follower remembers how far the newest file was read.
type follower struct {
	dir   string
	query Query

	path   string
	offset int64
	reader *reader
}

// look reads what is new; with a nil found it only remembers that it is there.
func (f *follower) look(found func(Decision) error) error {
	files, err := filesIn(f.dir)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(files, func(of file) bool { return of.path == f.path })
	if found == nil {
		at = len(files) - 1
	}
	for _, of := range files[max(at, 0):] {
		if of.path != f.path {
			f.path, f.offset, f.reader = of.path, 0, newReader(&f.query)
		}
		if of.bytes <= f.offset {
			continue
		}
		if err := f.readOn(found); err != nil {
			return err
		}
	}
	return nil
}

// readOn reads the file on from where it was read to. What is damaged in it ends it.
func (f *follower) readOn(found func(Decision) error) error {
	data, err := readFrom(f.path, f.offset)
	if err != nil {
		return err
	}
	var fault error
	taken, err := f.reader.read(data, func(e entry) {
		if found != nil && fault == nil {
			fault = found(f.reader.decision(e))
		}
	})
	f.offset += int64(taken)
	if err != nil {
		f.offset = 1<<63 - 1
	}
	return fault
}

// readFrom is what a file has from an offset on; nothing where it was removed.
func readFrom(path string, offset int64) ([]byte, error) {
	in, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, max(info.Size()-offset, 0))
	n, err := in.ReadAt(data, offset)
	if n < len(data) && err != nil {
		return nil, err
	}
	return data, nil
}
