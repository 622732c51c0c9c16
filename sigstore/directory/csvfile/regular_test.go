package csvfile

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/localfile"
)

// What is no file is refused at once: a pipe nobody writes to, a device, a folder.
func TestRegular(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero", dir} {
		if _, err := localfile.SecretLine(path); !errors.Is(err, localfile.ErrNotRegular) {
			t.Errorf("localfile.SecretLine(%s): %v", path, err)
		}
		if _, err := directorytest.Read(t.Context(), (Source{Path: path}), "", nil); !errors.Is(err, localfile.ErrNotRegular) {
			t.Errorf("CSV %s: %v", path, err)
		}
	}
}
