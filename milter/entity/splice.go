package entity

import (
	"fmt"
	"io"
)

// Splice replaces the bytes [Start, End) of the original body by New. Offsets
// count from the first byte after the blank line that ends the header.
type Splice struct {
	Start, End int64
	New        []byte
}

// FieldOp says what a [FieldEdit] does.
type FieldOp string

// The operations of a [FieldEdit], by the names the report uses.
const (
	AddField    FieldOp = "add"
	ChangeField FieldOp = "change"
	DeleteField FieldOp = "delete"
)

// FieldEdit changes one field of the message's own header, in the terms of the
// milter protocol: Index counts the fields of that name from 1 in the header as
// it is when the edit is carried out; adding puts the field at the header's end.
type FieldEdit struct {
	Op    FieldOp
	Name  string
	Index int
	Value string // without the final line end; folds are LF and a blank
}

// Edit replaces the bytes [Start, End) of a leaf's UTF-8 text by New.
type Edit struct {
	Start, End int
	New        string
}

// WritePatched writes the first size bytes of body to w with the splices, which
// must be in order and apart, carried out.
func WritePatched(w io.Writer, body io.ReaderAt, size int64, splices []Splice) error {
	at := int64(0)
	c := copier{body: body}
	if r, reads := w.(io.ReaderFrom); reads {
		c.to = r
	} else {
		c.to = &bufferedWriter{w, make([]byte, min(size, 32<<10))}
	}
	for _, s := range splices {
		if s.Start < at || s.End < s.Start || s.End > size {
			return fmt.Errorf("splice %d-%d is out of order in a body of %d bytes", s.Start, s.End, size)
		}
		if err := c.copy(at, s.Start); err != nil {
			return err
		}
		if _, err := w.Write(s.New); err != nil {
			return err
		}
		at = s.End
	}
	return c.copy(at, size)
}

// copier copies ranges of a body, and is what they are read from.
type copier struct {
	body     io.ReaderAt
	to       io.ReaderFrom // which takes the bytes to their place: copied once less
	from, up int64         // what of the body is to be read yet
}

func (c *copier) copy(from, up int64) error {
	if from == up {
		return nil
	}
	c.from, c.up = from, up
	_, err := c.to.ReadFrom(c)
	if err == nil && c.from < c.up {
		err = io.EOF
	}
	return err
}

// Read implements [io.Reader].
func (c *copier) Read(p []byte) (int, error) {
	if c.from == c.up {
		return 0, io.EOF
	}
	n, err := c.body.ReadAt(p[:min(int64(len(p)), c.up-c.from)], c.from)
	c.from += int64(n)
	if n > 0 && err == io.EOF { // of the body, where the range may end too
		err = nil
	}
	return n, err
}

// bufferedWriter is a writer that takes what it reads through a buffer that serves many
// ranges.
type bufferedWriter struct {
	io.Writer
	buffer []byte
}

// ReadFrom implements [io.ReaderFrom].
func (w *bufferedWriter) ReadFrom(r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w.Writer}, r, w.buffer)
}
