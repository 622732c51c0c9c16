package daemon

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"
	"testing"

	"sigmilter/cmd/internal/config"
)

func TestJournalLines(t *testing.T) {
	var out strings.Builder
	level := new(slog.LevelVar)
	log := NewLogger(config.Journald, level, &out).With("session", "s1")
	log.Debug("unseen")
	log.Info("message", "queue", "C471D3DF", "text", "two\nlines")
	log.Warn("careful")
	log.WithGroup("g").Error("broken", "error", errors.New("no luck"), "level", 7)
	level.Set(slog.LevelDebug)
	log.Debug("seen")
	want := `<6>msg=message session=s1 queue=C471D3DF text="two\nlines"
<4>msg=careful session=s1
<3>msg=broken session=s1 g.error="no luck" g.level=7
<7>msg=seen session=s1
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// journalIsStderr has this process' standard error be the journal, as systemd tells it.
func journalIsStderr(t *testing.T) {
	t.Helper()
	var stat syscall.Stat_t
	if err := syscall.Fstat(2, &stat); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JOURNAL_STREAM", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino))
}

// Without a format of the administrator's the journal gets what it reads.
func TestLogToJournal(t *testing.T) {
	for _, toJournal := range []bool{false, true} {
		t.Setenv("JOURNAL_STREAM", "1:1") // of somebody else
		if toJournal {
			journalIsStderr(t)
		}
		for _, format := range []config.LogFormat{config.Auto, config.Logfmt, config.JSON, config.Journald} {
			var out strings.Builder
			NewLogger(format, slog.LevelInfo, &out).Warn("careful")
			inJournald := out.String() == "<4>msg=careful\n"
			if want := format == config.Journald || format == config.Auto && toJournal; inJournald != want {
				t.Errorf("to the journal %v, %s: %q", toJournal, format, out.String())
			}
		}
	}
}

func TestLogFormats(t *testing.T) {
	for format, want := range map[config.LogFormat]string{
		config.Logfmt: "level=INFO msg=hello a=1\n",
		config.JSON:   `"level":"INFO","msg":"hello","a":1}` + "\n",
	} {
		var out strings.Builder
		NewLogger(format, slog.LevelInfo, &out).Info("hello", "a", 1)
		if !strings.HasSuffix(out.String(), want) {
			t.Errorf("%s: got %q", format, out.String())
		}
	}
}
