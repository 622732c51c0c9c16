package packaging_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// booted is a Debian that systemd has booted in a container, with a network of its own.
type booted struct {
	t      *testing.T
	root   string
	leader string // the process id of its systemd
}

// bootable are the Debians that `make setup` makes: by name the folder of each and the
// Postfix that it has.
var bootable = []struct{ name, postfix string }{{"debian-12", "3.7"}, {"debian-13", "3.10"}}

// boot boots a copy of one. What is written goes to an overlay in a temporary folder.
func boot(t *testing.T, name string) *booted {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "a Debian of its own needs root")
	}
	need(t, "systemd-nspawn", "nsenter")
	lower := filepath.Join(filepath.Dir(testRoot(t)), name)
	if _, err := os.Stat(lower + ".done"); err != nil {
		missing(t, lower+" is missing; make setup makes it")
	}
	dir := t.TempDir()
	m := &booted{t: t, root: filepath.Join(dir, "root")}
	script := fmt.Sprintf(`set -e
mkdir root upper work
mount -t tmpfs tmpfs upper && mkdir upper/upper upper/work
mount -t overlay overlay -o lowerdir=%s,upperdir=upper/upper,workdir=upper/work root
exec systemd-nspawn --quiet --directory root --boot --private-network --register=no --keep-unit --console=pipe`, lower)
	cmd := exec.Command("unshare", "--mount", "--kill-child", "--fork", "/bin/sh", "-c", script)
	cmd.Dir = dir
	said := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		if m.leader != "" {
			_ = exec.Command("kill", "-KILL", m.leader).Run()
		} else {
			_ = cmd.Process.Kill()
		}
		<-ended
	})
	if !m.waitForSystemd(cmd.Process.Pid, ended) {
		t.Skipf("this machine boots no container: %s", said)
	}
	return m
}

// waitForSystemd waits until all units have started, and finds the leader.
func (m *booted) waitForSystemd(unshare int, ended <-chan struct{}) bool {
	deadline := time.After(2 * time.Minute)
	for {
		if m.leader == "" {
			m.leader = grandchild(unshare)
		}
		if m.leader != "" {
			if state, _ := m.try("systemctl is-system-running --wait"); state == "running\n" || state == "degraded\n" {
				return true
			}
		}
		select {
		case <-ended:
			return false
		case <-deadline:
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// grandchild is the process id of systemd, which systemd-nspawn, which the shell of
// unshare has become, has started.
func grandchild(unshare int) string {
	child := func(of string) string {
		out, err := exec.Command("pgrep", "--parent", of).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0])
	}
	nspawn := child(fmt.Sprint(unshare))
	if nspawn == "" {
		return ""
	}
	systemd := child(nspawn)
	if name, err := os.ReadFile("/proc/" + systemd + "/comm"); err != nil || string(name) != "systemd\n" {
		return ""
	}
	return systemd
}

// try runs a script in the container as root.
func (m *booted) try(script string) (output string, err error) {
	cmd := exec.Command("nsenter", "--target", m.leader, "--all", "/usr/bin/env", "-i",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive",
		"/bin/sh", "-e", "-c", script)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run is try for a script that must end well.
func (m *booted) run(script string) string {
	m.t.Helper()
	output, err := m.try(script)
	if err != nil {
		journal, _ := m.try("journalctl -n 40 --no-pager")
		m.t.Fatalf("%v of\n%s\n%s\nthe journal:\n%s", err, script, output, journal)
	}
	return output
}

// copy copies a file of this machine into the container.
func (m *booted) copy(file, name string) {
	m.t.Helper()
	in, err := os.Open(file)
	if err != nil {
		m.t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.Command("nsenter", "--target", m.leader, "--all", "/usr/bin/tee", name)
	cmd.Stdin = in
	if err := cmd.Run(); err != nil {
		m.t.Fatalf("copy %s into the container: %v", file, err)
	}
}

// until waits for a script to end well.
func (m *booted) until(what, script string) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		output, err := m.try(script)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			journal, _ := m.try("journalctl -n 40 --no-pager")
			m.t.Fatalf("wait for %s: %s\nthe journal:\n%s", what, output, journal)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
