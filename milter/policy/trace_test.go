package policy

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTrace(t *testing.T) {
	p := newPolicy()
	p.Rules = []RuleSpec{
		{Name: "inside", Conditions: only(asks("to", "internal"), asks("from_group", "sales@contoso.com")), Signature: "short", Stop: true},
		{Name: "quiet", Conditions: Conditions{Except: []Condition{asks("subject", "angebot")}}, Banner: "fair"},
		{Name: "muted", Conditions: Conditions{OptOut: []string{"ben"}}, Banner: "fair"},
		{Name: "sales", Conditions: only(asks("from_attribute", "department=Sales")), Signature: "sales", Disclaimer: "legal", Stop: true},
		{Name: "all", Signature: "corporate"},
	}
	f := offer()
	f.Trace = &Trace{Rules: []RuleTrace{{Rule: "of another message"}}}
	d, err := p.Decide(f, directory{"contoso/dora@contoso.com": dora})
	if err != nil {
		t.Fatal(err)
	}
	want := Trace{
		Steps: []Step{
			{"guard", true, "no field says that the message was handled"},
			{"kind", true, "no field says that it is of a kind that must pass"},
			{"tenant", true, "contoso, by the domain of dora@contoso.com"},
			{"author", true, "dora@contoso.com is dora@contoso.com"},
		},
		Rules: []RuleTrace{
			{Rule: "inside", Outcome: NotMet, If: []ConditionTrace{
				{"to", "the message is internal", "ben@partner.example is external", false},
				{"from_group", `the author is in the group "sales@contoso.com"`, "the author is in Sales@contoso.com, All Staff", true},
			}},
			{Rule: "quiet", Outcome: Excepted, Except: []ConditionTrace{
				{"subject", `the subject has "angebot"`, `it is "Re: Angebot für Ben [AB-1]"`, true},
			}},
			{Rule: "muted", Outcome: ByKeyword, By: "ben"},
			{Rule: "sales", Outcome: Applies, Takes: []string{"signature sales", "disclaimer legal"}, Stops: true, If: []ConditionTrace{
				{"from_attribute", `the author's department is "Sales"`, `department is "Sales"`, true},
			}},
			{Rule: "all", Outcome: NotReached, By: "sales"},
		},
	}
	if !reflect.DeepEqual(*f.Trace, want) {
		t.Errorf("got  %+v\nwant %+v", *f.Trace, want)
	}
	f.Trace = nil
	if untraced, err := p.Decide(f, directory{"contoso/dora@contoso.com": dora}); err != nil || !reflect.DeepEqual(untraced, d) {
		t.Errorf("without a trace %+v, with one %+v", untraced, d)
	}
}

// The last step of a message that is not for the rules says why.
func TestTraceEnds(t *testing.T) {
	for name, c := range map[string]struct {
		facts *Facts
		step  string
		words string
	}{
		"handled":     {written("X-Sigmilter-Handled: Yes"), "guard", "X-Sigmilter-Handled says"},
		"other guard": {written("X-Xink-Handled: Yes"), "guard", "X-Xink-Handled says"},
		"automatic":   {written("Auto-Submitted: auto-replied"), "kind", "automatic: the field Auto-Submitted (RFC 3834 5) says so"},
		"no sender":   {&Facts{Header: header("From: anna@contoso.com")}, "kind", "null-sender: the empty envelope sender"},
		"no author":   {&Facts{Sender: "a@b.c"}, "tenant", "From field has no address"},
		"no tenant":   {&Facts{Sender: "a@b.c", Header: header("From: x@partner.example")}, "tenant", "domain of x@partner.example"},
		"unknown":     {&Facts{Sender: "a@b.c", Header: header("From: ghost@contoso.com")}, "author", "has nobody whose signature"},
	} {
		c.facts.Trace = &Trace{}
		decide(t, newPolicy(), c.facts)
		steps := c.facts.Trace.Steps
		last := steps[len(steps)-1]
		if last.Step != c.step || last.GoesOn || !strings.Contains(last.Words, c.words) || len(c.facts.Trace.Rules) > 0 {
			t.Errorf("%s: %+v", name, c.facts.Trace)
		}
	}
}

// Every kind of condition can say what it asks for and what a message has.
func TestTraceWords(t *testing.T) {
	examples := map[string]struct{ words, wants, found string }{
		"to":             {"external", "the message is external", "ben@partner.example is external"},
		"recipient":      {"partner.example ben@x.y", "a recipient is in partner.example or ben@x.y", "the recipients are ben@partner.example, Bob@Contoso.de"},
		"recipient_list": {"partner.example", "a recipient is in the list partners.txt", "the recipients are ben@partner.example, Bob@Contoso.de"},
		"from":           {"contoso.de", "the author is in contoso.de", "the author's addresses are dora@contoso.com, d.huber@contoso.de"},
		"from_group":     {"sales /x/", `the author is in the group "sales" or /x/`, "the author is in Sales@contoso.com, All Staff"},
		"from_attribute": {"city=Bonn city=/^K/ job=", `the author's city is "Bonn" or /^K/, and the author's job is ""`, `city is "Köln", and job is ""`},
		"kind":           {"new forward", "the message is a new message or a forward", "it is a reply"},
		"subject":        {"offer", `the subject has "offer"`, `it is "Re: Angebot für Ben [AB-1]"`},
		"header":         {"X-Campaign=a X-Y=b", `the field X-Campaign has "a", and the field X-Y has "b"`, `X-Campaign is "Spring sale", "test", and there is no field X-Y`},
		"when":           {"days=mon hours=08:00-09:00 from=2026-12-01 zone=Europe/Berlin", "the time is from 2026-12-01, mon, 08:00-09:00, in Europe/Berlin", "it is Tue 2026-12-01 23:30 there"},
		"larger_than":    {"9", "the message has more than 9 bytes", "it has 2000"},
		"smaller_than":   {"9", "the message has less than 9 bytes", "it has 2000"},
		"body":           {"offer /x/", `the new text has "offer" or /x/`, `the new text begins with "Hallo Ben, anbei das Angebot für Köln und die Karten. Bis mo"`},
		"language":       {"en nl", "the language of the new text is en or nl", "it is de"},
	}
	for _, k := range ConditionKinds {
		e := examples[k.Name]
		c := asks(k.Name, strings.Fields(e.words)...)
		f := offer()
		f.Trace = &Trace{}
		p := newPolicy()
		p.Rules[0].Conditions = only(c)
		if _, err := p.Decide(f, directory{"contoso/dora@contoso.com": dora}); err != nil {
			t.Fatal(err)
		}
		if got := f.Trace.Rules[0].If[0]; got.Condition != k.Name || got.Wants != e.wants || got.Found != e.found {
			t.Errorf("%s: %+v", k.Name, got)
		}
	}
}

// TestPending: a rule that asks for the size waits for it.
func TestPending(t *testing.T) {
	p := newPolicy()
	p.Rules = []RuleSpec{
		{Name: "large", Conditions: only(asks("to", "external"), asks("larger_than", "1000")), Signature: "short", Stop: true},
		{Name: "all", Signature: "corporate"},
	}
	f := written()
	f.Size = -1
	if d := decide(t, p, f); !d.Pending {
		t.Errorf("decided without the size: %+v", d)
	}
	for size, rule := range map[int64]string{1000: "all", 1001: "large"} {
		f.Size, f.Now = size, time.Now()
		if d := decide(t, p, f); d.Pending || d.Rule != rule {
			t.Errorf("%d bytes: %+v", size, d)
		}
	}
	f.Size, f.Recipients = -1, []string{"bob@contoso.com"}
	if d := decide(t, p, f); d.Pending || d.Rule != "all" {
		t.Errorf("the size is not asked for: %+v", d)
	}
}
