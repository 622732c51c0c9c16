package sigstore

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
	// schema is the version of the layout in the package comment.
	schema = 2
	// lockTimeout is how long an open waits for another process to let go.
	lockTimeout = time.Second
	// checkedWhole is the largest file, in bytes, that is read from end to end
	// when it is opened. Of a larger one, damage shows only where it is used.
	checkedWhole = 64 << 20
)

var (
	metaBucket = []byte("sigmilter")
	schemaKey  = []byte("schema")
)

// Open opens the state file for reading and writing, and makes it, with mode
// 0600, when there is none or an empty one. Its folder must exist. One of an older
// schema is brought to this one, all of it or nothing. The errors
// are [ErrLocked], [ErrForeign], [ErrDamaged], [ErrNewer] or of the file system;
// after any of them the file is as it was.
func Open(path string) (*Store, error) {
	// Looked at read-only first: bbolt repairs some files on opening them for
	// writing, and it is not said yet that this one is ours.
	db, _, err := openFile(path, readAny)
	switch {
	case err == nil:
		if err = db.Close(); err != nil {
			return nil, fmt.Errorf("open state %s: %w", path, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	db, file, err := openFile(path, readWrite)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	s := newStore(db, file, path)
	s.trimmed(s.dropStaging) // what is left takes space and does no harm: the next rebuild tries again
	return s, nil
}

// OpenReadOnly opens the state file beside other readers. A file that is absent
// or still empty is fs.ErrNotExist, one of an older schema [ErrOlder]; the other
// errors are those of [Open].
// Nothing can be written: signatures that are put or remembered are not.
func OpenReadOnly(path string) (*Store, error) {
	db, file, err := openFile(path, readOnly)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	return newStore(db, file, path), nil
}

// Temporary makes an empty store that no one else sees, in a file of the
// temporary folder that is gone with the process.
func Temporary() (*Store, error) {
	f, err := os.CreateTemp("", "sigmilter-*.db")
	if err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	f.Close()
	defer os.Remove(f.Name())
	db, file, err := openFile(f.Name(), readWrite)
	if err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	db.NoSync = true
	return newStore(db, file, ""), nil
}

type access int

const (
	readOnly  access = iota
	readAny          // read-only, older schemas too
	readWrite        // older schemas are brought to this one
)

// openFile opens a file that holds a valid state afterwards, or says why not.
func openFile(path string, mode access) (*bbolt.DB, *os.File, error) {
	size, err := regularSize(path)
	switch {
	case mode != readWrite && err == nil && size == 0:
		return nil, nil, fmt.Errorf("empty file: %w", fs.ErrNotExist)
	case err != nil && (mode != readWrite || !errors.Is(err, fs.ErrNotExist)):
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
	if err := guard(func() error { return admit(db, mode) }); err != nil {
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
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.Is(err, ErrDamaged), errors.As(err, &system):
		return err
	case hasBboltPage(path):
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
func admit(db *bbolt.DB, mode access) error {
	fresh, version := false, schema
	err := db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(db.Path())
		if err != nil {
			return err
		}
		if tx.Size() > info.Size() {
			return fmt.Errorf("%w: %d bytes are missing at its end", ErrDamaged, tx.Size()-info.Size())
		}
		if fresh = isNew(tx); fresh {
			return nil
		}
		if version, err = checkSchema(tx); err != nil {
			return err
		}
		if mode == readWrite || info.Size() > checkedWhole {
			return nil // read-only, it was read whole just before
		}
		return verify(tx, version)
	})
	switch {
	case err != nil:
		return err
	case fresh && mode != readWrite:
		return fmt.Errorf("nothing in the file: %w", fs.ErrNotExist)
	case fresh:
		return db.Update(initialise)
	case version < schema && mode == readOnly:
		return fmt.Errorf("%w: schema version %d; the daemon converts it when it starts", ErrOlder, version)
	case version < schema && mode == readWrite:
		return db.Update(migrate)
	}
	return nil
}

// isNew reports whether there is nothing in the file: it was made just now, or by
// a process that ended before it got any further.
func isNew(tx *bbolt.Tx) bool {
	name, _ := tx.Cursor().First()
	return name == nil
}

func initialise(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucket(metaBucket)
	if err != nil {
		return err
	}
	if _, err := tx.CreateBucket(tenantsBucket); err != nil {
		return err
	}
	return meta.Put(schemaKey, []byte(strconv.Itoa(schema)))
}

func checkSchema(tx *bbolt.Tx) (version int, err error) {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		return 0, fmt.Errorf("%w: a bbolt file of another program", ErrForeign)
	}
	version, err = strconv.Atoi(string(meta.Get(schemaKey)))
	switch {
	case err != nil || version < 1:
		return 0, fmt.Errorf("%w: no schema version", ErrDamaged)
	case version > schema:
		return 0, fmt.Errorf("%w: schema version %d, this one knows up to %d", ErrNewer, version, schema)
	case tx.Bucket(tenantsBucket) == nil:
		return 0, fmt.Errorf("%w: no tenants", ErrDamaged)
	}
	return version, nil
}
