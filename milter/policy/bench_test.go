package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// company is n people in groups and departments, and a policy of 500 rules with
// every kind of condition, of which only the last is for all.
func company(n int) (*Policy, directory) {
	people := directory{}
	for i := range n {
		a := fmt.Sprintf("p%d@contoso.com", i)
		p := &Person{
			Address: a, Addresses: []string{a, fmt.Sprintf("p%d@contoso.de", i)},
			Attributes: map[string]string{"department": fmt.Sprintf("Department %d", i%40), "country": "DE", "city": "Bonn"},
		}
		for g := range 20 {
			p.Groups = append(p.Groups, fmt.Sprintf("group%d@contoso.com", (i+g)%200))
		}
		people["contoso/"+a] = p
	}
	policy := newPolicy()
	policy.Rules = nil
	for i := range 499 {
		c := only(asks("to", "external"))
		switch i % 10 {
		case 0:
			c.If = append(c.If, asks("recipient", fmt.Sprintf("partner%d.example", i)))
			if i%20 == 10 {
				c.If = []Condition{asks("recipient_list", fmt.Sprintf("partner%d.example", i), "x@y.z", "ben@x.y", "cleo@x.y", "dora@x.y")}
			}
		case 1, 2:
			c.If = append(c.If, asks("from", fmt.Sprintf("chief%d@contoso.com", i), "fabrikam.com"))
		case 3, 4:
			c.If = append(c.If, asks("from_group", fmt.Sprintf("group%d@contoso.com", 1000+i), "Nobody"))
		case 5, 6:
			c.If = append(c.If, asks("from_attribute", "country=DE", fmt.Sprintf("department=Office %d", i), "department=/^Sales/"))
		case 7:
			c.If = append(c.If, asks("subject", fmt.Sprintf("ticket %d", i), "offer"))
		case 8:
			c.If = append(c.If, asks("header", fmt.Sprintf("X-Campaign=spring %d", i)), asks("kind", "new"))
		case 9:
			c.If = append(c.If, asks("when", "from=2026-12-01", "until=2026-12-23", "days=mon-fri", "hours=08:00-18:00", "zone=Europe/Berlin"))
			c.Except = []Condition{asks("from_group", "group1@contoso.com")}
		}
		policy.Rules = append(policy.Rules, RuleSpec{Name: fmt.Sprintf("rule %d", i), Conditions: c, Signature: "short", Stop: true})
	}
	policy.Rules = append(policy.Rules, RuleSpec{Name: "all", Signature: "corporate"})
	return policy, people
}

// letterText is a newest text of some length.
var letterText = strings.Repeat("the reading of the meter was 4711, as agreed, and the next one is due in March.\n", 10)

// ordinary is a message with a header as it comes from Exchange Online.
func ordinary(from int) *Facts {
	lines := []string{
		fmt.Sprintf("From: Somebody <p%d@contoso.com>", from), "To: Ben <ben@customer.example>",
		"Subject: =?utf-8?Q?Re:_Z=C3=A4hler_f=C3=BCr_Ben?=", "In-Reply-To: <1@customer.example>",
	}
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("X-MS-Exchange-Something-%d: a value of some length, as they come", i))
	}
	return &Facts{
		Sender: fmt.Sprintf("p%d@contoso.com", from), Recipients: []string{"ben@customer.example", "p1@contoso.com"},
		Header: header(lines...), Size: 20_000, Text: func() (string, bool) { return letterText, true }, Now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
	}
}

// BenchmarkDecide is a decision over 500 rules and 10,000 people. It is to take
// less than 50 microseconds.
func BenchmarkDecide(b *testing.B) {
	p, people := company(10_000)
	var mail []*Facts
	for i := range 100 {
		mail = append(mail, ordinary(i*100))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if d, err := p.Decide(mail[i%len(mail)], people); err != nil || d.Rule != "all" {
			b.Fatalf("%v, %+v", err, d)
		}
	}
}

// BenchmarkDecideByText adds rules that look at the newest text, which costs in
// proportion to its length.
func BenchmarkDecideByText(b *testing.B) {
	p, people := company(10_000)
	for i := range 25 {
		c := only(asks("body", fmt.Sprintf("ticket %d", i)), asks("language", "fr"))
		p.Rules[i*20].Conditions = c
	}
	f := ordinary(7)
	b.ReportAllocs()
	for b.Loop() {
		if d, err := p.Decide(f, people); err != nil || d.Rule != "all" {
			b.Fatalf("%v, %+v", err, d)
		}
	}
}

// What a decision allocates does not grow with the number of people.
func TestAllocationsOfADecision(t *testing.T) {
	allocations := func(n int) float64 {
		p, people := company(n)
		f := ordinary(7)
		return testing.AllocsPerRun(100, func() {
			if d, err := p.Decide(f, people); err != nil || d.Rule != "all" {
				t.Fatalf("%v, %+v", err, d)
			}
		})
	}
	// A garbage collection in between empties the pools of the library.
	if few, many := allocations(10), allocations(10_000); many > few+10 {
		t.Errorf("%.0f allocations with 10 people, %.0f with 10,000", few, many)
	}
}
