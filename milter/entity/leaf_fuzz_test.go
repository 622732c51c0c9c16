package entity

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

var fuzzCharsets, fuzzTransfers = []string{"", "us-ascii", "utf-8", "iso-8859-1", "windows-1252", "koi8-r", "iso-2022-jp", "hz-gb-2312", "shift_jis", "gb18030", "gbk", "big5", "euc-kr", "euc-jp", "utf-7", "utf-16", "utf-16le", "utf-32be"},
	[]string{"7bit", "8bit", "quoted-printable", "base64"}

// FuzzLeaf checks, over any bytes in any encoding, that an edit is either refused
// or exact: the part reads as before with the edit made, everything outside the
// splices is as it was, and the edit can be taken back.
func FuzzLeaf(f *testing.F) {
	for i, cs := range charsetCases {
		c := slices.Index(fuzzCharsets, cs.label)
		if c < 0 {
			continue
		}
		for tr, name := range fuzzTransfers {
			f.Add([]byte(encoded(f, name, written(f, cs.label, cs.text+" X\r\n"+cs.text+"\r\n"))), uint8(c), uint8(tr), i%2 == 0, i%3 == 0, uint16(i), uint16(i+i%4), "\nJane — Sales\n")
		}
	}
	f.Add([]byte("=4X1= \r\n a =\n x \n=0A\r="), uint8(2), uint8(2), false, true, uint16(2), uint16(1), "")
	f.Fuzz(func(t *testing.T, raw []byte, cs, tr uint8, html, nested bool, from, length uint16, new string) {
		media := "text/plain"
		if html {
			media = "text/html"
		}
		label := fuzzCharsets[int(cs)%len(fuzzCharsets)]
		env := envelopes[0]
		if nested {
			env = envelopes[1]
		}
		head := fmt.Sprintf(env.head, typeField(media, label)+"Content-Transfer-Encoding: "+fuzzTransfers[int(tr)%len(fuzzTransfers)]+"\r\n")
		fuzzEdit(t, head+string(raw)+env.tail, env.id, int(from), int(length), new)
	})
}

func fuzzEdit(t *testing.T, message, id string, from, length int, new string) {
	root, body := scan(t, message, 1<<16)
	p := find(t, root, id)
	l, err := Open(p, []byte(body[p.BodyStart:p.BodyEnd]))
	if err != nil {
		return
	}
	from = min(from, len(l.Text))
	to := min(from+length, len(l.Text))
	if splices, fields, err := l.Apply([]Edit{{from, from, ""}, {to, to, ""}}); err != nil || splices != nil || fields != nil {
		t.Fatalf("an edit that changes nothing: %v, %v, %v", splices, fields, err)
	}
	// Two edits, so that what is between them is looked at too.
	tail := Edit{len(l.Text), len(l.Text), new}
	e, err := edit(t, message, id, Edit{from, to, new}, tail)
	if err != nil {
		return
	}
	tidied, err := l.tidy([]Edit{{from, to, new}, tail})
	if err != nil {
		t.Fatal(err)
	}
	if _, fits := l.encode(tidied); p.Media.Type == "text/html" && !fits && l.charset.whole == nil {
		t.Fatalf("references do not fit in %q", p.Media.Params["charset"])
	}
	if want := patch(l.Text, textChanges(tidied)); !bytes.Equal(e.after.Text, want) {
		t.Fatalf("text is\n%q, want\n%q", e.after.Text, want)
	}
	if len(tidied) == 0 {
		return
	}
	checkOutside(t, l, e)
	checkTakenBack(t, e, l, tidied)
}

// checkOutside checks that what is not inside a splice is as it was.
func checkOutside(t *testing.T, l *Leaf, e edited) {
	t.Helper()
	for _, s := range e.splices {
		if s.End > l.Part.BodyEnd || s.Start < l.Part.BodyStart && s.End > l.Part.headerEnd {
			t.Fatalf("splice %d-%d outside the part %d-%d", s.Start, s.End, l.Part.BodyStart, l.Part.BodyEnd)
		}
	}
	again := e.after.Part
	for p, q := l.Part.Parent, again.Parent; p != nil; p, q = p.Parent, q.Parent {
		if len(p.Children) != len(q.Children) {
			t.Fatalf("%d parts became %d", len(p.Children), len(q.Children))
		}
	}
}

// checkTakenBack removes what was put in and wants the text of before, unless the
// part refuses the removal, has changed its charset, or lost text to the edit.
func checkTakenBack(t *testing.T, e edited, before *Leaf, made []Edit) {
	t.Helper()
	var undo []Edit
	shift := 0
	for _, m := range made {
		if m.Start < m.End {
			return
		}
		undo = append(undo, Edit{m.Start + shift, m.Start + shift + len(m.New), ""})
		shift += len(m.New)
	}
	splices, fields, err := e.after.Apply(undo)
	if err != nil {
		return
	}
	head, body := carryOut(t, e.head, e.body, splices, fields)
	root, err := scanBody(head, body, 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	p := find(t, root, before.Part.ID)
	l, err := Open(p, []byte(body[p.BodyStart:p.BodyEnd]))
	if err != nil {
		t.Fatalf("opening what was taken back: %v", err)
	}
	if !bytes.Equal(l.Text, before.Text) {
		t.Fatalf("taken back it is\n%q, was\n%q", l.Text, before.Text)
	}
	// U+FFFD as new text cannot be told from damage that was there before, and an
	// escape that shows nothing goes with the text beside it.
	if bytes.ContainsRune([]byte(made[0].New), '\ufffd') || l.charset.stateful {
		return
	}
	if e.after.Part.Media.Params["charset"] == before.Part.Media.Params["charset"] && !bytes.Equal(l.decoded, before.decoded) {
		t.Fatalf("taken back the bytes are\n%q, were\n%q", l.decoded, before.decoded)
	}
}
