package sigstore

import (
	"hash/maphash"
	"sync"
)

const recentShards = 16

// recent holds what was asked for lately, in shards, up to a number of bytes. Sessions do
// not wait for each other: what another has in hand just now counts as absent, and is not
// put in.
type recent[V any] struct {
	most   int // bytes
	size   func(value V) int
	shards [recentShards]recentShard[V]
}

type recentShard[V any] struct {
	mu      sync.RWMutex // guards all below
	entries map[name]V
	bytes   int
}

func newRecent[V any](most int, size func(V) int) *recent[V] {
	return &recent[V]{most: most, size: size}
}

var recentSeed = maphash.MakeSeed()

func (r *recent[V]) shard(key name) *recentShard[V] {
	return &r.shards[maphash.String(recentSeed, key.address)%recentShards]
}

func (r *recent[V]) get(key name) (value V, ok bool) {
	s := r.shard(key)
	if !s.mu.TryRLock() {
		return value, false
	}
	defer s.mu.RUnlock()
	value, ok = s.entries[key]
	return value, ok
}

// all goes through what is there, in no order.
func (r *recent[V]) all(yield func(name, V) bool) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.RLock()
		for key, value := range s.entries {
			if !yield(key, value) {
				s.mu.RUnlock()
				return
			}
		}
		s.mu.RUnlock()
	}
}

// put takes in an entry and, when there is no room, gives up others at random:
// they cost a transaction, no more.
func (r *recent[V]) put(key name, value V) {
	size, most := r.size(value), r.most/recentShards
	if size > most {
		return
	}
	s := r.shard(key)
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.entries == nil {
		s.entries = map[name]V{}
	}
	if old, ok := s.entries[key]; ok {
		s.bytes -= r.size(old)
	}
	s.entries[key] = value
	s.bytes += size
	for other, old := range s.entries {
		if s.bytes <= most {
			return
		}
		if other != key {
			delete(s.entries, other)
			s.bytes -= r.size(old)
		}
	}
}
