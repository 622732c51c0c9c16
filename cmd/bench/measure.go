package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// rate is what one filter gave with a workload.
type rate struct {
	filter    *filter
	workload  workload
	handled   bool      // the messages bear the guard already
	perSecond []float64 // messages that Postfix accepted, by round
	cpu       time.Duration
	driver    time.Duration // CPU time of what stands in for the MTA
	messages  int
}

func (r *rate) name() string {
	if r.handled {
		return r.filter.name + "-handled"
	}
	return r.filter.name
}

// measure does all of it.
func (b *bench) measure(ctx context.Context) (*report, error) {
	kind, err := measureMachine()
	if err != nil {
		return nil, err
	}
	r := &report{machine: kind, Rounds: b.rounds, bench: b}
	if err := b.writeMails(); err != nil {
		return nil, err
	}
	for _, w := range workloads {
		rates, err := b.rates(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("workload %s: %w", w.name, err)
		}
		r.rates = append(r.rates, rates...)
	}
	for _, step := range []func(*report) error{
		func(r *report) error { return b.endToEnd(ctx, r) }, b.alone, b.latencies,
		func(r *report) error { return b.count(ctx, r) }, func(r *report) error { return b.profile(ctx, r) }, b.growth,
		func(r *report) error { return b.memory(ctx, r) }, func(r *report) error { return b.recordings(ctx, r) },
		func(r *report) error { return b.manyTenants(ctx, r) },
	} {
		if err := step(r); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// rates has the filters of a workload take the same messages, round by round in
// turn.
func (b *bench) rates(ctx context.Context, w workload) ([]*rate, error) {
	var rates []*rate
	for _, name := range w.filters {
		name, handled := strings.CutSuffix(name, "-handled")
		if f := b.filter(name); f != nil {
			rates = append(rates, &rate{filter: f, workload: w, handled: handled})
		}
	}
	for round := range b.rounds {
		b.progress("%s, round %d of %d", w.name, round+1, b.rounds)
		for i := range rates {
			r := rates[(i+round)%len(rates)]
			if err := b.round(ctx, r); err != nil && (!r.filter.peer || ctx.Err() != nil) {
				return nil, fmt.Errorf("%s: %w", r.name(), err)
			} else if err != nil {
				b.giveUp(r.filter, err)
			}
		}
		rates = slices.DeleteFunc(rates, func(r *rate) bool { return b.filter(r.filter.name) == nil })
	}
	return rates, nil
}

// round sends messages through one filter and waits until Postfix has nothing
// left to do.
func (b *bench) round(ctx context.Context, r *rate) error {
	w := r.workload
	before, err := r.filter.usage()
	if err != nil {
		return err
	}
	all := 0
	for _, m := range w.mails {
		all += m.sessions
	}
	group, sending := errgroup.WithContext(ctx)
	messages := 0
	began := time.Now()
	for _, m := range w.mails {
		share := max(m.sessions, w.messages/b.scale*m.sessions/all)
		messages += share
		group.Go(func() error {
			return sendMails(sending, r.filter.addr, b.mailPath(m.name, r.handled), m.sessions, share)
		})
	}
	if err := group.Wait(); err != nil {
		return err
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

// sendMails sends a file as many messages, with Postfix's load generator.
func sendMails(ctx context.Context, addr, file string, sessions, messages int) error {
	cmd := exec.CommandContext(ctx, smtpSource(), "-s", strconv.Itoa(sessions), "-m", strconv.Itoa(messages),
		"-f", "alice@contoso.com", "-t", "ben@fabrikam.example", "-F", file, addr)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("smtp-source: %w\n%s", err, text)
	}
	return nil
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

// smtpSource is Postfix's load generator.
func smtpSource() string { return ofPostfix("smtp-source") }

// sendmail is Postfix's way in for programs.
func sendmail() string { return ofPostfix("sendmail") }

// ofPostfix finds a program of Postfix, which is not on everybody's path.
func ofPostfix(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return filepath.Join("/usr/sbin", name)
}
