package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/daemon/daemontest"
	"sigmilter/cmd/internal/feed"
	"sigmilter/milter/miltertest"
)

// running is a daemon in this process, with a site of its own.
type running struct {
	*daemontest.Site
	daemon  *Daemon
	hangups chan os.Signal
	stop    func() // and wait
}

// startDaemon runs one until the test ends. edit changes the configuration.
func startDaemon(t *testing.T, edit ...string) *running {
	t.Helper()
	r := newRunning(t, edit...)
	r.begin()
	return r
}

func newRunning(t *testing.T, edit ...string) *running {
	t.Helper()
	return &running{Site: daemontest.New(t, edit...), hangups: make(chan os.Signal, 1)}
}

func (r *running) begin() {
	r.T.Helper()
	r.daemon = prepare(r.Site)
	r.stop = r.Start(func(ctx context.Context) error { return r.daemon.Serve(ctx, r.hangups) })
}

// prepare makes a daemon of a site's configuration.
func prepare(s *daemontest.Site) *Daemon {
	s.T.Helper()
	cfg, level := s.Load()
	return New(cfg, Options{Log: NewLogger(cfg.Log.Format, level, s.Log), Level: level, Now: time.Now})
}

// metric is whether a line is among the metrics.
func (r *running) metric(line string) bool {
	families, err := r.daemon.metrics.Gatherer(r.daemon).Gather()
	if err != nil {
		r.T.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			value := m.GetGauge().GetValue() + m.GetCounter().GetValue()
			if fmt.Sprintf("%s{%s} %v", f.GetName(), strings.Join(labels, ","), value) == line {
				return true
			}
		}
	}
	return false
}

func TestReloadTakesOverAndKeeps(t *testing.T) {
	r := startDaemon(t)
	mta := r.Dial()
	r.WantSigned(mta, "one")

	r.Template("two")
	answer, err := r.Client.Reload(t.Context())
	if err != nil || !answer.Changed || len(answer.Sources) > 0 || len(answer.Restart) > 0 {
		t.Errorf("a changed template: %+v, %v", answer, err)
	}
	r.WantSigned(mta, "two")

	r.Write("sigmilter.toml", daemontest.Settings+"nonsense = 1\n")
	_, err = r.Client.Reload(t.Context())
	if err == nil || !strings.Contains(err.Error(), "sigmilter.toml:9: template.corporate.nonsense: unknown key") {
		t.Errorf("a mistake: %v", err)
	}
	r.WantSigned(mta, "two")
	if s := r.Status(); !strings.Contains(s.Config.Err, "unknown key") || s.State != control.Ready || s.Config.Hash != answer.Hash {
		t.Errorf("status after a mistake: %+v", s.Config)
	}
	for _, line := range []string{
		"sigmilter_config_last_reload_successful{} 0", "sigmilter_config_reloads_total{result=failed} 1",
		"sigmilter_config_reloads_total{result=ok} 1", "sigmilter_messages_total{action=signed,reason=rule,rule=corporate,tenant=contoso} 3",
	} {
		if !r.metric(line) {
			t.Errorf("no metric %s", line)
		}
	}
	if n := r.Log.Count("reload failed; keeping the current configuration"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, r.Log)
	}

	r.Template("three")
	r.Write("sigmilter.toml", daemontest.Settings)
	r.hangups <- os.Interrupt // whatever comes is a hangup
	r.Eventually("a reload", func() bool { return r.Status().Config.Err == "" })
	r.WantSigned(mta, "three")
}

// A message keeps the configuration it began with.
func TestMessageKeepsItsConfiguration(t *testing.T) {
	r := startDaemon(t)
	conn, err := net.Dial("unix", filepath.Join(r.Dir, "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	offer := miltertest.Postfix
	offer.Protocol = 0 // an answer at each stage tells that it was reached
	mta, err := miltertest.New(conn, offer)
	if err != nil {
		t.Fatal(err)
	}
	r.WantSigned(mta, "one") // greets
	step := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	step(mta.Mail("<alice@contoso.com>"))
	step(mta.Rcpt("<ben@example.net>"))
	step(mta.Header("From", " alice@contoso.com"))
	r.Template("two")
	r.Write("sigmilter.toml", strings.Replace(daemontest.Settings, "[tenant", "[guard]\nfield = \"X-New\"\n[tenant", 1))
	if _, err := r.Client.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	step(mta.EndOfHeaders())
	step(mta.Body([]byte("Hello\r\n")))
	modifications, _, err := mta.EndOfMessage()
	step(nil, err)
	text := ""
	for _, m := range modifications {
		text += m.Name + ": " + m.Value + string(m.Body) + "\n"
	}
	if !strings.Contains(text, "Alice Muster one") || strings.Contains(text, "X-New") {
		t.Errorf("begun before the reload: %s", text)
	}
	if text := r.Sign(mta); !strings.Contains(text, "Alice Muster two") || !strings.Contains(text, "X-New: Yes") {
		t.Errorf("begun after: %s", text)
	}
}

// TestReloadUnderLoad: good and broken configurations come many times a second,
// and every message is signed by one that was good.
func TestReloadUnderLoad(t *testing.T) {
	r := newRunning(t)
	r.Template("good")
	r.begin()
	var senders sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		mta := r.Dial()
		senders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte(daemontest.AliceMail))
				if err != nil || !result.Accepted || strings.Count(string(result.Raw), "Alice Muster good") != 1 {
					t.Errorf("%v: %+v", err, result)
					return
				}
			}
		})
	}
	good, bad := 0, 0
	for n := range 60 {
		if n%2 == 0 {
			r.Write("sigmilter.toml", daemontest.Settings+"x = "+fmt.Sprint(n))
		} else {
			r.Template("good" + strings.Repeat("!", n))
			r.Write("sigmilter.toml", daemontest.Settings)
		}
		if _, err := r.Client.Reload(t.Context()); err != nil {
			bad++
		} else {
			good++
		}
	}
	close(stop)
	senders.Wait()
	if good != 30 || bad != 30 {
		t.Errorf("%d reloads succeeded, %d failed", good, bad)
	}
}

func TestReloadSources(t *testing.T) {
	r := startDaemon(t)
	r.Write("more.csv", "mail,displayName\ndora@fabrikam.com,Dora Weiss\n")
	two := daemontest.Settings + "[tenant.fabrikam]\ndomains = [\"fabrikam.com\"]\ndirectory = { path = \"more.csv\", name = \"hr\" }\n"
	reload := func(text string) control.Reloaded {
		t.Helper()
		r.Write("sigmilter.toml", text)
		answer, err := r.Client.Reload(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	answer := reload(two)
	if fmt.Sprint(answer.Sources) != "[fabrikam/hr]" {
		t.Errorf("a new tenant: %q begun", answer.Sources)
	}
	// The people of a new tenant are there when the reload is done.
	if p, err := r.Client.Person(t.Context(), "dora@fabrikam.com"); err != nil || p.Tenant != "fabrikam" {
		t.Errorf("dora: %+v, %v", p, err)
	}
	if answer = reload("# a line more\n" + two); len(answer.Sources) > 0 || !answer.Changed {
		t.Errorf("another line: %+v", answer)
	}
	if answer = reload(strings.Replace(two, `"1h"`, `"2h"`, 1)); fmt.Sprint(answer.Sources) != "[contoso/csv]" {
		t.Errorf("another interval: %q begun", answer.Sources)
	}
	reload(daemontest.Settings)
	if _, err := r.Client.RefreshPeople(t.Context(), "fabrikam", "", control.Changes); err == nil {
		t.Error("the source of a tenant that is gone runs on")
	}
}

func TestReloadTellsWhatNeedsARestart(t *testing.T) {
	r := startDaemon(t)
	r.Write("sigmilter.toml", strings.NewReplacer("m.sock", "other.sock", "state.db", "other.db").Replace(daemontest.Settings)+"[log]\nlevel = \"debug\"\nformat = \"json\"\n")
	answer, err := r.Client.Reload(t.Context())
	if err != nil || fmt.Sprint(answer.Restart) != "[listen state log.format]" {
		t.Errorf("got %+v, %v", answer, err)
	}
	if s := r.Status(); len(s.Config.Restart) != 3 || !strings.HasSuffix(s.Listen, "m.sock") {
		t.Errorf("status: %+v", s)
	}
	if r.daemon.level.Level() != slog.LevelDebug {
		t.Error("the log level did not change")
	}
	r.WantSigned(r.Dial(), "one")
	if !strings.Contains(r.Log.String(), "some changed settings need a restart") {
		t.Error("not logged")
	}
}

// Limits of a new configuration are for the next session.
func TestReloadChangesLimits(t *testing.T) {
	r := startDaemon(t)
	r.Write("sigmilter.toml", strings.Replace(daemontest.Settings, "[tenant", "[limits]\nsessions = 1\n[tenant", 1))
	if _, err := r.Client.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.WantSigned(r.Dial(), "one")
	conn, err := net.Dial("unix", filepath.Join(r.Dir, "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r.Eventually("a refusal", func() bool { return r.Status().Sessions.Refused == 1 })
}

func TestControlSocketIsNoReasonToRefuseMail(t *testing.T) {
	r := startDaemon(t, `"unix:c.sock"`, `"unix:absent/c.sock"`)
	r.WantSigned(r.Dial(), "one")
	if !strings.Contains(r.Log.String(), "socket=control") {
		t.Errorf("not logged:\n%s", r.Log)
	}
}

func TestControlSocketMode(t *testing.T) {
	r := startDaemon(t)
	info, err := os.Stat(filepath.Join(r.Dir, "c.sock"))
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestNotReadyWithoutPeople(t *testing.T) {
	r := newRunning(t)
	people := filepath.Join(r.Dir, "people.csv")
	if err := os.Rename(people, people+".away"); err != nil {
		t.Fatal(err)
	}
	r.begin()
	if s := r.Status(); s.State != control.Waiting || fmt.Sprint(s.Waiting) != "[contoso]" {
		t.Errorf("state %s %q", s.State, s.Waiting)
	}
	if err := os.Rename(people+".away", people); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Client.RefreshPeople(t.Context(), "", "", control.Changes); err != nil {
		t.Fatal(err)
	}
	if s := r.Status(); s.State != control.Ready {
		t.Errorf("state %s %q", s.State, s.Waiting)
	}
}

// While messages in hand are finished, the daemon answers that it stops.
func TestStoppingIsTold(t *testing.T) {
	r := startDaemon(t)
	mta := r.Dial()
	r.WantSigned(mta, "one")
	if _, err := mta.Mail("<alice@contoso.com>"); err != nil {
		t.Fatal(err)
	}
	if err := mta.Flush(); err != nil {
		t.Fatal(err)
	}
	r.Eventually("a message in hand", func() bool { return r.Status().Sessions.Open == 1 })
	go r.stop()
	r.Eventually("stopping", func() bool { return r.Status().State == control.Stopping })
	if _, err := r.Client.Reload(t.Context()); err == nil {
		t.Error("a reload while stopping")
	}
	mta.Close()
	r.stop()
}

// A damaged state file ends the daemon even when something waits for ever for what the
// damage left locked.
func TestDamagedDaemonEnds(t *testing.T) {
	r := newRunning(t)
	d := prepare(r.Site)
	cfg := d.fixed
	if err := d.openState(cfg.State); err != nil {
		t.Fatal(err)
	}
	status := make(chan int, 1)
	d.exit = func(s int) { status <- s }
	if err := os.WriteFile(cfg.State, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := feed.SetPlans(t.Context(), cfg, d.store); err == nil {
		t.Fatal("the damage is not seen")
	}
	never := make(chan struct{})
	d.exitIfDamaged(never, time.Millisecond)
	if got := <-status; got != 1 {
		t.Errorf("status %d", got)
	}
	if aside, err := filepath.Glob(cfg.State + ".damaged-*"); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %q, %v", aside, err)
	}
	close(never)
	d.exitIfDamaged(never, time.Hour) // one that ends in order is left alone
	if len(status) > 0 {
		t.Error("ended again")
	}
	if err := d.store.Close(); err != nil {
		t.Error(err)
	}
}

// A first start beside a source that hangs: mail waits, of those too of whom another
// source has a part, until it is known what this one has.
func TestFirstStartBesideAHangingSource(t *testing.T) {
	answer := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-answer:
			fmt.Fprint(w, `{"people": [{"mail": "dora@contoso.com", "displayName": "Dora Weiss"}]}`)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(slow.Close)
	r := startDaemon(t, `directory = { path = "people.csv", every = "1h" }`,
		`directory = [{ path = "people.csv" }, { source = "http", url = "`+slow.URL+`" }]`)
	if n := r.Log.Count("first read still in progress"); n != 1 || !strings.Contains(r.Log.String(), "sources=[contoso/http]") {
		t.Errorf("%d lines on first reads in progress\n%s", n, r.Log)
	}
	mta := r.Dial()
	send := func(from string) *miltertest.Result {
		t.Helper()
		result, err := mta.Send(miltertest.Envelope{Sender: from}, []byte(strings.Replace(daemontest.AliceMail, "alice@contoso.com", from, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	for _, from := range []string{"alice@contoso.com", "dora@contoso.com", "printer@contoso.com"} {
		if !send(from).Tempfailed {
			t.Errorf("%s is not deferred", from)
		}
	}
	if !r.metric("sigmilter_messages_total{action=failed,reason=first-reading,rule=,tenant=contoso} 3") {
		t.Error("not counted")
	}
	close(answer)
	r.Eventually("the people of the slow source", func() bool { strangers, _ := r.daemon.feeds.FirstReading("contoso"); return !strangers })
	r.WantSigned(mta, "one")
	if raw := string(send("dora@contoso.com").Raw); !strings.Contains(raw, "Dora Weiss one") {
		t.Errorf("not signed:\n%s", raw)
	}
	if result := send("printer@contoso.com"); !result.Accepted || strings.Contains(string(result.Raw), "one") {
		t.Errorf("whom nobody knows: %+v", result)
	}
}
