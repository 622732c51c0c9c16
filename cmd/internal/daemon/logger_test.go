package daemon

import (
	"errors"
	"log/slog"
	"strings"
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
