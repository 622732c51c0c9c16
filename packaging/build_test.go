// Package packaging_test builds the packages and tries them: that they come out the
// same each time, that Debian's and RPM's own checkers are content, and that they
// install, upgrade and go in a Debian of their own.
package packaging_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// built has the packages of version 1.0.0 for this machine.
var built struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	// Programs of the administrator are not on everybody's path.
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	status := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(status)
}

// build makes both packages in a folder.
func build(dir string) error {
	cmd := exec.Command("./build.sh", runtime.GOARCH, dir)
	cmd.Env = append(os.Environ(), "VERSION=1.0.0", "SOURCE_DATE_EPOCH=1790000000", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// packages returns the .deb and the .rpm.
func packages(t *testing.T) (deb, rpm string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds packages")
	}
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "packages"); built.err == nil {
			built.err = build(built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return one(t, built.dir+"/*.deb"), one(t, built.dir+"/*.rpm")
}

func one(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %q, %v", pattern, files, err)
	}
	return files[0]
}

// output runs a program and returns what it printed on standard output.
func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s%s", program, err, out, stderr.Bytes())
	}
	return string(out)
}

func TestPackagesAreReproducible(t *testing.T) {
	deb, rpm := packages(t)
	again := t.TempDir()
	if err := build(again); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{deb, rpm} {
		if first, second := digest(t, name), digest(t, filepath.Join(again, filepath.Base(name))); first != second {
			t.Errorf("%s: %x, then %x", filepath.Base(name), first, second)
		}
	}
}

func digest(t *testing.T, name string) [sha256.Size]byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

// Neither an error nor a warning; what is overridden says why in the file.
func TestLintian(t *testing.T) {
	need(t, "lintian")
	deb, _ := packages(t)
	cmd := exec.CommandContext(t.Context(), "lintian", "--allow-root", "--fail-on", "error,warning", deb)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// What both packages must have, with what it may be done to.
var contents = []struct{ mode, name string }{
	{"-rwxr-xr-x", "/usr/bin/sigmilter"},
	{"drwxr-x---", "/etc/sigmilter"},
	{"-rw-r--r--", "/usr/share/sigmilter/sigmilter.toml"},
	{"drwxr-xr-x", "/etc/sigmilter/conf.d"},
	{"-rw-r--r--", "/usr/lib/systemd/system/sigmilter.service"},
	{"-rw-r--r--", "/usr/lib/systemd/system/sigmilter.socket"},
	{"-rw-r--r--", "/usr/lib/sysusers.d/sigmilter.conf"},
	{"-rw-r--r--", "/usr/lib/tmpfiles.d/sigmilter.conf"},
	{"-rw-r--r--", "/usr/share/man/man8/sigmilter.8.gz"},
	{"-rw-r--r--", "/usr/share/man/man8/sigmilter-check.8.gz"},
	{"-rw-r--r--", "/usr/share/man/man5/sigmilter.toml.5.gz"},
	{"-rw-r--r--", "/usr/share/bash-completion/completions/sigmilter"},
	{"-rw-r--r--", "/usr/share/fish/vendor_completions.d/sigmilter.fish"},
	{"-rw-r--r--", "/usr/share/doc/sigmilter/docs/quick-start.md"},
	{"-rw-r--r--", "/usr/share/doc/sigmilter/libraries.gz"},
	{"-rw-r--r--", "/usr/share/doc/sigmilter/examples/signatures/corporate.html"},
}

func TestDebContents(t *testing.T) {
	deb, _ := packages(t)
	got := map[string]string{}
	for line := range strings.Lines(output(t, "dpkg-deb", "-c", deb)) {
		f := strings.Fields(line)
		got[strings.TrimSuffix(strings.TrimPrefix(f[5], "."), "/")] = f[0]
		if f[1] != "root/root" {
			t.Errorf("not of root: %s", line)
		}
	}
	for _, want := range append(contents,
		struct{ mode, name string }{"-rw-r--r--", "/usr/share/zsh/vendor-completions/_sigmilter"},
		struct{ mode, name string }{"-rw-r--r--", "/etc/apparmor.d/sigmilter"},
	) {
		if got[want.name] != want.mode {
			t.Errorf("%s: %q, want %q", want.name, got[want.name], want.mode)
		}
	}
	// None that an administrator has to change: dpkg asks about those at an upgrade.
	const conffiles = "/etc/apparmor.d/sigmilter\n/etc/logcheck/ignore.d.server/sigmilter"
	if got := strings.TrimSpace(output(t, "dpkg-deb", "-I", deb, "conffiles")); got != conffiles {
		t.Errorf("conffiles:\n%s", got)
	}
}

func TestRPM(t *testing.T) {
	need(t, "rpm")
	_, rpm := packages(t)
	if got := output(t, "rpm", "-K", rpm); !strings.HasSuffix(got, ": digests OK\n") {
		t.Error(got)
	}
	got := map[string]string{}
	for line := range strings.Lines(output(t, "rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]", rpm)) {
		f := strings.Fields(line)
		name := f[len(f)-1]
		got[name] = f[0]
		wantGroup := "root"
		if name == "/etc/sigmilter" {
			wantGroup = "sigmilter"
		}
		if f[1] != "root" || f[2] != wantGroup {
			t.Errorf("not of root: %s", line)
		}
		if name == "/etc/sigmilter/sigmilter.toml" {
			t.Errorf("the configuration belongs to the package: %s", line)
		}
	}
	for _, want := range contents {
		if got[want.name] != want.mode {
			t.Errorf("%s: %q, want %q", want.name, got[want.name], want.mode)
		}
	}
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if got := output(t, "rpm", "-qp", "--qf", "%{NAME} %{VERSION} %{RELEASE} %{ARCH} %{LICENSE} %{BUILDHOST} %{BUILDTIME}", rpm); got != "sigmilter 1.0.0 1 "+arch+" Apache-2.0 localhost 1790000000" {
		t.Error(got)
	}
	// rpm resolves the dependencies and the order of scripts, and installs nothing.
	output(t, "rpm", "--test", "--nodeps", "--ignorearch", "--dbpath", t.TempDir(), "-i", rpm)
}

// The scripts of both packages are read by a shell that runs nothing of them.
func TestScriptsParse(t *testing.T) {
	for _, pattern := range []string{"deb/p*", "rpm/*", "*.sh"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			output(t, "sh", "-n", file)
		}
	}
}

func TestAppArmorProfile(t *testing.T) {
	need(t, "apparmor_parser")
	cmd := exec.CommandContext(t.Context(), "apparmor_parser", "--skip-kernel-load", "--skip-cache", "apparmor/sigmilter")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What a healthy daemon logs is not reported to the administrator; what is not
// healthy is.
func TestLogcheck(t *testing.T) {
	const prefix = "2026-11-21T10:00:00.000000+00:00 relay sigmilter[812]: "
	for line, quiet := range map[string]bool{
		prefix + `time=2026-11-21T05:57:17.806Z level=INFO msg=message session=996561f42ab7 queue=C471D3DF action=signed reason=rule`: true,
		"Nov 21 10:00:00 relay sigmilter[812]: " + `time=2026-11-21T05:57:17.806Z level=INFO msg=serving addresses=unix:/run`:         true,
		prefix + `msg=message session=996561f42ab7 queue=C471D3DF action=skipped reason=guard`:                                        true,
		prefix + `msg=message session=996561f42ab7 queue=C471D3DF action=failed reason=store`:                                         false,
		prefix + `time=2026-11-21T05:57:17.806Z level=WARN msg="people were left out"`:                                                false,
		prefix + `time=2026-11-21T05:57:17.806Z level=ERROR msg="level=INFO"`:                                                         false,
		prefix + `panic: runtime error`: false,
		"2026-11-21T10:00:00.000000+00:00 relay systemd[1]: Started sigmilter.service - E-mail signatures for the mail of Postfix or Sendmail.": true,
		"2026-11-21T10:00:00.000000+00:00 relay systemd[1]: sigmilter.service: Failed with result 'exit-code'.":                                 false,
	} {
		cmd := exec.CommandContext(t.Context(), "grep", "-Eqf", "logcheck/sigmilter")
		cmd.Stdin = strings.NewReader(line + "\n")
		if err := cmd.Run(); (err == nil) != quiet {
			t.Errorf("quiet %v, want %v: %s", err == nil, quiet, line)
		}
	}
}

// Every override of lintian has a remark above it.
func TestOverridesAreExplained(t *testing.T) {
	text, err := os.ReadFile("deb/lintian-overrides")
	if err != nil {
		t.Fatal(err)
	}
	if bad := regexp.MustCompile(`(?m)^sigmilter: .*\nsigmilter: .*`).Find(text); bad != nil || !bytes.HasPrefix(text, []byte("# ")) {
		t.Errorf("not explained: %s", bad)
	}
}
