package engine

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"sigmilter/milter/entity"
)

// Validate finds what would make an edit fail half way or mean something else
// to the MTA than it says.
func (o Outcome) Validate(body Body) error {
	for _, f := range o.Fields {
		if err := validateField(f); err != nil {
			return fmt.Errorf("%s field %q: %w", f.Op, f.Name, err)
		}
	}
	if len(o.Splices) == 0 {
		return nil
	}
	if body == nil {
		return errors.New("splices for a body that was not kept")
	}
	at, size := int64(0), body.Size()
	for _, s := range o.Splices {
		if s.Start < at || s.End < s.Start || s.End > size {
			return fmt.Errorf("splice %d-%d is out of order in a body of %d bytes", s.Start, s.End, size)
		}
		at = s.End
	}
	return nil
}

// unfolded finds a line end that no blank follows.
var unfolded = regexp.MustCompile(`\n([^ \t]|$)|\r([^\n]|$)`)

func validateField(f entity.FieldEdit) error {
	if f.Op != entity.AddField && f.Op != entity.ChangeField && f.Op != entity.DeleteField {
		return errors.New("unknown operation")
	}
	if f.Name == "" || strings.ContainsFunc(f.Name, notFieldName) {
		return errors.New("not a field name")
	}
	if f.Op != entity.AddField && f.Index < 1 {
		return fmt.Errorf("index %d, counted from 1", f.Index)
	}
	if f.Op == entity.ChangeField && strings.TrimLeft(f.Value, " ") == "" {
		return errors.New("a change to an empty value deletes the field")
	}
	if strings.ContainsRune(f.Value, 0) {
		return errors.New("NUL in the value, which ends it on the wire")
	}
	if strings.ContainsAny(f.Value, "\r\n") && unfolded.MatchString(f.Value) {
		return errors.New("a line of the value is no fold: it would be a field of its own")
	}
	return nil
}

// notFieldName reports a rune that RFC 5322 2.2 does not allow in a field name.
func notFieldName(r rune) bool { return r <= ' ' || r > '~' || r == ':' }
