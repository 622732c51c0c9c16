package sigstore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// Errors of opening and reading a state file. They come wrapped with its path.
var (
	// ErrLocked says that another process, as a rule the daemon, has the file
	// open.
	ErrLocked = errors.New("held by another process")
	// ErrForeign says that the file is not one of ours. It was not touched.
	ErrForeign = errors.New("not a sigmilter state file")
	// ErrDamaged says that the file is one of ours and cannot be relied on. It
	// was not touched; once it is moved away, a new one is filled from the
	// sources.
	ErrDamaged = errors.New("damaged")
	// ErrOlder says that an older sigmilter wrote the file, and that it cannot be
	// read as it is.
	ErrOlder = errors.New("written by an older version of sigmilter")
	// ErrNewer says that a newer sigmilter wrote the file. It was not touched.
	ErrNewer = errors.New("written by a newer version of sigmilter")
)

// Store is an open state file. It may be used by many goroutines at once.
type Store struct {
	db         *bbolt.DB
	path       string
	generation atomic.Uint64

	freshness sync.Map // tenant -> time.Time of the oldest last success, see [Store.Fresh]

	// Signatures on their way to the file. closing guards the sends against the
	// close of the channel.
	closing sync.RWMutex
	closed  bool
	pending chan pending
	written chan struct{} // closed when the last of them is in the file
}

func newStore(db *bbolt.DB, path string) *Store {
	s := &Store{db: db, path: path}
	if !db.IsReadOnly() {
		s.pending = make(chan pending, maxPending)
		s.written = make(chan struct{})
		go s.writePending()
	}
	return s
}

// Close waits for signatures that are still to be written and for readers in the
// middle of a transaction, and gives the file free. Closing again does nothing.
func (s *Store) Close() error {
	s.closing.Lock()
	first := !s.closed
	s.closed = true
	if first && s.pending != nil {
		close(s.pending)
	}
	s.closing.Unlock()
	if s.written != nil {
		<-s.written
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close state %s: %w", s.path, err)
	}
	return nil
}

// Path returns the path the store was opened with, empty for a temporary one.
func (s *Store) Path() string { return s.path }

// Generation returns a number that changes after every change of people. What a
// reader has copied out of the store is as good as the store while the number is
// the one from before the copy was made.
func (s *Store) Generation() uint64 { return s.generation.Load() }

// changed is called after people of a tenant were changed: who sees the new number
// sees the new people.
func (s *Store) changed(tenant string) {
	s.freshness.Delete(tenant)
	s.generation.Add(1)
}

// view runs f in a read transaction. Bytes that f gets from bbolt are gone when
// it returns.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	return s.wrap(guard(func() error { return s.db.View(f) }))
}

// update runs f in a write transaction that is carried out whole or not at all.
func (s *Store) update(f func(*bbolt.Tx) error) error {
	return s.wrap(guard(func() error { return s.db.Update(f) }))
}

func (s *Store) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case s.path == "":
		return fmt.Errorf("temporary state: %w", err)
	}
	return fmt.Errorf("state %s: %w", s.path, err)
}

// guard turns what bbolt does on meeting a damaged page into ErrDamaged.
//
// QUIRK: bbolt trusts its file: on a page that does not fit it panics, and on an
// offset that points outside of the file it touches memory that is not there.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}
