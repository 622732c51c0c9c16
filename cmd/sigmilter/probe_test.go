package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProbeUsage(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("# no code\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, _ := m365Site(t, "contoso")
	all := func(changed ...string) []string {
		flags := map[string]string{"relay": "127.0.0.1:1", "from": "alice@contoso.com", "to": "probe@contoso.com", "wait": "mbox:" + empty, "config": config}
		for i := 0; i < len(changed); i += 2 {
			flags[changed[i]] = changed[i+1]
		}
		args := []string{"probe"}
		for name, value := range flags {
			args = append(args, "--"+name, value)
		}
		return args
	}
	for _, tc := range []struct {
		args           []string
		status         int
		stdout, stderr string
	}{
		{[]string{"probe"}, 2, "", "--wait must all be given"},
		{all("from", "alice"), 2, "", `"alice" is no address`},
		{all("to", "a@contoso.com>\r\nX: y"), 2, "", "is no address"},
		{all("wait", "pop3:host"), 2, "", "write mbox:FILE"},
		{all("wait", "imaps://probe@imap.contoso.com"), 2, "", "needs a password"},
		{all("code-file", empty), 2, "", "is empty"},
		{all("code-file", empty+"x"), 2, "", "no such file"},
		{all("config", empty+"x"), 2, "", "no such file"},
		{all(), 1, "failed   the relay did not take the message: dial tcp 127.0.0.1:1", ""},
		{append(all(), "--json"), 1, `"ok": false`, ""},
	} {
		status, stdout, stderr := invoke(t, tc.args...)
		if status != tc.status || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%q: status %d %q %q", tc.args, status, stdout, stderr)
		}
	}
}

// The units are what systemd takes, but for the program, which is not installed.
func TestProbeUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze on this machine to read the units with")
	}
	dir := t.TempDir()
	for _, name := range []string{"sigmilter-probe.service", "sigmilter-probe.timer"} {
		text, err := os.ReadFile("../../packaging/systemd/" + name)
		if err != nil {
			t.Fatal(err)
		}
		unit := strings.ReplaceAll(string(text), "/usr/bin/sigmilter", "/bin/true")
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, "sigmilter-probe.service"), filepath.Join(dir, "sigmilter-probe.timer")).CombinedOutput()
	if err != nil || strings.Contains(string(out), "sigmilter-probe") {
		t.Errorf("%v\n%s", err, out)
	}
}
