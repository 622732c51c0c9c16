package lab

import (
	"errors"
	"fmt"
)

// Load is n messages of the kinds that are signed, each under a Message-ID of its
// own. expected has the sample of each by that id.
func Load(n int) (messages []Outgoing, expected map[string]Sample) {
	var signed []Sample
	for _, s := range Samples {
		if s.Action == "signed" {
			signed = append(signed, s)
		}
	}
	return copies(signed, n)
}

// MixedLoad is n messages of all kinds, those too that must pass unsigned, else as
// [Load].
func MixedLoad(n int) (messages []Outgoing, expected map[string]Sample) {
	return copies(Samples, n)
}

// copies are n messages made of the samples in turn.
func copies(samples []Sample, n int) (messages []Outgoing, expected map[string]Sample) {
	expected = make(map[string]Sample, n)
	for i := range n {
		s := samples[i%len(samples)]
		m, id := s.Copy(i)
		messages = append(messages, m)
		expected[id] = s
	}
	return messages, expected
}

// CheckLoad wants every expected message once among the arrivals, as [Check]
// wants it, and nothing else. The error joins all breaches.
func CheckLoad(expected map[string]Sample, arrivals []Arrival) error {
	var faults []error
	seen := map[string]int{}
	for _, a := range arrivals {
		seen[a.MessageID]++
		s, ok := expected[a.MessageID]
		if !ok {
			faults = append(faults, fmt.Errorf("message %q from %q arrived, which nobody sent", a.MessageID, a.From))
			continue
		}
		if err := Check(s, a); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", a.MessageID, err))
		}
	}
	for id := range expected {
		if seen[id] != 1 {
			faults = append(faults, fmt.Errorf("%s arrived %d times", id, seen[id]))
		}
	}
	return errors.Join(faults...)
}
