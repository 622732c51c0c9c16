package entity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// placeholder is what stands in a text for each edit of it: the first is replaced, the
// others are taken out, as markers are.
const placeholder = "{M}"

// editAll opens a leaf and edits it at each place, and returns the splices.
func editAll(t testing.TB, message string) ([]Splice, error) {
	root, body := scan(t, message, 1<<16)
	l, err := Open(root, []byte(body[root.BodyStart:root.BodyEnd]))
	if err != nil {
		return nil, err
	}
	var edits []Edit
	for at := 0; ; at += len(placeholder) {
		i := bytes.Index(l.Text[at:], []byte(placeholder))
		if i < 0 {
			break
		}
		at += i
		edits = append(edits, Edit{Start: at, End: at + len(placeholder)})
	}
	if len(edits) > 0 {
		edits[0].New = "\nAlice\n"
	}
	splices, _, err := l.Apply(edits)
	return splices, err
}

// leafOf is a message of a unit again and again in a charset and a transfer encoding.
func leafOf(t testing.TB, media, label, transfer, unit string, n int) string {
	text := written(t, label, strings.Repeat(unit, max(1, n/len(unit))))
	head := typeField(media, label) + "Content-Transfer-Encoding: " + transfer + "\r\n\r\n"
	return head + encoded(t, transfer, text)
}

// editedUnits are how edits may follow one another; TEXT is one of the charset.
var editedUnits = []string{"TEXT" + placeholder + "\r\n", "TEXT" + placeholder, placeholder + "\r\n", placeholder, "TEXTTEXTTEXTTEXTTEXT\r\n\r\n" + placeholder}

func TestManyEditsAreLinear(t *testing.T) {
	for _, cs := range charsetCases {
		for i, unit := range editedUnits {
			transfer := fuzzTransfers[1+i%3]
			text := strings.ReplaceAll(unit, "TEXT", cs.text)
			t.Run(fmt.Sprintf("%s in %s, %q", cs.label, transfer, text), func(t *testing.T) {
				if _, err := editAll(t, leafOf(t, "text/plain", cs.label, transfer, text, 100)); err != nil {
					t.Fatal(err)
				}
				fault := miltertest.Growth(16<<10, func(n int) func() {
					message := leafOf(t, "text/plain", cs.label, transfer, text, n)
					return func() { _, _ = editAll(t, message) }
				})
				if fault != "" {
					t.Error(fault)
				}
			})
		}
	}
}

// rawTraps are bodies that only somebody writes who wants to be read slowly.
var rawTraps = []struct{ name, head, unit string }{
	{"one line of quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n", "word" + placeholder},
	{"blanks of quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n", "    " + placeholder + "    "},
	{"soft breaks of quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n", placeholder + "=\r\n"},
	{"escapes of quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n", "=41=4X" + placeholder},
	{"one line of base64", "Content-Transfer-Encoding: base64\r\n", "e017e017fXtNfXtNfXtN"},
	{"base64 of blanks", "Content-Transfer-Encoding: base64\r\n", "e017\r\n \r\ne01 9"},
	{"one line of 8bit", "Content-Transfer-Encoding: 8bit\r\nContent-Type: text/plain; charset=utf-8\r\n", "word" + placeholder},
	{"escapes of ISO-2022-JP", "Content-Type: text/plain; charset=iso-2022-jp\r\n", "\x1b$B8q\x1b(B\x1b(J\x1b(B" + placeholder},
	{"ISO-2022-JP without a label", "", "\x1b$B8q\x1b(B" + placeholder},
	{"ISO-2022-JP of escapes alone", "Content-Type: text/plain; charset=iso-2022-jp\r\n", "\x1b$B\x1b(B"},
	{"ISO-2022-KR", "Content-Type: text/plain; charset=iso-2022-kr\r\n", "\x1b$)C\x0e8q\x0f" + placeholder},
	{"runs of ISO-2022-KR", "Content-Type: text/plain; charset=iso-2022-kr\r\n", "\x1b$)C\x0e\x0f"},
	{"HZ without a label", "", "~{PGFZ~}" + placeholder},
	{"line ends of HZ", "Content-Type: text/plain; charset=hz-gb-2312\r\n", "~\n" + placeholder},
	{"UTF-7", "Content-Type: text/plain; charset=utf-7\r\n", "+ZeVnLA-" + placeholder},
	{"UTF-7 without a label", "", "+ZeVnLA-" + placeholder},
	{"UTF-7 of signs", "Content-Type: text/plain; charset=utf-7\r\n", "+"},
	{"GB18030", "Content-Type: text/plain; charset=gb18030\r\n", "\x81\x30\x81\x30" + placeholder},
	{"damaged Shift_JIS", "Content-Type: text/plain; charset=shift_jis\r\n", "\x81" + placeholder},
	{"damaged UTF-16", "Content-Type: text/plain; charset=utf-16le\r\n", "\x00\xd8{\x00M\x00}\x00"},
	{"references", "Content-Type: text/html; charset=us-ascii\r\n", "&#252;" + placeholder},
	{"carriage returns", "", "a\r" + placeholder},
	{"near boundaries", "", "--\r\n" + placeholder},
}

func TestRawBodiesAreLinear(t *testing.T) {
	for _, trap := range rawTraps {
		t.Run(trap.name, func(t *testing.T) {
			fault := miltertest.Growth(16<<10, func(n int) func() {
				message := trap.head + "\r\n" + strings.Repeat(trap.unit, n/len(trap.unit))
				return func() { _, _ = editAll(t, message) }
			})
			if fault != "" {
				t.Error(fault)
			}
		})
	}
}

// TestManySplicesAreLinear: what is written between splices goes through one buffer.
func TestManySplicesAreLinear(t *testing.T) {
	fault := miltertest.Growth(16<<10, func(n int) func() {
		body := bytes.Repeat([]byte("word "), n/5)
		var splices []Splice
		for at := int64(0); at < int64(len(body)); at += 5 {
			splices = append(splices, Splice{Start: at, End: at + 1, New: []byte("W")})
		}
		return func() {
			if err := WritePatched(io.Discard, bytes.NewReader(body), int64(len(body)), splices); err != nil {
				t.Error(err)
			}
		}
	})
	if fault != "" {
		t.Error(fault)
	}
	body := []byte("some words")
	splices := make([]Splice, len(body))
	for i := range splices {
		splices[i] = Splice{Start: int64(i), End: int64(i)}
	}
	cost := miltertest.CostOf(func() {
		_ = WritePatched(struct{ io.Writer }{io.Discard}, bytes.NewReader(body), int64(len(body)), splices)
	})
	if cost.Bytes > 8<<10 {
		t.Errorf("%d bytes of memory for %d of body", cost.Bytes, len(body))
	}
}

func TestWritePatchedOfAShortBody(t *testing.T) {
	if err := WritePatched(io.Discard, bytes.NewReader([]byte("abc")), 5, nil); !errors.Is(err, io.EOF) {
		t.Errorf("error %v, want that the body is too short", err)
	}
}

// FuzzGrowth looks for bodies whose cost grows faster than they do.
func FuzzGrowth(f *testing.F) {
	for i, cs := range charsetCases {
		if c := slices.Index(fuzzCharsets, cs.label); c >= 0 {
			for j, unit := range editedUnits {
				text := written(f, cs.label, strings.ReplaceAll(unit, "TEXT", cs.text))
				f.Add([]byte{}, text, []byte("x"), byte(c), byte(i+j), i%2 == 0)
			}
		}
	}
	for _, trap := range rawTraps {
		f.Add([]byte("x"), []byte(trap.unit), []byte{}, byte(slices.Index(fuzzCharsets, "iso-2022-jp")), byte(1), false)
	}
	f.Fuzz(func(t *testing.T, prefix, unit, suffix []byte, cs, transfer byte, html bool) {
		const longest, n = 1 << 10, 8 << 10
		if len(unit) == 0 || len(prefix)+len(unit)+len(suffix) > longest {
			return
		}
		media := "text/plain"
		if html {
			media = "text/html"
		}
		head := typeField(media, fuzzCharsets[int(cs)%len(fuzzCharsets)]) + "Content-Transfer-Encoding: " + fuzzTransfers[int(transfer)%len(fuzzTransfers)] + "\r\n\r\n"
		grows := func(n int) string {
			return miltertest.Growth(n, func(n int) func() {
				message := head + string(prefix) + strings.Repeat(string(unit), max(1, n/len(unit))) + string(suffix)
				return func() { _, _ = editAll(t, message) }
			})
		}
		if fault := grows(n); fault != "" {
			t.Fatal(fault)
		}
	})
}
