package sigstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
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

// errFault is the [ErrDamaged] of pages, not of a single record: bbolt cannot be
// relied on any more.
var errFault = fmt.Errorf("%w", ErrDamaged)

// Store is an open state file. It may be used by many goroutines at once.
type Store struct {
	db         *bbolt.DB
	path       string
	file       *os.File // bbolt's, see intact
	pageSize   int
	least      int64 // the file is never smaller
	generation atomic.Uint64

	readers readers
	read    atomic.Bool   // since mapped pages were counted last
	reading chan struct{} // has one when read became true, see KeepSmall
	writing sync.Mutex
	damage  sync.Once
	damaged chan struct{} // closed when the file was found damaged

	limits   limits
	applying sync.Map   // tenant -> *sync.Mutex, see lockTenant
	staging  sync.Mutex // one rebuild at a time, of whatever tenant

	freshness sync.Map // tenant -> time.Time of the oldest last success, see [Store.Fresh]

	// Signatures and endings on their way to the file. closing guards the sends against the
	// close of the channel.
	closing sync.RWMutex
	closed  bool
	pending chan deferred
	written chan struct{} // closed when the last of them is in the file
}

// limits bound the memory that a reading takes.
type limits struct {
	// changes and bytes are how many changed records, and how much of them, go into one
	// transaction: each may touch some six pages of 4 kB that bbolt has in memory twice.
	changes, bytes int
	chunk          int   // bytes of one transaction of a rebuild
	sorter         int   // bytes that a sorter holds
	mapped         int64 // bytes of the file that are mapped while all of it is gone through
}

var defaultLimits = limits{changes: 4000, bytes: 16 << 20, chunk: 8 << 20, sorter: 8 << 20, mapped: 32 << 20}

func newStore(db *bbolt.DB, file *os.File, path string) *Store {
	s := &Store{
		db: db, path: path, file: file, pageSize: db.Info().PageSize, least: sizeOf(file), damaged: make(chan struct{}),
		reading: make(chan struct{}, 1), limits: defaultLimits,
	}
	if !db.IsReadOnly() {
		s.pending = make(chan deferred, maxPending)
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
	if err := s.closeFile(); err != nil {
		return fmt.Errorf("close state %s: %w", s.path, err)
	}
	return nil
}

// folder is where temporary files go: beside the state file, where there is room for
// another copy of the people.
func (s *Store) folder() string {
	if s.path == "" {
		return os.TempDir()
	}
	return filepath.Dir(s.path)
}

// Path returns the path the store was opened with, empty for a temporary one.
func (s *Store) Path() string { return s.path }

// Damaged is closed once pages of the file were found damaged. What is in memory
// goes on serving, nothing is read or written; a daemon begins anew, see [Recover].
func (s *Store) Damaged() <-chan struct{} { return s.damaged }

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
// it returns. Once damage was found nothing is read any more, see intact; that the
// pages are looked at only before writing spares each look-up two system calls.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	return s.viewReader(func(r *reader) error { return f(r.tx) })
}

func (s *Store) viewReader(f func(*reader) error) error {
	if s.isDamaged() {
		return s.wrap(errFault)
	}
	s.noteReading()
	return s.wrap(guard(func() error { return s.readers.view(s.db, f) }))
}

// noteReading tells KeepSmall that pages may be mapped, once until it has looked.
func (s *Store) noteReading() {
	if s.read.Load() || !s.read.CompareAndSwap(false, true) {
		return
	}
	select {
	case s.reading <- struct{}{}:
	default:
	}
}

// get returns a copy of the value of a key, nil if there is none.
func (s *Store) get(open opener, key string) (value []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if b := open(tx); b != nil {
			value = slices.Clone(b.Get([]byte(key)))
		}
		return nil
	})
	return value, err
}

func (s *Store) isDamaged() bool {
	select {
	case <-s.damaged:
		return true
	default:
		return false
	}
}

// update runs f in a write transaction that is carried out whole or not at all. Once
// damage was found, nothing is written any more: bbolt may not have given back its
// lock for writers, and would spread the damage.
func (s *Store) update(f func(*bbolt.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.isDamaged() {
		return s.wrap(errFault)
	}
	if err := s.intact(); err != nil {
		return s.wrap(err)
	}
	return s.wrap(guard(func() error {
		return s.readers.whileWriting(func() error { return s.db.Update(f) })
	}))
}

func (s *Store) wrap(err error) error {
	if errors.Is(err, errFault) {
		s.damage.Do(func() { close(s.damaged) })
	}
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
			err = fmt.Errorf("%w: %v", errFault, p)
		}
	}()
	return f()
}
