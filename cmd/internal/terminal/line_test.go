package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestLine(t *testing.T) {
	var out bytes.Buffer
	l := &Line{out: &out}
	l.Clear()
	l.Show("one")
	l.Show("two")
	l.Clear()
	l.Clear()
	if got := out.String(); got != "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K" {
		t.Errorf("%q", got)
	}
}

// Where nobody watches, nothing is written.
func TestNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if NewLine(f) != nil || NewLine(&out) != nil {
		t.Error("a file is taken for a terminal")
	}
	l := NewLine(&out)
	l.Show("one")
	l.Clear()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
