package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestSVG(t *testing.T) {
	all := []series{
		{name: "linear", points: []point{{1, time.Millisecond}, {100, 100 * time.Millisecond}}},
		{name: "one point", points: []point{{10, 10 * time.Millisecond}}},
	}
	drawn := svg("title", "size", all, []float64{1, 10, 100}, sizeLabel)
	for _, want := range []string{
		`<polyline points="80.0,360.0 730.0,50.0"`,                      // from corner to corner
		`<line x1="80.0" y1="360.0" x2="730.0" y2="50.0" stroke="#999"`, // in proportion
		`<circle cx="405.0" cy="205.0"`,                                 // in the middle
		">100 ms</text>", ">10 KB</text>", ">linear</text>",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in\n%s", want, drawn)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(drawn)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSizeLabel(t *testing.T) {
	for kb, want := range map[float64]string{1: "1 KB", 256: "256 KB", 1024: "1 MB", 64 << 10: "64 MB"} {
		if got := sizeLabel(kb); got != want {
			t.Errorf("%g KB is %q, want %q", kb, got, want)
		}
	}
}
