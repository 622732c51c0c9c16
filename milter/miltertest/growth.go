package miltertest

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Cost is what a function takes.
type Cost struct {
	CPU    time.Duration // of its thread: other programs and tests do not count
	Allocs uint64        // how often memory was allocated
	Bytes  uint64        // of it, let go of or not
}

// CostOf runs a function and returns what it took, without the garbage collector.
func CostOf(f func()) Cost {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := threadCPU()
	f()
	took := threadCPU() - began
	runtime.ReadMemStats(&after)
	return Cost{took, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}
}

func (c Cost) least(o Cost) Cost {
	return Cost{min(c.CPU, o.CPU), min(c.Allocs, o.Allocs), min(c.Bytes, o.Bytes)}
}

// threadCPU is the CPU time of this thread in nanoseconds, which getrusage counts in
// ticks of the clock.
func threadCPU() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// CheckGrowth fails the test when reading what was made for a size costs more than in
// proportion for a larger one, by [Growth].
func CheckGrowth[T any](t testing.TB, size int, input func(size int) T, read func(T)) {
	t.Helper()
	prepare := func(n int) func() {
		in := input(n)
		return func() { read(in) }
	}
	if fault := Growth(size, prepare); fault != "" {
		t.Error(fault)
	}
}

// Growth compares what an input of n bytes costs with one of four times as many, which
// is doubled twice, and says what grows faster than the input does, "" for nothing. For
// an input of a size, prepare returns what is measured with it.
//
// For each doubling allocations, and bytes of them, may double and be a tenth more. CPU
// time is not exact, so its bound is wider; where it grows with the square it is sixteen
// times as much. The least of several tries counts, of memory too: what other goroutines
// allocate meanwhile is counted along.
//
// What grows does so at every size. A step at one size is no growth, such as where a slice
// is copied once more or a buffer first needed: what is too much is looked at again from
// the larger size on.
func Growth(n int, prepare func(n int) func()) string {
	fault := growth(n, prepare)
	if fault != "" {
		fault = growth(times*n, prepare)
	}
	return fault
}

// times is how much larger the larger input is.
const times = 4

func growth(n int, prepare func(n int) func()) string {
	const tries = 12
	small, large := prepare(n), prepare(times*n)
	if small(); Raced { // what is made once only is made now
		return ""
	}
	one, four := CostOf(small), CostOf(large)
	fault := one.tooMuch(four, n)
	for try := 1; try < tries && fault != ""; try++ {
		one, four = one.least(CostOf(small)), four.least(CostOf(large))
		fault = one.tooMuch(four, n)
	}
	return fault
}

// tooMuch says what grows too much from the cost of n bytes to that of times as many, ""
// for nothing.
func (c Cost) tooMuch(more Cost, n int) string {
	const (
		memory = 2.2 * 2.2
		cpu    = 2 * times
	)
	if float64(more.Allocs) > memory*float64(c.Allocs)+200 {
		return fmt.Sprintf("%d allocations for %d bytes of input, and %d for %d", c.Allocs, n, more.Allocs, times*n)
	}
	if float64(more.Bytes) > memory*float64(c.Bytes)+(64<<10) {
		return fmt.Sprintf("%d bytes of memory for %d bytes of input, and %d for %d", c.Bytes, n, more.Bytes, times*n)
	}
	if float64(more.CPU) > cpu*float64(c.CPU)+float64(time.Millisecond) {
		return fmt.Sprintf("%v for %d bytes of input, and %v for %d", c.CPU, n, more.CPU, times*n)
	}
	return ""
}
