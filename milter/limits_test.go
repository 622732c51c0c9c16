package milter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// ordinary calls f with every message of testdata/mail.
func ordinary(t *testing.T, f func(name string, file *File)) {
	t.Helper()
	names, err := filepath.Glob("../testdata/mail/*.eml")
	if err != nil || len(names) < 500 {
		t.Fatalf("%d messages, %v", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f(filepath.Base(name), ParseFile(raw))
	}
}

// Ordinary mail costs less than a tenth of what it may.
func TestWorkOfOrdinaryMail(t *testing.T) {
	const far = 10
	worst, most, signed := "", 0.0, 0
	ordinary(t, func(name string, file *File) {
		from := policy.Addresses(file.Header(), "From")
		e := newEngine(func(_ *Engine, s *shelf) { s.person.Addresses = append(s.person.Addresses, from...) })
		m := file.Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
		e.Head(m)
		allowed := m.work.Left()
		r := e.Finish(m).Report
		if r.Action == Signed {
			signed++
		}
		if rate := float64(allowed-m.work.Left()) / float64(m.Size+headerSize(m.Header)); rate > most {
			worst, most = name, rate
		}
	})
	t.Logf("%d signed, the most is %.1f units for each byte, of %s", signed, most, worst)
	if most > unitsPerByte/far || signed < 500 {
		t.Errorf("%s takes %.1f units for each byte, of %d; %d are signed", worst, most, unitsPerByte, signed)
	}
}

// Readings of ordinary mail take less than a third of what they may, those of texts so
// short that their size says nothing aside.
func TestRoomOfOrdinaryMail(t *testing.T) {
	const far, short = 3, 2000
	worst, most := "", 0.0
	ordinary(t, func(name string, file *File) {
		m := file.Message("", nil, entity.Limits{})
		if m.Tree == nil {
			return
		}
		for _, body := range entity.Bodies(m.Tree) {
			for _, doc := range body.Documents {
				for _, p := range doc.Leaves {
					l, err := openBytes(m, p, p.BodyEnd-p.BodyStart, entity.Open)
					if err != nil || len(l.Text) < short {
						continue
					}
					kind := kindOf(m, p, false)
					kind.Room, kind.Reply = work.NewRoom(1<<40, nil), strings.Contains(name, "reply")
					insert.Read(l.Text, kind)
					if rate := float64(kind.Room.Used()) / float64(len(l.Text)); rate > most {
						worst, most = name, rate
					}
				}
			}
		}
	})
	t.Logf("the most is %.1f bytes for each byte, of %s", most, worst)
	if most > roomPerByte/far {
		t.Errorf("%s takes %.1f bytes for each byte of a text, of %d", worst, most, roomPerByte)
	}
}
