package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/laws"
)

// corpusConfig is what `make corpus` uses without a configuration of one's own.
var corpusConfig = filepath.Join(configDir, "corpus.toml")

// writeFolder makes a folder of messages.
func writeFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var folder = map[string]string{
	"2026/reply.eml": "From: Carol <carol@example.org>\nTo: bob@example.net\nSubject: Re: offer\nIn-Reply-To: <1@example.net>\n\nYes.\n\nOn Monday Bob wrote:\n> Really?\n",
	"auto.eml":       "From: carol@example.org\nAuto-Submitted: auto-replied\n\nI am away.\n",
	"done.eml":       "From: carol@example.org\nX-Sigmilter-Handled: Yes\n\nHello\n",
	"note":           "no message at all\n",
}

func TestCorpus(t *testing.T) {
	dir := writeFolder(t, folder)
	before := listing(t, dir)
	status, stdout, stderr := invoke(t, "sign", "-c", corpusConfig, "--as", "alice@contoso.com", dir)
	want := "2026/reply.eml\tsigned\trule\t1=above-quote(attribution)\t-\n" +
		"auto.eml\tskipped\tautomatic\t-\t-\n" +
		"done.eml\thandled\tguard\t-\t-\n" +
		"note\tskipped\tnull-sender\t-\t-\n" +
		"4 messages, 1 signed, 2 skipped, 1 handled, 0 failed, 0 with breaches\n"
	if status != 0 || stdout != want || stderr != "" {
		t.Errorf("status %d, stdout\n%swant\n%sstderr %s", status, stdout, want, stderr)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the folder was\n%sand is\n%s", before, after)
	}
}

// listing is the names and contents of a folder.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	deeper, err2 := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for _, f := range append(files, deeper...) {
		text, _ := os.ReadFile(f) // of a folder: nothing
		b.WriteString(f + "\n" + string(text))
	}
	return b.String()
}

func TestCorpusReport(t *testing.T) {
	dir := writeFolder(t, folder)
	file := filepath.Join(t.TempDir(), "report.jsonl")
	for _, report := range []string{file, "-"} {
		status, stdout, stderr := invoke(t, "sign", "-c", corpusConfig, "--as", "alice@contoso.com", "--report", report, dir)
		text := []byte(stdout)
		if report == file {
			var err error
			if text, err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		var first folderReport
		if err := json.Unmarshal(lines[0], &first); err != nil || status != 0 || stderr != "" || len(lines) != len(folder) {
			t.Fatalf("status %d, %v, %d lines, stderr %s", status, err, len(lines), stderr)
		}
		if first.File != "2026/reply.eml" || first.Report.Author != "alice@contoso.com" || first.Breaches == nil || len(first.Breaches) > 0 {
			t.Errorf("%s: %+v", report, first)
		}
	}
}

// TestCorpusVerdict wants status 1 for a breach and for a file that cannot be
// read, after the others had their turn.
func TestCorpusVerdict(t *testing.T) {
	for _, tc := range []struct {
		c      folderRun
		status int
		want   string
	}{
		{folderRun{messages: 2}, 0, "2 messages, 0 signed, 0 skipped, 0 handled, 0 failed, 0 with breaches\n"},
		{folderRun{messages: 2, breached: 1}, 1, "2 messages, 0 signed, 0 skipped, 0 handled, 0 failed, 1 with breaches\n"},
		{folderRun{messages: 2, unreadable: 2}, 1, "2 messages, 0 signed, 0 skipped, 0 handled, 0 failed, 2 unreadable, 0 with breaches\n"},
	} {
		var table strings.Builder
		tc.c.table = &table
		if status := report(tc.c.printCounts(), io.Discard); status != tc.status || table.String() != tc.want {
			t.Errorf("status %d, %s", status, table.String())
		}
	}
	var table strings.Builder
	c := folderRun{table: &table}
	if err := c.tryMessage(filepath.Join(t.TempDir(), "gone.eml"), "gone.eml"); err != nil || c.unreadable != 1 || !strings.HasPrefix(table.String(), "gone.eml\terror\t") {
		t.Errorf("%v, %s", err, table.String())
	}
}

func TestBreachText(t *testing.T) {
	got := breachText([]laws.Breach{{Law: 3, What: "2 guard fields"}, {Law: 2, Part: "1.2", What: "changed"}})
	if want := "law 3: 2 guard fields; law 2: part 1.2: changed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCorpusUsage(t *testing.T) {
	file := filepath.Join(writeFolder(t, folder), "note")
	status, _, stderr := invoke(t, "sign", "-c", corpusConfig, "--as", "alice@contoso.com", file)
	if status != 2 || !strings.Contains(stderr, "--as is for a folder of messages") {
		t.Errorf("status %d, stderr %s", status, stderr)
	}
}
