package feed

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"sigmilter/cmd/internal/terminal"
	"sigmilter/sigstore/directory"
)

// progressEvery is how often the log says how far a long reading is.
const progressEvery = 5 * time.Second

// readingProgress shows how far a long reading is: in the log, or on a terminal in a line
// that changes in place.
type readingProgress struct {
	log   *slog.Logger
	every time.Duration
	line  *terminal.Line // nil: to the log

	mu            sync.Mutex // guards the rest
	people, total int
}

func newReadingProgress(log *slog.Logger) *readingProgress {
	p := &readingProgress{log: log, every: progressEvery, line: terminal.NewLine(os.Stderr)}
	if p.line != nil {
		p.every = 200 * time.Millisecond
	}
	return p
}

// readSource reads a source and shows the progress until that is done.
func (p *readingProgress) readSource(ctx context.Context, source directory.Source, cursor string, people directory.Sink) (directory.Batch, error) {
	p.setCounts(0, 0)
	done := make(chan struct{})
	var showing sync.WaitGroup
	showing.Go(func() { p.showUntil(time.Now(), done) })
	defer showing.Wait()
	defer close(done)
	return source.Read(ctx, cursor, people, p.setCounts)
}

// setCounts is a [directory.Progress].
func (p *readingProgress) setCounts(read, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people, p.total = read, total
}

// showUntil shows the progress now and then until done is closed.
func (p *readingProgress) showUntil(began time.Time, done <-chan struct{}) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			p.line.Clear()
			return
		case <-tick.C:
		}
		p.mu.Lock()
		read, total := p.people, p.total
		p.mu.Unlock()
		if read > 0 {
			p.showOnce(read, total, int(float64(read)/max(time.Since(began).Seconds(), 0.001)))
		}
	}
}

func (p *readingProgress) showOnce(read, total, perSecond int) {
	if p.line != nil {
		p.line.Show(progressWords(read, total, perSecond))
		return
	}
	attrs := []any{"people", read, "per_second", perSecond}
	if total > read {
		attrs = append(attrs, "to_go", total-read)
	}
	p.log.Info("reading the directory", attrs...)
}

func progressWords(read, total, perSecond int) string {
	words := fmt.Sprintf("%d people read, %d a second", read, perSecond)
	if total > read {
		words += fmt.Sprintf(", about %d to go", total-read)
	}
	return words
}
