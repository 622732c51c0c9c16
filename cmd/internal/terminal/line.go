// Package terminal shows on a terminal how far a long run is.
package terminal

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Line is a line that changes in place. The methods of a nil Line do nothing.
type Line struct {
	out   io.Writer
	shown bool
}

// NewLine returns a line on w, or nil when w is no terminal.
func NewLine(w io.Writer) *Line {
	if !Is(w) {
		return nil
	}
	return &Line{out: w}
}

// Is reports whether w is a terminal; /dev/null is none.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
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
