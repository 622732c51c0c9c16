package policy

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// dora is in groups and has attributes.
var dora = &Person{
	Address: "dora@contoso.com", Addresses: []string{"dora@contoso.com", "d.huber@contoso.de"},
	Attributes: map[string]string{"department": "Sales", "city": "Köln", "Floor": "3"},
	Groups:     []string{"Sales@contoso.com", "All Staff"},
}

// offer is a message of Dora's to a customer and a colleague, on a Tuesday.
func offer(lines ...string) *Facts {
	return &Facts{
		Sender:     "dora@contoso.com",
		Recipients: []string{"ben@partner.example", "Bob@Contoso.de"},
		Header: header(slices.Concat([]string{
			"From: Dora <dora@contoso.com>", "X-Campaign: Spring sale", "X-Campaign: test", "X-Empty:",
		}, lines, []string{"Subject: =?utf-8?Q?Re:_Angebot_f=C3=BCr_Ben_[AB-1]?="})...),
		Size: 2000,
		Text: func() (string, bool) {
			return "Hallo Ben,\nanbei das\nAngebot für Köln\nund die Karten. Bis morgen", true
		},
		Now: time.Date(2026, 12, 1, 22, 30, 0, 0, time.UTC),
	}
}

// TestConditions has, of every condition, what is met, what is not, and what
// cannot be asked.
func TestConditions(t *testing.T) {
	examples := map[string]struct{ met, unmet, faulty []string }{ // words after blanks
		"to":             {[]string{"external", "any"}, []string{"internal"}, []string{"extern", "External"}},
		"recipient":      {[]string{"ben@partner.example", "Partner.Example", "contoso.de", "x.y partner.example"}, []string{"ben@contoso.de", "cleo@partner.example", "mail.partner.example"}, []string{"partner", "@partner.example"}},
		"recipient_list": {[]string{"ben@partner.example", "x.y Partner.example"}, []string{"partner.org ben@contoso.de"}, []string{"partner", "a b@x.y"}},
		"from":           {[]string{"dora@contoso.com", "contoso.com", "D.Huber@contoso.de", "x.y contoso.de"}, []string{"bob@contoso.com", "fabrikam.com"}, []string{"dora@", "contoso"}},
		"from_group": {
			[]string{"sales@contoso.com", "ALL_STAFF", "nobody sales@contoso.com"}, []string{"sales", "staff"}, []string{"", "a\tb\x00"},
		},
		"from_attribute": {
			[]string{"department=sales", "department=Support department=Sales", "city=ko\u0308ln", "city=/^K(ö|oe)ln$/", "department=Sales city=Köln", "floor=3", "jobTitle=", "DEPARTMENT=/^S/"},
			[]string{"department=Sale", "department=", "jobTitle=Head", "department=/^sales$/", "department=Sales city=Bonn", "city=/^ln/"},
			[]string{"department=/(/", "=x", "city=a\x01"},
		},
		"kind":         {[]string{"reply", "new reply"}, []string{"new", "forward", "new forward"}, []string{"answer", ""}},
		"subject":      {[]string{"angebot", "FÜR_BEN", "[AB-1]", "offer Ben", `/\[AB-\d+\]$/`}, []string{"Ange", "gebot", "r_Ben", "/^Angebot/", "AB-11"}, []string{"", "/[/", "a\x01"}},
		"header":       {[]string{"x-campaign=spring", "X-Campaign=TEST", "X-Campaign=/^S.*sale$/", "X-Campaign=autumn X-Campaign=spring", "X-Empty=/^$/", "X-Campaign=spring X-Empty=/^$/"}, []string{"X-Campaign=spri", "X-Other=/./", "X-Empty=/./", "X-Campaign=spring X-Other=1"}, []string{"X Y=1", "X:=1", "X-Y=", "X-Y=/(/"}},
		"when":         {[]string{"zone=UTC", "zone=UTC days=tue", "zone=Europe/Berlin hours=23:00-24:00", "zone=UTC from=2026-12-01 until=2026-12-01"}, []string{"zone=UTC days=wed-mon", "zone=UTC hours=08:00-22:30", "zone=UTC from=2026-12-02", "zone=UTC until=2026-11-30"}, []string{"zone=Mars", "zone=", "days=xyz", "hours=9", "hours=25:00-26:00", "from=2026-13-01", "until=soon"}},
		"larger_than":  {[]string{"1999"}, []string{"2000", "2001"}, []string{"0", "-1", "1MB"}},
		"smaller_than": {[]string{"2001"}, []string{"2000", "1999"}, []string{"0", "x"}},
		"body": {
			[]string{"angebot", "FÜR_KÖLN", "anbei_das_angebot", "Ko\u0308ln_und", "rechnung karten", "/^Hallo/", "/(?m)^Angebot/", `/das\sAngebot/`},
			[]string{"ange", "karte", "rechnung", "/^Angebot/", "/hallo/", "für_ben"}, []string{"", "/[/", "a\x01"},
		},
		"language": {[]string{"de", "DE", "en de"}, []string{"en", "nl fr"}, []string{"", "german", "xx", "de-AT"}},
	}
	people := directory{"contoso/dora@contoso.com": dora}
	decideOn := func(c Conditions) Decision {
		p := newPolicy()
		p.Rules[0].Conditions = c
		d, err := p.Decide(offer(), people)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	split := func(words string) []string {
		fields := strings.Fields(words)
		for i := range fields {
			fields[i] = strings.ReplaceAll(fields[i], "_", " ")
		}
		return fields
	}
	for _, k := range ConditionKinds {
		e, ok := examples[k.Name]
		if !ok || len(e.met) == 0 || len(e.unmet) == 0 || len(e.faulty) == 0 {
			t.Errorf("%s has no example of each sort", k.Name)
		}
		for want, list := range map[bool][]string{true: e.met, false: e.unmet} {
			for _, words := range list {
				c := asks(k.Name, split(words)...)
				if c.Empty() { // asks for nothing: the configuration leaves it out
					continue
				}
				if got := decideOn(only(c)).Verdict == Sign; got != want {
					t.Errorf("%s %q: met is %v", k.Name, words, got)
				}
				if got := decideOn(Conditions{Except: []Condition{c}}).Verdict == Sign; got == want {
					t.Errorf("except %s %q: excepted is %v", k.Name, words, !got)
				}
			}
		}
		for _, word := range e.faulty {
			if c := k.New(); add(&c, word) == nil {
				t.Errorf("%s takes %q", k.Name, word)
			}
		}
	}
}

// TestWindowNeverOpens: what cannot be told by one word alone.
func TestWindowNeverOpens(t *testing.T) {
	for words, never := range map[string]bool{
		"from=2026-12-01 until=2026-12-01":                               false,
		"from=2026-12-02 until=2026-12-01":                               true,
		"from=2026-12-01 08:00|until=2026-12-01 08:00":                   true,
		"from=2026-12-05 until=2026-12-06 days=mon-fri":                  true, // a weekend
		"from=2026-12-05 until=2026-12-07 days=mon-fri":                  false,
		"from=2026-12-01 09:00|until=2026-12-01 17:00|hours=08:00-09:00": true,
		"from=2026-12-01 09:00|until=2026-12-02 17:00|hours=08:00-09:00": false,
		"from=2026-03-29 until=2026-03-29 hours=02:00-03:00":             true, // the hour that is left out in spring
		"days=mon hours=22:00-06:00":                                     false,
	} {
		c := asks("kind", "new")
		for i := range ConditionKinds {
			if ConditionKinds[i].Name == "when" {
				c = ConditionKinds[i].New()
			}
		}
		sep := " "
		if strings.Contains(words, "|") {
			sep = "|"
		}
		for _, w := range append(strings.Split(words, sep), "zone=Europe/Berlin") {
			if err := add(&c, w); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Compile(); (err != nil) != never {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func TestWindow(t *testing.T) {
	berlin := func(s string) time.Time {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC()
	}
	for _, c := range []struct {
		words []string
		at    string
		open  bool
	}{
		{[]string{"from=2026-12-01"}, "2026-12-01 00:00:00", true},
		{[]string{"from=2026-12-01"}, "2026-11-30 23:59:59", false},
		{[]string{"until=2026-12-24"}, "2026-12-24 23:59:59", true}, // a day is whole
		{[]string{"until=2026-12-24"}, "2026-12-25 00:00:00", false},
		{[]string{"until=2026-12-24 18:00"}, "2026-12-24 17:59:59", true},
		{[]string{"until=2026-12-24 18:00"}, "2026-12-24 18:00:00", false},
		{[]string{"days=fri-mon"}, "2026-12-06 12:00:00", true}, // Sunday
		{[]string{"days=fri-mon"}, "2026-12-08 12:00:00", false},
		{[]string{"days=wed"}, "2026-12-02 00:00:00", true}, // Tuesday in UTC
		{[]string{"hours=08:00-18:00"}, "2026-12-01 08:00:00", true},
		{[]string{"hours=08:00-18:00"}, "2026-12-01 18:00:00", false},
		{[]string{"hours=08:00-18:00"}, "2026-07-01 17:59:59", true}, // summer time
		{[]string{"hours=08:00-10:00", "hours=14:00-16:00"}, "2026-07-01 15:00:00", true},
		{[]string{"hours=08:00-10:00", "hours=14:00-16:00"}, "2026-07-01 12:00:00", false},
		{[]string{"days=fri", "hours=22:00-06:00"}, "2026-12-05 05:59:00", true}, // the night from Friday
		{[]string{"days=fri", "hours=22:00-06:00"}, "2026-12-04 05:59:00", false},
		{[]string{"days=fri", "hours=22:00-06:00"}, "2026-12-04 22:00:00", true},
		{[]string{"days=fri", "hours=22:00-06:00"}, "2026-12-05 22:00:00", false},
	} {
		w := asks("when", append(c.words, "zone=Europe/Berlin")...).window
		if got := w.open(berlin(c.at)); got != c.open {
			t.Errorf("%q at %s: open is %v", c.words, c.at, got)
		}
	}
}

func TestOver(t *testing.T) {
	c := only(asks("when", "until=2026-12-24", "zone=UTC"))
	for day, want := range map[int]bool{24: false, 25: true} {
		if got := c.Over(time.Date(2026, 12, day, 0, 0, 0, 0, time.UTC)); got != want {
			t.Errorf("on the %d.: %v", day, got)
		}
	}
	if open := only(asks("when", "from=2026-12-24", "zone=UTC")); open.Over(time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("a window without an end is over")
	}
}

func TestThread(t *testing.T) {
	for lines, want := range map[string]Thread{
		"Subject: Offer":                                      New,
		"Subject: Re: Offer":                                  Reply,
		"Subject: AW[2]: Offer":                               Reply,
		"Subject: Offer\nIn-Reply-To: <1@x>":                  Reply,
		"Subject: FW: Offer":                                  Forward,
		"Subject: [External] Fwd: Offer":                      Forward,
		"Subject: FW[3]: Offer\nIn-Reply-To: <1@x>":           Forward, // Outlook's forwards have it too
		"Subject: =?utf-8?B?6L2s5Y+R77ya5oql5Lu3?=":           Forward,
		"Subject: =?utf-8?Q?=C4=B0LT:_Teklif?=":               Forward,
		"Subject: Re: FW: Offer":                              Reply,
		"Subject: I think: yes":                               New,
		"Subject: Encyclopedia: a forward\nReferences: <1@x>": Reply,
	} {
		h := header(strings.Split(lines, "\n")...)
		if got := threadOf(h, h.Text("Subject")); got != want {
			t.Errorf("%q: %s, want %s", lines, got, want)
		}
	}
}

// Every prefix of a forward is one that is known as a prefix at all.
func TestForwardsArePrefixes(t *testing.T) {
	for prefix := range forwards {
		if s := strings.ToUpper(prefix) + ": x"; threadOf(nil, s) != Forward {
			t.Errorf("%q is no forward", s)
		}
	}
}

// What is beyond the first 64 KiB of a subject, or of the fields of a name, is looked
// at by no rule: there may be many, and expressions take time.
func TestLongFieldsAreCut(t *testing.T) {
	most := strings.Repeat("x ", valueBytes/2-10)
	for _, c := range []struct {
		condition Condition
		lines     []string
		met       bool
	}{
		{asks("subject", "offer"), []string{"Subject: " + most + "offer"}, true},
		{asks("subject", "offer"), []string{"Subject: " + most + strings.Repeat("x", 20) + " offer"}, false},
		{asks("header", "X-A=offer"), []string{"X-A: " + most, "X-B: b", "X-A: offer"}, false},
		{asks("header", "X-A=offer"), []string{"X-A: x", "X-B: " + most, "X-A: offer"}, true},
		{asks("header", "X-A=/^$/"), slices.Repeat([]string{"X-A: x"}, 3000), false},
		{asks("header", "X-A=/^y$/"), append(slices.Repeat([]string{"X-A: x"}, 1000), "X-A: y"), true},
		{asks("header", "X-A=/^y$/"), append(slices.Repeat([]string{"X-A: x"}, 3000), "X-A: y"), false},
	} {
		p := newPolicy()
		p.Rules[0].Conditions = only(c.condition)
		if met := decide(t, p, written(c.lines...)).Reason == Rule; met != c.met {
			t.Errorf("%s: %v, want %v", c.condition.String(), met, c.met)
		}
	}
}
