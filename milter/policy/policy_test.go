package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
)

// directory is a People of a table: "tenant/address" and who it is.
type directory map[string]*Person

func (d directory) Find(tenant, address string) (*Person, bool, error) {
	p, ok := d[tenant+"/"+address]
	return p, ok, nil
}

var (
	anna = &Person{Address: "anna@contoso.com", Addresses: []string{"anna@contoso.com", "a.muster@contoso.de"}}
	bob  = &Person{Address: "bob@contoso.com", Addresses: []string{"bob@contoso.com"}}
	cleo = &Person{Address: "cleo@fabrikam.com", Addresses: []string{"cleo@fabrikam.com"}}
	udo  = &Person{Address: "udo@xn--bcher-kva.example", Addresses: []string{"udo@xn--bcher-kva.example"}}

	staff = directory{
		"contoso/anna@contoso.com":            anna,
		"contoso/a.muster@contoso.de":         anna,
		"contoso/bob@contoso.com":             bob,
		"contoso/udo@xn--bcher-kva.example":   udo,
		"fabrikam/cleo@fabrikam.com":          cleo,
		"fabrikam/anna@contoso.com":           cleo, // never to be found: another tenant's domain
		"contoso/stranger@partner.example":    bob,  // never to be found: no tenant's domain
		"contoso/o365connectorvalidation@x.y": bob,
	}
)

// asks is a condition of words; those of a table are "name=word".
func asks(kind string, words ...string) Condition {
	i := slices.IndexFunc(ConditionKinds, func(k ConditionKind) bool { return k.Name == kind })
	c := ConditionKinds[i].New()
	for _, w := range words {
		if err := add(&c, w); err != nil {
			panic(err)
		}
	}
	if err := c.Compile(); err != nil {
		panic(err)
	}
	return c
}

// add adds a word as it is written in [asks].
func add(c *Condition, word string) error {
	if c.kind.Shape == Lists {
		return c.AddList("partners.txt", word)
	}
	if c.kind.Shape != Table {
		return c.Add("", word)
	}
	key, word, _ := strings.Cut(word, "=")
	if err := c.kind.CheckKey(key); err != nil {
		return err
	}
	return c.Add(key, word)
}

func only(c ...Condition) Conditions { return Conditions{If: c} }

// newPolicy is two tenants and one rule for everyone.
func newPolicy() *Policy {
	return &Policy{
		Guard:      "X-Sigmilter-Handled",
		AlsoHonour: []string{"X-Xink-Handled", "X-Codetwo-Processed"},
		Tenants: []Tenant{
			{Name: "contoso", Domains: []string{"contoso.com", "contoso.de", "xn--bcher-kva.example"}},
			{Name: "fabrikam", Domains: []string{"fabrikam.com"}},
		},
		Rules: []RuleSpec{{Name: "all", Signature: "corporate"}},
	}
}

// header is a header of "Name: value" lines.
func header(lines ...string) entity.Header {
	var h entity.Header
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ":")
		h = append(h, entity.Field{Name: name, Value: value})
	}
	return h
}

// written is a message of Anna's to a customer, with further fields before From.
func written(lines ...string) *Facts {
	return &Facts{
		Sender:     "anna@contoso.com",
		Recipients: []string{"customer@partner.example"},
		Header:     header(append(lines, "From: Anna Muster <anna@contoso.com>")...),
	}
}

func decide(t *testing.T, p *Policy, f *Facts) Decision {
	t.Helper()
	d, err := p.Decide(f, staff)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSign(t *testing.T) {
	p := newPolicy()
	p.Rules[0].Place = insert.Settings{Marker: "{HERE}", OnNew: true}
	d := decide(t, p, written("Subject: Hello"))
	if d.Verdict != Sign || d.Reason != Rule || d.Reply {
		t.Errorf("verdict %d, reason %q, reply %v", d.Verdict, d.Reason, d.Reply)
	}
	if d.Tenant != "contoso" || d.Author != "anna@contoso.com" || d.Person != anna {
		t.Errorf("tenant %q, author %q, person %v", d.Tenant, d.Author, d.Person)
	}
	if d.Rule != "all" || d.Signature != "corporate" || d.Place.Marker != "{HERE}" || !d.Place.OnNew || d.Place.OnReply {
		t.Errorf("rule %q, signature %q, place %+v", d.Rule, d.Signature, d.Place)
	}
}

// TestOrder: of two things that stand in one message the earlier decides.
func TestOrder(t *testing.T) {
	order := []struct {
		want Reason
		add  func(*Policy, *Facts)
	}{
		{Loop, func(p *Policy, f *Facts) {
			p.MaxPasses, f.Relay = 1, "relay.contoso.com"
			f.Header = append(f.Header, header("Received: from x by relay.contoso.com")...)
		}},
		{Guarded, func(_ *Policy, f *Facts) { f.Header = append(f.Header, header("X-Sigmilter-Handled: Yes")...) }},
		{OtherGuard, func(_ *Policy, f *Facts) { f.Header = append(f.Header, header("X-Xink-Handled: Yes")...) }},
		{Probe, func(_ *Policy, f *Facts) {
			f.Header = slices.DeleteFunc(f.Header, func(x entity.Field) bool { return x.Name == "From" })
			f.Header = append(f.Header, header("From: O365ConnectorValidation@contoso.com")...)
		}},
		{Automatic, func(_ *Policy, f *Facts) { f.Header = append(f.Header, header("Auto-Submitted: auto-replied")...) }},
		{Recall, func(_ *Policy, f *Facts) {
			f.Header = append(f.Header, header("X-MS-Exchange-RecallReportGenerated: true")...)
		}},
		{Journal, func(_ *Policy, f *Facts) { f.Header = append(f.Header, header("X-MS-Journal-Report:")...) }},
		{Calendar, func(_ *Policy, f *Facts) {
			f.Header = append(f.Header, header("X-MS-Exchange-Calendar-Originator-Id: x")...)
		}},
		{SignedPart, func(_ *Policy, f *Facts) {
			f.Header = append(f.Header, header("Content-Type: multipart/signed; boundary=b")...)
		}},
		{Patch, func(_ *Policy, f *Facts) { f.Header = append(f.Header, header("X-Mailer: git-send-email 2.39")...) }},
		{NullSender, func(_ *Policy, f *Facts) { f.Sender = "" }},
		{NoAuthor, func(_ *Policy, f *Facts) {
			f.Header = slices.DeleteFunc(f.Header, func(x entity.Field) bool { return x.Name == "From" })
		}},
		{NoTenant, func(p *Policy, _ *Facts) { p.Tenants = nil }},
		{UnknownAuthor, func(p *Policy, _ *Facts) {
			p.Tenants = append([]Tenant{{Name: "other", Domains: []string{"contoso.com"}}}, p.Tenants...)
		}},
		{NoRule, func(p *Policy, _ *Facts) { p.Rules = nil }},
	}
	for i, first := range order {
		for _, second := range append(order[i+1:], order[i]) {
			if first.want == NoTenant && second.want == UnknownAuthor {
				continue // these two cannot be at once
			}
			p, f := newPolicy(), written()
			second.add(p, f)
			if first.want != second.want {
				first.add(p, f)
			}
			if d := decide(t, p, f); d.Reason != first.want {
				t.Errorf("%s with %s: %s", first.want, second.want, d.Reason)
			}
		}
	}
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		facts   *Facts
		verdict Verdict
		reason  Reason
	}{
		"handled":        {written("X-Sigmilter-Handled: Yes"), Handled, Guarded},
		"other guard":    {written("X-Xink-Handled: Yes"), Pass, OtherGuard}, // ours is still missing
		"calendar":       {written("Content-Type: text/calendar"), Pass, Calendar},
		"no author":      {&Facts{Sender: "a@contoso.com", Header: header("Subject: x")}, Pass, NoAuthor},
		"no tenant":      {&Facts{Sender: "anna@contoso.com", Header: header("From: stranger@partner.example")}, Pass, NoTenant},
		"unknown author": {&Facts{Sender: "anna@contoso.com", Header: header("From: ghost@contoso.com")}, Pass, UnknownAuthor},
		"sign":           {written(), Sign, Rule},
	} {
		d := decide(t, newPolicy(), c.facts)
		if d.Verdict != c.verdict || d.Reason != c.reason {
			t.Errorf("%s: verdict %d, reason %q", name, d.Verdict, d.Reason)
		}
		if c.verdict != Sign && (d.Rule != "" || d.Signature != "" || d.Person != nil) {
			t.Errorf("%s: rule %q, signature %q, person %v", name, d.Rule, d.Signature, d.Person)
		}
	}
}

// TestGuardValues: only a value that says so keeps a message from being signed.
func TestGuardValues(t *testing.T) {
	for _, field := range []string{"X-Sigmilter-Handled", "X-SIGMILTER-handled", "X-Xink-Handled", "X-CodeTwo-Processed"} {
		for value, handled := range map[string]bool{
			" Yes": true, "yes": true, " YES ": true, " true": true, " True": true, "\r\n Yes": true, "Yes; mac=0123": true,
			"": false, " ": false, " No": false, " false": false, " 1": false, " not yes": false, " \"Yes\"": false,
		} {
			d := decide(t, newPolicy(), written(field+":"+value))
			if got := d.Verdict != Sign; got != handled {
				t.Errorf("%s:%q: handled %v, %s", field, value, got, d.Reason)
			}
			if ours := strings.EqualFold(field, "X-Sigmilter-Handled"); handled && (d.Reason == Guarded) != ours {
				t.Errorf("%s:%q: %s", field, value, d.Reason)
			}
		}
	}
	if d := decide(t, newPolicy(), written("X-Sigmilter-Handled-By: Yes", "X-Other-Handled: Yes")); d.Verdict != Sign {
		t.Errorf("a guard nobody honours: %s", d.Reason)
	}
}

func TestReply(t *testing.T) {
	for line, reply := range map[string]bool{
		"Subject: Re: offer":                               true,
		"Subject: =?utf-8?Q?AW:_Angebot?=":                 true,
		"Subject: WG: Angebot":                             true,
		"Subject: offer":                                   false,
		"Subject: Report: offer":                           false,
		"In-Reply-To: <1@partner.example>":                 true,
		"In-Reply-To:":                                     false,
		"References: <1@partner.example>\r\n <2@x.y>":      true,
		"References: ":                                     false,
		"Thread-Index: AQHZ":                               false,
		"Subject: =?utf-8?Q?Reparatur=3A_wie_besprochen?=": false,
	} {
		if d := decide(t, newPolicy(), written(line)); d.Reply != reply || d.Verdict != Sign {
			t.Errorf("%q: reply %v, %s", line, d.Reply, d.Reason)
		}
	}
}

// broken is a People that cannot answer.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Find(string, string) (*Person, bool, error) { return nil, false, errBroken }

func TestStoreError(t *testing.T) {
	d, err := newPolicy().Decide(written(), broken{})
	if !errors.Is(err, errBroken) || d.Verdict == Sign || d.Tenant != "contoso" || d.Author != "anna@contoso.com" {
		t.Errorf("%v, %+v", err, d)
	}
	// The store is not asked about a message that passes anyway.
	if d, err := newPolicy().Decide(written("Auto-Submitted: auto-replied"), broken{}); err != nil || d.Reason != Automatic {
		t.Errorf("%v, %+v", err, d)
	}
}
