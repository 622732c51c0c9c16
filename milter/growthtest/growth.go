// Package growthtest checks, for tests, that the cost of reading an input grows with
// its size and not faster.
//
// It compares an input with one [Times] as large. The bytes that are allocated have a
// close bound. The time of the processor has a wide one; what grows with the square is
// far beyond it.
package growthtest

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"sigmilter/milter/miltertest"
)

const (
	// Times is how many times as large the large input is: it is doubled thrice.
	Times = 8

	// mostBytes has a tenth for each doubling, and a half because a slice that grows is
	// copied more often when it is large. A square has Times*Times.
	mostBytes = Times * 1.1 * 1.1 * 1.1 * 1.5
	mostTime  = 3.0 // for each byte, against the small input; a square has 8
	tries     = 6
	noise     = 64 << 10         // bytes that are allocated whatever the input
	tooShort  = time.Millisecond // of time to tell anything
)

// Check fails the test when reading what was made for a size costs too much for
// [Times] that size. The small input is read before, so that tables and pools are
// there. Under the race detector nothing is measured.
func Check[T any](t testing.TB, size int, input func(size int) T, read func(T)) {
	t.Helper()
	small, large := input(size), input(size*Times)
	read(small)
	if miltertest.Raced {
		return
	}
	var before, after uint64
	within := func() bool {
		before, after = allocated(func() { read(small) }), allocated(func() { read(large) })
		return float64(after) <= mostBytes*float64(before)+noise
	}
	if !once(within) {
		t.Errorf("%d bytes are allocated for size %d, and %d for %d times as much", before, size, after, Times)
	}
	var ratio float64
	inTime := func() bool {
		whole := cpu(func() { read(large) })
		pieces := cpu(func() {
			for range Times {
				read(small)
			}
		})
		ratio = float64(whole) / float64(pieces+1)
		return whole < tooShort || ratio < mostTime
	}
	if !once(inTime) {
		t.Errorf("size %d costs %.1f times as much for each byte as size %d", size*Times, ratio, size)
	}
}

// once reports whether one of several tries succeeds: the collector, which empties the
// pools of the library, and other processes make some of them fail.
func once(try func() bool) bool {
	for range tries {
		if try() {
			return true
		}
	}
	return false
}

// allocated is how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// cpu is the time of the processor that a function takes, with what the collector
// does meanwhile.
func cpu(f func()) time.Duration {
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := now()
	f()
	return now() - began
}
