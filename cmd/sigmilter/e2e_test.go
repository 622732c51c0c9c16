package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sigmilter/cmd/internal/lab"
)

// buildDir holds the program under test, built once when the first test asks
// for it.
var buildDir string

var program = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, "sigmilter")
	if os.Getenv(chaosMessages) != "" {
		return binary, lab.Build(context.Background(), binary)
	}
	return binary, lab.Build(context.Background(), binary, "-race")
})

func TestMain(m *testing.M) {
	var err error
	if buildDir, err = os.MkdirTemp("", "sigmilter-e2e"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := goleak.Find(); err != nil && status == 0 {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	if os.Getenv(chaosMessages) != "" {
		fmt.Println(chaosTotal.tally)
	}
	if err := os.RemoveAll(buildDir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func build(t *testing.T) string {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// patience bounds each test; what is waited for comes far sooner.
const patience = 5 * time.Minute

// mta is a mail server the end-to-end table is run on.
type mta struct {
	name    string
	require func(testing.TB)
	dir     func(testing.TB) string
	start   func(dir, milter, nextHop string) (lab.MTA, error)
}

var (
	onPostfix  = postfixOf("Postfix", lab.Installed)
	onSendmail = sendmailOf("Sendmail", lab.Installed)

	// The machine's own are those of Debian 12, where the tests are run.
	mtas = []mta{
		onPostfix, onSendmail,
		postfixOf("Postfix of Debian 13", lab.Debian13), sendmailOf("Sendmail of Debian 13", lab.Debian13),
	}
)

func postfixOf(name string, release lab.Release) mta {
	return mta{
		name: name, dir: lab.TestDir,
		require: func(t testing.TB) { t.Helper(); lab.RequirePostfixOf(t, release) },
		start: func(dir, milter, nextHop string) (lab.MTA, error) {
			return lab.StartPostfix(dir, lab.PostfixOptions{Release: release, Milter: milter, NextHop: nextHop})
		},
	}
}

func sendmailOf(name string, release lab.Release) mta {
	return mta{
		name: name, dir: lab.TestSafeDir,
		require: func(t testing.TB) { t.Helper(); lab.RequireSendmailOf(t, release) },
		start: func(dir, milter, nextHop string) (lab.MTA, error) {
			return lab.StartSendmail(dir, lab.SendmailOptions{Release: release, Milter: milter, NextHop: nextHop})
		},
	}
}

// onEach runs an end-to-end test on each of the mail servers, at the same time: most of it
// is waiting.
func onEach(t *testing.T, test func(*testing.T, *relay)) {
	t.Helper()
	for _, m := range mtas {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			test(t, startRelay(t, m))
		})
	}
}

// relay is sigmilter behind a private MTA between the two sides of the cloud.
type relay struct {
	t      *testing.T
	ctx    context.Context
	binary string
	site   lab.Site
	cloud  *lab.Cloud
	mta    lab.MTA
	daemon *lab.Daemon // nil while stopped

	postfix *lab.Postfix // the MTA, nil when it is another
}

func startRelay(t *testing.T, m mta, change ...func(lab.Site)) *relay {
	t.Helper()
	m.require(t)
	cloud, err := lab.StartCloud(lab.Guard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Stop)
	return startRelayFor(t, m, cloud, change...)
}

// startRelayWith is startRelay with options of Postfix beside those it must have,
// and changes of the site. In filters of further ports DIR is the site's folder.
func startRelayWith(t *testing.T, opts lab.PostfixOptions, change ...func(lab.Site)) *relay {
	t.Helper()
	m := onPostfix
	m.start = func(dir, milter, nextHop string) (lab.MTA, error) {
		opts.Milter, opts.NextHop = milter, nextHop
		for i := range opts.Ports {
			opts.Ports[i].Milter = strings.ReplaceAll(opts.Ports[i].Milter, "DIR", dir)
		}
		return lab.StartPostfix(dir, opts)
	}
	return startRelay(t, m, change...)
}

// startRelayFor is startRelay with a cloud of the caller's.
func startRelayFor(t *testing.T, m mta, cloud *lab.Cloud, change ...func(lab.Site)) *relay {
	t.Helper()
	r := &relay{t: t, binary: build(t), cloud: cloud}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	r.ctx = ctx
	dir := m.dir(t)
	var err error
	if r.site, err = lab.WriteSite(dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(r.site)
	}
	t.Cleanup(func() {
		if r.daemon != nil {
			r.stop()
		}
	})
	r.start()
	r.mta = r.startMTA(m, dir, r.site.Milter(), r.cloud.Addr())
	r.postfix, _ = r.mta.(*lab.Postfix)
	r.cloud.SetRelay(r.mta.Addr())
	return r
}

func (r *relay) startMTA(m mta, dir, milter, nextHop string) lab.MTA {
	r.t.Helper()
	started, err := m.start(dir, milter, nextHop)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if r.t.Failed() {
			r.tell(started)
		}
		started.Stop()
	})
	return started
}

// tell logs what the MTA has left and what it said of it.
func (r *relay) tell(m lab.MTA) {
	queue, err := m.Queue()
	r.t.Logf("%s has in its queue %+v (%v)", m.Addr(), queue, err)
	log, err := os.ReadFile(m.Log())
	if err != nil {
		r.t.Log(err)
	}
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, "warning") || strings.Contains(line, "status=") || strings.Contains(line, "reject:") {
			r.t.Log(strings.TrimSpace(line))
		}
	}
}

func (r *relay) start() {
	r.t.Helper()
	daemon, err := lab.StartDaemon(r.binary, r.site)
	if err != nil {
		r.t.Fatal(err)
	}
	r.daemon = daemon
}

// stop ends the daemon as the service manager does.
func (r *relay) stop() {
	r.t.Helper()
	if err := r.daemon.Stop(); err != nil {
		r.t.Error(err)
	}
	r.daemon = nil
}

// wait returns when n messages have arrived in all.
func (r *relay) wait(n int) []lab.Arrival {
	r.t.Helper()
	if err := r.cloud.Wait(r.ctx, n); err != nil {
		r.t.Fatal(err)
	}
	return r.cloud.Arrivals()
}

// checkLoad waits for every message of a load and wants it back once, on one
// pass and rightly signed.
func (r *relay) checkLoad(expected map[string]lab.Sample) {
	r.t.Helper()
	if err := lab.CheckLoad(expected, r.wait(len(expected))); err != nil {
		r.t.Error(err)
	}
}

// eventually asks until the condition holds.
func (r *relay) eventually(what string, holds func() bool) {
	r.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-r.ctx.Done():
			r.t.Fatalf("wait for %s: %v", what, r.ctx.Err())
		case <-tick.C:
		}
	}
}

func queued(t *testing.T, m lab.MTA) []lab.Queued {
	t.Helper()
	queue, err := m.Queue()
	if err != nil {
		t.Fatal(err)
	}
	return queue
}

func TestEachClientsMail(t *testing.T) { onEach(t, eachClientsMail) }

func eachClientsMail(t *testing.T, r *relay) {
	byID := map[string]lab.Sample{}
	for _, s := range lab.Samples {
		byID[s.MessageID()] = s
		if err := r.cloud.Send(r.ctx, s.Outgoing()); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(r.daemon.Log(), "every Microsoft tenant could send through this relay as contoso.com") {
		t.Error("the daemon does not warn of a tenant without proof")
	}
	arrivals := r.wait(len(lab.Samples))
	if len(arrivals) != len(lab.Samples) {
		t.Errorf("%d messages arrived, %d were sent", len(arrivals), len(lab.Samples))
	}
	for _, a := range arrivals {
		s := byID[a.MessageID]
		t.Run(s.Name, func(t *testing.T) {
			if err := lab.Check(s, a); err != nil {
				t.Errorf("%v\n%s", err, a.Raw)
			}
			record, err := r.daemon.Record(r.ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			if record.Action != s.Action || record.Reason == "" {
				t.Errorf("logged %q with reason %q, want %q with one", record.Action, record.Reason, s.Action)
			}
		})
	}
}

func TestFiveHundredMessagesOverEightSessions(t *testing.T) { onEach(t, fiveHundredMessages) }

func fiveHundredMessages(t *testing.T, r *relay) {
	messages, expected := lab.Load(500)
	if err := r.cloud.SendAll(r.ctx, messages, 8); err != nil {
		t.Fatal(err)
	}
	r.checkLoad(expected)
	if n := r.cloud.Deferred(); n != 0 {
		t.Errorf("%d temporary refusals, want none", n)
	}
}

func TestStopUnderLoadLosesNothing(t *testing.T) { onEach(t, stopUnderLoad) }

func stopUnderLoad(t *testing.T, r *relay) {
	messages, expected := lab.Load(500)
	sent := make(chan error, 1)
	go func() { sent <- r.cloud.SendAll(r.ctx, messages, 8) }()
	r.wait(50)
	r.stop()

	// What was signed before is still delivered; then nothing comes any more.
	r.eventually("an empty queue", func() bool { return len(queued(t, r.mta)) == 0 })
	before := len(r.cloud.Arrivals())
	if before == len(messages) {
		t.Fatal("all messages had arrived before the daemon was stopped")
	}
	if err := r.cloud.WaitDeferred(r.ctx, r.cloud.Deferred()+16); err != nil {
		t.Fatal(err)
	}
	if after := len(r.cloud.Arrivals()); after != before {
		t.Errorf("%d messages delivered while the daemon was stopped", after-before)
	}

	r.start()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	r.checkLoad(expected)
}

func TestMailWaitsInAQueueWhileStopped(t *testing.T) { onEach(t, mailWaitsInAQueue) }

// A relay in front of ours, whatever ours is, keeps in its queue what ours refuses.
func mailWaitsInAQueue(t *testing.T, r *relay) {
	lab.RequirePostfix(t)
	front := r.startMTA(onPostfix, lab.TestDir(t), "", r.mta.Addr())
	r.cloud.SetRelay(front.Addr())
	r.stop()
	messages, expected := lab.Load(20)
	if err := r.cloud.SendAll(r.ctx, messages, 2); err != nil {
		t.Fatal(err)
	}
	r.eventually("20 deferred messages", func() bool {
		refused := 0
		for _, q := range queued(t, front) {
			for _, recipient := range q.Recipients {
				if recipient.DelayReason != "" {
					refused++
					break
				}
			}
		}
		return refused == len(messages)
	})
	if n := len(r.cloud.Arrivals()); n > 0 {
		t.Errorf("%d messages delivered while the daemon was stopped", n)
	}
	r.start()
	if err := front.Flush(); err != nil {
		t.Fatal(err)
	}
	r.checkLoad(expected)
}

func TestKilledDaemonSignsFromItsStateFile(t *testing.T) { onEach(t, killedDaemon) }

func killedDaemon(t *testing.T, r *relay) {
	messages, expected := lab.Load(2 * len(lab.Samples))
	half := len(messages) / 2
	if err := r.cloud.SendAll(r.ctx, messages[:half], 1); err != nil {
		t.Fatal(err)
	}
	r.wait(half)
	r.daemon.Kill()
	if err := os.Remove(r.site.People); err != nil {
		t.Fatal(err)
	}
	r.start()
	if err := r.cloud.SendAll(r.ctx, messages[half:], 1); err != nil {
		t.Fatal(err)
	}
	r.checkLoad(expected)
}

func TestServeRefusesWhatCheckRefuses(t *testing.T) {
	binary := build(t)
	config := filepath.Join("..", "..", "testdata", "config", "bad-five.toml")
	said := map[string]string{}
	for _, verb := range []string{"check", "serve"} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		var stdout, stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, binary, verb, "-c", config)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		var exit *exec.ExitError
		if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
			t.Errorf("%s: %v, want exit status 2", verb, err)
		}
		if stdout.Len() > 0 {
			t.Errorf("%s wrote to standard output: %s", verb, &stdout)
		}
		said[verb] = stderr.String()
	}
	if n := strings.Count(said["check"], "\n"); n != 5 {
		t.Errorf("check says %d lines, want 5:\n%s", n, said["check"])
	}
	if said["serve"] != said["check"] {
		t.Errorf("serve says:\n%s\ncheck says:\n%s", said["serve"], said["check"])
	}
}
