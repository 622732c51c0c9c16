package miltertest

import (
	"strings"
	"testing"
)

// What grows with the square is found, by each of the three measures; what is in
// proportion is not, nor is a step at one size.
func TestGrowth(t *testing.T) {
	if Raced {
		t.Skip("nothing is measured under the race detector")
	}
	var keep [][]byte
	for name, c := range map[string]struct {
		read  func(n int)
		grows bool
	}{
		"nothing":   {func(int) {}, false},
		"one slice": {func(n int) { keep = [][]byte{make([]byte, 100*n)} }, false},
		"appended": {func(n int) {
			keep = keep[:0:0]
			for range n {
				keep = append(keep, nil)
			}
		}, false},
		"a step": {func(n int) {
			if n > 2<<10 {
				keep = [][]byte{make([]byte, 1<<20)}
			}
		}, false},
		"allocations": {func(n int) {
			for range n * n / 1000 {
				keep = [][]byte{make([]byte, 1)}
			}
		}, true},
		"memory": {func(n int) { keep = [][]byte{make([]byte, n*n)} }, true},
		"time": {func(n int) {
			for range n * n / 32 {
				sum = sum*31 + strings.Count(lots, "ab")
			}
		}, true},
	} {
		if fault := Growth(1<<10, func(n int) func() { return func() { c.read(n) } }); (fault != "") != c.grows {
			t.Errorf("%s: %q", name, fault)
		}
	}
}

// lots takes some time to look through.
var (
	lots = strings.Repeat("a", 100)
	sum  int
)
