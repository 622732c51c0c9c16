package sigstore

import (
	"context"
	"errors"
	"io"
	"time"

	"sigmilter/sigstore/learned"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/signatures"
	"sigmilter/sigstore/statefile"
)

// dependents are what is kept of people beside them.
var dependents = []people.Dependent{signatures.OfPeople, learned.OfPeople}

var layout = people.Layout(dependents)

// Store is an open state file with all that is in it: people, rendered signatures, and
// what was learned. It may be used by many goroutines at once.
type Store struct {
	file *statefile.File
	*people.Register
	*signatures.Shelf
	*learned.Memory
}

func newStore(file *statefile.File) *Store {
	people := people.New(file, dependents)
	return &Store{file, people, signatures.NewShelf(file, people), learned.NewMemory(file, people)}
}

func opened(file *statefile.File, err error) (*Store, error) {
	if err != nil {
		return nil, err
	}
	return newStore(file), nil
}

// Open opens the state file for reading and writing, see [statefile.Open].
func Open(path string) (*Store, error) { return opened(statefile.Open(path, layout)) }

// OpenReadOnly opens the state file beside other readers, see [statefile.OpenReadOnly].
// Signatures are rendered and not stored then.
func OpenReadOnly(path string) (*Store, error) { return opened(statefile.OpenReadOnly(path, layout)) }

// Temporary makes an empty store that no one else sees and that is gone with the process.
func Temporary() (*Store, error) { return opened(statefile.Temporary(layout)) }

// Recovered is a store that a daemon runs with, and what had to be done to have it.
type Recovered struct {
	*Store
	statefile.Recovery
}

// Recover is [Open] for a daemon, which must run, see [statefile.Recover].
func Recover(path string, now time.Time) (Recovered, error) {
	file, how, err := statefile.Recover(path, layout, now)
	if err != nil {
		return Recovered{}, err
	}
	return Recovered{newStore(file), how}, nil
}

// Close writes what is still to be written, and gives the file free. Closing again does
// nothing.
func (s *Store) Close() error { return errors.Join(s.Save(), s.file.Close()) }

// Path returns the path the store was opened with, empty for a temporary one.
func (s *Store) Path() string { return s.file.Path() }

// Size returns the size of the file in bytes.
func (s *Store) Size() (int64, error) { return s.file.Size() }

// Snapshot writes a copy of the state as it is at one moment, see [statefile.File.Snapshot].
func (s *Store) Snapshot(w io.Writer) (int64, error) { return s.file.Snapshot(w) }

// Check reads the whole state, and returns the first fault: [statefile.ErrDamaged].
func (s *Store) Check() error { return s.file.Check() }

// Damaged is closed once the file was found damaged, see [statefile.File.Damaged].
func (s *Store) Damaged() <-chan struct{} { return s.file.Damaged() }

// KeepSmall bounds what the process has mapped of the file, see [statefile.File.KeepSmall].
func (s *Store) KeepSmall(ctx context.Context, limit int64) { s.file.KeepSmall(ctx, limit) }
