package csvfile

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/localfile"
)

// fingerprint names the contents of the files as they are, and how they are
// read.
type fingerprint struct {
	Path    string            `json:"path"`
	Size    int64             `json:"size"`
	Changed time.Time         `json:"changed"`
	Columns map[string]string `json:"columns,omitempty"`
	Charset string            `json:"charset,omitempty"`
	Photos  string            `json:"photos,omitempty"`
	Folder  string            `json:"folder,omitempty"` // hash of the photos in the folder
	Named   string            `json:"named,omitempty"`  // of those the column names
	// Unsettled is any text, and no other reading's, when something was changed too
	// lately for the rest to tell the next change.
	Unsettled string `json:"unsettled,omitempty"`

	newest time.Time
}

// fingerprint leaves out the photos that the column names, for these must be read
// first.
func (c Source) fingerprint(f *os.File, photos *photoFiles) (p fingerprint, err error) {
	info, err := f.Stat()
	if err != nil {
		return p, err
	}
	p = fingerprint{
		Path: c.Path, Size: info.Size(), Changed: info.ModTime(), Columns: c.Columns, Charset: c.Charset,
		Photos: c.Photos, newest: info.ModTime(),
	}
	folder := &fileHash{of: &p, root: photos.folder}
	for _, name := range slices.Sorted(maps.Values(photos.byAddress)) {
		folder.addFile(name)
	}
	p.Folder = folder.sum()
	return p, nil
}

// fileHash is the hash of the sizes and times of files.
type fileHash struct {
	of    *fingerprint
	root  *os.Root
	state hash.Hash // nil before the first file
}

// namedPhotos begins the hash of the photos that the column names.
func (p *fingerprint) namedPhotos(photos *photoFiles) *fileHash {
	return &fileHash{of: p, root: photos.beside}
}

// add adds the photo that the column names for a person.
func (h *fileHash) add(p directory.Person) {
	if name := p.Attributes[photoColumn]; name != "" {
		h.addFile(name)
	}
}

// addFile adds a file. One that is not there may come later.
func (h *fileHash) addFile(name string) {
	if h.state == nil {
		h.state = sha256.New()
	}
	info, err := h.root.Stat(filepath.FromSlash(name))
	if err != nil {
		fmt.Fprintf(h.state, "%q cannot be read\n", name)
		return
	}
	localfile.WriteStat(h.state, name, info)
	if info.ModTime().After(h.of.newest) {
		h.of.newest = info.ModTime()
	}
}

// sum is empty for no file.
func (h *fileHash) sum() string {
	if h.state == nil {
		return ""
	}
	return hex.EncodeToString(h.state.Sum(nil))
}

// cursorNamed is the hash of the photos that the column named, as a cursor has it.
func cursorNamed(cursor string) string {
	var p fingerprint
	if json.Unmarshal([]byte(cursor), &p) != nil {
		return ""
	}
	return p.Named
}

// cursor is not the same twice when something was changed too lately to tell the next
// change.
func (p fingerprint) cursor() string {
	if time.Since(p.newest) < localfile.Settled {
		p.Unsettled = rand.Text()
	}
	text, err := json.Marshal(p)
	if err != nil { // a year past 9999
		return ""
	}
	return string(text)
}

// counter counts what is read of a file, to tell how far that is.
type counter struct {
	in       io.Reader
	size     int64
	read     int64
	progress directory.Progress
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.read += int64(n)
	return n, err
}

// tell reports a number of people, and by the bytes they took how many there are.
func (c *counter) tell(people int) {
	if c.progress == nil || people%1000 != 0 {
		return
	}
	c.progress(people, int(float64(people)/float64(max(c.read, 1))*float64(c.size)))
}
