package engine

import (
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

func add(name, value string) entity.FieldEdit {
	return entity.FieldEdit{Op: entity.AddField, Name: name, Index: 1, Value: value}
}

func change(name string, index int, value string) entity.FieldEdit {
	return entity.FieldEdit{Op: entity.ChangeField, Name: name, Index: index, Value: value}
}

func remove(name string, index int) entity.FieldEdit {
	return entity.FieldEdit{Op: entity.DeleteField, Name: name, Index: index}
}

// applied is a message with edits carried out.
func applied(t *testing.T, raw string, o Outcome) string {
	t.Helper()
	buf := []byte(raw + "what follows in memory")
	out, err := ParseFile(buf[:len(raw)]).Apply(o)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	if string(buf) != raw+"what follows in memory" {
		t.Errorf("the message in memory became %q", buf)
	}
	return string(out)
}

func TestFileFields(t *testing.T) {
	const raw = "A: 1\nB : one\n\ttwo\nA:2\nX: keep  \n\nbody\n"
	for name, c := range map[string]struct {
		raw   string
		edits []entity.FieldEdit
		want  string
	}{
		"none":            {raw, nil, raw},
		"add":             {raw, []entity.FieldEdit{add("G", "Yes")}, "A: 1\nB : one\n\ttwo\nA:2\nX: keep  \nG: Yes\n\nbody\n"},
		"add two":         {raw, []entity.FieldEdit{add("G", "1"), add("G", "2")}, "A: 1\nB : one\n\ttwo\nA:2\nX: keep  \nG: 1\nG: 2\n\nbody\n"},
		"add folded":      {raw, []entity.FieldEdit{add("G", "1;\n 2")}, "A: 1\nB : one\n\ttwo\nA:2\nX: keep  \nG: 1;\n 2\n\nbody\n"},
		"change":          {raw, []entity.FieldEdit{change("A", 2, "3")}, "A: 1\nB : one\n\ttwo\nA: 3\nX: keep  \n\nbody\n"},
		"change folded":   {raw, []entity.FieldEdit{change("B", 1, "3")}, "A: 1\nB: 3\nA:2\nX: keep  \n\nbody\n"},
		"delete first":    {raw, []entity.FieldEdit{remove("A", 1)}, "B : one\n\ttwo\nA:2\nX: keep  \n\nbody\n"},
		"delete folded":   {raw, []entity.FieldEdit{remove("b", 1)}, "A: 1\nA:2\nX: keep  \n\nbody\n"},
		"delete last":     {raw, []entity.FieldEdit{remove("X", 1)}, "A: 1\nB : one\n\ttwo\nA:2\n\nbody\n"},
		"last index":      {raw, []entity.FieldEdit{remove("A", 2), remove("A", 1)}, "B : one\n\ttwo\nX: keep  \n\nbody\n"},
		"indexes move":    {raw, []entity.FieldEdit{remove("A", 1), remove("A", 1)}, "B : one\n\ttwo\nX: keep  \n\nbody\n"},
		"all of them":     {"A: 1\n\nbody", []entity.FieldEdit{remove("A", 1)}, "\nbody"},
		"delete, add":     {raw, []entity.FieldEdit{remove("A", 1), add("A", "4")}, "B : one\n\ttwo\nA:2\nX: keep  \nA: 4\n\nbody\n"},
		"blank in front":  {raw, []entity.FieldEdit{change("A", 1, " 3")}, "A: 3\nB : one\n\ttwo\nA:2\nX: keep  \n\nbody\n"},
		"continues none":  {" A: 0\nA: 1\nB: 2\n\n", []entity.FieldEdit{remove("A", 1)}, " A: 0\nB: 2\n\n"},
		"mbox, first":     {"From a@x.y Mon Nov  3 10:00:00 2025\nA: 1\nB: 2\n\n", []entity.FieldEdit{remove("A", 1), change("B", 1, "3")}, "From a@x.y Mon Nov  3 10:00:00 2025\nB: 3\n\n"},
		"From :":          {"From : a@x.y\nB: 2\n\n", []entity.FieldEdit{remove("B", 1), change("From", 1, "b")}, "From: b\n\n"},
		"name in a value": {"S: A: 1\nA: 2\n\n", []entity.FieldEdit{remove("A", 1)}, "S: A: 1\n\n"},
		"name begins so":  {"AB: 1\nA: 2\n\n", []entity.FieldEdit{remove("A", 1)}, "AB: 1\n\n"},
	} {
		if got := applied(t, c.raw, Outcome{Fields: c.edits}); got != c.want {
			t.Errorf("%s:\n%q\n%q", name, got, c.want)
		}
		if got := applied(t, crlf(c.raw), Outcome{Fields: c.edits}); got != crlf(c.want) {
			t.Errorf("%s, CRLF:\n%q\n%q", name, got, crlf(c.want))
		}
	}
}

// TestFileWithoutTheField: an edit of what is not there is an error, not a guess.
func TestFileWithoutTheField(t *testing.T) {
	for _, e := range []entity.FieldEdit{change("A", 2, "x"), remove("A", 2), remove("C", 1), change("C", 1, "x")} {
		if out, err := ParseFile([]byte("A: 1\nB: 2\n\n")).Apply(Outcome{Fields: []entity.FieldEdit{e}}); err == nil || !strings.Contains(err.Error(), e.Name) || out != nil {
			t.Errorf("%v: %q, %v", e, out, err)
		}
	}
	if _, err := ParseFile([]byte("A: 1\n\nbody")).Apply(Outcome{Splices: []entity.Splice{{Start: 3, End: 9}}}); err == nil {
		t.Error("a splice beyond the body is no error")
	}
}

// TestFileShapes: whatever a file holds is a message, and keeps what it holds.
func TestFileShapes(t *testing.T) {
	const mbox = "From anna@contoso.com Mon Nov  3 10:00:00 2025\n"
	for name, c := range map[string]struct {
		raw    string
		fields int
		body   string
		want   string // with a guard
	}{
		"LF":                       {"A: 1\n\nbody\n", 1, "body\n", "A: 1\nG: Yes\n\nbody\n"},
		"CRLF":                     {"A: 1\r\n\r\nbody\r\n", 1, "body\r\n", "A: 1\r\nG: Yes\r\n\r\nbody\r\n"},
		"LF in the body":           {"A: 1\r\n\r\nbody\n", 1, "body\n", "A: 1\r\nG: Yes\r\n\r\nbody\n"},
		"no last line end":         {"A: 1\n\nbody", 1, "body", "A: 1\nG: Yes\n\nbody"},
		"bytes of any kind":        {"A: \xff\n\n\x00\xff\n", 1, "\x00\xff\n", "A: \xff\nG: Yes\n\n\x00\xff\n"},
		"no body":                  {"A: 1\n\n", 1, "", "A: 1\nG: Yes\n\n"},
		"no blank line":            {"A: 1\nB: 2\n", 2, "", "A: 1\nB: 2\nG: Yes\n"},
		"no blank line, CRLF":      {"A: 1\r\nB: 2\r\n", 2, "", "A: 1\r\nB: 2\r\nG: Yes\r\n"},
		"header without line end":  {"A: 1\nB: 2", 2, "", "A: 1\nB: 2\nG: Yes\n"},
		"field without line end":   {"A: 1", 1, "", "A: 1\r\nG: Yes\r\n"},
		"body without blank line":  {"A: 1\nbody here\n", 1, "body here\n", "A: 1\nG: Yes\nbody here\n"},
		"no header":                {"\nbody\n", 0, "body\n", "G: Yes\n\nbody\n"},
		"no header, CRLF":          {"\r\nbody\r\n", 0, "body\r\n", "G: Yes\r\n\r\nbody\r\n"},
		"empty":                    {"", 0, "", "G: Yes\r\n"},
		"blank line only":          {"\n", 0, "", "G: Yes\n\n"},
		"mbox":                     {mbox + "A: 1\n\nbody\n", 1, "body\n", mbox + "A: 1\nG: Yes\n\nbody\n"},
		"mbox, CRLF":               {crlf(mbox + "A: 1\n\nbody\n"), 1, "body\r\n", crlf(mbox + "A: 1\nG: Yes\n\nbody\n")},
		"mbox without fields":      {mbox + "\nbody\n", 0, "body\n", mbox + "G: Yes\n\nbody\n"},
		"From with a blank":        {"From : a@x.y\nB: 2\n\nbody\n", 2, "body\n", "From : a@x.y\nB: 2\nG: Yes\n\nbody\n"},
		"indented body":            {" body\n", 0, "", " body\nG: Yes\n"},
		"From line later":          {"A: 1\n" + mbox + "B: 2\n\n", 1, mbox + "B: 2\n\n", "A: 1\nG: Yes\n" + mbox + "B: 2\n\n"},
		"From line in the body":    {"A: 1\n\n" + mbox, 1, mbox, "A: 1\nG: Yes\n\n" + mbox},
		"folded over a blank line": {"A: 1\n \n 2\n\nbody\n", 1, "body\n", "A: 1\n \n 2\nG: Yes\n\nbody\n"},
		"several blank lines":      {"A: 1\n\n\n\nbody\n", 1, "\n\nbody\n", "A: 1\nG: Yes\n\n\n\nbody\n"},
	} {
		f := ParseFile([]byte(c.raw))
		m := f.Message("a@x.y", []string{"b@x.y"}, entity.Limits{})
		if len(f.Header()) != c.fields || len(m.Header) != c.fields {
			t.Errorf("%s: header %q", name, f.Header())
		}
		body := make([]byte, m.Size)
		if _, err := m.Body.ReadAt(body, 0); m.Size > 0 && err != nil || string(body) != c.body || m.Body.Size() != m.Size {
			t.Errorf("%s: body %q, %v", name, body, err)
		}
		if m.Tree == nil || m.TreeErr != nil || m.Sender != "a@x.y" || len(m.Recipients) != 1 {
			t.Errorf("%s: %+v", name, m)
		}
		if got := applied(t, c.raw, Outcome{}); got != c.raw {
			t.Errorf("%s: without an edit it becomes %q", name, got)
		}
		if got := applied(t, c.raw, Outcome{Fields: []entity.FieldEdit{add("G", "Yes")}}); got != c.want {
			t.Errorf("%s:\n%q\n%q", name, got, c.want)
		}
	}
}

// TestFileFieldsAndBody: edits of both, and the offsets are those of the body.
func TestFileFieldsAndBody(t *testing.T) {
	o := Outcome{
		Fields: []entity.FieldEdit{remove("A", 1), add("G", "Yes")},
		Splices: []entity.Splice{
			{Start: 0, End: 0, New: []byte("<")},
			{Start: 2, End: 4, New: []byte("--")},
			{Start: 6, End: 6, New: []byte(">\n")},
		},
	}
	if got, want := applied(t, "A: a long field\nB: 2\n\n012345", o), "B: 2\nG: Yes\n\n<01--45>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFileLimits: a limit of the scanner shows in the message.
func TestFileLimits(t *testing.T) {
	f := ParseFile([]byte(multi("--b\n\n1\n--b\n\n2\n--b--\n")))
	if m := f.Message("", nil, entity.Limits{Parts: 2}); m.Tree != nil || m.TreeErr == nil {
		t.Errorf("tree %v, %v", m.Tree, m.TreeErr)
	}
	if m := f.Message("", nil, entity.Limits{Parts: 3}); m.Tree == nil || len(m.Tree.Children) != 2 || m.TreeErr != nil {
		t.Errorf("tree %v, %v", m.Tree, m.TreeErr)
	}
}

// Removing each of many fields does not look through all of them.
func TestFileFieldsGrow(t *testing.T) {
	miltertest.CheckGrowth(t, 8<<10, func(size int) string { return strings.Repeat("A: 1\n", size/5) + "\nbody\n" }, func(raw string) {
		f := ParseFile([]byte(raw))
		var o Outcome
		for i := f.Header().Count("A"); i > 0; i-- {
			o.Fields = append(o.Fields, remove("a", i))
		}
		if out, err := f.Apply(o); err != nil || string(out) != "\nbody\n" {
			t.Fatalf("%q, %v", out, err)
		}
	})
}
