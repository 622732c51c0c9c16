package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/daemon/daemontest"
)

// TestVerbsAskTheDaemon: each verb against a running daemon.
func TestVerbsAskTheDaemon(t *testing.T) {
	r := startDaemon(t)
	r.WantSigned(r.Dial(), "one")
	copied := filepath.Join(r.Dir, "copy.db")
	for _, tc := range []struct {
		args           string
		status         int
		stdout, stderr string // parts
	}{
		{"status", 0, "is ready, process", ""},
		{"status", 0, "contoso  csv     csv   2", ""},
		{"status --json", 0, `"state": "ready"`, ""},
		{"reload", 0, "reloaded, settings and templates are unchanged, version", ""},
		{"people list", 0, "carl@contoso.com", ""},
		{"people list muster", 0, "alice@contoso.com ", ""},
		{"people list --json a.mus", 0, `"addresses":["alice@contoso.com","a.muster@contoso.com"]`, ""},
		{"people list --tenant nobody", 1, "", `sigmilter: no tenant "nobody"`},
		{"people show A.Muster@contoso.com", 0, "displayName  Alice Muster", ""},
		{"people show --json alice@contoso.com", 0, `"displayName": "csv"`, ""},
		{"people show nobody@contoso.com", 1, "", "sigmilter: nobody has the address nobody@contoso.com; look for a typo, or in the source of people\n"},
		{"people refresh", 0, "contoso  csv     2       read", ""},
		{"people refresh --source ldap", 1, "", "no such source"},
		{"cache status", 0, "TENANT", ""},
		{"cache refresh a.muster@contoso.com", 0, ", 1 rendered\n", ""},
		{"cache drop", 0, " dropped, 0 rendered\n", ""},
		{"cache drop nobody@contoso.com", 1, "", "nobody has the address"},
		{"state check", 0, "state.db: good\n", ""},
		{"state snapshot " + copied, 0, "copy.db: ", ""},
		{"state check " + copied, 0, "copy.db: good\n", ""},
		{"people", 2, "", "Available Commands"},
		{"status --socket " + r.Dir + "/c.sock", 2, "", "does not begin with unix:"},
		{"state snapshot", 2, "", "sigmilter: COPY is missing"},
		{"status now", 2, "", "sigmilter: unexpected argument \"now\""},
	} {
		t.Run(tc.args, func(t *testing.T) {
			args := append(strings.Fields(tc.args), "-c", r.Config)
			if tc.args == "people" {
				args = args[:1]
			}
			status, stdout, stderr := invoke(t, args...)
			if status != tc.status || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) || tc.stderr == "" && stderr != "" {
				t.Errorf("status %d\nstdout: %s\nstderr: %s", status, stdout, stderr)
			}
		})
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	r.WantSigned(r.Dial(), "one")
}

// A verb finds the daemon by its configuration even when that has a mistake, and
// prints the mistake.
func TestReloadVerbPrintsMistakes(t *testing.T) {
	r := startDaemon(t)
	r.Write("sigmilter.toml", daemontest.Settings+"x = 1\ny = 2\n")
	status, stdout, stderr := invoke(t, "reload", "-c", r.Config)
	if status != 2 || stdout != "" || !strings.Contains(stderr, ":9: template.corporate.x: unknown key") || !strings.Contains(stderr, ":10: template.corporate.y:") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if status, stdout, _ = invoke(t, "status", "-c", r.Config); status != 0 || !strings.Contains(stdout, "failed:") {
		t.Errorf("status %d\n%s", status, stdout)
	}
}

// A source that cannot be read is told, with the exit status 1.
func TestRefreshVerbTellsFailures(t *testing.T) {
	r := newRunning(t)
	people := "mail,displayName\ndora@contoso.com,Dora Weiss\n"
	for n := range 12 {
		people += fmt.Sprintf("p%d@contoso.com,Person\n", n)
	}
	r.Write("people.csv", people)
	r.begin()
	r.Write("people.csv", "mail,displayName\ndora@contoso.com,Dora Weiss\n") // everybody else is gone
	status, stdout, _ := invoke(t, "people", "refresh", "-c", r.Config)
	if status != 1 || !strings.Contains(stdout, "contoso") {
		t.Errorf("status %d\n%s", status, stdout)
	}
	if status, stdout, _ = invoke(t, "people", "refresh", "--force", "-c", r.Config); status != 0 {
		t.Errorf("forced: status %d\n%s", status, stdout)
	}
	if s := r.Status(); s.Tenants[0].People != 1 {
		t.Errorf("people: %+v", s.Tenants)
	}
}

// Without a daemon the state file answers.
func TestVerbsWithoutADaemon(t *testing.T) {
	r := startDaemon(t)
	r.stop()
	copied := filepath.Join(r.Dir, "copy.db")
	for _, tc := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"people list", 0, "alice@contoso.com", ""},
		{"people list nobody", 0, "ADDRESS", ""},
		{"people list --tenant nobody", 1, "", "the state file has no tenant \"nobody\""},
		{"people show alice@contoso.com", 0, "Alice Muster", ""},
		{"people show nobody@contoso.com", 1, "", "nobody has the address"},
		{"state check", 0, "good", ""},
		{"state snapshot " + copied, 0, "copy.db: ", ""},
		{"status", 1, "", "no daemon answers on unix:" + r.Dir + "/c.sock; is it running, and is -c its configuration?"},
		{"reload", 1, "", "no daemon answers"},
		{"cache status", 1, "", "no daemon answers"},
		{"people list --socket unix:/nowhere/c.sock", 1, "", "no daemon answers on unix:/nowhere/c.sock"},
	} {
		status, stdout, stderr := invoke(t, append(strings.Fields(tc.args), "-c", r.Config)...)
		if status != tc.status || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%s: status %d\nstdout: %s\nstderr: %s", tc.args, status, stdout, stderr)
		}
	}
	// A damaged copy is told, and a failing snapshot leaves the file of before.
	if err := os.WriteFile(filepath.Join(r.Dir, "state.db"), make([]byte, 9999), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := invoke(t, "state", "snapshot", copied, "-c", r.Config); status != 1 {
		t.Errorf("noise copied: %s", stderr)
	}
	if status, stdout, stderr := invoke(t, "state", "check", copied, "-c", r.Config); status != 0 {
		t.Errorf("the copy of before: %s%s", stdout, stderr)
	}
	if left, err := filepath.Glob(filepath.Join(r.Dir, ".copy*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// A configuration that somebody names must be there: in its place another daemon
// would answer.
func TestNamedConfigurationMustBeThere(t *testing.T) {
	status, _, stderr := invoke(t, "status", "-c", filepath.Join(t.TempDir(), "none.toml"))
	if status != 2 || !strings.Contains(stderr, "cannot read the configuration") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// The state file is held by a daemon whose control socket is not there.
func TestDaemonThatCannotBeAsked(t *testing.T) {
	r := startDaemon(t)
	if err := os.Remove(filepath.Join(r.Dir, "c.sock")); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := invoke(t, "people", "list", "-c", r.Config)
	if status != 1 || !strings.Contains(stderr, "a daemon is running but cannot be asked: no daemon answers on unix:"+r.Dir+"/c.sock;") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// What a directory says does not get to a terminal as it is.
func TestNoControlCharactersInTables(t *testing.T) {
	r := startDaemon(t)
	r.Write("people.csv", "mail,displayName,jobTitle\nalice@contoso.com,\"Alice \x1b[31mMuster\",\"a\nb\"\ncarl@contoso.com,Carl,\n")
	if _, err := r.Client.RefreshPeople(t.Context(), "", "", control.Changes); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"people", "list"}, {"people", "show", "alice@contoso.com"}} {
		_, stdout, _ := invoke(t, append(args, "-c", r.Config)...)
		if strings.ContainsAny(stdout, "\x1b\r") || !strings.Contains(stdout, "Muster") {
			t.Errorf("%s: %q", args, stdout)
		}
	}
	_, stdout, _ := invoke(t, "people", "list", "--json", "alice", "-c", r.Config)
	var p control.Person
	if err := json.Unmarshal([]byte(stdout), &p); err != nil {
		t.Errorf("%v: %q", err, stdout)
	}
}
