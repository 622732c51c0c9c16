package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/lab"
)

// chaosMessages, in the environment, asks for the long form: about so many messages
// over all scenarios and mail servers, and a daemon without the race detector.
const chaosMessages = "SIGMILTER_CHAOS"

const (
	shortLoad    = 160 // messages of a scenario in the short form
	shortStrikes = 4   // how often it strikes
	longStrikes  = 16
	chaosLoaders = 8 // SMTP sessions
)

// chaosPatience bounds one scenario, beside the time that hostile mail is sent.
const chaosPatience = 10 * time.Minute

// tally is the count of messages by id.
type tally struct{ sent, delivered, queued, signed, passed, lost, doubled int }

func (t *tally) add(o tally) {
	t.sent += o.sent
	t.delivered += o.delivered
	t.queued += o.queued
	t.signed += o.signed
	t.passed += o.passed
	t.lost += o.lost
	t.doubled += o.doubled
}

func (t tally) String() string {
	return fmt.Sprintf("sent %d, delivered %d, queued %d, signed %d, passed %d, lost %d, doubled %d",
		t.sent, t.delivered, t.queued, t.signed, t.passed, t.lost, t.doubled)
}

// chaosTotal is what TestMain prints at the end of the long form.
var chaosTotal struct {
	sync.Mutex
	tally
}

// TestChaos breaks something while mail is sent, and then counts every message: each
// sent one is delivered, once, in one pass, whole, with one guard, and signed once or
// passed for a reason.
func TestChaos(t *testing.T) {
	mtas := []mta{onPostfix, onSendmail}
	load, strikes := shortLoad, shortStrikes
	if v := os.Getenv(chaosMessages); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			t.Fatalf("%s=%s: not a number of messages", chaosMessages, v)
		}
		rounds := len(scenarios) * len(mtas)
		load, strikes = (n+rounds-1)/rounds, longStrikes
	}
	t.Run("on", func(t *testing.T) { // ends when both have
		for _, m := range mtas {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel() // much of it is waiting
				for _, s := range scenarios {
					t.Run(s.name, func(t *testing.T) { s.run(t, m, load, strikes) })
				}
			})
		}
	})
	t.Log(chaosTotal.tally)
}

// scenario is one thing that goes wrong. Its strikes come while messages are sent,
// at even shares of them, and what each breaks it mends again before it returns, or
// mail would wait for ever.
type scenario struct {
	name    string
	prepare func(*ordeal) // changes the site, then the daemon is started again; may be nil
	begin   func(*ordeal) // before mail is sent; may be nil
	strike  func(o *ordeal, i int)
	restart bool // the daemon may end by itself, and the service manager starts another
	// felt is what shows that so many strikes were felt: without, a scenario would pass
	// that breaks nothing.
	felt func(o *ordeal, strikes int) []proof
}

// proof is something that must have happened at least so often.
type proof struct {
	what      string
	got, want int
}

// ordeal is a run of a scenario.
type ordeal struct {
	*relay
	expected  map[string]lab.Sample // what was sent, by Message-ID
	began     time.Time
	clock     *lab.Clock
	strikes   int
	hostility *hostility
	seen      map[string]int // what strikes saw themselves

	mu      sync.Mutex
	daemons []*lab.Daemon // all there were, the one that runs last
}

func (s scenario) run(t *testing.T, m mta, load, strikes int) {
	r := startRelay(t, m)
	lasts, err := hostileLasts()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), chaosPatience+lasts)
	defer cancel()
	r.ctx = ctx
	o := &ordeal{relay: r, daemons: []*lab.Daemon{r.daemon}, seen: map[string]int{}, strikes: strikes}
	if s.prepare != nil {
		s.prepare(o)
		o.again()
	}
	messages, expected := lab.MixedLoad(load)
	o.expected, o.began = expected, time.Now()
	if s.begin != nil {
		s.begin(o)
	}
	if s.restart {
		defer o.supervise()()
	}
	sent := make(chan error, 1)
	go func() { sent <- o.cloud.SendAll(ctx, messages, chaosLoaders) }()
	for i := range strikes {
		o.wait((i + 1) * load / (strikes + 2))
		s.strike(o, i)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if err := o.cloud.Wait(ctx, len(o.expected)); err != nil {
		t.Error(err)
	}
	if !t.Failed() {
		o.eventually("an empty queue", func() bool { return len(queued(t, o.mta)) == 0 })
	}
	count := o.count()
	t.Logf("%v, %d refusals, %v", count, o.cloud.Deferred(), time.Since(o.began).Round(time.Millisecond))
	for _, p := range s.felt(o, strikes) {
		t.Logf("%s: %d", p.what, p.got)
		if p.got < p.want {
			t.Errorf("%s: %d, want %d at least: the scenario does not bite", p.what, p.got, p.want)
		}
	}
	chaosTotal.Lock()
	defer chaosTotal.Unlock()
	chaosTotal.add(count)
}

// count holds every arrival against what was sent, and fails the test for each
// breach.
func (o *ordeal) count() tally {
	o.t.Helper()
	arrivals := o.cloud.Arrivals()
	count := tally{sent: len(o.expected), queued: len(queued(o.t, o.mta))}
	seen := map[string]bool{}
	for _, a := range arrivals {
		s, known := o.expected[a.MessageID]
		switch {
		case !known:
			o.t.Errorf("message %q from %q arrived, which nobody sent:\n%s", a.MessageID, a.From, a.Raw)
			continue
		case seen[a.MessageID]:
			count.doubled++
			o.t.Errorf("%s was delivered twice", a.MessageID)
			continue
		}
		seen[a.MessageID] = true
		count.delivered++
		if err := lab.Check(s, a); err != nil {
			o.t.Errorf("%s: %v", a.MessageID, err)
			continue
		}
		if s.Action == "signed" {
			count.signed++
			continue
		}
		count.passed++
		if record, err := o.record(a); err != nil || record.Action != s.Action || record.Reason == "" {
			o.t.Errorf("%s is logged as %+v (%v), want %q with a reason", a.MessageID, record, err, s.Action)
		}
	}
	if count.lost = count.sent - count.delivered - count.queued; count.lost != 0 {
		for _, id := range slices.Sorted(maps.Keys(o.expected)) {
			if !seen[id] {
				o.t.Errorf("%s did not arrive", id)
			}
		}
	}
	return count
}

// record is the line on a message of whichever daemon had it in hand last.
func (o *ordeal) record(a lab.Arrival) (lab.Record, error) {
	queue, err := a.QueueID()
	if err != nil {
		return lab.Record{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range slices.Backward(o.daemons) {
		if r, ok := d.Find(queue); ok {
			return r, nil
		}
	}
	return lab.Record{}, errors.New("no daemon has a line on it")
}

// kill ends the daemon as a power failure would, damages what is to be found by the
// next one, and starts that.
func (o *ordeal) kill(damage ...func()) {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.daemon.Kill()
	for _, d := range damage {
		d()
	}
	o.next()
}

// again stops the daemon as the service manager does, and starts another.
func (o *ordeal) again() {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.daemon.Stop(); err != nil {
		o.t.Error(err)
	}
	o.next()
}

func (o *ordeal) next() {
	o.t.Helper()
	d, err := lab.StartDaemon(o.binary, o.site)
	if err != nil {
		o.t.Error(err)
		return
	}
	o.daemon = d
	o.daemons = append(o.daemons, d)
}

// supervise starts the daemon again when it ended by itself, as systemd does.
func (o *ordeal) supervise() (stop func()) {
	ended, stopping := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			o.mu.Lock()
			d := o.daemon
			o.mu.Unlock()
			select {
			case <-stopping:
				return
			case <-d.Exited():
			}
			o.mu.Lock()
			if o.daemon == d {
				o.next()
			}
			failed := o.daemon == d
			o.mu.Unlock()
			if failed {
				return
			}
		}
	}()
	return func() {
		close(stopping)
		<-ended
	}
}

// reload has the daemon read its configuration anew.
func (o *ordeal) reload() {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.must(o.daemon.Signal(syscall.SIGHUP))
}

// arrive waits for so many more messages, or all.
func (o *ordeal) arrive(more int) {
	o.t.Helper()
	o.wait(min(len(o.expected), len(o.cloud.Arrivals())+more))
}

// another is one more message that is expected to arrive signed, besides the load.
func (o *ordeal) another() lab.Outgoing {
	s := lab.Samples[len(o.expected)%4]
	m, id := s.Copy(len(o.expected))
	id = "another-" + id
	m.Raw = bytes.Replace(m.Raw, []byte("<"+s.Name+"."), []byte("<another-"+s.Name+"."), 1)
	o.expected[id] = s
	return m
}

// hold has a message in the daemon's hands until it is finished.
func (o *ordeal) hold() *lab.Held {
	o.t.Helper()
	h, err := o.cloud.Hold(o.another())
	if err != nil {
		o.t.Fatal(err)
	}
	return h
}

// finish ends a message that was held, and sees whether it was refused.
func (o *ordeal) finish(h *lab.Held) {
	o.t.Helper()
	refused, err := h.Finish(o.ctx)
	o.must(err)
	if refused {
		o.seen["refused"]++
	} else {
		o.seen["finished"]++
	}
}

// logged is how often all daemons together have written a text.
func (o *ordeal) logged(text string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.daemons {
		n += strings.Count(d.Log(), text)
	}
	return n
}

// ask is a client of the running daemon.
func (o *ordeal) ask() *control.Client {
	return control.NewClient("unix:" + filepath.Join(filepath.Dir(o.site.Config), "control.sock"))
}

func (o *ordeal) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Error(err)
	}
}
