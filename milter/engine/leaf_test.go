package engine

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
)

// thread is a reply with a long thread below it, in a transfer encoding.
func thread(encoding, charset, text string) string {
	return letter("In-Reply-To: <1@x>\nContent-Type: text/html; charset="+charset+"\nContent-Transfer-Encoding: "+encoding,
		"<html><body><p>"+text+"</p>\n<div id=3D\"appendonsend\"></div><div id=3D\"divRplyFwdMsg\"><b>From:</b> Bob</div>\n"+
			strings.Repeat("<div>More of the thread.</div>\n", 900)+"</body></html>\n")
}

// TestStarts: a leaf that is opened by its beginning gets the edits of the whole
// one.
func TestStarts(t *testing.T) {
	cases := []struct {
		name string
		raw  string
		how  Action
	}{
		{"quoted-printable", thread("quoted-printable", "utf-8", "Hello"), Signed},
		{"7bit", strings.ReplaceAll(thread("7bit", "us-ascii", "Hello"), "=3D", "="), Signed},
		{"whole part anew", strings.ReplaceAll(thread("8bit", "koi8-r", "\xf0\xf2"+strings.Repeat("x", 1200)), "=3D", "="), Signed},
		{"base64 is not opened so", thread("base64", "utf-8", ""), Skipped},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			by := outcomeWith(c.raw, 4<<10)
			whole := outcomeWith(c.raw)
			if !reflect.DeepEqual(by, whole) || by.Report.Action != c.how {
				t.Errorf("by the beginning\n%+v\nwhole\n%+v", by, whole)
			}
		})
	}
}

// TestStartIsEnough: what comes far behind the separator is not read.
func TestStartIsEnough(t *testing.T) {
	file := ParseFile([]byte(thread("quoted-printable", "utf-8", "Hello")))
	m := file.Message("anna@contoso.com", []string{"c@partner.example"}, entity.Limits{})
	m.Body = &readTo{Body: m.Body}
	e := newEngine()
	job := e.Begin(m)
	job.Head()
	if o := job.Finish(); o.Report.Action != Signed || m.Body.(*readTo).most > m.Size/2 {
		t.Errorf("%s, %d of %d bytes read", o.Report.Action, m.Body.(*readTo).most, m.Size)
	}
}

// readTo notes how far a body was read.
type readTo struct {
	Body
	most int64
}

func (b *readTo) ReadAt(p []byte, at int64) (int, error) {
	b.most = max(b.most, at+int64(len(p)))
	return b.Body.ReadAt(p, at)
}

// outcomeWith is what becomes of Anna's message with leaves opened by so many
// bytes at first.
func outcomeWith(raw string, sizes ...int64) Outcome {
	defer func(before []int64) { starts = before }(starts)
	starts = sizes
	m := ParseFile([]byte(raw)).Message("anna@contoso.com", []string{"c@partner.example"}, entity.Limits{})
	e := newEngine()
	job := e.Begin(m)
	job.Head()
	o := job.Finish()
	o.Report.Micros = 0
	return o
}

// TestEndOfAStart: what a part begins with has no end, so that no block is put there.
func TestEndOfAStart(t *testing.T) {
	body := "Hello\n> quoted\nmore\n"
	m := ParseFile([]byte(letter(textPlain, body))).Message("anna@contoso.com", nil, entity.Limits{})
	opened, err := entity.OpenStart(m.Tree, []byte("Hello\n> quoted\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := &leaf{Leaf: opened, reading: insert.Read(opened.Text, insert.Kind{})}
	for placed, want := range map[string]error{insert.AtEnd: entity.ErrStart, insert.AboveQuote: nil} {
		l.placed = []insert.PlacedBlock{{Block: plainBlock, Placement: insert.Placement{Placed: placed}}}
		if _, _, err := l.change(nil, false); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", placed, err, want)
		}
	}
}
