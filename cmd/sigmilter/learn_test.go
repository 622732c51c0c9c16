package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/daemon/daemontest"
	"sigmilter/milter/engine"
	"sigmilter/milter/insert"
	"sigmilter/milter/miltertest"
)

// classroom is a daemon whose day can be set.
type classroom struct {
	*running
	day atomic.Int64
}

// startLearning runs a daemon with place.learn, on the first day.
func startLearning(t *testing.T) *classroom {
	t.Helper()
	c := &classroom{running: newRunning(t, "[tenant.contoso]\n", "place.learn = true\n[tenant.contoso]\n")}
	first := time.Date(2026, 10, 5, 9, 0, 0, 0, time.Local)
	c.now = func() time.Time { return first.AddDate(0, 0, int(c.day.Load())) }
	c.begin()
	c.Eventually("a key", func() bool {
		known, err := c.Client.Remembered(t.Context(), "contoso", "alice@contoso.com")
		return err == nil && len(known.Key) > 0
	})
	return c
}

const learnedEnd = "Kind regards\n\nA. Muster, gauge office\nMeasure twice and cut once\nextension 4711"

// letterOf is a mail of Alice's in both forms.
func letterOf(text string) string {
	text += "\n\n" + learnedEnd
	html := "<div>" + strings.ReplaceAll(text, "\n", "</div><div>") + "</div>"
	return "From: Alice <alice@contoso.com>\r\nTo: ben@example.net\r\nSubject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n") +
		"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>" + html + "</body></html>\r\n--b--\r\n"
}

// write sends a mail of Alice's with this text and returns it as it leaves.
func (c *classroom) write(text string) string {
	c.T.Helper()
	mta := c.Dial()
	defer mta.Quit()
	result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com", Recipients: []string{"ben@example.net"}}, []byte(letterOf(text)))
	if err != nil {
		c.T.Fatal(err)
	}
	out := string(result.Raw)
	if !strings.Contains(out, "Alice Muster one") || !strings.Contains(out, text) || strings.Count(out, "Kind regards") != 2 {
		c.T.Errorf("not signed, or something is missing: %s", out)
	}
	return out
}

// old counts in how many of the two forms the signature still stands, whole.
func old(mail string) (n int) {
	for _, line := range strings.Split(learnedEnd, "\n")[2:] {
		n += strings.Count(mail, line)
	}
	return n / 3
}

// On the third day a signature that nothing else would tell is replaced, in both forms;
// people show says that it is known, explain names it, people forget drops it.
func TestLearnedSignature(t *testing.T) {
	c := startLearning(t)
	for day, text := range []string{"The samples have come.", "Bob asks for the drawings."} {
		c.day.Store(int64(day))
		for n := range 3 {
			if out := c.write(fmt.Sprintf("%s Mail %d of the day.", text, n)); old(out) != 2 {
				t.Fatalf("day %d: taken already: %s", day, out)
			}
		}
	}
	c.wantShown("no signature yet, endings of mails: 6")
	c.day.Store(2)
	if out := c.write("The order is on its way."); old(out) != 0 {
		t.Errorf("the third day: %s", out)
	}
	c.wantShown("a signature of 3 lines, since 2026-10-05, from 7 mails")

	path := filepath.Join(c.Dir, "letter.eml")
	if err := os.WriteFile(path, []byte(letterOf("One more, to be explained.")), 0o600); err != nil {
		t.Fatal(err)
	}
	explain := []string{"explain", "-c", c.Config, "--at", "2026-10-08T09:00:00Z", path}
	for _, running := range []bool{true, false} { // without the daemon the file answers
		if !running {
			c.stop()
		}
		status, out, stderr := invoke(t, explain...)
		if status != 0 || !strings.Contains(out, "told by learned,") || strings.Count(out, `, removed "A. Muster, gauge office", removed "Measure twice and cut once"`) != 2 {
			t.Errorf("running %t: status %d\n%s%s", running, status, out, stderr)
		}
	}
	status, out, _ := invoke(t, "sign", "-c", c.Config, "--report", "-", path)
	var report engine.Report
	if err := json.Unmarshal([]byte(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]), &report); status != 0 || err != nil {
		t.Fatal(status, err)
	}
	for _, b := range report.Blocks {
		if b.Placed != insert.Replaced || b.Type == "text/html" && b.By != "learned" || len(b.Removed) != 3 {
			t.Errorf("%+v", b)
		}
	}
	c.begin()
	c.Eventually("another daemon", func() bool {
		s, err := c.Client.Status(t.Context())
		return err == nil && s.State == control.Ready
	})
	c.wantShown("a signature of 3 lines, since 2026-10-05, from 7 mails")
	status, out, _ = invoke(t, "people", "forget", "A.Muster@contoso.com", "-c", c.Config)
	if status != 0 || !strings.Contains(out, "a signature of 3 lines, since 2026-10-05, from 7 mails") {
		t.Errorf("status %d\n%s", status, out)
	}
	c.wantShown("")
	c.day.Store(3)
	if out := c.write("This one is from after that."); old(out) != 2 {
		t.Errorf("forgotten: %s", out)
	}
}

// wantShown waits for what people show says of what was learned; "" is nothing.
func (c *classroom) wantShown(words string) {
	c.T.Helper()
	var out string
	c.Eventually("people show: "+words, func() bool {
		_, out, _ = invoke(c.T, "people", "show", "alice@contoso.com", "-c", c.Config)
		if words == "" {
			return !strings.Contains(out, "learned")
		}
		return strings.Contains(out, words)
	})
}

// Without a daemon the state file is changed.
func TestForgetOffline(t *testing.T) {
	c := startLearning(t)
	c.write("The samples have come.")
	c.wantShown("no signature yet, endings of mails: 1")
	c.stop()
	for _, tc := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"people forget --json alice@contoso.com", 0, `"remembered": 1`, ""},
		{"people forget alice@contoso.com", 0, "nothing", ""},
		{"people forget nobody@contoso.com", 1, "", "nobody has the address nobody@contoso.com"},
		{"people forget --tenant fabrikam alice@contoso.com", 1, "", `the state file has no tenant "fabrikam"`},
		{"people forget", 2, "", "ADDRESS is missing"},
	} {
		status, stdout, stderr := invoke(t, append(strings.Fields(tc.args), "-c", c.Config)...)
		if status != tc.status || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%s: status %d\nstdout: %s\nstderr: %s", tc.args, status, stdout, stderr)
		}
	}
	c.wantShown("")
	if err := os.Remove(filepath.Join(c.Dir, "state.db")); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := invoke(t, "people", "forget", "alice@contoso.com", "-c", c.Config); status != 1 || !strings.Contains(stderr, "there is no state") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// No text of a message gets into the state file, and nothing at all without the
// setting, nor after it was taken off.
func TestLearningKeepsNoText(t *testing.T) {
	c := startLearning(t)
	for day, text := range []string{"The samples have come.", "Bob asks for the drawings.", "The order is on its way."} {
		c.day.Store(int64(day))
		c.write(text)
	}
	c.wantShown("a signature of 3 lines")
	file := func() []byte {
		raw, err := os.ReadFile(filepath.Join(c.Dir, "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.ToUpper(raw)
	}
	words := strings.FieldsFunc(strings.ToUpper("The samples have come. Bob asks for the drawings. "+learnedEnd), func(r rune) bool { return strings.ContainsRune(" .,\n", r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 4 || w == "MUSTER" }) // which the directory has
	raw := file()
	for _, w := range words {
		if bytes.Contains(raw, []byte(w)) {
			t.Errorf("%s is in the state file", w)
		}
	}
	c.running.Write("sigmilter.toml", daemontest.Settings)
	if _, err := c.Client.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.wantShown("")
	c.day.Store(3)
	if out := c.write("After the setting was taken off."); old(out) != 2 {
		t.Errorf("replaced without the setting: %s", out)
	}
	c.stop()
	if keys := learnedKeys(t, filepath.Join(c.Dir, "state.db")); len(keys) > 0 {
		t.Errorf("in the state file: %q", keys)
	}
}

// learnedKeys are the names of buckets and keys of a file that learning makes.
func learnedKeys(t *testing.T, path string) (found []string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var walk func(b *bbolt.Bucket) error
	walk = func(b *bbolt.Bucket) error {
		return b.ForEach(func(key, value []byte) error {
			if bytes.HasPrefix(key, []byte("learn")) {
				found = append(found, string(key))
			}
			if value == nil {
				return walk(b.Bucket(key))
			}
			return nil
		})
	}
	if err := db.View(func(tx *bbolt.Tx) error { return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return walk(b) }) }); err != nil {
		t.Fatal(err)
	}
	return found
}
