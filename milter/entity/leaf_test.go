package entity

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// envelopes are the places a leaf can be in; %s takes its header fields and the
// body follows.
var envelopes = []struct{ name, id, head, tail string }{
	{"root", "1", "Subject: x\r\nMIME-Version: 1.0\r\n%s\r\n", ""},
	{"nested", "1", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n%s\r\n", "\r\n--b\r\n\r\nother\r\n--b--\r\nepilogue"},
}

// TestApply edits a text in every charset and transfer encoding: at its start,
// in the middle, at its end, in place of the marker.
func TestApply(t *testing.T) {
	const signature = "\nJane — Sales\n"
	for _, cs := range charsetCases {
		for _, tr := range []string{"7bit", "8bit", "binary", "quoted-printable", "base64"} {
			for _, media := range []string{"text/plain", "text/html"} {
				for _, env := range envelopes {
					name := strings.Join([]string{cs.label, tr, media, env.name}, " ")
					t.Run(name, func(t *testing.T) {
						text := cs.text + " one\r\n{MARKER}\r\ntwo " + cs.text + " three\r\n"
						raw := encoded(t, tr, written(t, cs.label, text))
						message := fmt.Sprintf(env.head, typeField(media, cs.label)+"Content-Transfer-Encoding: "+tr+"\r\n") + raw + env.tail
						checkEdits(t, message, env.id, func(l *Leaf) []Edit {
							end := len(l.Text)
							return []Edit{{0, 0, signature}, at(t, l.Text, "{MARKER}", signature), {end, end, signature}}
						})
						checkEdits(t, message, env.id, func(l *Leaf) []Edit { return []Edit{at(t, l.Text, "two", "")} })
					})
				}
			}
		}
	}
}

func typeField(media, label string) string {
	if label == "" {
		return "Content-Type: " + media + "\r\n"
	}
	return "Content-Type: " + media + "; charset=" + label + "\r\n"
}

func encoded(t testing.TB, name string, b []byte) string {
	t.Helper()
	tr, err := lookupTransfer(name)
	if err != nil {
		t.Fatal(err)
	}
	if tr.encode == nil {
		return string(b)
	}
	return string(tr.encode(b, lineEnds{"\r\n", "\r\n"}))
}

// checkEdits makes edits that must succeed and checks what holds for each.
func checkEdits(t *testing.T, message, id string, edits func(*Leaf) []Edit) edited {
	t.Helper()
	root, body := scan(t, message, 1<<16)
	p := find(t, root, id)
	l, err := Open(p, []byte(body[p.BodyStart:p.BodyEnd]))
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	list := edits(l)
	e := mustEdit(t, message, id, list...)
	got, want := string(e.after.Text), expect(t, l, list)
	if p.Media.Type == "text/html" {
		got = strings.ReplaceAll(got, "&#8212;", "—")
	}
	if got != want {
		t.Errorf("text is\n%q, want\n%q", got, want)
	}
	if p.Media.Type == "text/html" && e.after.Part.Media.Params["charset"] != p.Media.Params["charset"] && p.Media.Params["charset"] != "utf-7" {
		t.Errorf("charset of the HTML changed to %q", e.after.Part.Media.Params["charset"])
	}
	if tr := e.after.transfer; tr.bits == 0 && e.splices[0].Start >= p.BodyStart && longestLine(string(e.after.raw)) > maxEncodedLine {
		t.Errorf("line too long in %q", e.after.raw)
	}
	return e
}

// expect returns the text of the leaf with the edits made.
func expect(t *testing.T, l *Leaf, edits []Edit) string {
	t.Helper()
	var b strings.Builder
	pos := 0
	for _, e := range edits {
		b.Write(l.Text[pos:e.Start])
		b.WriteString(strings.ReplaceAll(e.New, "\n", l.textEnd))
		pos = e.End
	}
	b.Write(l.Text[pos:])
	return b.String()
}

// TestApplyBytes shows byte by byte what becomes of a message.
func TestApplyBytes(t *testing.T) {
	const start, end = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n", "\n--b--\n"
	tests := []struct{ name, message, id, old, new, want string }{
		{"7bit", start + "--b\n\nHello\n\nBye" + end, "1", "Bye", "Jane\nBye", "--b\n\nHello\n\nJane\nBye" + end},
		{"8bit in its charset", start + "--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe X" + end, "1", "X", "Ü",
			"--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe \xdc" + end},
		{"undecodable bytes stay", start + "--b\nContent-Type: text/plain; charset=euc-kr\nContent-Transfer-Encoding: 8bit\n\n\xff\xff X \x81" + end, "1", "X", "Y",
			"--b\nContent-Type: text/plain; charset=euc-kr\nContent-Transfer-Encoding: 8bit\n\n\xff\xff Y \x81" + end},
		{"7bit becomes quoted-printable", start + "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding:\n 7bit\nX: y\n\na=b X" + end, "1", "X", "ü",
			"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding:\n quoted-printable\nX: y\n\na=3Db =C3=BC" + end},
		{"unlabelled becomes UTF-8", start + "--b\nContent-Type: text/plain;\n\tformat=flowed\n\nX" + end, "1", "X", "ü",
			"--b\nContent-Type: text/plain;\n\tformat=flowed; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC" + end},
		{"no fields at all", start + "--b\n\nX" + end, "1", "X", "ü",
			"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC" + end},
		{"us-ascii in quoted-printable keeps its bytes", start + "--b\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: quoted-printable\n\nso=\nft X" + end, "1", "X", "ü",
			"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nso=\nft =\n=C3=BC" + end},
		{"latin-1 becomes UTF-8, read as windows-1252", start + "--b\nContent-Type: text/plain; charset=\"iso-8859-1\"\nContent-Transfer-Encoding: quoted-printable\n\n=93X=94" + end, "1", "X", "—",
			"--b\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\n=E2=80=9C=E2=80=94=E2=80=9D" + end},
		{"references in HTML", start + "--b\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>X</p>" + end, "1", "X", "ü—",
			"--b\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>=\n=FC&#8212;=\n</p>" + end},
		{"references in HTML in 7bit", start + "--b\nContent-Type: text/html; charset=utf-8\n\n<p>X</p>" + end, "1", "X", "ü",
			"--b\nContent-Type: text/html; charset=utf-8\n\n<p>&#252;</p>" + end},
		{"empty part gets the line end that the boundary takes", start + "--b\nContent-Type: text/plain\n\n--b--\n", "1", "", "Jane\n",
			"--b\nContent-Type: text/plain\n\nJane\n\n--b--\n"},
		{"base64", start + "--b\nContent-Transfer-Encoding: base64\n\nYWJj\nYWJj" + end, "1", "", "xyz", "--b\nContent-Transfer-Encoding: base64\n\neHl6YWJj\nYWJj" + end},
	}
	for _, tt := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(fmt.Sprintf("%s %q", tt.name, eol), func(t *testing.T) {
				message, want := tt.message, tt.want
				if eol == "\r\n" {
					message, want = crlf(message), crlf(want)
				}
				root, body := scan(t, message, 1<<16)
				p := find(t, root, tt.id)
				l, err := Open(p, []byte(body[p.BodyStart:p.BodyEnd]))
				if err != nil {
					t.Fatal(err)
				}
				e := mustEdit(t, message, tt.id, at(t, l.Text, tt.old, tt.new))
				if e.body != want || len(e.fields) > 0 {
					t.Errorf("got\n%q, want\n%q; %v", e.body, want, e.fields)
				}
			})
		}
	}
}

func TestApplyRootFields(t *testing.T) {
	tests := []struct {
		name, message, new string
		fields             []FieldEdit
		body               string
	}{
		{"fits", "Content-Type: text/plain\r\n\r\nX", "Y", nil, "Y"},
		{"no fields", "Subject: x\r\n\r\nX\r\n", "ü", []FieldEdit{
			{AddField, "Content-Type", 1, "text/plain; charset=utf-8"},
			{AddField, "Content-Transfer-Encoding", 1, "quoted-printable"},
			{AddField, "MIME-Version", 1, "1.0"}}, "=C3=BC\r\n"},
		{"fields", "Mime-Version: 1.0\r\ncontent-type: text/plain;\r\n charset=us-ascii; format=flowed\r\nContent-transfer-encoding: 7bit\r\n\r\nX\r\n", "ü", []FieldEdit{
			{ChangeField, "content-type", 1, "text/plain;\n charset=utf-8; format=flowed"},
			{ChangeField, "Content-transfer-encoding", 1, "quoted-printable"}}, "=C3=BC\r\n"},
		{"8bit keeps its encoding", "Mime-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 8bit\r\n\r\nX\r\n", "ü", []FieldEdit{
			{ChangeField, "Content-Type", 1, "text/plain; charset=utf-8"}}, "ü\r\n"},
		{"base64 stays", "Mime-Version: 1.0\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\nWA==\r\n", "ü", []FieldEdit{
			{ChangeField, "Content-Type", 1, "text/plain; charset=utf-8"}}, "w7w="},
		{"empty field", "Mime-Version: 1.0\r\nContent-Type:\r\nContent-Transfer-Encoding: 8bit\r\n\r\nX\r\n", "ü", []FieldEdit{
			{ChangeField, "Content-Type", 1, "text/plain; charset=utf-8"}}, "ü\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := mustEdit(t, tt.message, "1", Edit{0, 1, tt.new})
			if !reflect.DeepEqual(e.fields, tt.fields) || e.body != tt.body {
				t.Errorf("got %+v and %q, want %+v and %q", e.fields, e.body, tt.fields, tt.body)
			}
		})
	}
	// A milter is given values without their first blank.
	l, err := Open(&Part{Header: Header{{"Content-Type", "text/plain"}}, Media: MediaType{Type: "text/plain"}, Encoding: "8bit"}, []byte("X"))
	if err != nil {
		t.Fatal(err)
	}
	_, fields, err := l.Apply([]Edit{{0, 1, "ü"}})
	if err != nil || len(fields) == 0 || fields[0].Value != "text/plain; charset=utf-8" {
		t.Errorf("%v, %v", fields, err)
	}
}

func TestApplyLongLines(t *testing.T) {
	long := strings.Repeat("word ", 300)
	for _, tr := range []string{"7bit", "8bit", "binary"} {
		e := mustEdit(t, "Content-Transfer-Encoding: "+tr+"\r\n\r\nX\r\n", "1", Edit{0, 1, long})
		if e.after.transfer != quotedPrintable || longestLine(e.body) > maxEncodedLine {
			t.Errorf("%s: became %s: %q", tr, e.after.transfer.label, e.body)
		}
		// A long line of the author elsewhere is none of our business.
		e = mustEdit(t, "Content-Transfer-Encoding: "+tr+"\r\n\r\nX\r\n"+long+"\r\n", "1", Edit{0, 1, "Y"})
		if len(e.fields) > 0 || e.body != "Y\r\n"+long+"\r\n" {
			t.Errorf("%s: %v, %q", tr, e.fields, e.body)
		}
	}
	e := mustEdit(t, "X: y\r\n\r\n"+strings.Repeat("a", 990)+"\r\n"+strings.Repeat("b", 9)+"\r\n", "1", Edit{990, 992, ""})
	if e.after.transfer != quotedPrintable {
		t.Error("lines that were joined are too long")
	}
}

func TestApplyNothing(t *testing.T) {
	for _, edits := range [][]Edit{nil, {{0, 0, ""}}, {{1, 1, ""}, {3, 3, ""}}, {{0, 2, "ab"}}, {{2, 4, "\n"}}} {
		e := mustEdit(t, "X: y\r\n\r\nab\r\n", "1", edits...)
		if e.splices != nil || e.fields != nil {
			t.Errorf("%v: %v, %v", edits, e.splices, e.fields)
		}
	}
}

func TestErrors(t *testing.T) {
	field := func(charset, encoding string) string {
		return "Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n"
	}
	mixed := "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	tests := []struct {
		name, message string
		edit          Edit
		want          error
	}{
		{"unknown encoding", field("utf-8", "x-uuencode") + "x", Edit{}, ErrEncoding},
		{"unknown charset", field("x-martian", "8bit") + "x \xe9", Edit{}, ErrCharset},
		{"national variant of ASCII", field("din_66003", "7bit") + "Gr}~e", Edit{}, ErrCharset},
		{"UTF-16 without mark", field("utf-16", "base64") + "eAB4AA==", Edit{}, ErrCharset},
		{"base64 with a footer", field("utf-8", "base64") + "YWJj\r\n-- \r\nlist", Edit{}, ErrDamaged},
		{"us-ascii with other bytes", field("us-ascii", "8bit") + "\xfc x", Edit{0, 0, "ü"}, ErrCharset},
		{"charset that does not decode", field("koi8-r", "8bit") + "x", Edit{0, 0, "ü"}, nil},
		{"Korean that does not decode", field("euc-kr", "8bit") + "\xff x", Edit{3, 3, "ü"}, ErrCharset},
		{"inside a Japanese run", field("iso-2022-jp", "7bit") + "\x1b$BF|K\\\x1b(B", Edit{3, 3, "x"}, ErrCharset},
		{"inside a character", field("koi8-r", "8bit") + "\xd0\xd0", Edit{1, 1, "x"}, ErrCharset},
		{"read together with half a character", field("shift_jis", "8bit") + "x \x83", Edit{5, 5, "\\"}, ErrCharset},
		{"header without body", mixed + "--b\r\nContent-Type: text/plain\r\n--b--", Edit{0, 0, "x"}, ErrDamaged},
		{"boundary in the new text", mixed + "--b\r\n\r\nx\r\n--b--", Edit{0, 0, "\n--b\n"}, ErrDamaged},
		{"closing boundary made by joining", mixed + "--b\r\n\r\n\r\n-x-b--\r\n--b--", Edit{3, 4, ""}, ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := edit(t, tt.message, "1", tt.edit)
			if tt.want == nil && err != nil || !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v; body %q", err, tt.want, e.body)
			}
		})
	}
}

func TestEditsOutOfOrder(t *testing.T) {
	for _, edits := range [][]Edit{{{-1, 0, "x"}}, {{0, 6, "x"}}, {{3, 2, "x"}}, {{2, 3, "x"}, {1, 1, "y"}}, {{4, 4, "x"}}, {{3, 4, ""}}, {{4, 5, ""}}} {
		if _, err := edit(t, "X: y\r\n\r\nabc\r\n", "1", edits...); err == nil {
			t.Errorf("%v: no error", edits)
		}
	}
}

func TestMisspelledEncodings(t *testing.T) {
	for _, name := range []string{"7-bit", "8-bit", "7bits", "8bits", "BINARY", "Quoted-Printable", " base64 "} {
		if _, err := edit(t, "Content-Transfer-Encoding: "+name+"\r\n\r\nYWJj", "1"); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
