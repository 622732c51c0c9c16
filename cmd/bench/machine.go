package main

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// machine is what the kind of machine is that a run was made on: a filter's work counts
// for more where the system calls around it cost less.
type machine struct {
	what       string
	systemCall time.Duration // of one that does nothing
	handOver   time.Duration // from one thread that writes to another that waits for it
	bandwidth  float64       // bytes a second that a core copies, each read and written
}

// tries is how often each is measured. The best counts: it is the least disturbed.
const tries = 5

func measureMachine() (machine, error) {
	m := machine{what: fmt.Sprintf("%d CPUs, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())}
	m.systemCall = systemCall()
	m.bandwidth = bandwidth()
	var err error
	m.handOver, err = handOver()
	return m, err
}

func (m machine) String() string {
	return fmt.Sprintf("%s; a system call %d ns, waking another thread %.1f µs, memory copied at %.1f GB/s",
		m.what, m.systemCall.Nanoseconds(), float64(m.handOver.Nanoseconds())/1e3, m.bandwidth/1e9)
}

// best is the least time of a step among the tries.
func best(step func()) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range tries {
		began := time.Now()
		step()
		least = min(least, time.Since(began))
	}
	return least
}

func systemCall() time.Duration {
	const calls = 20_000
	return best(func() {
		for range calls {
			syscall.Getppid()
		}
	}) / calls
}

func bandwidth() float64 {
	const size = 64 << 20 // more than caches hold
	from, to := make([]byte, size), make([]byte, size)
	copy(to, from) // has the kernel give the pages
	return size / best(func() { copy(to, from) }).Seconds()
}

// handOver has two threads wake each other through pipes: each time one writes and the
// other's read returns.
func handOver() (time.Duration, error) {
	const turns = 2000
	var there, back [2]int
	for _, pipe := range []*[2]int{&there, &back} {
		if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
			return 0, fmt.Errorf("make a pipe to measure a change of threads: %w", err)
		}
		defer syscall.Close(pipe[0])
		defer syscall.Close(pipe[1])
	}
	done := make(chan error, 1)
	go func() { done <- echo(there[0], back[1], tries*turns) }()
	var failed error
	took := best(func() {
		for range turns {
			if failed == nil {
				failed = ask(there[1], back[0])
			}
		}
	})
	if failed != nil {
		return 0, failed
	}
	return took / (2 * turns), <-done
}

// ask writes a byte and waits for the answer.
func ask(out, in int) error {
	var b [1]byte
	if _, err := syscall.Write(out, b[:]); err != nil {
		return fmt.Errorf("write to a pipe: %w", err)
	}
	if _, err := syscall.Read(in, b[:]); err != nil {
		return fmt.Errorf("read from a pipe: %w", err)
	}
	return nil
}

// echo answers so many bytes, on a thread of its own.
func echo(in, out, bytes int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var b [1]byte
	for range bytes {
		if _, err := syscall.Read(in, b[:]); err != nil {
			return fmt.Errorf("read from a pipe: %w", err)
		}
		if _, err := syscall.Write(out, b[:]); err != nil {
			return fmt.Errorf("write to a pipe: %w", err)
		}
	}
	return nil
}
