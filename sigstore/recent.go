package sigstore

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sigmilter/sigstore/directory"
)

const (
	recentShards = 16
	// recentBytes is how much memory the signatures of a Book may take, in all,
	// by the estimate of size.
	recentBytes = 64 << 20
	// recentOverhead is about what an entry takes besides its texts and pictures:
	// the person, the key and the map.
	recentOverhead = 2 << 10
	endingOverhead = 64 // likewise of an ending besides its lines
)

// recent holds the signatures asked for lately, in shards. Sessions do not wait for
// each other: what another has in hand just now counts as absent, and is not put in.
// Its zero value is empty.
type recent struct {
	shards [recentShards]recentShard
}

type recentShard struct {
	mu      sync.RWMutex // guards all below
	entries map[recentKey]*recentEntry
	bytes   int
}

// recentKey has no template when it stands for the person.
type recentKey struct{ tenant, address, template string }

// recentEntry is not changed once it is in the map, but for its use.
type recentEntry struct {
	generation uint64 // of the store, before it was asked
	template   string // version
	expires    time.Time
	signature  Signature

	// Of an entry without template:
	known    bool
	person   directory.Person
	learnKey []byte // of the hashes of the person's lines; nil when none are learned
	learned  []Ending

	used atomic.Bool // since it was rendered
}

// use marks the entry as used. Most have been before, and sessions need not write
// to the same place then.
func (e *recentEntry) use() {
	if !e.used.Load() {
		e.used.Store(true)
	}
}

func (e *recentEntry) size() int {
	n := recentOverhead + len(e.signature.HTML) + len(e.signature.Text)
	for _, image := range e.signature.Images {
		n += len(image.Data)
	}
	for i := range e.learned {
		n += endingOverhead + 8*len(e.learned[i].Lines)
	}
	if r := e.person.Ready; r != nil {
		n += len(r.HTML) + len(r.Text)
		for _, image := range r.Images {
			n += len(image.Data)
		}
	}
	return n
}

var recentSeed = maphash.MakeSeed()

func (r *recent) shard(key recentKey) *recentShard {
	return &r.shards[maphash.String(recentSeed, key.address)%recentShards]
}

func (r *recent) get(key recentKey) (*recentEntry, bool) {
	s := r.shard(key)
	if !s.mu.TryRLock() {
		return nil, false
	}
	defer s.mu.RUnlock()
	e, ok := s.entries[key]
	return e, ok
}

// due are the signatures that were used and run out before a time, whatever the
// people are by now.
func (r *recent) due(before time.Time) (keys []recentKey) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.RLock()
		for key, e := range s.entries {
			if key.template != "" && e.used.Load() && e.expires.Before(before) {
				keys = append(keys, key)
			}
		}
		s.mu.RUnlock()
	}
	return keys
}

// put takes in an entry and, when there is no room, gives up others at random:
// they cost a transaction, no more.
func (r *recent) put(key recentKey, e *recentEntry) {
	if e.size() > recentBytes/recentShards {
		return
	}
	// As a part of a message's header it would keep the whole header in memory.
	key.address = strings.Clone(key.address)
	s := r.shard(key)
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.entries == nil {
		s.entries = map[recentKey]*recentEntry{}
	}
	if old, ok := s.entries[key]; ok {
		s.bytes -= old.size()
	}
	s.entries[key] = e
	s.bytes += e.size()
	for other, old := range s.entries {
		if s.bytes <= recentBytes/recentShards {
			return
		}
		if other != key {
			delete(s.entries, other)
			s.bytes -= old.size()
		}
	}
}
