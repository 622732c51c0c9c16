package milter

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

func splicesAt(at int64) []entity.Splice {
	return []entity.Splice{{Start: at, End: at, New: []byte("signature\r\n")}}
}

// bodyOf is a body in memory.
func bodyOf(s string) engine.Body { return bytes.NewReader([]byte(s)) }

func TestValidate(t *testing.T) {
	field := func(op entity.FieldOp, name string, index int, value string) engine.Outcome {
		return engine.Outcome{Fields: []entity.FieldEdit{{Op: op, Name: name, Index: index, Value: value}}}
	}
	splices := func(s ...entity.Splice) engine.Outcome { return engine.Outcome{Splices: s} }
	for name, c := range map[string]struct {
		outcome engine.Outcome
		body    engine.Body
		fault   string // part of the error; empty is none
	}{
		"no edit":                    {engine.Outcome{}, nil, ""},
		"empty splices, no body":     {engine.Outcome{Splices: []entity.Splice{}}, nil, ""},
		"add":                        {field(entity.AddField, "X-A", 0, "v"), nil, ""},
		"add an empty field":         {field(entity.AddField, "X-A", 0, ""), nil, ""},
		"folded":                     {field(entity.ChangeField, "X-A", 1, "v;\n w"), nil, ""},
		"delete":                     {field(entity.DeleteField, "X-A", 2, ""), nil, ""},
		"unknown operation":          {field("move", "X-A", 1, "v"), nil, "unknown operation"},
		"no name":                    {field(entity.AddField, "", 0, "v"), nil, "not a field name"},
		"colon in the name":          {field(entity.AddField, "X:A", 0, "v"), nil, "not a field name"},
		"line end in the name":       {field(entity.AddField, "X\nA", 0, "v"), nil, "not a field name"},
		"NUL in the value":           {field(entity.AddField, "X-A", 0, "v\x00w"), nil, "NUL"},
		"line without a blank":       {field(entity.AddField, "X-A", 0, "v\nBcc: x"), nil, "fold"},
		"ends in a line end":         {field(entity.AddField, "X-A", 0, "v\n"), nil, "fold"},
		"change index 0":             {field(entity.ChangeField, "X-A", 0, "v"), nil, "index 0"},
		"delete index 0":             {field(entity.DeleteField, "X-A", 0, ""), nil, "index 0"},
		"change to nothing":          {field(entity.ChangeField, "X-A", 1, ""), nil, "deletes"},
		"no body":                    {splices(entity.Splice{}), nil, "not kept"},
		"in order":                   {splices(entity.Splice{Start: 0, End: 2}, entity.Splice{Start: 2, End: 4}), bodyOf("0123"), ""},
		"splices overlap":            {splices(entity.Splice{Start: 0, End: 2}, entity.Splice{Start: 1, End: 4}), bodyOf("0123"), "out of order"},
		"splice ends before it does": {splices(entity.Splice{Start: 2, End: 1}), bodyOf("0123"), "out of order"},
		"splice beyond the end":      {splices(entity.Splice{Start: 4, End: 5}), bodyOf("0123"), "out of order"},
		"splice before the start":    {splices(entity.Splice{Start: -1, End: 0}), bodyOf("0123"), "out of order"},
	} {
		err := c.outcome.Validate(c.body)
		if (err == nil) != (c.fault == "") || (err != nil && !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}

// TestNothingIsSentOfAnInvalidOutcome: not even the fields before the fault.
func TestNothingIsSentOfAnInvalidOutcome(t *testing.T) {
	h := start(t, script{finish: func(m *engine.Message) engine.Outcome {
		return stamp(entity.Splice{Start: 1, End: m.Size + 1})
	}}, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, simple)
	h.quit(mta)
	if !result.Tempfailed || len(result.Modifications) != 0 {
		t.Errorf("%+v", result)
	}
	if got := h.only().outcome; got.Reply != engine.Tempfail || got.Report.Action != engine.Failed || got.Report.Reason != "edit" {
		t.Errorf("reported %+v", got)
	}
}

func TestFieldEdits(t *testing.T) {
	h := start(t, script{finish: func(*engine.Message) engine.Outcome {
		return engine.Outcome{Fields: []entity.FieldEdit{
			{Op: entity.DeleteField, Name: "X-A", Index: 2},
			{Op: entity.ChangeField, Name: "x-a", Index: 2, Value: "changed;\n\tfolded"},
			{Op: entity.AddField, Name: "X-B", Value: "added"},
		}}
	}}, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, "X-A: 1\nX-A:2\nSubject:  two blanks\nX-A: 3\n\nbody\n")
	h.quit(mta)
	if want := crlf("X-A: 1\nSubject:  two blanks\nX-A: changed;\n\tfolded\nX-B: added\n\nbody\n"); string(result.Raw) != want {
		t.Errorf("passed on %q, want %q", result.Raw, want)
	}
}

func TestReplayedBody(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		splice entity.Splice
		want   string
	}{
		"insert":           {"one\r\ntwo\r\n", entity.Splice{Start: 5, End: 5, New: []byte("x\r\n")}, "one\r\nx\r\ntwo\r\n"},
		"bare CR kept":     {"one\r\r\ntwo\rthree\r\n", entity.Splice{New: []byte("x\r\n")}, "x\r\none\r\r\ntwo\rthree\r\n"},
		"everything goes":  {"one\r\n", entity.Splice{Start: 0, End: 5}, ""},
		"empty body grows": {"", entity.Splice{New: []byte("x\r\n")}, "x\r\n"},
		"NUL and 8 bit":    {"\x00\xff\r\n", entity.Splice{Start: 1, End: 1, New: []byte("é")}, "\x00é\xff\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, script{finish: func(*engine.Message) engine.Outcome { return stamp(c.splice) }}, Options{})
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{}, "Subject: s\r\n\r\n"+c.body)
			h.quit(mta)
			if want := "Subject: s\r\nX-Guard: Yes\r\n\r\n" + c.want; string(result.Raw) != want {
				t.Errorf("passed on %q, want %q", result.Raw, want)
			}
		})
	}
}

// packetsOf splits what a bodyRun wrote.
func packetsOf(t *testing.T, b []byte) [][]byte {
	t.Helper()
	var chunks [][]byte
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint32(b))
		if b[4] != 'b' || n-1 > 65535 {
			t.Fatalf("packet %q of %d bytes", b[4], n)
		}
		chunks = append(chunks, b[5:4+n])
		b = b[4+n:]
	}
	return chunks
}

// TestBodyRun: whatever the pieces it is written in, the chunks hold what was
// written, and no line end falls into two of them.
func TestBodyRun(t *testing.T) {
	line := strings.Repeat("x", 76) + "\r\n"
	for name, body := range map[string]string{
		"empty":                "",
		"short":                "short\r\n",
		"lines":                strings.Repeat(line, 3000),
		"exactly one chunk":    strings.Repeat("y", 65533) + "\r\n",
		"CR at a chunk's end":  strings.Repeat("y", 65534) + "\r\n" + line,
		"LF beyond a chunk":    strings.Repeat("y", 65535) + "\r\n" + line,
		"no line end":          strings.Repeat("z", 200000),
		"only CR":              strings.Repeat("\r", 70000),
		"a line, then no more": "first\r\n" + strings.Repeat("z", 200000),
		"ends in CR":           strings.Repeat("z", 65534) + "\r",
	} {
		for _, piece := range []int{1, 7, 65534, 65535, 65536, 1 << 20} {
			var out bytes.Buffer
			run := newBodyRun(&out)
			for rest := body; len(rest) > 0; {
				n := min(piece, len(rest))
				if _, err := io.WriteString(run, rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := run.end(); err != nil {
				t.Fatal(err)
			}
			chunks := packetsOf(t, out.Bytes())
			if got := bytes.Join(chunks, nil); string(got) != body {
				t.Errorf("%s in pieces of %d: %d bytes of %d", name, piece, len(got), len(body))
			}
			if len(chunks) == 0 {
				t.Errorf("%s: no packet at all", name)
			}
			for i, chunk := range chunks[:len(chunks)-1] {
				if len(chunk) == 0 || (bytes.HasSuffix(chunk, []byte("\r")) && bytes.HasPrefix(chunks[i+1], []byte("\n"))) {
					t.Errorf("%s in pieces of %d: chunk %d of %d bytes", name, piece, i, len(chunk))
				}
			}
		}
	}
}

// TestSplicesAtChunkBorders: around the border of the MTA's chunks and of ours.
func TestSplicesAtChunkBorders(t *testing.T) {
	body := strings.Repeat("0123456789\r\n", 20000)
	for _, border := range []int64{65535, 2 * 65535, 65524, int64(len(body))} {
		for at := border - 2; at <= min(border+2, int64(len(body))); at++ {
			h := start(t, script{finish: func(*engine.Message) engine.Outcome { return stamp(splicesAt(at)...) }}, Options{MemoryBytes: 100_000, TempDir: t.TempDir()})
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{}, "Subject: s\r\n\r\n"+body)
			h.quit(mta)
			var got []byte
			for _, m := range result.Modifications {
				got = append(got, m.Body...)
			}
			if want := body[:at] + "signature\r\n" + body[at:]; string(got) != want {
				t.Errorf("splice at %d is not where it should be", at)
			}
		}
	}
}

// failingBody cannot be read to its end.
type failingBody struct{ engine.Body }

func (failingBody) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk") }

func TestReplayFails(t *testing.T) {
	if err := replay(io.Discard, failingBody{bodyOf("body")}, engine.Outcome{Splices: splicesAt(0)}); err == nil || !strings.Contains(err.Error(), "disk") {
		t.Errorf("unreadable body: %v", err)
	}
	if err := replay(failingWriter{}, bodyOf("body"), engine.Outcome{Splices: splicesAt(0)}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("unwritable connection: %v", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("gone") }
