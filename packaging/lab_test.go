package packaging_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// testRoot is a small Debian with Postfix, which `make setup` makes.
func testRoot(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SIGMILTER_DEBIAN"); dir != "" {
		return dir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		missing(t, "no place for a Debian of its own: "+err.Error())
	}
	return filepath.Join(cache, "sigmilter", "debian-12")
}

// missing skips a test, or fails it where everything must be there.
func missing(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program+" is missing; make setup installs it")
		}
	}
}

// machine is a copy of that Debian with a network, processes and mounts of its own:
// all of them are gone with it, and nothing of it reaches this machine.
type machine struct {
	root  string
	shell io.WriteCloser
	out   *bufio.Reader
	steps int
}

// newMachine starts one. What is written goes to an overlay in a temporary folder.
func newMachine(t *testing.T) *machine {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "a Debian of its own needs root")
	}
	need(t, "unshare")
	lower := testRoot(t)
	if _, err := os.Stat(lower + ".done"); err != nil {
		missing(t, lower+" is missing; make setup makes it")
	}
	dir := t.TempDir()
	m := &machine{root: filepath.Join(dir, "root")}
	for _, name := range []string{"root", "upper", "work"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// The shell ends when its input does. The test's context ends before the cleanup below
	// and would make Wait tell of a shell that it found still running.
	cmd := exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "/bin/sh")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m.shell, m.out = in, bufio.NewReader(out)
	t.Cleanup(func() {
		in.Close()
		// Its status is that of the last script, which the test has looked at.
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			t.Error(err)
		}
	})
	if status := m.outside(t, fmt.Sprintf(`mount -t overlay overlay -o lowerdir=%s,upperdir=%s/upper,workdir=%s/work %s &&
mount -t proc proc %[4]s/proc && mount --rbind /dev %[4]s/dev && mount -t tmpfs tmpfs %[4]s/run`,
		lower, dir, dir, m.root)); status != 0 {
		missing(t, "this machine allows no overlay mounts")
	}
	m.run(t, "ip link set lo up")
	return m
}

// outside runs a script beside the root and returns its status.
func (m *machine) outside(t *testing.T, script string) int {
	t.Helper()
	if _, err := fmt.Fprintf(m.shell, "(%s\n) </dev/null >&2; echo $?\n", script); err != nil {
		t.Fatal(err)
	}
	line, err := m.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the machine has ended: %v", err)
	}
	status, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// try runs a script in the machine as root and returns what it printed.
func (m *machine) try(t *testing.T, script string) (status int, output string) {
	t.Helper()
	m.steps++
	name := fmt.Sprintf("/root/step%d", m.steps)
	m.write(t, name, script)
	status = m.outside(t, fmt.Sprintf("cd / && env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive chroot %s /bin/sh -e %s >%[1]s%s.out 2>&1", m.root, name, name))
	return status, m.read(t, name+".out")
}

// run is try for a script that must end well.
func (m *machine) run(t *testing.T, script string) string {
	t.Helper()
	status, output := m.try(t, script)
	if status != 0 {
		t.Fatalf("status %d of\n%s\n%s", status, script, output)
	}
	return output
}

// The files of the machine are seen through the mounts of its shell only, so they
// are moved by it.

func (m *machine) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	m.copy(t, file, name)
}

func (m *machine) copy(t *testing.T, file, name string) {
	t.Helper()
	if status := m.outside(t, fmt.Sprintf("cp %s %s%s", file, m.root, name)); status != 0 {
		t.Fatalf("copy %s into the machine: status %d", file, status)
	}
}

func (m *machine) read(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if status := m.outside(t, fmt.Sprintf("cp %s%s %s", m.root, name, file)); status != 0 {
		t.Fatalf("read %s of the machine: status %d", name, status)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
