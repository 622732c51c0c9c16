package main

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

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/feed"
	"sigmilter/cmd/internal/logtest"
	"sigmilter/milter/miltertest"
)

// running is a daemon in this process, with a site of its own.
type running struct {
	t       *testing.T
	dir     string
	config  string // path
	log     *logtest.Buffer
	daemon  *daemon
	hangups chan os.Signal
	stop    func() // and wait
	client  *control.Client
}

const daemonSite = `listen = "unix:m.sock"
state = "state.db"
control = "unix:c.sock"
[tenant.contoso]
domains = ["contoso.com"]
directory = { path = "people.csv", every = "1h" }
[template.corporate]
html = "corporate.html"
`

// startDaemon runs one until the test ends. edit changes the configuration.
func startDaemon(t *testing.T, edit ...string) *running {
	t.Helper()
	r := newRunning(t, edit...)
	r.begin()
	return r
}

func newRunning(t *testing.T, edit ...string) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "sigmilter") // the name of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := &running{t: t, dir: dir, config: filepath.Join(dir, "sigmilter.toml"), log: new(logtest.Buffer), hangups: make(chan os.Signal, 1)}
	r.client = control.NewClient("unix:" + filepath.Join(dir, "c.sock"))
	r.write("people.csv", "mail,displayName,proxyAddresses\nalice@contoso.com,Alice Muster,smtp:a.muster@contoso.com\ncarl@contoso.com,Carl Nowak,\n")
	r.template("one")
	r.write("sigmilter.toml", strings.NewReplacer(edit...).Replace(daemonSite))
	return r
}

func (r *running) write(name, text string) {
	r.t.Helper()
	// Renamed into place, as an editor does.
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) template(mark string) {
	r.write("corporate.html", "<p>{{.displayName}} "+mark+"</p>\n")
}

func (r *running) begin() {
	r.t.Helper()
	cfg, err := config.Load(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	level := new(slog.LevelVar)
	level.Set(cfg.Log.Level)
	r.daemon = newDaemon(cfg, newLogger(cfg.Log.Format, level, r.log), level)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.daemon.serve(ctx, r.hangups) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("serve: %v\n%s", err, r.log)
		}
	})
	r.t.Cleanup(r.stop)
	r.eventually("a daemon that listens", func() bool { return strings.Contains(r.log.String(), "listening") })
}

func (r *running) eventually(what string, holds func() bool) {
	r.t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			r.t.Fatalf("wait for %s\n%s", what, r.log)
		case <-tick.C:
		}
	}
}

func (r *running) dial() *miltertest.MTA {
	r.t.Helper()
	mta, err := miltertest.Dial("unix", filepath.Join(r.dir, "m.sock"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { mta.Close() })
	return mta
}

const aliceMail = "From: alice@contoso.com\r\nTo: ben@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"

// sign sends a message of Alice's and returns what it became.
func (r *running) sign(mta *miltertest.MTA) string {
	r.t.Helper()
	result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte(aliceMail))
	if err != nil {
		r.t.Fatal(err)
	}
	if !result.Accepted {
		r.t.Fatalf("not accepted: %+v\n%s", result, r.log)
	}
	return string(result.Raw)
}

func (r *running) wantSigned(mta *miltertest.MTA, mark string) {
	r.t.Helper()
	if got := r.sign(mta); !strings.Contains(got, "Alice Muster "+mark) {
		r.t.Errorf("want it signed with %q:\n%s", mark, got)
	}
}

func (r *running) status() control.Status {
	r.t.Helper()
	s, err := r.client.Status(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// metric is whether a line is among the metrics.
func (r *running) metric(line string) bool {
	families, err := r.daemon.metrics.Gatherer(r.daemon).Gather()
	if err != nil {
		r.t.Fatal(err)
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
	mta := r.dial()
	r.wantSigned(mta, "one")

	r.template("two")
	answer, err := r.client.Reload(t.Context())
	if err != nil || !answer.Changed || len(answer.Sources) > 0 || len(answer.Restart) > 0 {
		t.Errorf("a changed template: %+v, %v", answer, err)
	}
	r.wantSigned(mta, "two")

	r.write("sigmilter.toml", daemonSite+"nonsense = 1\n")
	_, err = r.client.Reload(t.Context())
	if err == nil || !strings.Contains(err.Error(), "sigmilter.toml:9: template.corporate.nonsense: unknown key") {
		t.Errorf("a mistake: %v", err)
	}
	r.wantSigned(mta, "two")
	if s := r.status(); !strings.Contains(s.Config.Err, "unknown key") || s.State != control.Ready || s.Config.Hash != answer.Hash {
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
	if n := r.log.Count("configuration not reloaded, the old one stays"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, r.log)
	}

	r.template("three")
	r.write("sigmilter.toml", daemonSite)
	r.hangups <- os.Interrupt // whatever comes is a hangup
	r.eventually("a reload", func() bool { return r.status().Config.Err == "" })
	r.wantSigned(mta, "three")
}

// A message keeps the configuration it began with.
func TestMessageKeepsItsConfiguration(t *testing.T) {
	r := startDaemon(t)
	conn, err := net.Dial("unix", filepath.Join(r.dir, "m.sock"))
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
	r.wantSigned(mta, "one") // greets
	step := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	step(mta.Mail("<alice@contoso.com>"))
	step(mta.Rcpt("<ben@example.net>"))
	step(mta.Header("From", " alice@contoso.com"))
	r.template("two")
	r.write("sigmilter.toml", strings.Replace(daemonSite, "[tenant", "[guard]\nfield = \"X-New\"\n[tenant", 1))
	if _, err := r.client.Reload(t.Context()); err != nil {
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
	if text := r.sign(mta); !strings.Contains(text, "Alice Muster two") || !strings.Contains(text, "X-New: Yes") {
		t.Errorf("begun after: %s", text)
	}
}

// TestReloadUnderLoad: good and broken configurations come many times a second,
// and every message is signed by one that was good.
func TestReloadUnderLoad(t *testing.T) {
	r := newRunning(t)
	r.template("good")
	r.begin()
	var senders sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		mta := r.dial()
		senders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte(aliceMail))
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
			r.write("sigmilter.toml", daemonSite+"x = "+fmt.Sprint(n))
		} else {
			r.template("good" + strings.Repeat("!", n))
			r.write("sigmilter.toml", daemonSite)
		}
		if _, err := r.client.Reload(t.Context()); err != nil {
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
	r.write("more.csv", "mail,displayName\ndora@fabrikam.com,Dora Weiss\n")
	two := daemonSite + "[tenant.fabrikam]\ndomains = [\"fabrikam.com\"]\ndirectory = { path = \"more.csv\", name = \"hr\" }\n"
	reload := func(text string) control.Reloaded {
		t.Helper()
		r.write("sigmilter.toml", text)
		answer, err := r.client.Reload(t.Context())
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
	if p, err := r.client.Person(t.Context(), "dora@fabrikam.com"); err != nil || p.Tenant != "fabrikam" {
		t.Errorf("dora: %+v, %v", p, err)
	}
	if answer = reload("# a line more\n" + two); len(answer.Sources) > 0 || !answer.Changed {
		t.Errorf("another line: %+v", answer)
	}
	if answer = reload(strings.Replace(two, `"1h"`, `"2h"`, 1)); fmt.Sprint(answer.Sources) != "[contoso/csv]" {
		t.Errorf("another interval: %q begun", answer.Sources)
	}
	reload(daemonSite)
	if _, err := r.client.RefreshPeople(t.Context(), "fabrikam", "", control.Changes); err == nil {
		t.Error("the source of a tenant that is gone runs on")
	}
}

func TestReloadTellsWhatNeedsARestart(t *testing.T) {
	r := startDaemon(t)
	r.write("sigmilter.toml", strings.NewReplacer("m.sock", "other.sock", "state.db", "other.db").Replace(daemonSite)+"[log]\nlevel = \"debug\"\nformat = \"json\"\n")
	answer, err := r.client.Reload(t.Context())
	if err != nil || fmt.Sprint(answer.Restart) != "[listen state log.format]" {
		t.Errorf("got %+v, %v", answer, err)
	}
	if s := r.status(); len(s.Config.Restart) != 3 || !strings.HasSuffix(s.Listen, "m.sock") {
		t.Errorf("status: %+v", s)
	}
	if r.daemon.level.Level() != slog.LevelDebug {
		t.Error("the log level did not change")
	}
	r.wantSigned(r.dial(), "one")
	if !strings.Contains(r.log.String(), "some settings change only with a restart") {
		t.Error("not logged")
	}
}

// Limits of a new configuration are for the next session.
func TestReloadChangesLimits(t *testing.T) {
	r := startDaemon(t)
	r.write("sigmilter.toml", strings.Replace(daemonSite, "[tenant", "[limits]\nsessions = 1\n[tenant", 1))
	if _, err := r.client.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.wantSigned(r.dial(), "one")
	conn, err := net.Dial("unix", filepath.Join(r.dir, "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r.eventually("a refusal", func() bool { return r.status().Sessions.Refused == 1 })
}

func TestControlSocketIsNoReasonToRefuseMail(t *testing.T) {
	r := startDaemon(t, `"unix:c.sock"`, `"unix:absent/c.sock"`)
	r.wantSigned(r.dial(), "one")
	if !strings.Contains(r.log.String(), "socket=control") {
		t.Errorf("not logged:\n%s", r.log)
	}
}

func TestControlSocketMode(t *testing.T) {
	r := startDaemon(t)
	info, err := os.Stat(filepath.Join(r.dir, "c.sock"))
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestNotReadyWithoutPeople(t *testing.T) {
	r := newRunning(t)
	people := filepath.Join(r.dir, "people.csv")
	if err := os.Rename(people, people+".away"); err != nil {
		t.Fatal(err)
	}
	r.begin()
	if s := r.status(); s.State != control.Waiting || fmt.Sprint(s.Waiting) != "[contoso]" {
		t.Errorf("state %s %q", s.State, s.Waiting)
	}
	if err := os.Rename(people+".away", people); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.RefreshPeople(t.Context(), "", "", control.Changes); err != nil {
		t.Fatal(err)
	}
	if s := r.status(); s.State != control.Ready {
		t.Errorf("state %s %q", s.State, s.Waiting)
	}
}

// While messages in hand are finished, the daemon answers that it stops.
func TestStoppingIsTold(t *testing.T) {
	r := startDaemon(t)
	mta := r.dial()
	r.wantSigned(mta, "one")
	if _, err := mta.Mail("<alice@contoso.com>"); err != nil {
		t.Fatal(err)
	}
	if err := mta.Flush(); err != nil {
		t.Fatal(err)
	}
	r.eventually("a message in hand", func() bool { return r.status().Sessions.Open == 1 })
	go r.stop()
	r.eventually("stopping", func() bool { return r.status().State == control.Stopping })
	if _, err := r.client.Reload(t.Context()); err == nil {
		t.Error("a reload while stopping")
	}
	mta.Close()
	r.stop()
}

// A damaged state file ends the daemon even when something waits for ever for what the
// damage left locked.
func TestDamagedDaemonEnds(t *testing.T) {
	r := newRunning(t)
	cfg, err := config.Load(r.config)
	if err != nil {
		t.Fatal(err)
	}
	d := newDaemon(cfg, newLogger(cfg.Log.Format, new(slog.LevelVar), r.log), new(slog.LevelVar))
	if err := d.openState(cfg.State); err != nil {
		t.Fatal(err)
	}
	status := make(chan int, 1)
	d.exit = func(s int) { status <- s }
	if err := os.WriteFile(cfg.State, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := feed.SetPlans(cfg, d.store); err == nil {
		t.Fatal("the damage is not seen")
	}
	never := make(chan struct{})
	d.endDamaged(never, time.Millisecond)
	if got := <-status; got != 1 {
		t.Errorf("status %d", got)
	}
	if aside, err := filepath.Glob(cfg.State + ".damaged-*"); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %q, %v", aside, err)
	}
	close(never)
	d.endDamaged(never, time.Hour) // one that ends in order is left alone
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
	if n := r.log.Count("not waited for"); n != 1 || !strings.Contains(r.log.String(), "sources=[contoso/http]") {
		t.Errorf("%d lines on what is not waited for\n%s", n, r.log)
	}
	mta := r.dial()
	send := func(from string) *miltertest.Result {
		t.Helper()
		result, err := mta.Send(miltertest.Envelope{Sender: from}, []byte(strings.Replace(aliceMail, "alice@contoso.com", from, 1)))
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
	r.eventually("the people of the slow source", func() bool { strangers, _ := r.daemon.feeds.FirstReading("contoso"); return !strangers })
	r.wantSigned(mta, "one")
	if raw := string(send("dora@contoso.com").Raw); !strings.Contains(raw, "Dora Weiss one") {
		t.Errorf("not signed:\n%s", raw)
	}
	if result := send("printer@contoso.com"); !result.Accepted || strings.Contains(string(result.Raw), "one") {
		t.Errorf("whom nobody knows: %+v", result)
	}
}
