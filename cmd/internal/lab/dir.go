package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// NewDir makes a temporary directory that the user postfix can reach, as
// Postfix's own files and a milter socket need. Its path is short: a socket's
// path may have 107 bytes only. The caller removes it.
func NewDir() (string, error) {
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		return "", fmt.Errorf("make lab directory: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("open lab directory to Postfix: %w", err)
	}
	return dir, nil
}

// safeDir is where Sendmail's files are made.
//
// QUIRK: Sendmail refuses a milter's socket below any folder that everybody may
// write to, /tmp for one, though it be sticky.
const safeDir = "/run"

// reachable makes sure that everybody may pass through dir and all above it.
func reachable(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("lab directory %s: not an absolute path", dir)
	}
	for d := dir; d != "/"; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return fmt.Errorf("lab directory %s: %w", dir, err)
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("lab directory %s: user postfix cannot pass through %s (mode %04o)", dir, d, info.Mode().Perm())
		}
	}
	return nil
}

// RequirePostfix skips the test where Postfix cannot be run; with CI=true in the
// environment the test fails instead.
func RequirePostfix(t testing.TB) {
	t.Helper()
	RequirePostfixOf(t, Installed)
}

// RequirePostfixOf is [RequirePostfix] for that of a release.
func RequirePostfixOf(t testing.TB, release Release) {
	t.Helper()
	_, err := findPostfix(release)
	require(t, err, ErrNoPostfix)
}

// RequireSendmail skips the test where Sendmail cannot be run; with CI=true in
// the environment the test fails instead.
func RequireSendmail(t testing.TB) {
	t.Helper()
	RequireSendmailOf(t, Installed)
}

// RequireSendmailOf is [RequireSendmail] for that of a release.
func RequireSendmailOf(t testing.TB, release Release) {
	t.Helper()
	_, err := findSendmail(release)
	require(t, err, ErrNoSendmail)
}

// require skips the test if the error is the absence of a program, unless CI
// says that it must be there.
func require(t testing.TB, err, absent error) {
	t.Helper()
	if err == nil {
		return
	}
	if errors.Is(err, absent) && os.Getenv("CI") != "true" {
		t.Skip(err)
		return
	}
	t.Fatal(err)
}

// TestDir is [NewDir] for a test, removed at its end. What runs in it must be
// stopped before, by the test's own clean-up.
func TestDir(t testing.TB) string {
	t.Helper()
	dir, err := NewDir()
	if err != nil {
		t.Fatal(err)
	}
	removeAtEnd(t, dir)
	return dir
}

// TestSafeDir is a directory for a test with Sendmail, removed at its end: one
// that Sendmail takes a milter's socket in.
func TestSafeDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(safeDir, "lab")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatalf("make lab directory: %v", err)
	}
	removeAtEnd(t, dir)
	return dir
}

func removeAtEnd(t testing.TB, dir string) {
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove lab directory: %v", err)
		}
	})
}
