package terminal

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressIsSeldom(t *testing.T) {
	begin := time.Unix(1_700_000_000, 0)
	p := Progress{begun: begin}
	for _, step := range []struct {
		at  time.Duration
		due bool
	}{
		{0, false}, {slow - 1, false}, {slow, true}, {slow + 1, false}, {2 * slow, true},
	} {
		if got := p.due(begin.Add(step.at)); got != step.due {
			t.Errorf("after %v: %v", step.at, got)
		}
	}
}

func TestProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(&out)
	p.begun = p.begun.Add(-time.Hour)
	p.Show(func() string { return "words" })
	p.Clear()
	Wait(&out, "words")()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}

func TestWait(t *testing.T) {
	var out bytes.Buffer
	seconds := make(chan time.Time)
	done := (&Line{out: &out}).wait("reading people", seconds)
	for range 3 {
		seconds <- time.Time{}
	}
	done()
	const all = "\r\x1b[Kreading people, for 2s\r\x1b[Kreading people, for 3s\r\x1b[K"
	if got := out.String(); got != all {
		t.Errorf("%q", got)
	}
}
