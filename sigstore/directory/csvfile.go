package directory

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/text/encoding/htmlindex"
)

// settled is how old a file's last change must be for its time and size to tell
// any later change: file systems keep times in steps of up to two seconds.
const settled = 2 * time.Second

// cursor names the contents of the file as it is now, and how they are read. It
// is empty when the file was changed too lately to tell.
func (c CSV) cursor(f *os.File) (cursor string, size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	if time.Since(info.ModTime()) < settled {
		return "", info.Size(), nil
	}
	text, err := json.Marshal(struct {
		Path    string            `json:"path"`
		Size    int64             `json:"size"`
		Changed time.Time         `json:"changed"`
		Columns map[string]string `json:"columns,omitempty"`
		Charset string            `json:"charset,omitempty"`
	}{c.Path, info.Size(), info.ModTime(), c.Columns, c.Charset})
	return string(text), info.Size(), err
}

// decoded is a file in a charset as UTF-8.
func decoded(in io.Reader, charset string) (io.Reader, error) {
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); charset == "" || string(mark) == "\uFEFF" {
		return buffered, nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %q is not known", charset)
	}
	return e.NewDecoder().Reader(buffered), nil
}

// counter counts what is read of a file, to tell how far that is.
type counter struct {
	in       io.Reader
	size     int64
	read     int64
	progress Progress
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
