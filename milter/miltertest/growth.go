package miltertest

import (
	"fmt"
	"runtime"
	"runtime/debug"
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

// Growth compares what an input of n bytes costs with one of four times as many, and
// says what grows faster than the input does, "" for nothing. For an input of a size,
// prepare returns what is measured with it.
//
// Allocations are counted: they may be one tenth more than four times as many. Bytes of
// them are more where what grows is copied, and CPU time is not exact, so the least of
// several tries counts; where they grow with the square they are sixteen times as many.
func Growth(n int, prepare func(n int) func()) string {
	const (
		times  = 4
		tries  = 12
		allocs = 1.1 * times
		bytes  = 2.5 * times
		cpu    = 2 * times
	)
	small, large := prepare(n), prepare(times*n)
	if small(); Raced { // what is made once only is made now
		return ""
	}
	one, four := CostOf(small), CostOf(large)
	for range tries {
		switch {
		case float64(four.Allocs) > allocs*float64(one.Allocs)+200:
			return fmt.Sprintf("%d allocations for %d bytes of input, and %d for %d", one.Allocs, n, four.Allocs, times*n)
		case float64(four.Bytes) > bytes*float64(one.Bytes)+(64<<10):
			return fmt.Sprintf("%d bytes of memory for %d bytes of input, and %d for %d", one.Bytes, n, four.Bytes, times*n)
		case float64(four.CPU) <= cpu*float64(one.CPU)+float64(time.Millisecond):
			return ""
		}
		one, four = one.least(CostOf(small)), four.least(CostOf(large))
	}
	return fmt.Sprintf("%v for %d bytes of input, and %v for %d", one.CPU, n, four.CPU, times*n)
}
