package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"sigmilter/cmd/internal/config"
)

// invoke runs a command line in this process.
func invoke(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics strings.Builder
	status = run(args, strings.NewReader(""), &out, &diagnostics)
	return status, out.String(), diagnostics.String()
}

func TestUsage(t *testing.T) {
	for _, tc := range []struct {
		args           string
		status         int
		stdout, stderr string // a part of it; empty: nothing at all
	}{
		{"", 2, "", "Available Commands:"},
		{"--help", 0, "sigmilter check -c /etc/sigmilter/sigmilter.toml", ""},
		{"help check", 0, "FILE:LINE: KEY:", ""},
		{"help test", 0, "NAME.toml", ""},
		{"help import", 0, "exchange      Exchange mail flow rules: %%Name%%", ""},
		{"chek", 2, "", "sigmilter: unknown command \"chek\" for \"sigmilter\"\n\nDid you mean this?\n\tcheck\nSee 'sigmilter --help'\n"},
		{"--nonsense", 2, "", "sigmilter: unknown flag: --nonsense\nSee 'sigmilter --help'\n"},
		{"check --jsn", 2, "", "sigmilter: unknown flag: --jsn\nSee 'sigmilter check --help'\n"},
		{"check one", 2, "", "sigmilter: unexpected argument \"one\"\nSee 'sigmilter check --help'\n"},
		{"sign one two", 2, "", "unexpected argument \"two\" after MESSAGE"},
		{"test", 2, "", "DIR is missing"},
		{"man", 2, "", "sigmilter: man needs -o DIR"},
		{"mta", 2, "", "Available Commands:"},
		{"mta exim", 2, "", "unknown verb \"exim\"; sigmilter mta has postfix, sendmail"},
		{"completion", 2, "", "Available Commands:"},
		{"completion ksh", 2, "", "unknown verb \"ksh\"; sigmilter completion has bash"},
		{"check -c", 2, "", "flag needs an argument"},
		{"version now", 2, "", "See 'sigmilter version --help'"},
		{"version", 0, "sigmilter dev (" + runtime.Version() + " ", ""},
		{"--version", 0, "sigmilter dev (" + runtime.Version() + " ", ""},
		{"completion bash", 0, "bash completion", ""},
	} {
		t.Run(tc.args, func(t *testing.T) {
			status, stdout, stderr := invoke(t, strings.Fields(tc.args)...)
			if status != tc.status {
				t.Errorf("status %d, want %d", status, tc.status)
			}
			if !strings.Contains(stdout, tc.stdout) || tc.stdout == "" && stdout != "" {
				t.Errorf("stdout %q, want %q", stdout, tc.stdout)
			}
			if !strings.Contains(stderr, tc.stderr) || tc.stderr == "" && stderr != "" {
				t.Errorf("stderr %q, want %q", stderr, tc.stderr)
			}
		})
	}
}

func TestReport(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		stderr string
	}{
		{nil, 0, ""},
		{errors.New("no luck"), 1, "sigmilter: no luck\n"},
		{&exitError{status: 3}, 3, ""},
		{fmt.Errorf("serve: %w", &exitError{3, errors.New("no luck")}), 3, "sigmilter: no luck\n"},
	} {
		var stderr strings.Builder
		if got := report(tc.err, &stderr); got != tc.status || stderr.String() != tc.stderr {
			t.Errorf("%v: %d %q, want %d %q", tc.err, got, stderr.String(), tc.status, tc.stderr)
		}
	}
}

// A verb that systemd runs, such as serve, says why it failed where journalctl -p warning
// finds it.
func TestReportToJournal(t *testing.T) {
	var stat syscall.Stat_t
	if err := syscall.Fstat(2, &stat); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JOURNAL_STREAM", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino))
	var stderr strings.Builder
	report(config.Faults{{File: "a", Line: 1, Key: "b", Problem: "c"}, {File: "a", Line: 2, Key: "d", Problem: "e"}}, &stderr)
	report(errors.New("no luck"), &stderr)
	if got := stderr.String(); got != "<3>a:1: b: c\n<3>a:2: d: e\n<3>sigmilter: no luck\n" {
		t.Error(got)
	}
}

func TestVersionJSON(t *testing.T) {
	status, stdout, _ := invoke(t, "version", "--json")
	var got buildInfo
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 0 {
		t.Fatalf("status %d, %v: %s", status, err, stdout)
	}
	if got.Version == "" || got.Go != runtime.Version() || got.Platform != runtime.GOOS+"/"+runtime.GOARCH || got.Modules == nil {
		t.Errorf("got %+v", got)
	}
}
