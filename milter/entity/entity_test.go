package entity

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// crlf writes a message literal with the line ends of the wire.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// scan parses a whole message, feeding its body in chunks of that size.
func scan(t testing.TB, message string, chunk int) (root *Part, body string) {
	t.Helper()
	head, n := ParseHeader([]byte(message))
	body = message[n:]
	root, err := scanBody(head, body, chunk)
	if err != nil {
		t.Fatalf("scanning: %v", err)
	}
	return root, body
}

func scanBody(head Header, body string, chunk int) (*Part, error) {
	s := NewScanner(head, Limits{})
	for c := range slices.Chunk([]byte(body), max(1, chunk)) {
		s.Write(c)
	}
	return s.Finish()
}

// dump writes a tree with everything that a scan finds out.
func dump(root *Part) string {
	var b strings.Builder
	root.Walk(func(p *Part) bool {
		fmt.Fprintf(&b, "%q %s %v %q %q %s %d %d-%d closed=%v fields=%q values=%v end=%d lf=%v tight=%v headless=%v\n",
			p.ID, p.Media.Type, p.Media.Params, p.Disposition, p.Filename, p.Encoding,
			p.HeaderStart, p.BodyStart, p.BodyEnd, p.Closed, p.Header, p.values, p.headerEnd, p.lf, p.tight, p.headless)
		return true
	})
	return b.String()
}

// find returns the part of that ID.
func find(t testing.TB, root *Part, id string) *Part {
	t.Helper()
	var found *Part
	root.Walk(func(p *Part) bool {
		if p.ID == id {
			found = p
		}
		return true
	})
	if found == nil {
		t.Fatalf("no part %q in\n%s", id, dump(root))
	}
	return found
}

// carryOut returns the header and the body with the edits made.
func carryOut(t testing.TB, head Header, body string, splices []Splice, fields []FieldEdit) (Header, string) {
	t.Helper()
	head = slices.Clone(head)
	for _, f := range fields {
		switch i := head.index(f.Name); {
		case f.Op == AddField && i < 0:
			head = append(head, Field{f.Name, " " + f.Value})
		case f.Op == ChangeField && i >= 0 && f.Index == 1:
			head[i].Value = " " + f.Value
		default:
			t.Fatalf("field edit %+v does not fit the header %q", f, head)
		}
	}
	var out bytes.Buffer
	if err := WritePatched(&out, strings.NewReader(body), int64(len(body)), splices); err != nil {
		t.Fatalf("patching: %v", err)
	}
	return head, out.String()
}

// edited is a leaf before and after an edit.
type edited struct {
	before, after *Leaf
	splices       []Splice
	fields        []FieldEdit
	head          Header
	body          string // after
}

// edit applies edits to a leaf of the message and opens the outcome.
func edit(t testing.TB, message, id string, edits ...Edit) (edited, error) {
	t.Helper()
	root, body := scan(t, message, 1<<16)
	p := find(t, root, id)
	var e edited
	var err error
	if e.before, err = Open(p, []byte(body[p.BodyStart:p.BodyEnd])); err != nil {
		return e, err
	}
	if e.splices, e.fields, err = e.before.Apply(edits); err != nil {
		return e, err
	}
	e.head, e.body = carryOut(t, root.Header, body, e.splices, e.fields)
	again, err := scanBody(e.head, e.body, 1<<16)
	if err != nil {
		t.Fatalf("scanning the outcome: %v", err)
	}
	q := find(t, again, id)
	if e.after, err = Open(q, []byte(e.body[q.BodyStart:q.BodyEnd])); err != nil {
		t.Fatalf("opening the outcome: %v\n%s", err, e.body)
	}
	return e, nil
}

// mustEdit is edit where no error is expected.
func mustEdit(t testing.TB, message, id string, edits ...Edit) edited {
	t.Helper()
	e, err := edit(t, message, id, edits...)
	if err != nil {
		t.Fatalf("editing %q of %q: %v", id, message, err)
	}
	return e
}

// at returns an edit that replaces old in text, which holds it, by new.
func at(t testing.TB, text []byte, old, new string) Edit {
	t.Helper()
	i := bytes.Index(text, []byte(old))
	if i < 0 {
		t.Fatalf("%q is not in %q", old, text)
	}
	return Edit{i, i + len(old), new}
}

// longestLine returns the length of the longest line without its line end.
func longestLine(b string) int {
	n := 0
	for line := range strings.Lines(b) {
		n = max(n, len(strings.TrimRight(line, "\r\n")))
	}
	return n
}
