// Package terminal shows on a terminal how far a long run is.
package terminal

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Line is a line that changes in place. The methods of a nil Line do nothing.
type Line struct {
	out   io.Writer
	shown bool
}

// NewLine returns a line on w, or nil when w is no terminal.
func NewLine(w io.Writer) *Line {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return nil
	}
	return &Line{out: f}
}

// Show replaces the line with a text.
func (l *Line) Show(text string) {
	if l == nil {
		return
	}
	l.shown = true
	fmt.Fprint(l.out, "\r\x1b[K"+text)
}

// Clear takes the line away, so that others can be written.
func (l *Line) Clear() {
	if l == nil || !l.shown {
		return
	}
	l.shown = false
	fmt.Fprint(l.out, "\r\x1b[K")
}
