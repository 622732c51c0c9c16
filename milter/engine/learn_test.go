package engine

import (
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// diary is a memory of the one person of a test.
type diary struct {
	endings []insert.Ending
	learned int // mails
}

func (d *diary) Recall(string, *policy.Person) (insert.Memory, bool) {
	return insert.Memory{Endings: d.endings, Hash: func(text string) uint64 {
		h := fnv.New64a()
		h.Write([]byte(text))
		return h.Sum64()
	}}, true
}

func (d *diary) Learn(_ string, _ *policy.Person, endings []insert.Ending) {
	d.learned++
	d.endings = append(d.endings, endings...)
}

func TestDayOf(t *testing.T) {
	berlin := time.FixedZone("", 2*60*60)
	late := time.Date(2026, 10, 5, 23, 30, 0, 0, berlin)
	if dayOf(late) != dayOf(late.Add(-23*time.Hour)) || dayOf(late)+1 != dayOf(late.Add(time.Hour)) {
		t.Error("a day does not begin at midnight, where the clock is")
	}
}

// Which mail teaches anything.
func TestWhatTeaches(t *testing.T) {
	const end = "\n\nRegards\n\nA. Muster\nGauges since 1921\n"
	html := "<p>Hello,</p><p>see you.</p><p>Regards</p><p>A. Muster<br>Gauges since 1921</p>"
	cases := []struct {
		name   string
		raw    string
		change func(*Engine, *shelf)
		want   int // mails
	}{
		{"plain text", letter(textPlain, "Hello,\nsee you."+end), nil, 1},
		{"both forms are one mail", both("Hello,\nsee you."+end, html), nil, 1},
		{"too short", letter(textPlain, "Hello,\nsee you.\n"), nil, 0},
		{"with a marker", letter(textPlain, "Hello,\nsee you.\n{EMAILSIGNATURE}"+end), nil, 0},
		{"our block stands there already", letter(textPlain, "Hello,\nsee you.\n\nAnna Muster\nHead of Testing\n"), nil, 0},
		{"an old signature is replaced", letter(textPlain, "Hello,\nsee you.\n\nAnna Muster\na.muster@contoso.com\nHead of Testing\n"), nil, 1},
		{"not signed: automatic", letter("Auto-Submitted: auto-replied\n"+textPlain, "Hello,\nsee you."+end), nil, 0},
		{"handled", letter(guard+": Yes\n"+textPlain, "Hello,\nsee you."+end), nil, 0},
		{"not selected", letter(textPlain, "Hello,\nsee you."+end), func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].Place = insert.Settings{ReplaceExisting: true}
		}, 0},
		{"only a disclaimer", letter(textPlain, "Hello,\nsee you."+end), func(e *Engine, _ *shelf) {
			e.Policy.Rules[0].Signature, e.Policy.Rules[0].Disclaimer = "", "legal"
		}, 0},
		{"of a default person", strings.Replace(letter(textPlain, "Hello,\nsee you."+end), "anna@contoso.com", "stranger@contoso.com", 1), func(e *Engine, _ *shelf) {
			e.Policy.Tenants[0].DefaultPerson = "anna@contoso.com"
		}, 0},
		{"nobody asked for it", letter(textPlain, "Hello,\nsee you."+end), func(e *Engine, _ *shelf) { e.Memory = nil }, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := &diary{}
			tr := try(t, newEngine(func(e *Engine, s *shelf) {
				e.Memory = d
				if c.change != nil {
					c.change(e, s)
				}
			}), c.raw)
			if d.learned != c.want {
				t.Errorf("%d mails, want %d: %+v", d.learned, c.want, tr.Report)
			}
		})
	}
}

// On the third day the signature is replaced in both forms, also in a reply.
func TestLearnsOverDays(t *testing.T) {
	d := &diary{}
	day := 0
	e := newEngine(func(e *Engine, _ *shelf) {
		e.Memory = d
		e.Now = func() time.Time { return time.Date(2026, 10, 5+day, 9, 0, 0, 0, time.UTC) }
	})
	for i, text := range []string{"the samples are here.", "we meet at nine.", "Bob called."} {
		day = i
		quoted := "\n\nOn Mon, 5 Oct 2026 at 10:00, Bob <bob@partner.example> wrote:\n> Regards\n> Bob\n"
		raw := both("Hi,\n"+text+"\n\nRegards\nA. Muster\nGauges since 1921"+quoted,
			"<p>Hi,</p><p>"+text+"</p><p>Regards</p><p>A. Muster<br>Gauges since 1921</p><blockquote type=\"cite\"><p>Regards<br>Bob</p></blockquote>")
		tr := try(t, e, strings.Replace(raw, "Subject: ", "In-Reply-To: <1@partner.example>\nSubject: Re: ", 1))
		if len(tr.Report.Blocks) != 2 {
			t.Fatalf("%+v", tr.Report)
		}
		for _, b := range tr.Report.Blocks {
			learned := b.By == "learned" || b.Type == "text/plain" && b.By != ""
			if learned != (i == 2) || learned != (len(b.Removed) == 2) {
				t.Errorf("day %d: %+v", i, b)
			}
		}
		if n := strings.Count(tr.out, "Gauges since 1921"); (n == 0) != (i == 2) {
			t.Errorf("day %d: it stands %d times", i, n)
		}
	}
}
