package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
)

// mtaConfig writes a configuration that listens on the socket.
func mtaConfig(t *testing.T, listen string) string {
	t.Helper()
	site, err := lab.WriteSite(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(site.Config)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), site.Milter(), listen, 1)
	if err := os.WriteFile(site.Config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return site.Config
}

// fakePostconf puts a program in the place of postconf that answers by its
// flags, -x, -F or -P, from files, and writes down what -e is given.
func fakePostconf(t *testing.T, settings, fields string) (said string) {
	t.Helper()
	dir := t.TempDir()
	said = filepath.Join(dir, "said")
	script := fmt.Sprintf(`#!/bin/sh
while [ $# -gt 0 ]; do case $1 in
-x) cat %[1]s/settings; exit;;
-F) cat %[1]s/fields; exit;;
-P) exit;;
-e) shift; printf '%%s\n' "$@" > %[2]s; exit;;
*) shift;;
esac; done
`, dir, said)
	for name, content := range map[string]string{"postconf": script, "settings": settings, "fields": fields} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return said
}

func TestMTAPostfix(t *testing.T) {
	dir := t.TempDir()
	main := filepath.Join(dir, "main.cf")
	if err := os.WriteFile(main, []byte("# as it was\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	said := fakePostconf(t, "config_directory = "+dir+"\nqueue_directory = /var/spool/postfix\nmilter_default_action = accept\n",
		"smtp/inet/chroot = y\nsmtp/inet/command = smtpd\n")
	config := mtaConfig(t, "unix:/var/spool/postfix/sigmilter/milter.sock")

	outside := mtaConfig(t, "unix:/run/sigmilter/milter.sock")
	if status, stdout, stderr := invoke(t, "mta", "postfix", "-c", outside, "--apply"); status != 1 || stdout != "" || !strings.Contains(stderr, "runs in a chroot") {
		t.Errorf("apply with a socket outside the chroot: status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	status, stdout, stderr := invoke(t, "mta", "postfix", "-c", config)
	if status != 0 || stderr != "" || !strings.HasPrefix(stdout, "smtpd_milters = unix:sigmilter/milter.sock\n") {
		t.Errorf("print: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	status, stdout, stderr = invoke(t, "mta", "postfix", "-c", config, "--check")
	for _, want := range []string{"milter: smtpd_milters does not name", "default-action: smtp/inet: milter_default_action = accept"} {
		if status != 1 || stderr != "" || !strings.Contains(stdout, want) {
			t.Errorf("check: status %d, stderr %q, want %q in\n%s", status, stderr, want, stdout)
		}
	}
	if status, stdout, _ = invoke(t, "mta", "postfix", "-c", config, "--check", "--json"); status != 1 || !strings.Contains(stdout, `"check": "default-action"`) {
		t.Errorf("check --json: status %d:\n%s", status, stdout)
	}
	if _, err := os.Stat(said); err == nil {
		t.Fatal("something was set without --apply")
	}
	if status, stdout, stderr = invoke(t, "mta", "postfix", "-c", config, "--apply"); status != 0 {
		t.Fatalf("apply: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	set, err := os.ReadFile(said)
	if err != nil || !strings.Contains(string(set), "milter_default_action = tempfail\n") {
		t.Errorf("apply set %q, %v", set, err)
	}
	backups, err := filepath.Glob(main + ".before-sigmilter-*")
	if err != nil || len(backups) != 1 {
		t.Fatalf("copies of main.cf: %q, %v", backups, err)
	}
	if b, err := os.ReadFile(backups[0]); err != nil || string(b) != "# as it was\n" {
		t.Errorf("the copy reads %q, %v", b, err)
	}
}

// What --apply sets is what --check asks for, by Postfix' own postconf.
func TestMTAPostfixApplied(t *testing.T) {
	lab.RequirePostfix(t)
	dir := t.TempDir()
	for name, content := range map[string]string{
		"main.cf":   "compatibility_level = 3.6\nsmtpd_milters = unix:opendkim/opendkim.sock\nmilter_default_action = accept\n",
		"master.cf": "smtp inet n - y - - smtpd\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	config := mtaConfig(t, "unix:/var/spool/postfix/sigmilter/milter.sock")
	args := []string{"mta", "postfix", "-c", config, "--config-directory", dir}
	_, before, _ := invoke(t, append(args, "--check")...)
	if status, stdout, stderr := invoke(t, append(args, "--apply")...); status != 0 {
		t.Fatalf("status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	if status, stdout, stderr := invoke(t, append(args, "--apply")...); status != 0 || !strings.HasPrefix(stdout, "nothing to set") {
		t.Errorf("applied again: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	if copies, err := filepath.Glob(filepath.Join(dir, "main.cf.before-sigmilter-*")); err != nil || len(copies) != 1 {
		t.Errorf("copies of main.cf: %q, %v", copies, err)
	}
	_, after, _ := invoke(t, append(args, "--check")...)
	for _, check := range []string{"milter", "default-action", "message-size", "header-size", "tls-versions"} {
		if !strings.Contains("\n"+before, "\n"+check+": ") || strings.Contains("\n"+after, "\n"+check+": ") {
			t.Errorf("%s: before\n%safter\n%s", check, before, after)
		}
	}
	if !strings.Contains(after, "certificate-in: smtpd_tls_chain_files is empty") {
		t.Errorf("no word of the certificate:\n%s", after)
	}
}

// --remove brings back what --apply has changed, and nothing else.
func TestMTAPostfixRemoved(t *testing.T) {
	lab.RequirePostfix(t)
	const before = "# a comment\ncompatibility_level = 3.6\nsmtpd_milters = unix:opendkim/opendkim.sock\nmilter_default_action = accept\nmyhostname = ${mydomain}\n"
	for _, tt := range []struct {
		name   string
		change map[string]string // by hand, between --apply and --remove
		want   string            // of main.cf, in place of before
		says   []string
		copies int
	}{
		{"as it was", nil, before, []string{"milter_default_action = accept\n", "message_size_limit (Postfix' default)\n", "now run: postfix reload"}, 0},
		{"other settings stay", map[string]string{"myorigin": "contoso.com"}, before + "myorigin = contoso.com\n", nil, 0},
		{"a filter that came later stays", map[string]string{"smtpd_milters": "unix:sigmilter/milter.sock, inet:localhost:11332"},
			strings.Replace(before, "unix:opendkim/opendkim.sock", "inet:localhost:11332", 1), nil, 0},
		{"what somebody has changed stays", map[string]string{"header_size_limit": "500000"}, before + "header_size_limit = 500000\n",
			[]string{"left: header_size_limit = 500000, which somebody has changed; before it was Postfix' default"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			main := filepath.Join(dir, "main.cf")
			for name, content := range map[string]string{"main.cf": before, "master.cf": "smtp inet n - y - - smtpd\n"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"mta", "postfix", "-c", mtaConfig(t, "unix:/var/spool/postfix/sigmilter/milter.sock"), "--config-directory", dir}
			if status, _, stderr := invoke(t, append(args, "--apply")...); status != 0 {
				t.Fatal(stderr)
			}
			for name, value := range tt.change {
				if _, err := postconf(t.Context(), dir, "-e", name+" = "+value); err != nil {
					t.Fatal(err)
				}
			}
			status, stdout, stderr := invoke(t, append(args, "--remove")...)
			if status != 0 || stderr != "" {
				t.Fatalf("status %d, stderr %q:\n%s", status, stderr, stdout)
			}
			for _, want := range tt.says {
				if !strings.Contains(stdout, want) {
					t.Errorf("%q is not in\n%s", want, stdout)
				}
			}
			if b, err := os.ReadFile(main); err != nil || string(b) != tt.want {
				t.Errorf("main.cf reads\n%s, want\n%s, %v", b, tt.want, err)
			}
			if copies, err := filepath.Glob(main + ".before-sigmilter-*"); err != nil || len(copies) != tt.copies {
				t.Errorf("copies left: %q, %v", copies, err)
			}
			if _, stdout, _ = invoke(t, append(args, "--remove")...); tt.copies == 0 && !strings.HasPrefix(stdout, "nothing to undo") {
				t.Errorf("removed again:\n%s", stdout)
			}
		})
	}
}

// Without the copy only the socket can be taken out. What --apply sets twice keeps the
// first copy: it is the one of before.
func TestMTAPostfixCopies(t *testing.T) {
	lab.RequirePostfix(t)
	dir := t.TempDir()
	main := filepath.Join(dir, "main.cf")
	for name, content := range map[string]string{"main.cf": "compatibility_level = 3.6\n", "master.cf": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"mta", "postfix", "-c", mtaConfig(t, "inet:127.0.0.1:8899"), "--config-directory", dir}
	for range 2 {
		if status, _, stderr := invoke(t, append(args, "--apply")...); status != 0 {
			t.Fatal(stderr)
		}
		if _, err := postconf(t.Context(), dir, "-e", "milter_protocol = 2"); err != nil {
			t.Fatal(err)
		}
	}
	copies, err := filepath.Glob(main + ".before-sigmilter-*")
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies: %q, %v", copies, err)
	}
	if b, err := os.ReadFile(copies[0]); err != nil || string(b) != "compatibility_level = 3.6\n" {
		t.Errorf("the copy reads %q, %v", b, err)
	}
	if err := os.Remove(copies[0]); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := invoke(t, append(args, "--remove")...)
	if status != 0 || stderr != "" || !strings.Contains(stdout, "smtpd_milters (Postfix' default)\nthere is no copy of before --apply") {
		t.Errorf("status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	if b, err := os.ReadFile(main); err != nil || strings.Contains(string(b), "smtpd_milters") || !strings.Contains(string(b), "message_size_limit = 157286400") {
		t.Errorf("main.cf reads\n%s, %v", b, err)
	}
}

func TestMTASendmail(t *testing.T) {
	config := mtaConfig(t, "unix:/run/sigmilter/milter.sock")
	status, stdout, stderr := invoke(t, "mta", "sendmail", "-c", config, "--print")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "INPUT_MAIL_FILTER(`sigmilter', `S=unix:/run/sigmilter/milter.sock, F=T") {
		t.Errorf("print: status %d, stderr %q:\n%s", status, stderr, stdout)
	}
	cf := filepath.Join(t.TempDir(), "sendmail.cf")
	if status, _, stderr = invoke(t, "mta", "sendmail", "-c", config, "--check", "--cf", cf); status != 1 || !strings.Contains(stderr, "name it with --cf") {
		t.Errorf("without a file: status %d, stderr %q", status, stderr)
	}
	if err := os.WriteFile(cf, []byte("Xsigmilter, S=unix:/run/sigmilter/milter.sock\nO InputMailFilters=sigmilter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, stdout, _ = invoke(t, "mta", "sendmail", "-c", config, "--check", "--cf", cf); status != 1 || !strings.Contains(stdout, "default-action: the filter has no F=") {
		t.Errorf("check: status %d:\n%s", status, stdout)
	}
}

func TestMTAFlagsExclude(t *testing.T) {
	if status, _, stderr := invoke(t, "mta", "postfix", "--check", "--apply"); status != 2 || !strings.Contains(stderr, "--check and --apply exclude each other") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}
