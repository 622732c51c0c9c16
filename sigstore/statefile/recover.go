package statefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Recovery is what had to be done to have a state that a daemon can run with.
type Recovery struct {
	// Aside is the name a file was given that cannot be used; empty for none.
	Aside string
	// Unwritable means that nothing outlives the process: the state is in a temporary
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
func Recover(path string, layout Layout, now time.Time) (*File, Recovery, error) {
	file, err := Open(path, layout)
	if err == nil {
		return file, Recovery{}, nil
	}
	r := Recovery{Why: err}
	if ours(path, err) {
		r.Aside, err = SetAside(path, now)
		if err == nil {
			file, err = Open(path, layout)
			if err == nil {
				return file, r, nil
			}
		}
	}
	if !diskFault(err) {
		return nil, Recovery{}, err
	}
	r.Unwritable, r.Why = true, errors.Join(r.Why, err)
	file, err = temporaryCopy(path, layout)
	if err != nil {
		return nil, Recovery{}, errors.Join(r.Why, err)
	}
	return file, r, nil
}

// SetAside renames a state file to PATH.damaged-TIME, where it can be looked into.
func SetAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405.000000000Z")
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set damaged state aside: %w", err)
	}
	return aside, nil
}

// pageSize is the smallest size of a page of bbolt.
const pageSize = 4 << 10

// ours reports whether a file that was not opened was a state file once. One in which
// nothing is left to tell, all zeros after a power failure or all noise, is known by
// what a state file has besides: its mode, its owner, and whole pages. A
// configuration or a key that `state` names by mistake has other ones.
func ours(path string, err error) bool {
	if errors.Is(err, ErrDamaged) {
		return true
	}
	if !errors.Is(err, ErrForeign) || hasBboltPage(path) {
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

// temporaryCopy is [Temporary] with what is in the file at path, if that can be read and
// used.
func temporaryCopy(path string, layout Layout) (*File, error) {
	temporary, err := os.CreateTemp("", "sigmilter-*.db")
	if err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	if path != "" && copyFile(temporary, path) == nil && isState(temporary.Name(), layout) {
		if f, err := openTemporary(temporary.Name(), layout); err == nil {
			return f, nil
		}
	}
	if err := temporary.Truncate(0); err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	return openTemporary(temporary.Name(), layout)
}

// isState reports whether a file can be read as a state.
func isState(path string, layout Layout) bool {
	db, _, err := openFile(path, readAny, layout)
	return err == nil && db.Close() == nil
}

func openTemporary(path string, layout Layout) (*File, error) {
	db, file, err := openFile(path, readWrite, layout)
	if err != nil {
		return nil, fmt.Errorf("make temporary state: %w", err)
	}
	db.NoSync = true
	return newFile(db, file, "", layout), nil
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
