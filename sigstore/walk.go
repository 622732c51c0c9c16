package sigstore

import (
	"iter"
	"slices"

	"go.etcd.io/bbolt"
)

const (
	// scanPage and scanBytes are how many keys, and about how many bytes, are read in
	// one transaction: one that is open for long keeps others from making the file
	// larger, and those everybody else from reading.
	scanPage  = 2000
	scanBytes = 1 << 20
	// scanTrim is after how many pages those of the file are given back: on a busy
	// machine [Store.trimmed] comes too late for them.
	scanTrim = 16
)

// opener finds a bucket in a transaction, nil for none.
type opener func(*bbolt.Tx) *bbolt.Bucket

// scan goes through a bucket that nobody writes to meanwhile: the keys with the first
// bytes of each value, at most so many. It ends after an error.
func (s *Store) scan(open opener, most int) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		var page []pair
		last, more := "", true
		for n := 1; more; n++ {
			if n%scanTrim == 0 {
				s.trim() // an error: memory stays mapped
			}
			var err error
			page, more, err = s.scanAfter(open, page[:0], last, most)
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
				last = p.key
			}
			if err != nil {
				yield(pair{}, err)
				return
			}
		}
	}
}

func (s *Store) scanAfter(open opener, page []pair, last string, most int) (_ []pair, more bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
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
			page = append(page, pair{string(key), slices.Clone(value[:min(most, len(value))])})
			size += len(value)
		}
		more = key != nil
		return nil
	})
	return page, more, err
}

// walk is a scan in step with sorted keys from elsewhere.
type walk struct {
	pull func() (pair, error, bool)
	stop func()
	head pair
	any  bool // there is a head
}

func (s *Store) walk(open opener, most int) (*walk, error) {
	w := &walk{}
	w.pull, w.stop = iter.Pull2(s.scan(open, most))
	return w, w.advance()
}

func (w *walk) advance() (err error) {
	w.head, err, w.any = w.pull()
	return err
}

// to calls passed for all keys before this one, and returns the value of this one, nil
// if there is none.
func (w *walk) to(key string, passed func(pair) error) ([]byte, error) {
	for w.any && w.head.key < key {
		if err := passed(w.head); err != nil {
			return nil, err
		}
		if err := w.advance(); err != nil {
			return nil, err
		}
	}
	if !w.any || w.head.key != key {
		return nil, nil
	}
	value := w.head.value
	return value, w.advance()
}

// rest calls passed for all other keys.
func (w *walk) rest(passed func(pair) error) error {
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
