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
	_, err := findPostfix()
	switch {
	case err == nil:
	case errors.Is(err, ErrNoPostfix) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// TestDir is [NewDir] for a test, removed at its end. What runs in it must be
// stopped before, by the test's own clean-up.
func TestDir(t testing.TB) string {
	t.Helper()
	dir, err := NewDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove lab directory: %v", err)
		}
	})
	return dir
}
