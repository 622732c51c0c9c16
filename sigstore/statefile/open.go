package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	// lockTimeout is how long an open waits for another process to let go.
	lockTimeout = time.Second
	// checkedWhole is the largest file, in bytes, that is read from end to end
	// when it is opened. Of a larger one, damage shows only where it is used.
	checkedWhole = 64 << 20
)

// Layout is what a file is to hold. Its functions find damage as [ErrDamaged].
type Layout struct {
	Version int
	// Make fills a new file.
	Make Write
	// Found reports what is missing at the top of a file of any version.
	Found Write
	// Migrate brings a file of an older version to this one.
	Migrate Write
	// Verify reads everything, of this version.
	Verify Write
}

var (
	metaBucket = []byte("sigmilter")
	schemaKey  = []byte("schema")
)

// Meta is the bucket that makes a file ours. It has what is true of the whole file, the
// version of its layout under the key "schema".
func Meta(tx *Tx) *Bucket { return tx.Bucket(metaBucket) }

// Open opens the state file for reading and writing, and makes it, with mode
// 0600, when there is none or an empty one. Its folder must exist. One of an older
// version is brought to this one, all of it or nothing. The errors
// are [ErrLocked], [ErrForeign], [ErrDamaged], [ErrNewer] or of the file system;
// after any of them the file is as it was.
func Open(path string, layout Layout) (*File, error) {
	// Looked at read-only first: bbolt repairs some files on opening them for
	// writing, and it is not said yet that this one is ours.
	db, _, err := openFile(path, readAny, layout)
	if err == nil {
		err = db.Close()
		if err != nil {
			return nil, fmt.Errorf("open state %s: %w", path, err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	db, file, err := openFile(path, readWrite, layout)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	return newFile(db, file, path, layout), nil
}

// OpenReadOnly opens the state file beside other readers. A file that is absent
// or still empty is fs.ErrNotExist, one of an older version [ErrOlder]; the other
// errors are those of [Open].
func OpenReadOnly(path string, layout Layout) (*File, error) {
	db, file, err := openFile(path, readOnly, layout)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	return newFile(db, file, path, layout), nil
}

// Temporary makes an empty file that no one else sees, in the temporary folder. It is
// gone with the process.
func Temporary(layout Layout) (*File, error) { return temporaryCopy("", layout) }

type access int

const (
	readOnly  access = iota
	readAny          // read-only, older versions too
	readWrite        // older versions are brought to this one
)

// openFile opens a file that holds a valid state afterwards, or says why not.
func openFile(path string, mode access, layout Layout) (*bbolt.DB, *os.File, error) {
	size, err := regularSize(path)
	if mode != readWrite && err == nil && size == 0 {
		return nil, nil, fmt.Errorf("empty file: %w", fs.ErrNotExist)
	}
	if err != nil && (mode != readWrite || !errors.Is(err, fs.ErrNotExist)) {
		return nil, nil, err
	}
	var file *os.File
	options := &bbolt.Options{
		Timeout:      lockTimeout,
		ReadOnly:     mode != readWrite,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
			var err error
			file, err = os.OpenFile(name, flag, perm)
			return file, err
		},
	}
	var db *bbolt.DB
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, options)
		return err
	})
	if err != nil {
		if file != nil {
			file.Close() // after a panic bbolt has left it open, and locked
		}
		return nil, nil, openFault(path, err)
	}
	if err := guard(func() error { return admit(db, mode, layout) }); err != nil {
		db.Close()
		return nil, nil, err
	}
	return db, file, nil
}

// regularSize refuses what an open could hang on or do something to: a pipe, a
// device, a folder.
func regularSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%w: not a regular file", ErrForeign)
	}
	return info.Size(), nil
}

// openFault says in our words why bbolt does not open a file.
func openFault(path string, err error) error {
	var system *fs.PathError
	if errors.Is(err, berrors.ErrTimeout) {
		return ErrLocked
	}
	if errors.Is(err, ErrDamaged) || errors.As(err, &system) {
		return err
	}
	if hasBboltPage(path) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return ErrForeign
}

// hasBboltPage looks for the magic number of bbolt's first two pages, of which
// one may be lost.
func hasBboltPage(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, _ := io.ReadAll(io.LimitReader(f, 128<<10))
	return bytes.Contains(head, []byte{0xED, 0xDA, 0x0C, 0xED})
}

// admit checks that the file is a whole one of ours, and makes a new one so.
func admit(db *bbolt.DB, mode access, layout Layout) error {
	fresh, version := false, layout.Version
	err := db.View(func(tx *Tx) error {
		info, err := os.Stat(db.Path())
		if err != nil {
			return err
		}
		if tx.Size() > info.Size() {
			return fmt.Errorf("%w: %d bytes are missing at its end", ErrDamaged, tx.Size()-info.Size())
		}
		fresh = isNew(tx)
		if fresh {
			return nil
		}
		version, err = checkVersion(tx, layout)
		if err != nil {
			return err
		}
		if mode == readWrite || info.Size() > checkedWhole {
			return nil // read-only, it was read whole just before
		}
		return verify(tx, layout, version)
	})
	if err != nil {
		return err
	}
	if fresh && mode != readWrite {
		return fmt.Errorf("nothing in the file: %w", fs.ErrNotExist)
	}
	if fresh {
		return db.Update(func(tx *Tx) error { return initialise(tx, layout) })
	}
	if version < layout.Version && mode == readOnly {
		return fmt.Errorf("%w: schema version %d; the daemon converts it when it starts", ErrOlder, version)
	}
	if version < layout.Version && mode == readWrite {
		return db.Update(func(tx *Tx) error { return migrate(tx, layout) })
	}
	return nil
}

// isNew reports whether there is nothing in the file: it was made just now, or by
// a process that ended before it got any further.
func isNew(tx *Tx) bool {
	name, _ := tx.Cursor().First()
	return name == nil
}

func initialise(tx *Tx, layout Layout) error {
	if _, err := tx.CreateBucket(metaBucket); err != nil {
		return err
	}
	if err := layout.Make(tx); err != nil {
		return err
	}
	return putVersion(tx, layout)
}

func migrate(tx *Tx, layout Layout) error {
	if err := layout.Migrate(tx); err != nil {
		return err
	}
	return putVersion(tx, layout)
}

func putVersion(tx *Tx, layout Layout) error {
	return Meta(tx).Put(schemaKey, []byte(strconv.Itoa(layout.Version)))
}

// checkVersion returns the version of the layout that a file has.
func checkVersion(tx *Tx, layout Layout) (version int, err error) {
	meta := Meta(tx)
	if meta == nil {
		return 0, fmt.Errorf("%w: a bbolt file of another program", ErrForeign)
	}
	version, err = strconv.Atoi(string(meta.Get(schemaKey)))
	if err != nil || version < 1 {
		return 0, fmt.Errorf("%w: no schema version", ErrDamaged)
	}
	if version > layout.Version {
		return 0, fmt.Errorf("%w: schema version %d, this one knows up to %d", ErrNewer, version, layout.Version)
	}
	return version, layout.Found(tx)
}
