package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// slow is how long a run must take to be worth a line.
const slow = 2 * time.Second

// Progress is a line about a long run. It appears when the run has taken two seconds, and
// changes some times a second.
type Progress struct {
	line         *Line
	begun, shown time.Time
}

// NewProgress returns a line on w about a run that begins now. It shows nothing when w is
// no terminal.
func NewProgress(w io.Writer) Progress { return Progress{line: NewLine(w), begun: time.Now()} }

// Show replaces the line with a text, if it is time for that.
func (p *Progress) Show(text func() string) {
	if p.due(time.Now()) {
		p.line.Show(text())
	}
}

// due reports whether the line should change now.
func (p *Progress) due(now time.Time) bool {
	if now.Sub(p.begun) < slow || now.Sub(p.shown) < slow/20 {
		return false
	}
	p.shown = now
	return true
}

// Clear takes the line away, so that others can be written.
func (p *Progress) Clear() { p.line.Clear() }

// Wait shows on w what is waited for, and for how long already, until done is called. It
// shows nothing in the first two seconds, and when w is no terminal.
func Wait(w io.Writer, what string) (done func()) {
	line := NewLine(w)
	if line == nil {
		return func() {}
	}
	tick := time.NewTicker(time.Second)
	stop := line.wait(what, tick.C)
	return func() {
		tick.Stop()
		stop()
	}
}

// wait shows what is waited for at each second but the first.
func (l *Line) wait(what string, seconds <-chan time.Time) (done func()) {
	ended := make(chan struct{})
	var showing sync.WaitGroup
	showing.Go(func() {
		for waited := 1; ; waited++ {
			select {
			case <-ended:
				l.Clear()
				return
			case <-seconds:
			}
			if waited >= int(slow/time.Second) {
				l.Show(fmt.Sprintf("%s, for %ds", what, waited))
			}
		}
	})
	return func() {
		close(ended)
		showing.Wait()
	}
}
