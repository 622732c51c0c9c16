package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"

	"sigmilter/cmd/internal/mta"
	"sigmilter/cmd/internal/printed"
	"sigmilter/milter"
	"sigmilter/sigstore/statefile"
)

// listenRemedy adds to the error of opening a socket how to put it right. setting is the
// key that names the address.
func listenRemedy(err error, setting, address string) error {
	dir := filepath.Dir(strings.TrimPrefix(address, "unix:"))
	remedy, noGroup := "", user.UnknownGroupError("")
	switch {
	case errors.As(err, &noGroup):
		remedy = "correct socket_group; getent group lists the groups"
	case errors.Is(err, milter.ErrNoSocket):
		remedy = "move it away, or name another address in " + setting
	case errors.Is(err, fs.ErrNotExist):
		remedy = "make its folder: " + mta.MakeSocketFolder(dir)
	case errors.Is(err, fs.ErrPermission):
		remedy = fmt.Sprintf("let the daemon's user write to %s, and be in the group of socket_group: %s", dir, mta.MakeSocketFolder(dir))
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, milter.ErrAnswered):
		remedy = "end the other one, which ss -lxtnp names, or name another address in " + setting
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		remedy = "name an address of this machine in " + setting + "; ip address lists them"
	default:
		return err
	}
	return fmt.Errorf("%w; %s", err, remedy)
}

// stateRemedy adds to the error of opening the state file how to put it right.
func stateRemedy(err error, path string) error {
	remedy := ""
	switch {
	case errors.Is(err, statefile.ErrNewer):
		remedy = "go back to that version, or remove the file to have people read again"
	case errors.Is(err, statefile.ErrForeign):
		remedy = "move it away and start again, which makes a new one, or name another file in state"
	case errors.Is(err, statefile.ErrLocked):
		remedy = "end the other sigmilter, or name another file in state"
	case errors.Is(err, fs.ErrNotExist):
		remedy = "make its folder: install -d -o sigmilter -m 0700 " + printed.Word(filepath.Dir(path))
	default:
		return err
	}
	return fmt.Errorf("%w; %s", err, remedy)
}
