package localfile

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// What is no file is refused at once: a pipe nobody writes to, a device, a folder.
func TestSecretLineOfNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero", dir} {
		if _, err := SecretLine(path); !errors.Is(err, ErrNotRegular) {
			t.Errorf("SecretLine(%s): %v", path, err)
		}
	}
}
