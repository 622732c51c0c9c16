package milter

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
)

func TestBodyStore(t *testing.T) {
	chunks := [][]byte{[]byte("one"), {}, []byte("two and "), []byte("three")}
	whole := bytes.Join(chunks, nil)
	for _, limit := range []int64{0, 2, 3, 11, 15, 16, 100} {
		dir := t.TempDir()
		b := newBodyStore(limit, dir)
		for _, c := range chunks {
			if err := b.Keep(c); err != nil {
				t.Fatalf("limit %d: Keep: %v", limit, err)
			}
		}
		if inFile := b.file != nil; inFile != (int64(len(whole)) > limit) {
			t.Errorf("limit %d: in a file: %v", limit, inFile)
		}
		if b.Size() != int64(len(whole)) {
			t.Errorf("limit %d: size %d", limit, b.Size())
		}
		checkReadAt(t, b, whole)
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
			t.Errorf("limit %d: files %v, %v", limit, files, err)
		}
		if err := b.Close(); err != nil || b.Size() != 0 || b.file != nil {
			t.Errorf("limit %d: Close: %v, size %d", limit, err, b.Size())
		}
	}
}

// checkReadAt compares every read with that of a bytes.Reader.
func checkReadAt(t *testing.T, b *bodyStore, whole []byte) {
	t.Helper()
	reference := bytes.NewReader(whole)
	for off := int64(-1); off <= int64(len(whole))+1; off++ {
		for n := range len(whole) + 2 {
			want, got := make([]byte, n), make([]byte, n)
			wantN, wantErr := reference.ReadAt(want, off)
			gotN, gotErr := b.ReadAt(got, off)
			eof := n > 0 && wantErr == io.EOF
			if gotN != wantN || !bytes.Equal(got, want) || (off >= 0 && n > 0 && (gotErr == io.EOF) != eof) || (off < 0 && gotErr == nil) {
				t.Fatalf("ReadAt(%d, %d): %d, %v, want %d, %v", n, off, gotN, gotErr, wantN, wantErr)
			}
			if view := b.View(off, int64(n)); view != nil && (wantN < n || !bytes.Equal(view, want)) {
				t.Fatalf("View(%d, %d): %q, want %q", off, n, view, want[:wantN])
			}
		}
	}
}

func TestBodyStoreWithoutAFolder(t *testing.T) {
	b := newBodyStore(3, t.TempDir()+"/none")
	if err := b.Keep([]byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := b.Keep([]byte("two")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Keep: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// Chunks as large as an MTA's are kept as they come, small ones together.
func TestBodyStoreChunks(t *testing.T) {
	b := newBodyStore(1<<20, t.TempDir())
	var whole []byte
	for i, n := range []int{5000, 1, 2, 6000, 3, 4096} {
		c := bytes.Repeat([]byte{byte('a' + i)}, n)
		whole = append(whole, c...)
		if err := b.Keep(c); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.chunks) != 3 {
		t.Errorf("%d chunks", len(b.chunks))
	}
	for _, at := range []int{0, 4999, 5000, 5001, 5003, 11002, 11003, 11006, len(whole) - 1} {
		got := make([]byte, 6010)
		n, err := b.ReadAt(got, int64(at))
		if want := whole[at:min(at+len(got), len(whole))]; !bytes.Equal(got[:n], want) || (err == io.EOF) != (n < len(got)) {
			t.Errorf("at %d: %d bytes, %v", at, n, err)
		}
	}
}

// What is in one chunk is seen there, what is in several or in a file is not.
func TestBodyStoreView(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789"), smallChunk/5)
	b := newBodyStore(int64(2*len(large)), t.TempDir())
	for range 2 {
		if err := b.Keep(large); err != nil {
			t.Fatal(err)
		}
	}
	size := int64(len(large))
	for _, c := range []struct {
		at, n int64
		seen  bool
	}{{0, size, true}, {5, 10, true}, {size, size, true}, {size - 1, 2, false}, {0, 2*size + 1, false}, {2 * size, 1, false}, {-1, 1, false}} {
		view := b.View(c.at, c.n)
		if (view != nil) != c.seen || c.seen && (int64(len(view)) != c.n || view[0] != large[c.at%size]) {
			t.Errorf("View(%d, %d): %d bytes, want them seen: %v", c.at, c.n, len(view), c.seen)
		}
	}
	if err := b.Keep([]byte("x")); err != nil || b.View(0, 1) != nil {
		t.Errorf("a body in a file is seen in memory (%v)", err)
	}
}
