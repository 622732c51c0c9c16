package main

import (
	"fmt"
	"slices"
	"time"
)

// latency is how long an MTA waits for a filter, over a whole message.
type latency struct {
	Filter        string
	Half          string // of which rate the messages came at half
	P50, P95, P99 time.Duration
	Rate          float64 // messages a second
}

// The rates of [latency].
const (
	halfPostfix = "Postfix" // what Postfix accepts with the filter
	halfAlone   = "alone"   // what the filter takes from a fake MTA, as fast as that can
)

// latencies drives the filters by a fake MTA, over as many connections as Postfix has
// sessions, at half of two rates.
func (b *bench) latencies(r *report) error {
	raw := message("reply-50k")
	for _, name := range []string{"c-noop", "go-noop", "sigmilter"} {
		f := b.filter(name)
		most, err := drive(f, raw, load{sessions, 1000 / b.scale, 0})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, half := range []struct {
			of   string
			rate float64
		}{{halfPostfix, r.find("reply-50k", name).median() / 2}, {halfAlone, most.perSecond / 2}} {
			b.progress("latency of %s at %.0f messages a second", name, half.rate)
			d, err := drive(f, raw, load{sessions, 2000 / b.scale, half.rate})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			slices.Sort(d.waits)
			at := func(p int) time.Duration { return d.waits[(len(d.waits)-1)*p/100] }
			r.latencies = append(r.latencies, latency{name, half.of, at(50), at(95), at(99), half.rate})
		}
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
			messages := max(peerClients, 400/b.scale)
			d, err := drive(one.filter, raw, load{peerClients, messages, 0})
			if err != nil && !one.filter.peer {
				return fmt.Errorf("%s: %w", one.name(), err)
			} else if err != nil {
				b.giveUp(one.filter, err)
				continue
			}
			one.perSecond = append(one.perSecond, d.perSecond)
			one.cpu += d.filter
			one.driver += d.driver
			one.messages += messages
		}
		r.alone = slices.DeleteFunc(r.alone, func(r *rate) bool { return b.filter(r.filter.name) == nil })
	}
	return nil
}
