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

// progressEvery is how often a long reading tells how far it is.
const progressEvery = 5 * time.Second

// readingProgress tells how far long readings of a directory are: in the log, or on a
// terminal in a line that changes.
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

// read reads a source and tells about it until that is done.
func (p *readingProgress) read(ctx context.Context, source directory.Source, cursor string, people directory.Sink) (directory.Batch, error) {
	p.set(0, 0)
	done := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() { p.tell(time.Now(), done) })
	defer telling.Wait()
	defer close(done)
	return source.Read(ctx, cursor, people, p.set)
}

func (p *readingProgress) set(read, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people, p.total = read, total
}

func (p *readingProgress) tell(began time.Time, done <-chan struct{}) {
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
		perSecond := int(float64(read) / max(time.Since(began).Seconds(), 0.001))
		switch {
		case read == 0:
		case p.line != nil:
			p.line.Show(progressWords(read, total, perSecond))
		case total > read:
			p.log.Info("reading the directory", "people", read, "per_second", perSecond, "to_go", total-read)
		default:
			p.log.Info("reading the directory", "people", read, "per_second", perSecond)
		}
	}
}

func progressWords(read, total, perSecond int) string {
	words := fmt.Sprintf("%d people read, %d a second", read, perSecond)
	if total > read {
		words += fmt.Sprintf(", about %d to go", total-read)
	}
	return words
}
