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
