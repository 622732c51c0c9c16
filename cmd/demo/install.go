package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"sigmilter/cmd/internal/lab"
)

// installSteps put Postfix on a Debian machine. The package is told to serve this
// machine only: as it comes, it would listen to the network.
var installSteps = []struct {
	stdin   string
	command []string
}{
	{"postfix postfix/main_mailer_type select Local only\n", []string{"debconf-set-selections"}},
	{"", []string{"apt-get", "-qq", "update"}},
	{"", []string{"apt-get", "-qq", "install", "-y", "--no-install-recommends", "postfix"}},
}

// ensurePostfix installs Postfix where it is missing and can be installed. The
// error otherwise says in one line what to do.
func ensurePostfix(ctx context.Context, tell progress) error {
	missing := lab.CheckPostfix()
	if missing == nil || !errors.Is(missing, lab.ErrNoPostfix) || os.Geteuid() != 0 {
		return missing
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("%w (no apt-get here; install it as your system does)", missing)
	}
	tell("installing Postfix")
	for _, step := range installSteps {
		cmd := exec.CommandContext(ctx, step.command[0], step.command[1:]...)
		cmd.Stdin = strings.NewReader(step.stdin)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("install Postfix: %s: %w: %s", strings.Join(step.command, " "), err, lastLine(out))
		}
	}
	return lab.CheckPostfix()
}

func lastLine(out []byte) []byte {
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:]
}
