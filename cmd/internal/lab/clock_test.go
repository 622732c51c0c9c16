package lab

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// This version of Go has the line that is replaced, and the clock is what is read
// there. That a program goes by it, the end-to-end tests show.
func TestOverlayClock(t *testing.T) {
	dir := t.TempDir()
	overlay, err := overlayClock(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		overlay:                             `/src/time/time.go":"` + dir,
		filepath.Join(dir, "clock-time.go"): "\tsec += *labStep\n",
	} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %q, %v", name, want, err)
		}
	}
}

func TestClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	c, err := NewClock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour} {
		if err := c.Set(ahead); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) != 8 || int64(binary.NativeEndian.Uint64(b)) != int64(ahead.Seconds()) {
			t.Errorf("%v: %x, %v", ahead, b, err)
		}
	}
	if got := c.Env(); got != clockEnv+"="+path {
		t.Error(got)
	}
}
