// Package directorytest is for tests of sources of people: it reads one whole, and makes
// what a source reads.
package directorytest

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigmilter/sigstore/directory"
)

// Reading is a reading with everybody in it.
type Reading struct {
	directory.Batch
	People []directory.Person
}

// Read reads a source and keeps everybody.
func Read(ctx context.Context, source directory.Source, cursor string, progress directory.Progress) (Reading, error) {
	people, batch, err := directory.Gather(ctx, source, cursor, progress)
	return Reading{batch, people}, err
}

// Texts are warnings as texts.
func Texts(warnings []error) (all []string) {
	for _, w := range warnings {
		all = append(all, w.Error())
	}
	return all
}

// Picture is a PNG of so many pixels.
func Picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// WriteSecret returns the path of a file that holds a secret.
func WriteSecret(t testing.TB, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// CutOff closes the connection in the middle of an answer.
func CutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"value":[`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Addresses are the primary ones, with a blank between.
func Addresses(people []directory.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Address)
	}
	return strings.Join(all, " ")
}

// Kept is a [Sink] that keeps everybody.
type Kept []directory.Person

// Add implements [Sink].
func (k *Kept) Add(p directory.Person) error {
	*k = append(*k, p)
	return nil
}

// Restart implements [Sink].
func (k *Kept) Restart() { *k = nil }

// Without returns the people without the addresses that a batch says they lost.
func (k Kept) Without(lost map[string][]string) []directory.Person {
	for i := range k {
		k[i].Addresses = slices.DeleteFunc(k[i].Addresses, func(a string) bool { return slices.Contains(lost[k[i].Address], a) })
	}
	return k
}
