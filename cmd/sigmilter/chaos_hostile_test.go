package main_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sigmilter/milter/miltertest"
)

// hostileTime, in the environment, is how long hostile mail is sent in the long form.
const hostileTime = "SIGMILTER_CHAOS_HOSTILE"

const (
	daemonMemory = 1 << 30 // bytes that the daemon may have
	hostilePeers = 200
	// Of so many sessions one sends large messages.
	largeEvery   = 25
	largeHostile = 24 << 20
	smallHostile = 1 << 20
	// ordinaryWait is what ordinary mail waits for the filter at most, but for one of a
	// hundred.
	ordinaryWait = 250 * time.Millisecond

	// The same in the short form, which looks whether all holds together.
	shortHostilePeers = 12
	shortHostile      = 16 << 10
	shortHostileTime  = 2 * time.Second
)

// hostility is hostile mail that is being sent.
type hostility struct {
	lasts    time.Duration
	began    time.Time
	stop     context.CancelFunc
	sessions sync.WaitGroup

	// What became of the messages; cut: the connection ended.
	accepted, deferred, rejected, cut atomic.Int64
}

// hostileLasts is how long hostile mail is sent.
func hostileLasts() (time.Duration, error) {
	if os.Getenv(chaosMessages) == "" {
		return shortHostileTime, nil
	}
	if text := os.Getenv(hostileTime); text != "" {
		return time.ParseDuration(text)
	}
	return 10 * time.Minute, nil
}

// littleMemory has the daemon run with [daemonMemory]. Where systemd runs, that is
// MemoryMax= of a scope, as in the unit; elsewhere the limit on data of a process, which
// counts what is reserved, and so is a little stricter.
func littleMemory(o *ordeal) {
	o.configure("[log]", "[timeouts]\nstop = \"1s\"\n\n[log]")
	with := fmt.Sprintf("ulimit -d %d && exec", daemonMemory>>10)
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		with = fmt.Sprintf("exec systemd-run --quiet --scope --property=MemoryMax=%d --property=MemorySwapMax=0 --", daemonMemory)
	}
	o.t.Logf("memory is limited by: %s", with)
	program := filepath.Join(filepath.Dir(o.site.Config), "sigmilter-limited")
	o.must(os.WriteFile(program, []byte("#!/bin/sh\n"+with+" '"+o.binary+"' \"$@\"\n"), 0o755))
	o.binary = program
}

// beginHostility opens sessions that send nothing but hostile mail, each kind in turn.
func beginHostility(o *ordeal) {
	lasts, err := hostileLasts()
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(o.ctx)
	h := &hostility{lasts: lasts, began: time.Now(), stop: stop}
	o.hostility = h
	peers, small, large := hostilePeers, smallHostile, largeHostile
	if os.Getenv(chaosMessages) == "" {
		peers, small, large = shortHostilePeers, shortHostile, shortHostile
	}
	ofSize := map[int][][]byte{small: nil, large: nil}
	for size := range ofSize {
		for _, kind := range hostileMail {
			ofSize[size] = append(ofSize[size], []byte(kind.make(size)))
		}
	}
	for i := range peers {
		size := small
		if i%largeEvery == 0 {
			size = large
		}
		h.sessions.Go(func() { h.send(ctx, o.site.Socket, i, ofSize[size]) })
	}
	o.t.Cleanup(func() { stop(); h.sessions.Wait() })
}

// send sends messages one after the other, over a new connection after each that ended.
func (h *hostility) send(ctx context.Context, socket string, next int, messages [][]byte) {
	for ctx.Err() == nil {
		m, err := miltertest.Dial("unix", socket)
		if err != nil { // between two daemons
			h.cut.Add(1)
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		m.SetTimeout(3 * time.Minute)
		closed := context.AfterFunc(ctx, func() { m.Cut() })
		for err == nil {
			var result *miltertest.Result
			result, err = m.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, messages[next%len(messages)])
			next++
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				h.cut.Add(1)
			case result.Accepted:
				h.accepted.Add(1)
			case result.Tempfailed:
				h.deferred.Add(1)
			default:
				h.rejected.Add(1)
			}
		}
		closed()
		m.Close()
	}
}

// ordinaryBeside sends ordinary mail for a share of the time, and ends the hostile mail
// with the last.
func ordinaryBeside(o *ordeal, i int) {
	h := o.hostility
	until := h.began.Add(h.lasts * time.Duration(i+1) / time.Duration(o.strikes))
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(until) && o.ctx.Err() == nil {
		o.must(o.cloud.Send(o.ctx, o.another()))
		<-tick.C
	}
	if i == o.strikes-1 {
		h.stop()
		h.sessions.Wait()
	}
}

func feltHostility(o *ordeal, _ int) []proof {
	h := o.hostility
	var waits []time.Duration
	for _, a := range o.cloud.Arrivals() {
		if r, err := o.record(a); err == nil {
			waits = append(waits, time.Duration(r.Waited)*time.Microsecond)
		}
	}
	slices.Sort(waits)
	if len(waits) > 0 {
		at := func(percent int) time.Duration { return waits[(len(waits)-1)*percent/100] }
		o.t.Logf("ordinary mail waited %v, %v at the 99th of 100, %v at most", at(50), at(99), at(100))
		if os.Getenv(chaosMessages) != "" && at(99) > ordinaryWait {
			o.t.Errorf("ordinary mail waited %v, want %v at most for 99 of 100", at(99), ordinaryWait)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if ended := len(o.daemons) - 2; ended > 0 { // one before the limit, one with it
		o.t.Errorf("the daemon ended %d times, first with:\n%s", ended, lastWords(o.daemons[1].Log()))
	}
	if n := h.rejected.Load(); n > 0 {
		o.t.Errorf("%d hostile messages were rejected for good, which nobody configured", n)
	}
	return []proof{
		{"ordinary messages whose wait is known", len(waits), len(o.expected) * 9 / 10},
		{"hostile messages accepted", int(h.accepted.Load()), 1},
		{"of them deferred", int(h.deferred.Load()), 0},
		{"connections cut", int(h.cut.Load()), 0},
	}
}

// lastWords are the first lines that the runtime wrote into a log, where it says why it
// ended.
func lastWords(log string) string {
	var words []string
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "{") && len(words) < 12 {
			words = append(words, line)
		}
	}
	return strings.Join(words, "")
}
