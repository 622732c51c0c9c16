package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sigmilter/milter/miltertest"
)

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
		most, _, err := drive(f, raw, load{sessions, 1000 / b.scale, 0})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		half := most / 2
		_, waits, err := drive(f, raw, load{sessions, 2000 / b.scale, half})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		slices.Sort(waits)
		at := func(p int) time.Duration { return waits[(len(waits)-1)*p/100] }
		r.latencies = append(r.latencies, latency{name, at(50), at(95), at(99), half})
	}
	return nil
}

// alone drives the peers by a fake MTA, as fast as they can: behind Postfix its own
// cost hides much of the difference.
func (b *bench) alone(r *report) error {
	raw := message("reply-50k")
	for _, name := range peers {
		if f := b.filter(name); f != nil {
			r.alone = append(r.alone, &rate{filter: f})
		}
	}
	for round := range b.rounds {
		b.progress("peers without Postfix, round %d of %d", round+1, b.rounds)
		for i := range r.alone {
			one := r.alone[(i+round)%len(r.alone)]
			before, err := one.filter.usage()
			if err != nil {
				return err
			}
			messages := max(peerClients, 400/b.scale)
			perSecond, _, err := drive(one.filter, raw, load{peerClients, messages, 0})
			if err != nil && !one.filter.peer {
				return fmt.Errorf("%s: %w", one.name(), err)
			} else if err != nil {
				b.giveUp(one.filter, err)
				continue
			}
			after, err := one.filter.usage()
			if err != nil {
				return err
			}
			one.perSecond = append(one.perSecond, perSecond)
			one.cpu += after.cpu - before.cpu
			one.messages += messages
		}
		r.alone = slices.DeleteFunc(r.alone, func(r *rate) bool { return b.filter(r.filter.name) == nil })
	}
	return nil
}

// load is how a filter is driven.
type load struct {
	clients, messages int
	perSecond         float64 // zero: as fast as it can
}

// drive sends messages and returns the rate there was and how long each took.
func drive(f *filter, raw []byte, l load) (float64, []time.Duration, error) {
	var (
		group errgroup.Group
		mu    sync.Mutex
		waits []time.Duration
	)
	due := make(chan int, l.messages)
	began := time.Now()
	for range l.clients {
		mta, err := miltertest.Dial(f.network(), f.socket)
		if err != nil {
			return 0, nil, err
		}
		group.Go(func() error {
			defer mta.Close()
			for i := range due {
				// MIMEDefang wants queue ids that no message at a time shares.
				envelope := miltertest.Envelope{Sender: "alice@contoso.com", Recipients: []string{"ben@fabrikam.example"}, QueueID: fmt.Sprintf("BENCH%d", i)}
				from := time.Now()
				result, err := mta.Send(envelope, raw)
				if err != nil {
					return err
				}
				if !result.Accepted {
					return errors.New("a message was refused")
				}
				mu.Lock()
				waits = append(waits, time.Since(from))
				mu.Unlock()
			}
			return nil
		})
	}
	for i := range l.messages {
		if l.perSecond > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(i) / l.perSecond * float64(time.Second)))))
		}
		due <- i
	}
	close(due)
	err := group.Wait()
	return float64(l.messages) / time.Since(began).Seconds(), waits, err
}
