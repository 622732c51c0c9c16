package miltertest

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// mail is a message as an MTA holds it: line ends are CRLF throughout.
type mail struct {
	fields []field
	blank  bool // the line between header and body is there
	body   []byte
}

// field is one field with its bytes as they came.
type field struct {
	name string
	raw  []byte // name, colon, value and the last CRLF
}

var fieldLine = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)

// parseMail reads a message. Lines that end in a bare LF get their CR, as in any
// MTA that reads a file.
func parseMail(raw []byte) *mail {
	m := &mail{}
	rest := toCRLF(raw)
	for len(rest) > 0 {
		line := firstLine(rest)
		if len(line) == 2 {
			m.blank = true
			rest = rest[2:]
			break
		}
		continued := len(m.fields) > 0 && (line[0] == ' ' || line[0] == '\t')
		if !continued && !fieldLine.Match(line) {
			break
		}
		if continued {
			last := &m.fields[len(m.fields)-1]
			last.raw = append(last.raw, line...)
		} else {
			name, _, _ := strings.Cut(string(line), ":")
			m.fields = append(m.fields, field{strings.TrimRight(name, " \t"), slices.Clone(line)})
		}
		rest = rest[len(line):]
	}
	m.body = rest
	return m
}

// toCRLF gives each bare LF its CR, and a last line its end.
func toCRLF(raw []byte) []byte {
	b := make([]byte, 0, len(raw)+2)
	for len(raw) > 0 {
		line := firstLine(raw)
		raw = raw[len(line):]
		line = bytes.TrimSuffix(line, []byte("\n"))
		b = append(append(b, bytes.TrimSuffix(line, []byte("\r"))...), '\r', '\n')
	}
	return b
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// value is the field's value as a milter gets it.
func (f field) value(leadingBlank bool) string {
	_, v, _ := strings.Cut(string(f.raw), ":")
	v = strings.ReplaceAll(strings.TrimSuffix(v, "\r\n"), "\r\n", "\n")
	if !leadingBlank {
		v = strings.TrimPrefix(v, " ")
	}
	return v
}

// newField is a field with a value as a milter gives it.
func newField(name, value string, leadingBlank bool) field {
	if !leadingBlank {
		value = " " + value
	}
	value = strings.ReplaceAll(value, "\n", "\r\n")
	return field{name, []byte(name + ":" + value + "\r\n")}
}

// apply carries out a milter's modifications of header and body.
func (m *mail) apply(changes []Modification, leadingBlank bool) {
	var body []byte
	replaced := false
	for _, c := range changes {
		switch c.Op {
		case AddField:
			m.fields = append(m.fields, newField(c.Name, c.Value, leadingBlank))
		case InsertField:
			m.fields = slices.Insert(m.fields, min(c.Index, len(m.fields)), newField(c.Name, c.Value, leadingBlank))
		case ChangeField:
			m.change(c, leadingBlank)
		case ReplaceBody:
			replaced = true
			body = append(body, c.Body...)
		}
	}
	if replaced {
		m.body = toCRLF(body)
	}
}

// change carries out one change: an index beyond the last field of the name
// adds one, as both MTAs do; an empty value deletes.
func (m *mail) change(c Modification, leadingBlank bool) {
	n := 0
	for i, f := range m.fields {
		if !strings.EqualFold(f.name, c.Name) {
			continue
		}
		if n++; n < c.Index {
			continue
		}
		if c.Value == "" {
			m.fields = slices.Delete(m.fields, i, i+1)
		} else {
			m.fields[i] = newField(f.name, c.Value, leadingBlank)
		}
		return
	}
	if c.Value != "" {
		m.fields = append(m.fields, newField(c.Name, c.Value, leadingBlank))
	}
}

// bytes is the message as it leaves the MTA.
func (m *mail) bytes() []byte {
	var b []byte
	for _, f := range m.fields {
		b = append(b, f.raw...)
	}
	if m.blank || len(m.body) > 0 {
		b = append(b, '\r', '\n')
	}
	return append(b, m.body...)
}
