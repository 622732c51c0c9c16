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
	for _, s := range splices {
		if s.Start < at || s.End < s.Start || s.End > size {
			return fmt.Errorf("splice %d-%d is out of order in a body of %d bytes", s.Start, s.End, size)
		}
		if err := copyRange(w, body, at, s.Start); err != nil {
			return err
		}
		if _, err := w.Write(s.New); err != nil {
			return err
		}
		at = s.End
	}
	return copyRange(w, body, at, size)
}

func copyRange(w io.Writer, body io.ReaderAt, from, to int64) error {
	if from == to {
		return nil
	}
	_, err := io.Copy(w, io.NewSectionReader(body, from, to-from))
	return err
}
