package directory

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reading is a reading with everybody in it.
type reading struct {
	Batch
	People []Person
}

// readAll reads a source and keeps everybody.
func readAll(ctx context.Context, source Source, cursor string, progress Progress) (reading, error) {
	people, batch, err := Gather(ctx, source, cursor, progress)
	return reading{batch, people}, err
}

// texts are warnings as texts.
func texts(warnings []error) (all []string) {
	for _, w := range warnings {
		all = append(all, w.Error())
	}
	return all
}

// picture is a PNG of so many pixels.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// writeSecret returns the path of a file that holds a secret.
func writeSecret(t testing.TB, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// cutOff closes the connection in the middle of an answer.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"value":[`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// addresses are the primary ones, with a blank between.
func addresses(people []Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Address)
	}
	return strings.Join(all, " ")
}

// kept is a [Sink] that keeps everybody.
type kept []Person

// Add implements [Sink].
func (k *kept) Add(p Person) error {
	*k = append(*k, p)
	return nil
}

// Restart implements [Sink].
func (k *kept) Restart() { *k = nil }
