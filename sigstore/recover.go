package sigstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Opened is a state that a daemon runs with, and what had to be done to have it.
type Opened struct {
	*Store
	// Aside is the name a file was given that cannot be used; empty for none.
	Aside string
	// Unwritable says that nothing outlives the process: the store is in a temporary
	// file, with what could be read of the state file.
	Unwritable bool
	// Why is the fault behind Aside and Unwritable, else nil.
	Why error
}

// Recover is [Open] for a daemon, which must run: all that is in the file can be had
// from the sources and rendered again, whereas a relay whose filter does not start
// holds all mail.
//
// A damaged file gets the name PATH.damaged-TIME, and a new one is made. Where the
// disk is full, read-only or failing, a temporary file is used. A file of another
// program, one that is held by another process or is newer, and one that may not be
// read are errors as with Open: those are mistakes of a configuration.
func Recover(path string, now time.Time) (o Opened, err error) {
	if o.Store, err = Open(path); err == nil {
		return o, nil
	}
	o.Why = err
	if ours(path, err) {
		if o.Aside, err = SetAside(path, now); err == nil {
			if o.Store, err = Open(path); err == nil {
				return o, nil
			}
		}
	}
	if !diskFault(err) {
		return Opened{}, err
	}
	o.Unwritable, o.Why = true, errors.Join(o.Why, err)
	if o.Store, err = temporaryCopy(path); err != nil {
		return Opened{}, errors.Join(o.Why, err)
	}
	return o, nil
}

// SetAside renames a state file to PATH.damaged-TIME, for whoever wants to look
// into it.
func SetAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405.000000000Z")
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set damaged state aside: %w", err)
	}
	return aside, nil
}

// pageSize is the smallest size of a page of bbolt.
const pageSize = 4 << 10

// ours says whether a file that was not opened was a state file once. One in which
// nothing is left to tell, all zeros after a power failure or all noise, is known by
// what a state file has besides: its mode, its owner, and whole pages. A
// configuration or a key that `state` names by mistake has other ones.
func ours(path string, err error) bool {
	switch {
	case errors.Is(err, ErrDamaged):
		return true
	case !errors.Is(err, ErrForeign) || hasBboltPage(path):
		return false
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o600 || info.Size()%pageSize != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// diskFault reports an error that is the disk's, not the configuration's.
func diskFault(err error) bool {
	for _, fault := range []error{syscall.EROFS, syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
		if errors.Is(err, fault) {
			return true
		}
	}
	return false
}

// temporaryCopy is [Temporary] with what is in the file at path; without that when
// it cannot be read or used.
func temporaryCopy(path string) (*Store, error) {
	f, err := os.CreateTemp("", "sigmilter-*.db")
	if err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := copyFile(f, path); err == nil {
		if db, _, err := openFile(f.Name(), readAny); err == nil && db.Close() == nil {
			if db, file, err := openFile(f.Name(), readWrite); err == nil {
				db.NoSync = true
				return newStore(db, file, ""), nil
			}
		}
	}
	return Temporary()
}

func copyFile(to io.Writer, path string) error {
	if _, err := regularSize(path); err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(to, from)
	return err
}
