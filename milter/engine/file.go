package engine

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"sigmilter/milter/entity"
)

// File is a whole message in memory, as a file holds it, for working on a
// message without an MTA. Its line ends are kept, LF as well as CRLF.
type File struct {
	raw    []byte
	header entity.Header
	first  int      // where the first field begins
	fields []extent // of the header's fields in raw, line ends included
	body   int      // where the body begins
}

type extent struct{ start, end int }

// ParseFile reads a message. Anything is one: what is no field ends the header.
func ParseFile(raw []byte) *File {
	f := &File{raw: raw}
	f.header, f.body = entity.ParseHeader(raw)
	f.first = firstField(raw[:f.body])
	f.fields = extents(raw[:f.body], f.first)
	return f
}

// firstField is where the fields of a header block begin: after the "From " line
// of an mbox, which "From :" is not, and lines that continue no field.
func firstField(head []byte) int {
	at := 0
	for line := range bytes.Lines(head) {
		rest, from := bytes.CutPrefix(line, []byte("From "))
		mbox := at == 0 && from && !bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
		if !mbox && line[0] != ' ' && line[0] != '\t' {
			break
		}
		at += len(line)
	}
	return at
}

// extents are the fields of a header block from an offset on: a line that begins
// with a blank continues the field before it.
func extents(head []byte, at int) []extent {
	var fields []extent
	for at < len(head) {
		end := len(head)
		if i := bytes.IndexByte(head[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := head[at:end]
		blank := len(bytes.TrimRight(line, "\r\n")) == 0
		continues := line[0] == ' ' || line[0] == '\t'
		if continues && !blank {
			fields[len(fields)-1].end = end
		} else if !blank {
			fields = append(fields, extent{at, end})
		}
		at = end
	}
	return fields
}

// Header is the message's header.
func (f *File) Header() entity.Header { return f.header }

// Message is the message as an MTA would hand it over.
func (f *File) Message(sender string, recipients []string, limits entity.Limits) *Message {
	body := f.raw[f.body:]
	m := &Message{
		Session: "file", Macros: map[string]string{}, Sender: sender, Recipients: recipients,
		Header: f.header, Body: fileBody{bytes.NewReader(body), body}, Size: int64(len(body)),
		Cost: NewCost(nil, nil, nil),
	}
	m.Cost.Allow(int(headerSize(m.Header) + m.Size))
	s := entity.NewScanner(f.header, limits)
	s.Write(body) // never fails: a limit shows in Finish
	m.Tree, m.TreeErr = s.Finish()
	return m
}

// fileBody is a body in memory.
type fileBody struct {
	*bytes.Reader
	all []byte
}

// View implements [viewer].
func (b fileBody) View(at, n int64) []byte {
	if at < 0 || n < 0 || at+n > int64(len(b.all)) {
		return nil
	}
	return b.all[at : at+n : at+n]
}

// Apply is the message with an outcome's edits carried out as an MTA would.
func (f *File) Apply(o Outcome) ([]byte, error) {
	head, err := f.editedHeader(o)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(head)
	body := f.raw[f.body:]
	if err := entity.WritePatched(out, bytes.NewReader(body), int64(len(body)), o.Splices); err != nil {
		return nil, fmt.Errorf("editing the body: %w", err)
	}
	return out.Bytes(), nil
}

// editedHeader carries out field edits on the header's bytes. A new field goes
// to the end of the header. A deleted one is nil, so that the others stay in place.
func (f *File) editedHeader(o Outcome) ([]byte, error) {
	lines, tail := f.fieldLines()
	places := placesOf(lines)
	for _, e := range o.Fields {
		name := strings.ToLower(e.Name)
		of, i := places[name], e.Index-1
		if e.Op != entity.AddField && (i < 0 || i >= len(of)) {
			return nil, fmt.Errorf("%s field %s %d: there is none", e.Op, e.Name, e.Index)
		}
		switch e.Op {
		case entity.AddField:
			places[name] = append(of, len(lines))
			lines = append(lines, f.field(e))
		case entity.ChangeField:
			lines[of[i]] = f.field(e)
		case entity.DeleteField:
			lines[of[i]] = nil
			places[name] = slices.Delete(of, i, i+1)
		}
	}
	lines = slices.DeleteFunc(lines, func(l []byte) bool { return l == nil })
	for i, l := range lines[:max(0, len(lines)-1)] {
		if !bytes.HasSuffix(l, []byte("\n")) { // it was the last
			lines[i] = append(l, f.lineEnd()...)
		}
	}
	if len(tail) == 0 && len(o.Splices) > 0 && o.Splices[0].Start == 0 {
		tail = []byte(f.lineEnd()) // the blank line is missing, and what is put in may look like a field
	}
	return slices.Concat(f.raw[:f.first], bytes.Join(lines, nil), tail), nil
}

// placesOf are the places of the fields of each name, in lower case.
func placesOf(lines [][]byte) map[string][]int {
	places := map[string][]int{}
	for i, l := range lines {
		name, _, _ := bytes.Cut(l, []byte(":"))
		key := strings.ToLower(strings.TrimSpace(string(name)))
		places[key] = append(places[key], i)
	}
	return places
}

// fieldLines are the header's fields, and what follows the last: the blank line.
func (f *File) fieldLines() (lines [][]byte, tail []byte) {
	at := f.first
	for _, x := range f.fields {
		lines = append(lines, bytes.Clone(f.raw[at:x.end]))
		at = x.end
	}
	return lines, f.raw[at:f.body]
}

func (f *File) field(e entity.FieldEdit) []byte {
	value := strings.ReplaceAll(e.Value, "\r\n", "\n")
	return []byte(e.Name + ": " + strings.ReplaceAll(strings.TrimLeft(value, " "), "\n", f.lineEnd()) + f.lineEnd())
}

// lineEnd is what ends the header's first line.
func (f *File) lineEnd() string {
	i := bytes.IndexByte(f.raw, '\n')
	bare := i == 0 || (i > 0 && f.raw[i-1] != '\r')
	if bare {
		return "\n"
	}
	return "\r\n"
}
