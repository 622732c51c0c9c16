package statefile

import (
	"bytes"
	"context"
	"iter"
	"slices"
)

const (
	// scanPage and scanBytes are how many keys, and about how many bytes, are read in
	// one transaction: one that is open for long keeps others from making the file
	// larger, and those everybody else from reading.
	scanPage  = 2000
	scanBytes = 1 << 20
	// scanTrim is after how many pages those of the file are given back: on a busy
	// machine [File.Trimmed] comes too late for them.
	scanTrim = 16
)

// Opener finds a bucket in a transaction, nil for none.
type Opener func(*Tx) *Bucket

// Pair is a key and its value.
type Pair struct {
	Key   string
	Value []byte
}

// Scan goes through a bucket that nobody writes to meanwhile: the keys with the first
// bytes of each value, at most so many. No transaction is open while the loop's body
// runs. It ends after an error.
func (f *File) Scan(open Opener, most int) iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		var page []Pair
		last, more := "", true
		for n := 1; more; n++ {
			if n%scanTrim == 0 {
				f.Trim() // an error: memory stays mapped
			}
			var err error
			page, more, err = f.scanAfter(open, page[:0], last, most)
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
				last = p.Key
			}
			if err != nil {
				yield(Pair{}, err)
				return
			}
		}
	}
}

func (f *File) scanAfter(open Opener, page []Pair, last string, most int) (_ []Pair, more bool, err error) {
	err = f.View(func(tx *Tx) error {
		b := open(tx)
		if b == nil {
			return nil
		}
		cursor := b.Cursor()
		key, value := cursor.Seek([]byte(last))
		if last != "" && string(key) == last {
			key, value = cursor.Next()
		}
		for size := 0; key != nil && len(page) < scanPage && size < scanBytes; key, value = cursor.Next() {
			page = append(page, Pair{string(key), slices.Clone(value[:min(most, len(value))])})
			size += len(value)
		}
		more = key != nil
		return nil
	})
	return page, more, err
}

// Walk goes through pairs in step with sorted keys from elsewhere.
type Walk struct {
	pull func() (Pair, error, bool)
	stop func()
	head Pair
	any  bool // there is a head
}

// Walk begins a walk through a bucket, see [File.Scan]. It must be stopped.
func (f *File) Walk(open Opener, most int) (*Walk, error) { return NewWalk(f.Scan(open, most)) }

// NewWalk begins a walk through pairs that come in the order of their keys. It must be
// stopped.
func NewWalk(pairs iter.Seq2[Pair, error]) (*Walk, error) {
	w := &Walk{}
	w.pull, w.stop = iter.Pull2(pairs)
	return w, w.advance()
}

// Stop ends the walk.
func (w *Walk) Stop() { w.stop() }

func (w *Walk) advance() (err error) {
	w.head, err, w.any = w.pull()
	return err
}

// To calls passed for all keys before this one, and returns the value of this one, nil
// if there is none.
func (w *Walk) To(key string, passed func(Pair) error) ([]byte, error) {
	for w.any && w.head.Key < key {
		if err := passed(w.head); err != nil {
			return nil, err
		}
		if err := w.advance(); err != nil {
			return nil, err
		}
	}
	if !w.any || w.head.Key != key {
		return nil, nil
	}
	value := w.head.Value
	return value, w.advance()
}

// Rest calls passed for all other keys.
func (w *Walk) Rest(passed func(Pair) error) error {
	for w.any {
		if err := passed(w.head); err != nil {
			return err
		}
		if err := w.advance(); err != nil {
			return err
		}
	}
	return nil
}

// prunePage is how many keys are looked at in one transaction, so that no other
// write waits for long.
const prunePage = 10_000

// openCost is how many keys the opening of a bucket counts for.
const openCost = 10

// Prune goes through buckets and deletes keys, page by page, until ctx ends. It asks open
// for a bucket, nil for none, and for what is to be dropped of it, for each page again.
func (f *File) Prune(ctx context.Context, buckets []string, open func(tx *Tx, name string) (b *Bucket, drop func(key, value []byte) bool)) error {
	var after []byte
	for len(buckets) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f.Update(func(tx *Tx) error {
			// Two at least: the first key of a page is the last one of the page before.
			for left := prunePage; left >= 2 && len(buckets) > 0; left -= openCost {
				b, drop := open(tx, buckets[0])
				last, looked, err := prunePageOf(b, after, left, drop)
				if err != nil {
					return err
				}
				if looked == left {
					after = last
					return nil
				}
				left -= looked
				buckets, after = buckets[1:], nil
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// prunePageOf goes through so many keys of a bucket, or all that are left.
func prunePageOf(b *Bucket, after []byte, most int, drop func(key, value []byte) bool) (last []byte, looked int, err error) {
	if b == nil {
		return nil, 0, nil
	}
	var dropped [][]byte
	cursor := b.Cursor()
	for key, value := cursor.Seek(after); key != nil && looked < most; key, value = cursor.Next() {
		if drop(key, value) {
			dropped = append(dropped, key)
		}
		last = slices.Clone(key)
		looked++
	}
	for _, key := range dropped {
		if err := b.Delete(key); err != nil {
			return last, looked, err
		}
	}
	return last, looked, nil
}

// DropPrefix deletes the keys of a bucket that begin with a prefix, and returns how many
// there were.
func DropPrefix(b *Bucket, prefix []byte) (dropped int, err error) {
	var keys [][]byte
	cursor := b.Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if err := b.Delete(key); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}
