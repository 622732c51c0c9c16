// Package statefile is one bbolt file that a daemon relies on: opened without waiting,
// checked, copied, and given up in time when it is damaged. What is in it is for its users
// to say, by a [Layout].
//
// Every line that is there because of bbolt is in this package. What each answers:
//
//   - readers.go: bbolt begins and ends read transactions under locks that all share; with
//     8 readers on 2 processors the 99th percentile of a look-up was 0.8 ms. Transactions
//     stay open for the next reader.
//   - intact.go and guard: on a damaged page bbolt panics with its locks held, or touches
//     memory that is not there.
//   - trim_linux.go: a few thousand look-ups map hundreds of megabytes of a large file.
//   - scan.go: a read transaction that is open for long keeps the file from growing.
//   - later.go: bbolt's batches run where a fault cannot be caught, and make writers wait.
//   - open.go: bbolt repairs some files on opening them, also those of other programs.
package statefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Transactions and buckets are bbolt's. What else of bbolt the users of a file need is
// named here, so that this package alone imports it.
type (
	Tx     = bbolt.Tx
	Bucket = bbolt.Bucket
)

// Limits of bbolt, in bytes.
const (
	MaxKey   = bbolt.MaxKeySize
	MaxValue = bbolt.MaxValueSize
)

// Errors of opening and reading a state file. They come wrapped with its path.
var (
	// ErrLocked means that another process, usually the daemon, has the file open.
	ErrLocked = errors.New("held by another process")
	// ErrForeign means that the file is not one of ours. It was not touched.
	ErrForeign = errors.New("not a sigmilter state file")
	// ErrDamaged means that the file is one of ours and cannot be relied on. It
	// was not touched; once it is moved away, a new one is filled from the
	// sources.
	ErrDamaged = errors.New("damaged")
	// ErrOlder means that an older sigmilter wrote the file, and that it cannot be
	// read as it is.
	ErrOlder = errors.New("written by an older version of sigmilter")
	// ErrNewer means that a newer sigmilter wrote the file. It was not touched.
	ErrNewer = errors.New("written by a newer version of sigmilter")
)

// errFault is the [ErrDamaged] of pages, not of a single record: bbolt cannot be
// relied on any more.
var errFault = fmt.Errorf("%w", ErrDamaged)

// File is an open state file. It may be used by many goroutines at once.
type File struct {
	db       *bbolt.DB
	layout   Layout
	path     string
	file     *os.File // bbolt's, see intact
	pageSize int
	least    int64 // the file is never smaller

	readers readers
	read    atomic.Bool   // since mapped pages were counted last
	reading chan struct{} // has one when read became true, see KeepSmall
	mapped  int64         // bytes that stay mapped while all of the file is read, see Trimmed
	keeper  keeper        // that little is mapped, see Trimmed
	writing sync.Mutex    // one write transaction at a time
	turns   turns         // writes that share one, see UpdateTogether
	damage  sync.Once
	damaged chan struct{} // closed when the file was found damaged

	// Writes that wait, see Later. closing guards the sends against the close of the
	// channel.
	closing sync.RWMutex
	closed  bool
	waiting chan Write
	written chan struct{} // closed when the last of them is in the file
}

// maxMapped is how much of the file stays mapped while all of it is read, in bytes.
const maxMapped = 32 << 20

func newFile(db *bbolt.DB, file *os.File, path string, layout Layout) *File {
	f := &File{
		db: db, layout: layout, path: path, file: file, pageSize: db.Info().PageSize, least: sizeOf(file),
		damaged: make(chan struct{}), reading: make(chan struct{}, 1), mapped: maxMapped,
	}
	if !db.IsReadOnly() {
		f.waiting = make(chan Write, maxWaiting)
		f.written = make(chan struct{})
		go f.writeWaiting()
	}
	return f
}

// Close waits for the writes that [File.Later] was given and for readers in the middle
// of a transaction, and gives the file free. Closing again does nothing.
func (f *File) Close() error {
	f.closing.Lock()
	first := !f.closed
	f.closed = true
	if first && f.waiting != nil {
		close(f.waiting)
	}
	f.closing.Unlock()
	if f.written != nil {
		<-f.written
	}
	if err := f.closeFile(); err != nil {
		return fmt.Errorf("close state %s: %w", f.path, err)
	}
	return nil
}

// Folder is where temporary files go: next to the state file, where there is room for
// another copy of what is in it.
func (f *File) Folder() string {
	if f.path == "" {
		return os.TempDir()
	}
	return filepath.Dir(f.path)
}

// Path returns the path the file was opened with, empty for a temporary one.
func (f *File) Path() string { return f.path }

// ReadOnly reports whether the file cannot be written.
func (f *File) ReadOnly() bool { return f.db.IsReadOnly() }

// Damaged is closed once pages of the file were found damaged. What is in memory
// can still be used, nothing is read or written; a daemon starts over, see [Recover].
func (f *File) Damaged() <-chan struct{} { return f.damaged }

// View runs a function in a read transaction. The bytes it gets from bbolt are gone when
// it returns. Once damage was found nothing is read any more, see intact; that the
// pages are checked only before writing spares each look-up two system calls.
func (f *File) View(read func(*Tx) error) error {
	return f.Read(func(r *Reader) error { return read(r.Tx) })
}

// Read is [File.View] with a transaction that others may have used before, and what they
// kept of it.
func (f *File) Read(read func(*Reader) error) error {
	if f.isDamaged() {
		return f.wrap(errFault)
	}
	f.noteReading()
	return f.wrap(guard(func() error { return f.readers.view(f.db, read) }))
}

// noteReading tells KeepSmall that pages may be mapped, once until it has looked.
func (f *File) noteReading() {
	if f.read.Load() || !f.read.CompareAndSwap(false, true) {
		return
	}
	select {
	case f.reading <- struct{}{}:
	default:
	}
}

// Get returns a copy of the value of a key, nil if there is none.
func (f *File) Get(open Opener, key string) (value []byte, err error) {
	err = f.View(func(tx *Tx) error {
		if b := open(tx); b != nil {
			value = slices.Clone(b.Get([]byte(key)))
		}
		return nil
	})
	return value, err
}

func (f *File) isDamaged() bool {
	select {
	case <-f.damaged:
		return true
	default:
		return false
	}
}

// Update runs a function in a write transaction that is carried out whole or not at all.
// Once damage was found, nothing is written any more: bbolt may not have given back its
// lock for writers, and would spread the damage.
func (f *File) Update(write Write) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	return f.write(write)
}

// write is Update for who holds writing.
func (f *File) write(write Write) error {
	if f.isDamaged() {
		return f.wrap(errFault)
	}
	if err := f.intact(); err != nil {
		return f.wrap(err)
	}
	return f.wrap(guard(func() error {
		return f.readers.whileWriting(func(committing func()) error {
			return f.db.Update(func(tx *Tx) error {
				err := write(tx)
				committing()
				return err
			})
		})
	}))
}

// Size returns the size of the file in bytes.
func (f *File) Size() (size int64, err error) {
	err = f.View(func(tx *Tx) error {
		size = tx.Size()
		return nil
	})
	return size, err
}

// Snapshot writes a copy of the state as it is at one moment, a state file of its
// own, and returns its size in bytes. Readers and writers go on meanwhile, but what
// they give free is not used again before the copy is written: w should not be
// slow for hours.
func (f *File) Snapshot(w io.Writer) (n int64, err error) {
	err = f.View(func(tx *Tx) error {
		n, err = tx.WriteTo(w)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("copy the state: %w", err)
	}
	return n, nil
}

// Check reads the whole state, as [Open] does with a file that is not large, and
// returns the first fault: [ErrDamaged].
func (f *File) Check() error {
	return f.View(func(tx *Tx) error { return verify(tx, f.layout, f.layout.Version) })
}

func (f *File) wrap(err error) error {
	if errors.Is(err, errFault) {
		f.damage.Do(func() { close(f.damaged) })
	}
	if err == nil {
		return nil
	}
	if f.path == "" {
		return fmt.Errorf("temporary state: %w", err)
	}
	return fmt.Errorf("state %s: %w", f.path, err)
}

// guard turns what bbolt does on meeting a damaged page into ErrDamaged.
//
// QUIRK: bbolt trusts its file: on a page that does not fit it panics, and on an
// offset that points outside of the file it touches memory that is not there. Where a
// write was to enlarge the file, it maps it anew; when that fails, the write says so in
// words only, and all that comes later gets [berrors.ErrInvalidMapping], for ever.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errFault, p)
		}
	}()
	err = f()
	if errors.Is(err, berrors.ErrInvalidMapping) {
		return fmt.Errorf("%w: %w", errFault, err)
	}
	return err
}
