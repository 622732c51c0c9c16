package engine

import (
	"maps"
	"slices"
	"sync"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// Known keeps what the engine makes of people and of their blocks, which are the same
// in many messages. Its zero value is empty and ready. It is used by many goroutines.
type Known struct {
	mu     sync.Mutex
	people map[string]knownPerson // by their address
	shown  map[string][]string    // by the HTML of a block
}

// knownPerson is a person as the store had them, and as texts are compared with them.
type knownPerson struct {
	as     *policy.Person
	person *insert.Person
}

// mostKnown is how many people or blocks are kept, of a few KiB each. Beyond it all are
// let go of: those who write come again.
const mostKnown = 1 << 10

// person is what tells a person's signature, for one message. Those who are no longer
// as the store has them are made anew.
func (k *Known) person(p *policy.Person) *insert.Person {
	if k == nil || p.Unlisted {
		return fingerprint(p)
	}
	k.mu.Lock()
	known, ok := k.people[p.Address]
	k.mu.Unlock()
	if !ok || !maps.Equal(known.as.Attributes, p.Attributes) || !slices.Equal(known.as.Addresses, p.Addresses) {
		known = knownPerson{p, fingerprint(p)}
		known.person.Prepare()
		k.mu.Lock()
		k.people = remember(k.people, p.Address, known)
		k.mu.Unlock()
	}
	person := *known.person
	return &person
}

// shownLines is the visible text of a block's HTML, line by line.
func (k *Known) shownLines(html string) []string {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	lines, ok := k.shown[html]
	k.mu.Unlock()
	if ok {
		return lines
	}
	lines = insert.ShownLines(html)
	k.mu.Lock()
	k.shown = remember(k.shown, html, lines)
	k.mu.Unlock()
	return lines
}

// remember keeps a value, of as many as are kept.
func remember[V any](kept map[string]V, key string, v V) map[string]V {
	if kept == nil || len(kept) == mostKnown {
		kept = map[string]V{}
	}
	kept[key] = v
	return kept
}
