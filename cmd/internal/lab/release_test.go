package lab

import (
	"bufio"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The mail servers of Debian 13 are those of Debian 13, and leave its root as it is.
func TestMailServersOfDebian13(t *testing.T) {
	t.Run("Postfix", func(t *testing.T) {
		RequirePostfixOf(t, Debian13)
		postfix, err := StartPostfix(TestDir(t), PostfixOptions{Release: Debian13, NextHop: deadEnd(t)})
		if err != nil {
			t.Fatal(err)
		}
		defer postfix.Stop()
		version, err := postfix.programs.root.command(postfix.dir, "/usr/sbin/postconf", "-h", "mail_version").Output()
		if err != nil || !strings.HasPrefix(string(version), "3.10.") {
			t.Errorf("Postfix is %q: %v", version, err)
		}
		wantUntouched(t, postfix.programs.root, postfix.dir)
	})
	t.Run("Sendmail", func(t *testing.T) {
		RequireSendmailOf(t, Debian13)
		sendmail, err := StartSendmail(TestSafeDir(t), SendmailOptions{Release: Debian13, NextHop: deadEnd(t)})
		if err != nil {
			t.Fatal(err)
		}
		defer sendmail.Stop()
		conn, err := net.Dial("tcp", sendmail.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(startTimeout)); err != nil {
			t.Fatal(err)
		}
		greeting, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(greeting, "Sendmail 8.18.") {
			t.Errorf("it greets with %q: %v", greeting, err)
		}
		wantUntouched(t, sendmail.programs.root, sendmail.dir)
	})
}

func wantUntouched(t *testing.T, layers root, dir string) {
	t.Helper()
	for _, layer := range layers {
		if _, err := os.Stat(filepath.Join(layer, dir)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is in %s: %v", dir, layer, err)
		}
	}
}

// Where there is no Debian 13, it is said what makes one.
func TestNoDebian13(t *testing.T) {
	t.Setenv(debianRoot, filepath.Join(t.TempDir(), "debian-12"))
	if _, err := findPostfix(Debian13); !errors.Is(err, ErrNoPostfix) || !strings.Contains(err.Error(), "as root: make setup") {
		t.Errorf("Postfix: %v", err)
	}
	t.Setenv(sendmailRoot, t.TempDir())
	if _, err := findSendmail(Debian13); !errors.Is(err, ErrNoSendmail) || !strings.Contains(err.Error(), "as root: make setup") {
		t.Errorf("Sendmail: %v", err)
	}
}
