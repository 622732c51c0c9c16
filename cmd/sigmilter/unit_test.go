package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const units = "../../packaging/systemd/"

// unitSettings are the lines of a unit, KEY=VALUE.
func unitSettings(t *testing.T, name string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(units + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != '[' {
			lines = append(lines, line)
		}
	}
	return lines
}

// The units say what the daemon relies on, and run verbs that there are.
func TestUnits(t *testing.T) {
	service, socket := unitSettings(t, "sigmilter.service"), unitSettings(t, "sigmilter.socket")
	for _, line := range []string{"Type=notify", "RestartPreventExitStatus=2", "WatchdogSec=30s", "StartLimitIntervalSec=0", "RuntimeDirectory=sigmilter", "StateDirectory=sigmilter"} {
		if !slices.Contains(service, line) {
			t.Errorf("sigmilter.service: no %s", line)
		}
	}
	for _, line := range []string{"FileDescriptorName=milter", "ListenStream=/run/sigmilter/milter.sock", "SocketMode=0660"} {
		if !slices.Contains(socket, line) {
			t.Errorf("sigmilter.socket: no %s", line)
		}
	}
	commands := 0
	for _, line := range service {
		key, value, _ := strings.Cut(line, "=")
		if key != "ExecStart" && key != "ExecReload" {
			continue
		}
		commands++
		words := strings.Fields(value)
		cmd, rest, err := newRootCommand().Find(words[1:])
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil || words[0] != "/usr/bin/sigmilter" || cmd.Name() != words[1] {
			t.Errorf("%s: %v", line, err)
		}
	}
	if commands != 2 {
		t.Errorf("%d commands", commands)
	}
}

// What a daemon that was taken over could do is as good as nothing.
func TestUnitIsHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("systemd-analyze is missing; make setup installs it")
		}
		t.Skip("systemd-analyze is not installed; make setup installs it")
	}
	cmd := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=15", units+"sigmilter.service")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("an exposure above 1.5: %v\n%s", err, out)
	}
}
