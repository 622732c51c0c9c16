package lab

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// BuildStepping is [Build] with a program whose wall clock a [Clock] steps. Nothing of
// it is in the program that ships: it is Go's own package time that is another one.
// The step comes from below everything, so that the program and its libraries see it
// as on a machine whose clock is set: the time of day jumps, while timers, deadlines
// and intervals, which go by the monotonic clock, do not feel it. The times of files
// and the clocks of other programs stay. Files for the build go beside the binary.
func BuildStepping(ctx context.Context, binary string, args ...string) error {
	overlay, err := overlayClock(ctx, filepath.Dir(binary))
	if err != nil {
		return fmt.Errorf("build sigmilter with a clock that steps: %w", err)
	}
	return Build(ctx, binary, append([]string{"-overlay", overlay}, args...)...)
}

// clockEnv names the file of the clock.
const clockEnv = "SIGMILTER_LAB_CLOCK"

// patchedNow is the line of [time.Now] that asks for the time, in seconds of the wall clock
// and others, and what takes its place.
var (
	patchedNow = []byte("\tsec, nsec, mono := runtimeNow()\n")
	stepped    = append(patchedNow[:len(patchedNow):len(patchedNow)], "\tsec += *labStep\n"...)
)

// labStep is a file of Go's package time. The file of the clock is mapped, so that a
// step is seen at once and costs no system call.
const labStep = `package time

import (
	"syscall"
	"unsafe"
)

var labStep = mapLabStep()

func mapLabStep() *int64 {
	path, _ := syscall.Getenv("` + clockEnv + `")
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		return new(int64)
	}
	defer syscall.Close(fd)
	mapped, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return (*int64)(unsafe.Pointer(&mapped[0]))
}
`

// overlayClock writes what takes the place of package time, and returns the file for
// the build that says so.
func overlayClock(ctx context.Context, dir string) (overlay string, err error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find the sources of Go: %w", err)
	}
	source := filepath.Join(string(bytes.TrimSpace(root)), "src", "time")
	original, err := os.ReadFile(filepath.Join(source, "time.go"))
	if err != nil {
		return "", err
	}
	if bytes.Count(original, patchedNow) != 1 {
		return "", errors.New("time.Now of this version of Go is not as it is known here")
	}
	files := map[string][]byte{
		"time.go":    bytes.Replace(original, patchedNow, stepped, 1),
		"labstep.go": []byte(labStep),
	}
	replace := map[string]string{}
	for name, text := range files {
		path := filepath.Join(dir, "clock-"+name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return "", err
		}
		replace[filepath.Join(source, name)] = path
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "clock-overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o644)
}

// Clock is the wall clock of programs that [BuildStepping] built.
type Clock struct{ file *os.File }

// NewClock makes a clock that goes right, kept in a file at the path.
func NewClock(path string) (*Clock, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("make a clock: %w", err)
	}
	c := &Clock{file}
	return c, c.Set(0)
}

// Env has a program go by the clock, as NAME=value.
func (c *Clock) Env() string { return clockEnv + "=" + c.file.Name() }

// Set steps the clock to be so far ahead of the real one, or with less than 0 behind
// it, in whole seconds.
func (c *Clock) Set(ahead time.Duration) error {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], uint64(ahead/time.Second))
	if _, err := c.file.WriteAt(b[:], 0); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	return nil
}

// Close gives up the file; programs that run go on with it.
func (c *Clock) Close() error { return c.file.Close() }
