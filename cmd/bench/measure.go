package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

// contest is a filter and a workload side by side with the others of the workload.
type contest struct {
	filter   *filter
	workload string // of miltertest
	handled  bool   // the message bears the guard already
}

func (c contest) name() string {
	if c.handled {
		return c.filter.name + "-handled"
	}
	return c.filter.name
}

// rate is what one contest gave.
type rate struct {
	contest
	perSecond []float64 // messages that Postfix accepted, by round
	cpu       time.Duration
	messages  int
}

// workloads are what goes through Postfix, with how many messages a round has.
var workloads = []struct {
	name     string
	messages int
}{
	{"text-2k", 1000}, {"reply-50k", 800}, {"new-50k", 800}, {"attachment-10m", 8}, {"attachment-25m", 4},
}

const sessions = 8

// measure does all of it.
func (b *bench) measure(ctx context.Context) (*report, error) {
	r := &report{Machine: machine(), Rounds: b.rounds}
	for _, w := range workloads {
		rates, err := b.rates(ctx, w.name, max(sessions, w.messages/b.scale))
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", w.name, err)
		}
		r.rates = append(r.rates, rates...)
	}
	if err := b.latencies(r); err != nil {
		return nil, err
	}
	if err := b.growth(r); err != nil {
		return nil, err
	}
	return r, b.memory(r)
}

// rates has all filters take the same messages, round by round in turn.
func (b *bench) rates(ctx context.Context, workload string, messages int) ([]*rate, error) {
	raw := message(workload)
	plain, handled := b.path("message"), b.path("handled")
	if err := os.WriteFile(plain, withLF(raw), 0o644); err != nil {
		return nil, err
	}
	if err := os.WriteFile(handled, withLF(append([]byte(lab.Guard+": Yes\r\n"), raw...)), 0o644); err != nil {
		return nil, err
	}
	var rates []*rate
	for _, f := range b.filters {
		rates = append(rates, &rate{contest: contest{f, workload, false}})
	}
	rates = append(rates, &rate{contest: contest{b.filter("sigmilter"), workload, true}})
	for round := range b.rounds {
		b.progress("%s, round %d of %d", workload, round+1, b.rounds)
		for i := range rates {
			r := rates[(i+round)%len(rates)]
			file := plain
			if r.handled {
				file = handled
			}
			if err := b.round(ctx, r, file, messages); err != nil {
				return nil, fmt.Errorf("%s: %w", r.name(), err)
			}
		}
	}
	return rates, nil
}

// round sends messages through one filter and waits until Postfix has nothing
// left to do.
func (b *bench) round(ctx context.Context, r *rate, file string, messages int) error {
	before, err := r.filter.usage()
	if err != nil {
		return err
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, smtpSource(), "-s", strconv.Itoa(sessions), "-m", strconv.Itoa(messages),
		"-f", "alice@contoso.com", "-t", "ben@fabrikam.example", "-F", file, r.filter.addr)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("smtp-source: %w\n%s", err, text)
	}
	took := time.Since(began)
	after, err := r.filter.usage()
	if err != nil {
		return err
	}
	r.perSecond = append(r.perSecond, float64(messages)/took.Seconds())
	r.cpu += after.cpu - before.cpu
	r.messages += messages
	return b.drain(ctx)
}

// drain waits until Postfix's queue is empty.
func (b *bench) drain(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		queue, err := b.postfix.Queue()
		if err != nil || len(queue) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// smtpSource is Postfix's load generator, which is not on everybody's path.
func smtpSource() string {
	if path, err := exec.LookPath("smtp-source"); err == nil {
		return path
	}
	return "/usr/sbin/smtp-source"
}

func message(workload string) []byte {
	for _, w := range miltertest.Workloads {
		if w.Name == workload {
			return w.Make()
		}
	}
	panic("no workload " + workload)
}

func withLF(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")) }

// latency is how long an MTA waits for a filter, over a whole message.
type latency struct {
	Filter        string
	P50, P95, P99 time.Duration
	Rate          float64 // messages a second, half of what the filter can take
}

// latencies drives the filters by a fake MTA at half of the rate they can take,
// over as many connections as Postfix has sessions.
func (b *bench) latencies(r *report) error {
	raw := message("reply-50k")
	for _, name := range []string{"c-noop", "go-noop", "sigmilter"} {
		b.progress("latency of %s", name)
		f := b.filter(name)
		most, _, err := drive(f.socket, raw, 1000/b.scale, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		half := most / 2
		_, waits, err := drive(f.socket, raw, 2000/b.scale, half)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		slices.Sort(waits)
		at := func(p int) time.Duration { return waits[(len(waits)-1)*p/100] }
		r.latencies = append(r.latencies, latency{name, at(50), at(95), at(99), half})
	}
	return nil
}

// drive sends messages at a rate, as fast as it can for 0, and returns the rate
// there was and how long each took.
func drive(socket string, raw []byte, messages int, perSecond float64) (float64, []time.Duration, error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		waits []time.Duration
		fault error
	)
	due := make(chan struct{}, messages)
	began := time.Now()
	for range sessions {
		mta, err := miltertest.Dial("unix", socket)
		if err != nil {
			return 0, nil, err
		}
		wg.Go(func() {
			defer mta.Close()
			for range due {
				from := time.Now()
				_, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com", Recipients: []string{"ben@fabrikam.example"}}, raw)
				mu.Lock()
				waits = append(waits, time.Since(from))
				if err != nil {
					fault = err
				}
				mu.Unlock()
			}
		})
	}
	for i := range messages {
		if perSecond > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))))
		}
		due <- struct{}{}
	}
	close(due)
	wg.Wait()
	return float64(messages) / time.Since(began).Seconds(), waits, fault
}

// growth measures how the time of a message grows with its size, one at a time.
func (b *bench) growth(r *report) error {
	f := b.filter("sigmilter")
	for size := 1 << 10; size <= 64<<20/b.scale; size *= 4 {
		for _, kind := range []struct {
			name string
			make func(int) []byte
			most int
		}{{"new mail", miltertest.NewMail, 4 << 20}, {"attachment", miltertest.AttachmentMail, 64 << 20}} {
			if size > kind.most {
				continue
			}
			b.progress("%s of %d KB", kind.name, size>>10)
			raw := kind.make(size)
			best := time.Duration(1 << 62)
			for range 3 {
				_, waits, err := drive(f.socket, raw, sessions, 1e9)
				if err != nil {
					return err
				}
				best = min(best, slices.Min(waits))
			}
			r.growth = append(r.growth, growth{kind.name, len(raw), best})
		}
	}
	return nil
}

// memory has a hundred messages of 25 MB in hand at once.
func (b *bench) memory(r *report) error {
	f := b.filter("sigmilter")
	idle, err := f.usage()
	if err != nil {
		return err
	}
	hands := max(10, 100/b.scale)
	b.progress("%d messages of 25 MB at once", hands)
	raw := miltertest.AttachmentMail(25 << 20)
	var wg sync.WaitGroup
	fault := make(chan error, hands)
	for range hands {
		conn, err := net.Dial("unix", f.socket)
		if err != nil {
			return err
		}
		mta, err := miltertest.New(conn, miltertest.Postfix)
		if err != nil {
			return err
		}
		mta.SetTimeout(5 * time.Minute)
		wg.Go(func() {
			defer mta.Close()
			if _, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, raw); err != nil {
				fault <- err
			}
		})
	}
	wg.Wait()
	select {
	case err := <-fault:
		return err
	default:
	}
	most, err := f.usage()
	r.memory = memory{Hands: hands, Before: idle.rss, Most: most.top}
	return err
}
