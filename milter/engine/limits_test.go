package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
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
	names, err := filepath.Glob("../../testdata/mail/*.eml")
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

// costOf is the cost of a message that has come in.
func costOf(m *Message, memory *work.Budget, turns Turns, peer func() error) *Cost {
	c := NewCost(memory, turns, peer)
	c.Allow(int(headerSize(m.Header) + m.Size))
	return c
}

// Ordinary mail costs less than a tenth of what it may.
func TestWorkOfOrdinaryMail(t *testing.T) {
	const far = 10
	worst, most, signed := "", 0.0, 0
	ordinary(t, func(name string, file *File) {
		from := policy.Addresses(file.Header(), "From")
		e := newEngine(func(_ *Engine, s *shelf) { s.Person.Addresses = append(s.Person.Addresses, from...) })
		m := file.Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
		job := e.Begin(m)
		job.Head()
		decided := job.cost.meter.Spent()
		r := job.Finish().Report
		if r.Action == Signed {
			signed++
		}
		if rate := float64(job.cost.meter.Spent()-decided) / float64(m.Size+headerSize(m.Header)); rate > most {
			worst, most = name, rate
		}
	})
	t.Logf("%d signed, the most is %.1f units for each byte, of %s", signed, most, worst)
	if most > unitsPerByte/far || signed < 500 {
		t.Errorf("%s takes %.1f units for each byte, of %d; %d are signed", worst, most, unitsPerByte, signed)
	}
}

// Readings of texts as ordinary mail has them, long enough for their size to say something,
// take no more than their size allows, and need nothing of what each text may have besides.
func TestRoomOfOrdinaryMail(t *testing.T) {
	const size = 16 << 10
	readings := 0
	ordinary(t, func(name string, file *File) {
		m := file.Message("", nil, entity.Limits{})
		if m.Tree == nil {
			return
		}
		job := newEngine().Begin(m)
		for _, body := range entity.Bodies(m.Tree) {
			for _, p := range slices.Concat(leavesOf(body)...) {
				l, err := job.openBytes(p, p.BodyEnd-p.BodyStart, entity.Open)
				if err != nil || len(l.Text) == 0 {
					continue
				}
				text := bytes.Repeat(l.Text, 1+size/len(l.Text))
				kind := job.kindOf(p, false)
				kind.Room, kind.Reply = work.NewRoom(roomPerByte*int64(len(text)), nil), strings.Contains(name, "reply")
				if stopped := job.cost.Do(func() { insert.Read(text, kind) }); stopped != nil {
					t.Errorf("%s: %v", name, stopped.Err)
				}
				readings++
			}
		}
	})
	if readings < 500 {
		t.Errorf("only %d texts were read", readings)
	}
}

// leavesOf are the leaves of each document of a body.
func leavesOf(body entity.Body) (leaves [][]*entity.Part) {
	for _, doc := range body.Documents {
		leaves = append(leaves, doc.Leaves)
	}
	return leaves
}

// The work on a message that costs more than it may ends.
func TestWorkIsBounded(t *testing.T) {
	m := ParseFile([]byte(letter(textPlain, strings.Repeat("Hello\n", 1000)))).Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
	e := newEngine()
	m.Cost.meter = work.NewMeter(10_000, m.Cost.stops)
	job := e.Begin(m)
	job.Head()
	if o := job.Finish(); o.Report.Reason != string(reasonComplex) || len(o.Splices) != 0 {
		t.Errorf("%s because of %s", o.Report.Action, o.Report.Reason)
	}
}

// Of a row of many texts as few are in memory as blocks stand in.
func TestLeavesAreLetGo(t *testing.T) {
	const leaves, size = 25, 100_000
	part := "--b\nContent-Type: text/html; charset=utf-8\n\n" + strings.Repeat("<p>Hello Ben,</p>\n", size/18) + "\n"
	raw := letter("Content-Type: multipart/mixed; boundary=b", strings.Repeat(part, leaves)+"--b--\n")
	for _, d := range []struct {
		disclaimer, banner string
		most               int64 // leaves at a time
	}{{"", "", 2}, {"legal", "fair", 3}} {
		m := ParseFile([]byte(raw)).Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
		e := newEngine(func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].Disclaimer, e.Policy.Rules[0].Banner = d.disclaimer, d.banner
		})
		b := new(work.Budget)
		b.SetLimit(d.most * 12 * size)
		m.Cost = costOf(m, b, nil, nil)
		job := e.Begin(m)
		job.Head()
		if o := job.Finish(); o.Report.Action != Signed || b.Used() != 0 {
			t.Errorf("%s because of %s, %d bytes are still taken", o.Report.Action, o.Report.Reason, b.Used())
		}
		b.SetLimit(size)
		if o := job.Finish(); o.Report.Reason != string(reasonMemory) || b.Used() != 0 {
			t.Errorf("with less: %s because of %s, %d bytes are still taken", o.Report.Action, o.Report.Reason, b.Used())
		}
	}
}

// Wherever the memory runs out, the reason is that, and nothing is kept.
func TestMemoryRunsOutAnywhere(t *testing.T) {
	raw := letter(textPlain, strings.Repeat("Hello Ben, all is well\n", 20_000))
	seen := map[string]bool{}
	for limit := int64(100_000); limit < 8_000_000; limit += 100_000 {
		m := ParseFile([]byte(raw)).Message("anna@contoso.com", []string{"ben@partner.example"}, entity.Limits{})
		b := new(work.Budget)
		b.SetLimit(limit)
		m.Cost = costOf(m, b, nil, nil)
		e := newEngine()
		job := e.Begin(m)
		job.Head()
		o := job.Finish()
		seen[o.Report.Reason] = true
		if b.Used() != 0 {
			t.Fatalf("%d bytes are still taken of %d: %s", b.Used(), limit, o.Report.Reason)
		}
	}
	if len(seen) != 2 || !seen[string(policy.Rule)] || !seen[string(reasonMemory)] {
		t.Errorf("reasons %v", seen)
	}
}
