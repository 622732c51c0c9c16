package localfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What is no file is refused at once: a pipe nobody writes to, a device, a folder.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero", dir} {
		if _, err := Open(path); !errors.Is(err, ErrNotRegular) {
			t.Errorf("Open(%s): %v", path, err)
		}
		if _, err := Read(path, 10); !errors.Is(err, ErrNotRegular) {
			t.Errorf("Read(%s): %v", path, err)
		}
		if _, err := ReadSecret(path); !errors.Is(err, ErrNotRegular) {
			t.Errorf("ReadSecret(%s): %v", path, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if content, err := Read(path, 5); string(content) != "12345" || err != nil {
		t.Errorf("%q, %v", content, err)
	}
	if _, err := Read(path, 4); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

func TestReadSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]error{0o600: nil, 0o640: nil, 0o604: ErrExposed, 0o602: ErrExposed, 0o641: ErrExposed} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		secret, err := ReadSecret(path)
		if !errors.Is(err, want) || (err == nil) != (string(secret) == "s3cret\n") {
			t.Errorf("mode %o: %q, %v", mode, secret, err)
		}
	}
	if err := os.Truncate(path, MaxSecret+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSecret(path); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}
