package terminal

import (
	"bytes"
	"io"
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
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device too
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var out bytes.Buffer
	for _, w := range []io.Writer{f, null, &out} {
		if NewLine(w) != nil {
			t.Errorf("%T is taken for a terminal", w)
		}
	}
	l := NewLine(&out)
	l.Show("one")
	l.Clear()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
