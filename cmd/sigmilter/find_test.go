package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/milter/miltertest"
)

const routed = "X-Sigmilter-Route: 0123456789abcdef0123456789abcdef\r\n"

// What became of messages is found while the daemon runs, and when it does not.
func TestFind(t *testing.T) {
	r := newRunning(t, `domains = ["contoso.com"]`, "domains = [\"contoso.com\"]\nrouting_code_file = \"contoso.code\"",
		`html = "corporate.html"`, "html = \"corporate.html\"\n[[rule]]\nname = \"alice\"\nsignature = \"corporate\"\nfrom = [\"alice@contoso.com\"]\n")
	r.Write("contoso.code", "0123456789abcdef0123456789abcdef\n")
	r.begin()
	mta := r.Dial()
	for _, m := range []struct{ from, to, head string }{
		{"alice@contoso.com", "ben@example.net", routed + "Message-ID: <one@contoso.com>\r\n"},
		{"alice@contoso.com", "ben@customer.example", ""},
		{"carl@contoso.com", "eva@mail.customer.example", routed},
	} {
		raw := m.head + "From: " + m.from + "\r\nTo: " + m.to + "\r\nSubject: Geheimwort4711\r\n\r\nGeheimwort4711\r\n"
		if _, err := mta.Send(miltertest.Envelope{Sender: m.from, Recipients: []string{m.to}}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	r.Eventually("three decisions", func() bool {
		_, out, _ := invoke(t, "find", "-c", r.Config, "--json")
		return strings.Count(out, "\n") == 3
	})
	decided, err := r.Client.Decided(t.Context())
	if err != nil || decided.Hour["signed"]["rule"] != 1 || decided.Day["skipped"]["unproven"] != 1 || decided.Day["skipped"]["no-rule"] != 1 {
		t.Errorf("decided %v, %v", decided, err)
	}
	status, out, _ := invoke(t, "status", "-c", r.Config)
	for _, row := range []string{"MESSAGES REASON LAST HOUR LAST DAY", "signed rule 1 1", "skipped no-rule 1 1", "skipped unproven 1 1"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), row) {
			t.Errorf("status %d has no %q:\n%s", status, row, out)
		}
	}
	if !strings.Contains(r.Log.String(), `missing="contoso: the field X-Sigmilter-Route is missing"`) {
		t.Errorf("the log does not tell what was missing:\n%s", r.Log)
	}
	r.stop()

	for _, tt := range []struct {
		args  string
		wants []string
		not   string
	}{
		{"--from alice --since 1h", []string{"alice@contoso.com example.net signed rule signature:corporate@", "skipped unproven contoso: the field X-Sigmilter-Route is missing", "To do: `sigmilter explain` tells what is missing."}, "carl"},
		{"--to-domain CUSTOMER.example --limit 1", []string{"mail.customer.example skipped no-rule", "These are the newest 1; --limit 0 shows all."}, "unproven"},
		{"--message-id <one@contoso.com>", []string{"signed rule"}, "skipped"},
		{"--reason no-rule", []string{"carl@contoso.com", "no-rule: No rule applies."}, "alice"},
		{"--action signed --tenant contoso", []string{"signed rule"}, "skipped"},
	} {
		status, out, stderr := invoke(t, append([]string{"find", "-c", r.Config}, strings.Fields(tt.args)...)...)
		flat := strings.Join(strings.Fields(out), " ")
		if status != 0 || stderr != "" || strings.Contains(flat, tt.not) || strings.Contains(flat, "Geheimwort") {
			t.Errorf("%s: status %d, %s, and\n%s", tt.args, status, stderr, out)
		}
		for _, want := range tt.wants {
			if !strings.Contains(flat, want) {
				t.Errorf("%s: no %q in\n%s", tt.args, want, out)
			}
		}
	}
	_, out, _ = invoke(t, "find", "-c", r.Config, "--reason", "unproven", "--json")
	var line map[string]any
	if err := json.Unmarshal([]byte(out), &line); err != nil || line["missing"] == "" || line["do"] == "" || line["messageId"] != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestFindFails(t *testing.T) {
	r := newRunning(t)
	for _, tt := range []struct {
		args   string
		status int
		stderr string
	}{
		{"", 1, "there are none in " + r.Dir + "/state.decisions"},
		{"--since yesterday", 2, "--since yesterday is not a time: write how long ago"},
		{"--until -3h", 2, "--until -3h is not a time"},
		{"--reason no-rules", 2, "no such reason"},
		{"--action sign", 2, "write one of signed, "},
		{"--message-id <>", 2, "is empty"},
		{"--follow --since 2h", 2, "leave out --since and --until"},
	} {
		status, out, stderr := invoke(t, append([]string{"find", "-c", r.Config}, strings.Fields(tt.args)...)...)
		if status != tt.status || out != "" || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%s: status %d, %q\n%s", tt.args, status, out, stderr)
		}
	}
}

func TestTimeBefore(t *testing.T) {
	zone := time.FixedZone("", 3600)
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, zone)
	for written, want := range map[string]time.Time{
		"":                     {},
		"90m":                  now.Add(-90 * time.Minute),
		"3d":                   now.Add(-72 * time.Hour),
		"2026-11-30":           time.Date(2026, 11, 30, 0, 0, 0, 0, zone),
		"2026-11-30T14:00":     time.Date(2026, 11, 30, 14, 0, 0, 0, zone),
		"2026-11-30 14:00:01":  time.Date(2026, 11, 30, 14, 0, 1, 0, zone),
		"2026-11-30T14:00:00Z": time.Date(2026, 11, 30, 15, 0, 0, 0, zone),
	} {
		if got, err := timeBefore(now, written, "--since"); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v, want %v", written, got, err, want)
		}
	}
}

// The most frequent end of messages is told first.
func TestStatusOrdersMessages(t *testing.T) {
	var out strings.Builder
	n := control.Decided{
		Hour: map[string]map[string]int{"signed": {"rule": 2}},
		Day:  map[string]map[string]int{"signed": {"rule": 30}, "skipped": {"no-rule": 400, "automatic": 30}},
	}
	if err := writeDecided(&out, n); err != nil {
		t.Fatal(err)
	}
	want := `MESSAGES  REASON     LAST HOUR  LAST DAY
skipped   no-rule    0          400
signed    rule       2          30
skipped   automatic  0          30
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
