package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/maillog"
	"sigmilter/cmd/internal/signing"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
)

// word is what no log may have: it stands in the text of every message.
const word = "Geheimwort4711"

// Text of a message never gets into the log, whatever becomes of the message, not
// at debug level and not in what is said of a failure.
func TestNoMessageTextInLogs(t *testing.T) {
	b := newBench(t)
	log := &bytes.Buffer{}
	b.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	marked := 0
	for _, name := range goldenNames(t) {
		g := readGolden(t, name)
		raw, err := os.ReadFile(filepath.Join(mailDir, name+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		f := engine.ParseFile(raw)
		head, body, _ := bytes.Cut(raw, []byte("\n\n"))
		raw = bytes.Join([][]byte{head, []byte("\n\n"), []byte(word + "\n"), body}, nil)
		if f.Header().Get("Content-Transfer-Encoding") == "" {
			raw = bytes.ReplaceAll(raw, []byte("Hello"), []byte(word+" Hello"))
		}
		if i := bytes.Index(raw, []byte("\nSubject: ")); i >= 0 {
			raw = bytes.Replace(raw, []byte("\nSubject: "), []byte("\nSubject: "+word+" "), 1)
		}
		cfg := b.config(t, g.sealed, g.place, g.rule)
		signer := signing.NewEngine(cfg, signing.NewBook(cfg, b.store), nil, b.log)
		given := trial.Given{Sender: g.From, Recipients: g.To}
		e := given.Envelope(engine.ParseFile(raw))
		m := engine.ParseFile(raw).Message(e.Sender, e.Recipients, signing.ScanLimits(cfg))
		job := signer.Begin(m)
		job.Head()
		outcome := job.Finish()
		maillog.Write(b.log, m, outcome, time.Millisecond)
		job.Fail("spool", os.ErrClosed)
		marked += bytes.Count(raw, []byte(word))
	}
	if marked < 100 || strings.Count(log.String(), "msg=message ") < 50 {
		t.Fatalf("%d words in messages, and the log is\n%s", marked, log)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, word) {
			t.Errorf("text of the message is in the log: %s", line)
		}
	}
}
