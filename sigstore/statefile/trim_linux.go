package statefile

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
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
func (f *File) KeepSmall(ctx context.Context, limit int64) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.reading: // while nobody reads there is nothing to do
		}
		if !pause(ctx, trimEvery) {
			return
		}
		f.read.Store(false)
		if f.trimAbove(limit) != nil {
			return // there is no way to tell, or to do it, on this system
		}
	}
}

// Trimmed runs work, and gives mapped pages back meanwhile as [File.KeepSmall] does, more
// often.
func (f *File) Trimmed(work func() error) error {
	f.keeper.begin(func(ctx context.Context) {
		for pause(ctx, busyTrimEvery) && f.trimAbove(f.mapped) == nil {
		}
	})
	defer f.keeper.end()
	return work()
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
func (f *File) trimAbove(limit int64) error {
	mapped, err := mappedBytes()
	if err != nil || mapped <= limit {
		return err
	}
	return f.Trim()
}

// Trim takes the file's pages out of the process. A transaction is open meanwhile:
// bbolt does not move its mapping as long as there is one.
func (f *File) Trim() error {
	return f.View(func(tx *Tx) error {
		address := f.db.Info().Data
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
