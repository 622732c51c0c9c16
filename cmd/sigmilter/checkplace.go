package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/check"
	"sigmilter/cmd/internal/printed"
	"sigmilter/cmd/internal/unit"
)

// asService, in the environment, says that this process is to check as the service:
// it is root's, and has a mount namespace of its own.
const asService = "SIGMILTER_CHECK_AS_SERVICE"

// checkPlace is where check is to run. again is true when that is another process, see
// [checkAsService].
func checkPlace(ctx context.Context, path string) (place check.Place, again bool, err error) {
	place.Socket = socketUnit(ctx)
	service, found := unit.Find()
	if !found || os.Geteuid() != 0 || !service.Reads(path) {
		return place, false, nil
	}
	if os.Getenv(asService) == "" {
		return place, true, nil
	}
	place.Missing, err = service.Enter()
	switch {
	case errors.Is(err, unit.ErrNoMounts):
		return asRoot(place, err), false, nil
	case err != nil:
		return place, false, fmt.Errorf("check as the service: %w", err)
	}
	place.Service = &service
	return place, false, nil
}

// asRoot is the place of root's own, with a note that it is.
func asRoot(place check.Place, err error) check.Place {
	place.Notes = append(place.Notes, fmt.Sprintf("all this was looked at as root, not as the service: %v", err))
	return place
}

// checkAsService runs the same check in a process that is put in the place of the
// service. Its error is [unit.ErrNoMounts] where
// the machine does not allow that.
func checkAsService(cmd *cobra.Command, path string, flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	child := exec.CommandContext(cmd.Context(), self, append([]string{"check", "-c", path}, flags...)...)
	child.Env = append(os.Environ(), asService+"=1")
	child.Dir = "/"
	// It escapes what it prints by itself. Given the files, it prints warnings and table in
	// their order, and sees a terminal.
	child.Stdout, child.Stderr = printed.Exact(cmd.OutOrStdout()), printed.Exact(cmd.ErrOrStderr())
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	err = child.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return &exitError{status: exit.ExitCode()}
	case errors.Is(err, fs.ErrPermission):
		return unit.ErrNoMounts
	}
	return err
}
