package people

import (
	"errors"
	"sync"
	"time"

	"sigmilter/sigstore/statefile"
)

const (
	// stateDelay is how long states wait in memory for a transaction.
	stateDelay = 10 * time.Minute
	// maxStates is how many go into one: each may touch some pages.
	maxStates = 1000
)

type sourceKey struct{ tenant, source string }

// states are how readings went that changed nothing else in the file, the last one of
// each source. A transaction for each would keep the disk busy when there are thousands
// of sources: they are written together, a while later. What is lost with the process the
// next reading tells again.
type states struct {
	mu      sync.Mutex
	unsaved map[sourceKey]SyncState
	waiting bool // for stateDelay to be over
}

func (l *states) get(key sourceKey) (state SyncState, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	state, ok = l.unsaved[key]
	return state, ok
}

// put takes a state, and reports whether nobody waits yet to save it.
func (l *states) put(key sourceKey, state SyncState) (alone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unsaved == nil {
		l.unsaved = map[sourceKey]SyncState{}
	}
	l.unsaved[key] = state
	alone = !l.waiting
	l.waiting = true
	return alone
}

// forget is called in the transaction that writes a later state.
func (l *states) forget(key sourceKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unsaved, key)
}

// take takes some out.
func (l *states) take() map[sourceKey]SyncState {
	l.mu.Lock()
	defer l.mu.Unlock()
	some := make(map[sourceKey]SyncState, min(len(l.unsaved), maxStates))
	for key, state := range l.unsaved {
		if len(some) == maxStates {
			break
		}
		some[key] = state
		delete(l.unsaved, key)
	}
	return some
}

func (l *states) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.unsaved) > 0
}

func (l *states) waited() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = false
}

// keepState remembers the state of a source, in the file after [stateDelay].
func (r *Register) keepState(key sourceKey, state SyncState) {
	if r.states.put(key, state) {
		time.AfterFunc(stateDelay, r.saveLater)
	}
}

func (r *Register) saveLater() {
	r.states.waited()
	r.file.Later(func(tx *statefile.Tx) error {
		err := r.writeStates(tx)
		if r.states.any() {
			r.saveLater()
		}
		return err
	})
}

// Save writes what is only in memory: how sources were read that changed nothing. Of a
// damaged file it is lost, as all is.
func (r *Register) Save() error {
	for r.states.any() && !r.file.ReadOnly() {
		if err := r.file.Update(r.writeStates); errors.Is(err, statefile.ErrDamaged) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// writeStates writes some states.
func (r *Register) writeStates(tx *statefile.Tx) error {
	for key, state := range r.states.take() {
		t, err := makeTenant(tx, key.tenant, r.dependents)
		if err != nil {
			return err
		}
		of, err := t.makeSource(key.source)
		if err != nil {
			return err
		}
		if err := of.putState(state); err != nil {
			return err
		}
	}
	return nil
}
