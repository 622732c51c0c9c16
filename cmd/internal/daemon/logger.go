package daemon

import (
	"context"
	"io"
	"log/slog"
	"sync"

	sdjournal "github.com/coreos/go-systemd/v22/journal"

	"sigmilter/cmd/internal/config"
)

// NewLogger returns a logger that writes lines of at least a level to w, in a format of the
// configuration. The level may change later.
func NewLogger(format config.LogFormat, level slog.Leveler, w io.Writer) *slog.Logger {
	if format == config.Auto && ToJournal() {
		format = config.Journald
	}
	o := &slog.HandlerOptions{Level: level}
	switch format {
	case config.JSON:
		return slog.New(slog.NewJSONHandler(w, o))
	case config.Journald:
		return slog.New(newJournal(w, level))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// ToJournal reports whether standard error is systemd's journal.
func ToJournal() bool {
	is, err := sdjournal.StderrIsJournalStream()
	return is && err == nil
}

// priorities are the prefixes of sd-daemon(3) for each level.
var priorities = []struct {
	from   slog.Level
	prefix string
}{
	{slog.LevelError, "<3>"},
	{slog.LevelWarn, "<4>"},
	{slog.LevelInfo, "<6>"},
	{slog.LevelDebug, "<7>"},
}

// journal writes lines as logfmt after their priority. They have neither time nor level,
// since the journal keeps both.
type journal struct {
	level    slog.Leveler
	handlers []slog.Handler // one for each of priorities
}

func newJournal(w io.Writer, level slog.Leveler) *journal {
	j := &journal{level: level}
	lock := new(sync.Mutex)
	o := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		keptByJournal := a.Key == slog.TimeKey || a.Key == slog.LevelKey
		if len(groups) == 0 && keptByJournal {
			return slog.Attr{}
		}
		return a
	}}
	for _, p := range priorities {
		j.handlers = append(j.handlers, slog.NewTextHandler(&prefixed{w, lock, p.prefix}, o))
	}
	return j
}

// prefixed puts a prefix in front of each write; a handler writes one line at a time.
type prefixed struct {
	w      io.Writer
	lock   *sync.Mutex
	prefix string
}

// Write implements [io.Writer].
func (p *prefixed) Write(line []byte) (int, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if _, err := p.w.Write(append([]byte(p.prefix), line...)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// Enabled implements [slog.Handler].
func (j *journal) Enabled(_ context.Context, level slog.Level) bool { return level >= j.level.Level() }

// Handle implements [slog.Handler].
func (j *journal) Handle(ctx context.Context, r slog.Record) error {
	for i, p := range priorities {
		if r.Level >= p.from {
			return j.handlers[i].Handle(ctx, r)
		}
	}
	return nil
}

// WithAttrs implements [slog.Handler].
func (j *journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return j.withEach(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup implements [slog.Handler].
func (j *journal) WithGroup(name string) slog.Handler {
	return j.withEach(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (j *journal) withEach(f func(slog.Handler) slog.Handler) *journal {
	next := &journal{level: j.level}
	for _, h := range j.handlers {
		next.handlers = append(next.handlers, f(h))
	}
	return next
}
