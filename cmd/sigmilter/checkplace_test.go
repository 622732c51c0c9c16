package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
)

// Root sees what the service sees, and what is in its way.
func TestCheckAsTheService(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may look as another")
	}
	if out, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("%v: %s", err, out)
	}
	const key = "guard.key_file = \"${CREDENTIALS_DIRECTORY}/guard.key\"\n"
	for _, tt := range []struct {
		name    string
		unit    string // lines of [Service]; HERE is the folder of the configuration
		config  string // lines on top
		prepare string // a script in HERE
		status  int
		says    string // on standard error; empty: nothing about it
		mends   string // a command that the advice has, after which all is well
	}{
		{name: "all is well"},
		{name: "people that only root may read", prepare: "chmod 0600 people.csv", status: 2, says: "people.csv cannot be read: permission denied"},
		{name: "a template in a folder of root's", prepare: "chmod 0700 closed && cp corporate.html closed/c.html && sed -i s,HERE/corporate.html,HERE/closed/c.html, sigmilter.toml", status: 2, says: "c.html cannot be read: permission denied"},
		{name: "a credential", unit: "LoadCredential=guard.key:HERE/secret\n", config: key, prepare: "chmod 0600 secret"},
		{name: "a credential that is not there", unit: "LoadCredential=guard.key:HERE/nowhere\n", config: key, status: 2, says: "HERE/nowhere is not there, so the service does not start"},
		{name: "a credential that is not loaded", config: key, status: 2, says: "CREDENTIALS_DIRECTORY is not set"},
		{name: "another credential is loaded", unit: "LoadCredential=other:HERE/secret\n", config: key, status: 2,
			says: "note: sigmilter.service loads the credentials other; add LoadCredential=NAME:FILE under [Service]"},
		{name: "a state that it may not write", prepare: "chown root state", status: 2, says: "user nobody may not write to the folder HERE/state", mends: "chown nobody HERE/state"},
		{name: "a folder that is not there", prepare: "rmdir state", status: 2, says: "the folder HERE/state is not there", mends: "install -d -o nobody HERE/state"},
		{name: "a folder that the unit keeps from it", unit: "ProtectSystem=strict\nReadWritePaths=HERE/run\n", status: 2, says: "sigmilter.service may not write to HERE/state",
			mends: "mkdir -p /etc/systemd/system/sigmilter.service.d && printf '[Service]\\nReadWritePaths=HERE/state\\n' > /etc/systemd/system/sigmilter.service.d/state.conf && systemctl daemon-reload"},
		{name: "a folder for the socket that is not there", prepare: "rmdir run", status: 2, says: "the folder HERE/run is not there; make it: install -d"},
		{name: "folders that the unit opens", unit: "ProtectSystem=strict\nReadWritePaths=HERE/state\nReadWritePaths=HERE/run\n"},
		{name: "a folder that the unit hides", unit: "PrivateTmp=yes\n", status: 2, says: "note: sigmilter.service does not see what is in /tmp (PrivateTmp=)"},
		{name: "another configuration", unit: "ExecStart=\nExecStart=sigmilter serve -c /etc/other.toml\n", config: key, prepare: "chmod 0600 people.csv",
			says: "note: HERE/sigmilter.toml:1: guard.key_file: the credential guard.key was not looked at, only the service has it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := lab.TestDir(t)
			place := strings.NewReplacer("HERE", dir)
			site, err := lab.WriteSite(dir)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(site.Config)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.NewReplacer("socket_group = \"postfix\"\n", "", site.State, dir+"/state/s.db", site.Socket, dir+"/run/m.sock", dir+"/control.sock", dir+"/run/c.sock").Replace(tt.config + string(text))
			if err := os.WriteFile(site.Config, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			script := "cd HERE && install -d -o nobody state run && mkdir closed && echo 'the key of the lab, long enough' > secret\n" + tt.prepare
			sh(t, place.Replace(script))
			units := t.TempDir()
			unit := "[Service]\nUser=nobody\nExecStart=/usr/bin/sigmilter serve -c HERE/sigmilter.toml\n"
			if err := errors.Join(os.WriteFile(filepath.Join(units, "sigmilter.service"), []byte(place.Replace(unit)), 0o644),
				os.Mkdir(filepath.Join(units, "sigmilter.service.d"), 0o755),
				os.WriteFile(filepath.Join(units, "sigmilter.service.d/more.conf"), []byte(place.Replace("[Service]\n"+tt.unit)), 0o644)); err != nil {
				t.Fatal(err)
			}
			// With units of its own, and a systemd that does as it is told.
			inside := func(args ...string) *exec.Cmd {
				script := `mount --bind "$0" /etc/systemd/system; mount --bind /bin/true "$(command -v systemctl)"; exec "$@"`
				return exec.Command("unshare", append([]string{"--mount", "sh", "-ec", script, units}, args...)...)
			}
			check := func() (int, string) {
				cmd := inside(build(t), "check", "-c", site.Config)
				var stderr strings.Builder
				cmd.Stderr = &stderr
				err := cmd.Run()
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				return cmd.ProcessState.ExitCode(), stderr.String()
			}
			status, stderr := check()
			if status != tt.status || !strings.Contains(stderr, place.Replace(tt.says)) {
				t.Errorf("status %d, want %d with %q:\n%s", status, tt.status, place.Replace(tt.says), stderr)
			}
			if tt.mends == "" {
				return
			}
			command := place.Replace(tt.mends)
			if !strings.Contains(stderr, command) {
				t.Errorf("%q is not in\n%s", command, stderr)
			}
			if out, err := inside("sh", "-ec", command).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if status, stderr := check(); status != 0 {
				t.Errorf("after %s: status %d\n%s", command, status, stderr)
			}
		})
	}
}

func sh(t *testing.T, script string) {
	t.Helper()
	if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("%w of\n%s\n%s", err, script, out))
	}
}
