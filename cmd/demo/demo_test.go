package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
)

func quiet(string, ...any) {}

// The demo as an admin runs it, from building the daemon to the page.
func TestDemo(t *testing.T) {
	lab.RequirePostfix(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	out := filepath.Join(t.TempDir(), "demo-out")
	var table bytes.Buffer
	if err := run(ctx, out, &table, quiet); err != nil {
		t.Fatalf("%v\n%s", err, &table)
	}
	for _, s := range lab.Samples {
		if !strings.Contains(table.String(), s.Title) {
			t.Errorf("the table does not name %q:\n%s", s.Title, &table)
		}
	}
	for _, pattern := range []string{"*.before.eml", "*.after.eml"} {
		files, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil || len(files) != len(lab.Samples) {
			t.Errorf("%s: %d files, want %d (%v)", pattern, len(files), len(lab.Samples), err)
		}
	}
	wantPictures(t, filepath.Join(out, "pictures"), "*.svg")
	for _, name := range []string{"index.html", "sigmilter.log", "postfix.log"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty (%v)", name, err)
		}
	}
}

// results are one message as expected and one lost.
func results() []result {
	return []result{
		{
			Sample: lab.Samples[0], Before: lab.Samples[0].Raw(), After: lab.Samples[0].Raw(), Passes: 1,
			Log: lab.Record{Action: "signed", Reason: "rule", Rule: "all", Placed: "1=above-quote(header-block),2=above-quote(owa-header)", Waited: 1234},
		},
		{Sample: lab.Samples[1], Fault: errors.New("did not come back\nno answer")},
	}
}

func TestTableTellsWhatIsWrong(t *testing.T) {
	var b bytes.Buffer
	if err := printTable(&b, results()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, want := range [][]string{
		{"MESSAGE", "CLIENT", "DONE", "WHY", "PASSES", "FILTER MS"},
		{lab.Samples[0].Title, "signed, above-quote", "rule all; header-block, owa-header", "1.23"},
		{lab.Samples[1].Title, "lost", "WRONG"},
		{},
		{lab.Samples[1].Name},
		{"  did not come back"},
		{"  no answer"},
	} {
		for _, text := range want {
			if !strings.Contains(lines[i], text) {
				t.Errorf("line %d is %q, want %q in it", i+1, lines[i], text)
			}
		}
	}
	if strings.Contains(lines[1], "WRONG") {
		t.Errorf("line %q calls a good message wrong", lines[1])
	}
}

func TestPageShowsMailInert(t *testing.T) {
	rs := results()
	hostile := "Content-Type: text/html\r\n\r\n<p>\"</iframe><script>alert(1)</script>&amp;</p>"
	rs[0].After = []byte(hostile)
	out := t.TempDir()
	if err := writeResults(out, rs); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(page, []byte("<script>")) {
		t.Error("markup of a message stands in the page itself")
	}
	for _, want := range []string{
		`<iframe sandbox title="text/html" srcdoc="&lt;p&gt;&#34;&lt;/iframe&gt;&lt;script&gt;`,
		"01-outlook-reply.before.eml", "signed, above-quote", "did not come back", "Please let me know by Thursday.",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page does not contain %q", want)
		}
	}
	after, err := os.ReadFile(filepath.Join(out, "01-outlook-reply.after.eml"))
	if err != nil || string(after) != hostile {
		t.Errorf("after file holds %q (%v)", after, err)
	}
	if _, err := os.Stat(filepath.Join(out, "02-iphone-reply.after.eml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a message that did not come back has an after file (%v)", err)
	}
}
