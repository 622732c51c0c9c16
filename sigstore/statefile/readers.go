package statefile

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// idleReaders is how many read transactions wait to be used at most.
	idleReaders = 32
	// idleWhileWriting is how long a write transaction runs before they end.
	idleWhileWriting = 50 * time.Millisecond
)

// readers are read transactions that are open and used by nobody, so that a look-up
// takes one and puts it back without waiting. One is used by one goroutine at a time,
// and by none once something was written after it began.
//
// QUIRK: bbolt begins and ends each transaction under locks that all look-ups and the
// writer share. The locks are short, but who does wait for one waits for a processor
// too: with more look-ups than processors for whole time slices of theirs.
//
// QUIRK: bbolt cannot enlarge its mapping of the file while a read transaction is
// open. A write that takes long is likely to wait for that, so that idle transactions
// end then, and no more are kept until it is over.
type readers struct {
	// epoch is the next even number after each write, and the odd one between while
	// none are kept.
	epoch atomic.Uint64
	idle  [idleReaders]atomic.Pointer[Reader]
}

// Reader is a read transaction that is used again and again.
type Reader struct {
	Tx *Tx
	// Kept is what a user of the transaction keeps for the next one, such as buckets
	// that are open: to open one costs as much as to find a key in it.
	Kept  any
	epoch uint64 // before it began
}

// view runs f in a read transaction that sees all that was written before.
func (r *readers) view(db *bbolt.DB, f func(*Reader) error) error {
	one, err := r.take(db)
	if err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished { // f panicked, which says nothing good of the file
			_ = one.Tx.Rollback()
		}
	}()
	err = f(one)
	finished = true
	r.give(one)
	return err
}

func (r *readers) take(db *bbolt.DB) (*Reader, error) {
	epoch := r.epoch.Load()
	first := rand.IntN(idleReaders) // or all would begin with the same
	for i := range idleReaders {
		slot := &r.idle[(first+i)%idleReaders]
		if slot.Load() == nil {
			continue
		}
		one := slot.Swap(nil)
		if one == nil {
			continue // another was faster
		}
		if one.epoch == epoch {
			return one, nil
		}
		_ = one.Tx.Rollback()
	}
	tx, err := db.Begin(false)
	return &Reader{Tx: tx, epoch: epoch}, err
}

func (r *readers) give(one *Reader) {
	first := rand.IntN(idleReaders)
	for i := range idleReaders {
		if one.epoch%2 == 1 || one.epoch != r.epoch.Load() {
			break
		}
		slot := &r.idle[(first+i)%idleReaders]
		if slot.Load() != nil || !slot.CompareAndSwap(nil, one) {
			continue
		}
		if one.epoch == r.epoch.Load() || !slot.CompareAndSwap(one, nil) {
			return
		}
		break // something was written just now, and the sweep may have missed it
	}
	_ = one.Tx.Rollback()
}

// whileWriting runs a write transaction, which calls committing before it is committed.
// After it no transaction of before is used any more; nor from then on, or who has seen
// what was written could be given one that has not.
func (r *readers) whileWriting(write func(committing func()) error) error {
	before := r.epoch.Load()
	keepNone := func() {
		if r.epoch.CompareAndSwap(before, before+1) {
			r.sweep()
		}
	}
	slow := time.AfterFunc(idleWhileWriting, keepNone)
	defer func() {
		slow.Stop()
		r.epoch.Store(before + 2)
		r.sweep()
	}()
	return write(keepNone)
}

// close ends idle transactions; none are kept any more.
func (r *readers) close() {
	r.epoch.Store(r.epoch.Load() | 1)
	r.sweep()
}

// sweep ends the idle transactions, all at the same time.
//
// QUIRK: a transaction that ends gives back the file's mapping and then wants the lock
// that whoever begins one holds while waiting for the mapping, which a write may be about
// to enlarge. Ended one after the other, the first would wait for that lock for ever, and
// the write for the mapping of the others.
func (r *readers) sweep() {
	var ending sync.WaitGroup
	for i := range r.idle {
		if one := r.idle[i].Swap(nil); one != nil {
			ending.Go(func() { _ = one.Tx.Rollback() })
		}
	}
	ending.Wait()
}
