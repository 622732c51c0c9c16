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
	buffer := make([]byte, min(size, 32<<10))
	for _, s := range splices {
		if s.Start < at || s.End < s.Start || s.End > size {
			return fmt.Errorf("splice %d-%d is out of order in a body of %d bytes", s.Start, s.End, size)
		}
		if err := copyRange(w, body, at, s.Start, buffer); err != nil {
			return err
		}
		if _, err := w.Write(s.New); err != nil {
			return err
		}
		at = s.End
	}
	return copyRange(w, body, at, size, buffer)
}

// copyRange writes a range of body to w through a buffer that serves many of them.
func copyRange(w io.Writer, body io.ReaderAt, from, to int64, buffer []byte) error {
	for from < to {
		n, err := body.ReadAt(buffer[:min(int64(len(buffer)), to-from)], from)
		if n == 0 {
			return err
		}
		if _, err := w.Write(buffer[:n]); err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}
