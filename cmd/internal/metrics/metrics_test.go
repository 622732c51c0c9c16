package metrics

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"sigmilter/cmd/internal/control"
)

// fake is a daemon that says what a test wants.
type fake struct {
	status control.Status
	health error
}

func (f *fake) Health(context.Context) error { return f.health }
func (f *fake) Status() control.Status       { return f.status }

// lively is a daemon and metrics with a value in each series there is.
func lively() (*fake, *Metrics) {
	now := time.Unix(1_795_000_000, 0)
	f := &fake{status: control.Status{
		Version: "1.2", Revision: "abc", Go: "go1.26", State: control.Ready,
		Config:   control.ConfigStatus{Hash: "h", Loaded: now, Restart: []string{"listen"}, Failed: now, Err: "x"},
		Sessions: control.SessionStatus{Open: 2, Total: 5, Refused: 1},
		File:     control.FileStatus{Bytes: 4096},
		Tenants: []control.TenantStatus{{Name: "contoso", People: 3, Sources: []control.SourceStatus{
			{Name: "hr", People: 3, Read: now, Success: now.Add(-time.Hour), Failures: 4, Warnings: 2},
			{Name: "new"},
		}}},
	}}
	m := New()
	m.Message("signed", "rule", "contoso", "all", 3*time.Millisecond, 1000)
	m.Message("skipped", "no-tenant", "", "", time.Millisecond, 24)
	m.Aborted()
	m.Reloaded(nil)
	m.Reloaded(errors.New("x"))
	m.SelfTested(nil)
	return f, m
}

func TestMetricsValues(t *testing.T) {
	f, m := lively()
	want := `
# HELP sigmilter_messages_total Messages by what was done with them and why.
# TYPE sigmilter_messages_total counter
sigmilter_messages_total{action="signed",reason="rule",rule="all",tenant="contoso"} 1
sigmilter_messages_total{action="skipped",reason="no-tenant",rule="",tenant=""} 1
# HELP sigmilter_message_body_bytes_total Bytes of message bodies received.
# TYPE sigmilter_message_body_bytes_total counter
sigmilter_message_body_bytes_total 1024
# HELP sigmilter_messages_aborted_total Messages the MTA gave up before their end.
# TYPE sigmilter_messages_aborted_total counter
sigmilter_messages_aborted_total 1
# HELP sigmilter_config_reloads_total Reloads of the configuration by result.
# TYPE sigmilter_config_reloads_total counter
sigmilter_config_reloads_total{result="failed"} 1
sigmilter_config_reloads_total{result="ok"} 1
# HELP sigmilter_self_tests_total Messages the daemon put through its own engine, by result.
# TYPE sigmilter_self_tests_total counter
sigmilter_self_tests_total{result="failed"} 0
sigmilter_self_tests_total{result="ok"} 1
# HELP sigmilter_config_last_reload_successful Whether the last reload of the configuration succeeded.
# TYPE sigmilter_config_last_reload_successful gauge
sigmilter_config_last_reload_successful 0
# HELP sigmilter_source_last_success_timestamp_seconds When a source was last read well; 0 for never.
# TYPE sigmilter_source_last_success_timestamp_seconds gauge
sigmilter_source_last_success_timestamp_seconds{source="hr",tenant="contoso"} 1.7949964e+09
sigmilter_source_last_success_timestamp_seconds{source="new",tenant="contoso"} 0
# HELP sigmilter_sessions_refused_total Connections closed because of the limit on sessions.
# TYPE sigmilter_sessions_refused_total counter
sigmilter_sessions_refused_total 1
`
	var names []string
	for line := range strings.Lines(want) {
		if words := strings.Fields(line); len(words) > 2 && words[1] == "TYPE" {
			names = append(names, words[2])
		}
	}
	if err := testutil.GatherAndCompare(m.Gatherer(f), strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
}

// The names and units are as Prometheus wants them, and every label is one that
// the configuration or the program bounds.
func TestMetricsConventions(t *testing.T) {
	f, m := lively()
	families, err := m.Gatherer(f).Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	bounded := map[string]bool{"action": true, "reason": true, "tenant": true, "rule": true, "result": true, "source": true, "version": true, "revision": true, "goversion": true, "hash": true}
	ours := 0
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "sigmilter_") {
			continue
		}
		ours++
		for _, label := range family.GetMetric()[0].GetLabel() {
			if !bounded[label.GetName()] {
				t.Errorf("%s: what bounds label %s?", family.GetName(), label.GetName())
			}
		}
	}
	if ours < 20 {
		t.Errorf("only %d metrics", ours)
	}
}

func TestMonitoringAddress(t *testing.T) {
	f, m := lively()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(Serve(ln, f, m, slog.New(slog.DiscardHandler)))
	base := "http://" + ln.Addr().String()
	want := func(path string, status int, text string) {
		t.Helper()
		if got, body := get(t, base+path); got != status || !strings.Contains(body, text) {
			t.Errorf("%s: %d %q, want %d %q", path, got, body, status, text)
		}
	}
	want("/metrics", 200, `sigmilter_messages_total{action="signed"`)
	want("/metrics", 200, "go_goroutines")
	want("/healthz", 200, "ok")
	want("/readyz", 200, "ready")
	f.health = errors.New("panic: a person's name")
	want("/healthz", 503, "the self-test failed; the log says why\n")
	for state, text := range map[control.State]string{control.Starting: "starting", control.Stopping: "stopping", control.Waiting: "waiting for the people of contoso, fabrikam"} {
		f.status.State, f.status.Waiting = state, nil
		if state == control.Waiting {
			f.status.Waiting = []string{"contoso", "fabrikam"}
		}
		want("/readyz", 503, text)
	}
	for _, path := range []string{"/debug/pprof/", "/v1/status", "/v1/people", "/"} {
		want(path, 404, "")
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
