package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bare is a folder of programs with which setup.sh finds a Debian that has nothing it
// installs. Those that would change the machine write their command line into a file.
func bare(t *testing.T) (programs, calls string) {
	t.Helper()
	programs, calls = t.TempDir(), filepath.Join(t.TempDir(), "calls")
	for _, name := range []string{"sh", "sed", "tr", "cut", "head", "mktemp", "rm", "mkdir", "chmod", "touch"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	note := "#!/bin/sh\necho ${0##*/} \"$@\" >>" + calls + "\n"
	for name, script := range map[string]string{
		"id":      "#!/bin/sh\necho ${TEST_UID:-0}\n",
		"go":      "#!/bin/sh\necho no-such-compiler\n",
		"apt-get": note + "[ -z \"$TEST_APT_FAILS\" ]\n",
		"install": note,
		"dpkg":    note + "[ \"$1\" != -f ] || echo 'libc6, libdb5.3 (>= 1), m4'\n",
		"npm":     note,
	} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return programs, calls
}

// setup runs setup.sh and returns what it printed and the commands that it would have run.
func setup(t *testing.T, env []string, kinds ...string) (output string, commands []string, err error) {
	t.Helper()
	programs, calls := bare(t)
	cmd := exec.Command("../../testdata/setup.sh", kinds...)
	cmd.Env = slices.Concat([]string{"PATH=" + programs, "HOME=" + t.TempDir()}, env)
	out, err := cmd.CombinedOutput()
	text, _ := os.ReadFile(calls) // none: nothing was run
	return string(out), strings.Split(string(text), "\n"), err
}

func TestSetupInstallsWhatIsMissing(t *testing.T) {
	out, commands, err := setup(t, nil, "compiler", "sendmail", "promtool", "grammar")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, want := range []string{
		"apt-get -qq update",
		"apt-get -qq install -y --no-upgrade --no-install-recommends gcc libc6-dev",
		"apt-get -qq -o APT::Sandbox::User=root download sendmail-bin sendmail-cf sendmail-base",
		"dpkg -x ", "dpkg -x ", "dpkg -x ",
		"dpkg -f ",
		"apt-get -qq install -y --no-upgrade --no-install-recommends m4 libc6 libdb5.3",
		"apt-get -qq -o APT::Sandbox::User=root download prometheus",
		"dpkg -x ",
		"install -m 0755 ",
		"npm install ",
	} {
		if i >= len(commands) || !strings.HasPrefix(commands[i], want) {
			t.Fatalf("command %d should be %q:\n%s", i, want, strings.Join(commands, "\n"))
		}
	}
}

// The Sendmail of Debian 13 comes by the machine's apt-get from where its small Debian came,
// with the libraries that this has not, and is there last of all.
func TestSetupUnpacksSendmailOfDebian13(t *testing.T) {
	out, commands, err := setup(t, nil, "sendmail13")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, want := range []string{" update", " download sendmail-bin sendmail-cf", "dpkg -f sendmail-bin_*.deb Depends",
		" install -y --download-only --no-install-recommends libc6 libdb5.3"} {
		if i >= len(commands) || !strings.HasSuffix(commands[i], want) {
			t.Fatalf("command %d should end with %q:\n%s", i, want, strings.Join(commands, "\n"))
		}
		if strings.HasPrefix(commands[i], "apt-get") && !strings.Contains(commands[i], "/debian-13/var/lib/dpkg/status") {
			t.Errorf("command %d is not for Debian 13: %s", i, commands[i])
		}
	}
	if last := commands[len(commands)-2]; !strings.HasPrefix(last, "dpkg -x sendmail-bin_") {
		t.Errorf("the last command is %q", last)
	}
}

func TestSetupLeavesOtherMachinesAlone(t *testing.T) {
	out, commands, err := setup(t, []string{"TEST_UID=1000"}, "compiler", "promtool")
	if err != nil || len(commands) != 1 || !strings.Contains(out, "gcc libc6-dev; promtool (as root on Debian: make setup)") {
		t.Errorf("%v, commands %q\n%s", err, commands, out)
	}
}

// Without a compiler no test builds; without promtool one of them is skipped.
func TestSetupFailsForWhatIsNeeded(t *testing.T) {
	failing := []string{"TEST_APT_FAILS=yes"}
	if out, _, err := setup(t, failing, "compiler"); err == nil || !strings.Contains(out, "could not install gcc") {
		t.Errorf("compiler: %v\n%s", err, out)
	}
	if out, _, err := setup(t, failing, "promtool"); err != nil || !strings.Contains(out, "could not install promtool") {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

func TestSetupSaysWhatIsSkipped(t *testing.T) {
	out, commands, err := setup(t, []string{"TEST_UID=1000"}, "skipped")
	if err != nil || len(commands) != 1 || strings.Count(out, "\n") != 1 {
		t.Errorf("%v, commands %q\n%s", err, commands, out)
	}
	for _, want := range []string{"for want of: gcc libc6-dev", "promtool", "make setup", "root", "SIGMILTER_PWSH"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
}
