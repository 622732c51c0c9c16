package miltertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Modification is one change a milter asks for at end-of-message.
type Modification struct {
	Op    Op
	Index int    // ChangeField: which field of the name, from 1; InsertField: where
	Name  string // of the field
	Value string // of the field, the address, or the reason
	Body  []byte // ReplaceBody: one chunk
}

// Op names a modification.
type Op string

// The modifications by name.
const (
	AddField        Op = "add field"
	InsertField     Op = "insert field"
	ChangeField     Op = "change field" // to an empty value: delete
	ReplaceBody     Op = "replace body"
	AddRecipient    Op = "add recipient"
	DeleteRecipient Op = "delete recipient"
	ChangeSender    Op = "change sender"
	Quarantine      Op = "quarantine"
)

// packet describes a modification's packet: what it needs to have been agreed
// on and how its data are laid out.
type packet struct {
	op      Op
	action  uint32
	indexed bool // a number comes first
	strings int  // then so many strings; 0 means raw bytes
}

var packets = map[byte]packet{
	'h': {AddField, 1 << 0, false, 2},
	'i': {InsertField, 1 << 0, true, 2},
	'b': {ReplaceBody, 1 << 1, false, 0},
	'+': {AddRecipient, 1 << 2, false, 1},
	'-': {DeleteRecipient, 1 << 3, false, 1},
	'm': {ChangeField, 1 << 4, true, 2},
	'q': {Quarantine, 1 << 5, false, 1},
	'e': {ChangeSender, 1 << 6, false, 1},
}

// progress is the packet by which a milter asks for more time.
const progress = 'p'

// record collects the modifications of one end-of-message.
type record struct {
	actions       uint32 // agreed on
	modifications []Modification
	bodyEnded     bool // another modification came after a body chunk
}

// add checks one packet against an MTA's rules and notes it.
func (r *record) add(code byte, data []byte) error {
	if code == progress {
		return nil
	}
	p, ok := packets[code]
	if !ok {
		return fmt.Errorf("breach: packet %q is neither reply nor modification", code)
	}
	if r.actions&p.action == 0 {
		return fmt.Errorf("breach: %s was not agreed on", p.op)
	}
	m, err := p.decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w", p.op, err)
	}
	if err := r.order(m.Op); err != nil {
		return err
	}
	r.modifications = append(r.modifications, m)
	return nil
}

// order enforces Postfix's rule that the chunks of a body come in one run.
func (r *record) order(op Op) error {
	n := len(r.modifications)
	afterChunk := n > 0 && r.modifications[n-1].Op == ReplaceBody
	if op != ReplaceBody && afterChunk {
		r.bodyEnded = true
	}
	if op == ReplaceBody && r.bodyEnded {
		return errors.New("breach: a second run of body chunks")
	}
	return nil
}

func (p packet) decode(data []byte) (Modification, error) {
	m := Modification{Op: p.op}
	if p.indexed {
		if len(data) < 4 {
			return m, errors.New("breach: the index is missing")
		}
		m.Index = int(binary.BigEndian.Uint32(data))
		data = data[4:]
	}
	if p.strings == 0 {
		m.Body = data
		return m, nil
	}
	values, err := cutStrings(data, p.strings)
	if err != nil {
		return m, err
	}
	if p.strings == 2 {
		m.Name = values[0]
	}
	m.Value = values[p.strings-1]
	return m, m.validate()
}

// validate checks what an MTA would write into a header as it is.
func (m Modification) validate() error {
	switch {
	case m.Name == "" && (m.Op == AddField || m.Op == InsertField || m.Op == ChangeField):
		return errors.New("breach: no field name")
	case strings.ContainsAny(m.Name, ": \t\r\n"):
		return fmt.Errorf("breach: field name %q", m.Name)
	case strings.Contains(m.Value, "\r"):
		return errors.New("breach: CR in a value")
	case m.Op == ChangeField && m.Index < 1:
		return fmt.Errorf("breach: index %d, counted from 1", m.Index)
	}
	for _, line := range strings.Split(m.Value, "\n")[1:] {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			return errors.New("breach: a line of a value does not begin with a blank")
		}
	}
	return nil
}
