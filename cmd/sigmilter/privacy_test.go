package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/maillog"
	"sigmilter/cmd/internal/signing"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter"
	"sigmilter/milter/miltertest"
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
		f := milter.ParseFile(raw)
		head, body, _ := bytes.Cut(raw, []byte("\n\n"))
		raw = bytes.Join([][]byte{head, []byte("\n\n"), []byte(word + "\n"), body}, nil)
		if f.Header().Get("Content-Transfer-Encoding") == "" {
			raw = bytes.ReplaceAll(raw, []byte("Hello"), []byte(word+" Hello"))
		}
		if i := bytes.Index(raw, []byte("\nSubject: ")); i >= 0 {
			raw = bytes.Replace(raw, []byte("\nSubject: "), []byte("\nSubject: "+word+" "), 1)
		}
		cfg := b.config(t, g.sealed, g.place, g.rule)
		engine := signing.NewEngine(cfg, signing.NewBook(cfg, b.store), nil, b.log)
		given := trial.Given{Sender: g.From, Recipients: g.To}
		e := given.Envelope(milter.ParseFile(raw))
		m := milter.ParseFile(raw).Message(e.Sender, e.Recipients, signing.ScanLimits(cfg))
		engine.Head(m)
		outcome := engine.Finish(m)
		maillog.Write(b.log, m, outcome, time.Millisecond)
		engine.Fail(m, "spool", os.ErrClosed)
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

// The daemon shows no secret, neither its own nor one that somebody guessed, in its
// log, metrics and status, and lets none out with a message.
func TestDaemonKeepsSecrets(t *testing.T) {
	const code, guess = "c0de-of-contoso-0123456789abcdef", "guess-of-somebody-0123456789abcd"
	r := newRunning(t, "[tenant.contoso]\n", "log.level = \"debug\"\nguard.key_file = \"guard.key\"\n[tenant.contoso]\nrouting_code_file = \"code\"\n")
	r.write("guard.key", guardKey+"\n")
	r.write("code", code+"\n")
	r.begin()
	mta := r.dial()
	for _, c := range []string{code, guess, "x" + code} {
		result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte("X-Sigmilter-Route: "+c+"\nMessage-ID: <1@contoso.com>\n"+toBen))
		if err != nil {
			t.Fatal(err)
		}
		if !result.Accepted || bytes.Contains(result.Raw, []byte(c)) {
			t.Errorf("a code leaves with the message: %s", result.Raw)
		}
	}
	if err := mta.Quit(); err != nil {
		t.Error(err)
	}
	if _, err := r.daemon.Reload(); err != nil {
		t.Error(err)
	}
	families, err := r.daemon.metrics.Gatherer(r.daemon).Gather()
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%+v\n%v\n", r.status(), families)
	r.stop()
	shown += r.log.String()
	for _, want := range []string{"reason=unproven", "action=signed", "sigmilter_"} {
		if !strings.Contains(shown, want) {
			t.Fatalf("%s is not in what the daemon shows: %s", want, shown)
		}
	}
	for _, secret := range []string{code, guess, guardKey} {
		if strings.Contains(shown, secret) {
			t.Errorf("%s is in what the daemon shows: %s", secret, shown)
		}
	}
}
