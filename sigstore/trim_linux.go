package sigstore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// trimEvery is how often the mapped pages are counted while people are looked up: a
	// thousand look-ups a second of as many people may map 200 MB in it.
	trimEvery = 100 * time.Millisecond
	// busyTrimEvery is how often while all of the file is gone through.
	busyTrimEvery = 10 * time.Millisecond
)

// KeepSmall gives mapped pages of the state file back whenever the process has
// more than limit bytes of them, until ctx ends. It costs readers a page fault and
// no reading of the disk: the pages stay in the kernel's cache.
//
// QUIRK: on a fault the kernel maps the sixteen pages around it that it has in its
// cache, so that a few thousand look-ups in a large file are counted as hundreds of
// megabytes of resident memory, which nobody would get back before memory is short.
func (s *Store) KeepSmall(ctx context.Context, limit int64) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.reading: // while nobody reads there is nothing to do
		}
		if !pause(ctx, trimEvery) {
			return
		}
		s.read.Store(false)
		if s.trimAbove(limit) != nil {
			return // there is no way to tell, or to do it, on this system
		}
	}
}

// trimmed runs f, and gives mapped pages back meanwhile as [Store.KeepSmall] does, more
// often.
func (s *Store) trimmed(f func() error) error {
	ctx, cancel := context.WithCancel(context.Background())
	var trimming sync.WaitGroup
	trimming.Go(func() {
		for pause(ctx, busyTrimEvery) && s.trimAbove(s.limits.mapped) == nil {
		}
	})
	defer trimming.Wait()
	defer cancel()
	return f()
}

// pause waits, and is false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// trimAbove trims when more than limit bytes are mapped.
func (s *Store) trimAbove(limit int64) error {
	mapped, err := mappedBytes()
	if err != nil || mapped <= limit {
		return err
	}
	return s.trim()
}

// trim takes the file's pages out of the process. A transaction is open meanwhile:
// bbolt does not move its mapping as long as there is one.
func (s *Store) trim() error {
	return s.view(func(tx *bbolt.Tx) error {
		address := s.db.Info().Data
		size := uintptr(tx.Size())
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, address, size, syscall.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give mapped pages back: %w", errno)
		}
		return nil
	})
}

// mappedBytes is the resident memory that is mapped files, proc(5) statm.
func mappedBytes() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text)
	if len(fields) < 3 {
		return 0, fmt.Errorf("statm has %d fields", len(fields))
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}
