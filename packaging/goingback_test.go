package packaging_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newerSources are what makes the program of a later version of these sources: another
// schema of the state file, and a setting more.
var newerSources = []struct{ file, old, new string }{
	{"sigstore/people/layout.go", "const schema = 2\n", "const schema = 3\n"},
	{"cmd/internal/config/settings.go", `		{Key: "listen", Read:`, `		{Key: "novelty", Read: tomltree.Boolean(new(bool))},
		{Key: "listen", Read:`},
}

// newer makes a package of a later version: as deb, with the program of newerSources.
func newer(t *testing.T, deb string) string {
	t.Helper()
	program, dir, made := filepath.Join(t.TempDir(), "sigmilter"), t.TempDir(), filepath.Join(t.TempDir(), "newer.deb")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", newerOverlay(t), "-o", program, "./cmd/sigmilter")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := fmt.Sprintf(`set -e
dpkg-deb -R %s %s
cd %[2]s
sed -i 's/^Version: .*/Version: 9.0.0-1/' DEBIAN/control
cp %s usr/bin/sigmilter
dpkg-deb -Zgzip -z1 -b . %s`, deb, dir, program, made)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return made
}

// newerOverlay writes the changed sources, and how `go build -overlay` finds them.
func newerOverlay(t *testing.T) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for i, change := range newerSources {
		original, err := filepath.Abs(filepath.Join("..", change.file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), change.old) {
			t.Fatalf("%s has no %q", change.file, change.old)
		}
		replace[original] = filepath.Join(dir, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(replace[original], []byte(strings.Replace(string(text), change.old, change.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// goingBack are the commands of that section of docs/operations.md, one after the other.
func goingBack(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "\n## Going back\n")
	section, _, found := strings.Cut(section, "\n## ")
	if !ok || !found {
		t.Fatal("docs/operations.md does not say how to go back")
	}
	var commands []string
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "apt-get ") || strings.HasPrefix(line, "sigmilter ") || strings.HasPrefix(line, "rm ") || strings.HasPrefix(line, "systemctl ") {
			commands = append(commands, line)
		}
	}
	return commands
}

// Whoever goes back to an older package does as the documentation says, and is told of what
// the older version does not know. Mail waits at its sender meanwhile.
func TestGoingBack(t *testing.T) {
	need(t, "dpkg-deb")
	deb, _ := packages(t)
	commands := goingBack(t)
	if len(commands) != 4 {
		t.Fatalf("the documentation has the commands %q", commands)
	}
	install, look, remove, restart := commands[0], commands[1], commands[2], commands[3]
	m := boot(t, "debian-13")
	m.run("mkdir /root/older")
	m.copy(deb, "/root/older/sigmilter_1.0.0_amd64.deb")
	m.copy(newer(t, deb), "/root/newer.deb")

	m.run("dpkg -i /root/newer.deb")
	m.run(site + "\nsystemctl enable --quiet --now sigmilter && sigmilter status")
	m.send("first")
	m.delivered("first", "Alice Muster one")
	m.run("sed -i '1i novelty = true' /etc/sigmilter/sigmilter.toml && sigmilter reload")

	m.run("cd /root/older && " + install)
	if version := m.run("dpkg-query -W -f '${Version}' sigmilter"); !strings.HasPrefix(version, "1.0.0") {
		t.Errorf("the version is %s", version)
	}
	const sent = "smtp-source -f alice@contoso.com -t ben@example.net -F /tmp/message 127.0.0.1:25"
	if out, err := m.try(sent); err == nil || !strings.Contains(out, "451 ") {
		t.Errorf("without the daemon a message is answered: %v\n%s", err, out)
	}
	if out, err := m.try(look); err == nil || !strings.Contains(out, "/etc/sigmilter/sigmilter.toml:1: novelty: unknown key") {
		t.Errorf("%s: %v\n%s", look, err, out)
	}
	m.run("sed -i 1d /etc/sigmilter/sigmilter.toml")
	if out, err := m.try(restart); err == nil {
		t.Errorf("it starts with the state file of a newer version: %s", out)
	}
	if warnings := m.run("journalctl -u sigmilter -p warning --no-pager"); !strings.Contains(warnings, "written by a newer version of sigmilter") {
		t.Errorf("the log says:\n%s", warnings)
	}
	m.run(remove)
	m.run(restart)
	m.run(look)
	m.send("second")
	m.delivered("second", "Alice Muster one")
}
