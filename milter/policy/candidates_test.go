package policy

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestCandidates: who is taken when the From field does not name just one person
// of the directory, and what is told about those who are not. None is somebody of
// another tenant.
func TestCandidates(t *testing.T) {
	bySender := func(t *Tenant) { t.BySender = true }
	byDefault := func(t *Tenant) { t.DefaultPerson, t.DefaultTemplate = "bob@contoso.com", "company" }
	company := func(t *Tenant) { t.DefaultTemplate = "company" }
	for name, c := range map[string]struct {
		fields string // separated by bars
		tenant func(*Tenant)
		author string // with the tenant
		person string // "" for nobody, "unlisted" for one made of the From field
		passed []string
	}{
		"send as":                       {"From: anna@contoso.com", nil, "contoso/anna@contoso.com", "anna@contoso.com", nil},
		"on behalf of a person":         {"From: anna@contoso.com|Sender: bob@contoso.com", nil, "contoso/anna@contoso.com", "anna@contoso.com", nil},
		"on behalf, the delegate's":     {"From: anna@contoso.com|Sender: bob@contoso.com", bySender, "contoso/bob@contoso.com", "bob@contoso.com", nil},
		"delegate unknown":              {"From: anna@contoso.com|Sender: temp@contoso.com", bySender, "contoso/anna@contoso.com", "anna@contoso.com", []string{"does not have temp@contoso.com of the Sender field"}},
		"delegate outside":              {"From: anna@contoso.com|Sender: x@partner.example", bySender, "contoso/anna@contoso.com", "anna@contoso.com", []string{"x@partner.example of the Sender field is outside the tenant"}},
		"no Sender, the delegate's":     {"From: anna@contoso.com", bySender, "contoso/anna@contoso.com", "anna@contoso.com", nil},
		"shared mailbox or group":       {"From: info@contoso.com|Sender: Bob <Bob@Contoso.com>", nil, "contoso/bob@contoso.com", "bob@contoso.com", []string{"does not have info@contoso.com"}},
		"of another domain":             {"From: info@contoso.com|Sender: a.muster@contoso.de", nil, "contoso/a.muster@contoso.de", "anna@contoso.com", []string{"does not have info@contoso.com"}},
		"of another tenant":             {"From: info@contoso.com|Sender: cleo@fabrikam.com", nil, "contoso/info@contoso.com", "", []string{"does not have info@contoso.com", "cleo@fabrikam.com of the Sender field is outside"}},
		"by a mailing service":          {"From: info@contoso.com|Sender: bounce@service.example", nil, "contoso/info@contoso.com", "", []string{"does not have info@contoso.com", "bounce@service.example of the Sender field is outside"}},
		"two From, one unknown":         {"From: ghost@contoso.com, anna@contoso.com|Sender: ghost@contoso.com", nil, "contoso/anna@contoso.com", "anna@contoso.com", []string{"does not have ghost@contoso.com"}},
		"two From, of two tenants":      {"From: ghost@fabrikam.com, anna@contoso.com", nil, "fabrikam/ghost@fabrikam.com", "", []string{"does not have ghost@fabrikam.com", "anna@contoso.com is outside"}},
		"group syntax":                  {"From: Team: ghost@contoso.com, bob@contoso.com;", nil, "contoso/bob@contoso.com", "bob@contoso.com", []string{"does not have ghost@contoso.com"}},
		"plus address":                  {"From: Anna+News@contoso.com|Sender: bob@contoso.com", nil, "contoso/anna@contoso.com", "anna@contoso.com", []string{"does not have anna+news@contoso.com"}},
		"two pluses":                    {"From: anna+a+b@contoso.com", nil, "contoso/anna@contoso.com", "anna@contoso.com", []string{"does not have anna+a+b@contoso.com"}},
		"only a plus":                   {"From: +1@contoso.com", nil, "contoso/+1@contoso.com", "", []string{"does not have +1@contoso.com"}},
		"plus of a Sender":              {"From: info@contoso.com|Sender: bob+x@contoso.com", nil, "contoso/bob@contoso.com", "bob@contoso.com", []string{"info@contoso.com", "bob+x@contoso.com of the Sender field"}},
		"plus of a stranger":            {"From: anna+x@partner.example|Sender: anna@contoso.com", nil, "/anna+x@partner.example", "", nil},
		"Sender repeats From":           {"From: info@contoso.com|Sender: Info@contoso.com", nil, "contoso/info@contoso.com", "", []string{"does not have info@contoso.com"}},
		"device":                        {"From: scanner@contoso.com", nil, "contoso/scanner@contoso.com", "", []string{"does not have scanner@contoso.com"}},
		"device, default person":        {"From: scanner@contoso.com", byDefault, "contoso/bob@contoso.com", "bob@contoso.com", []string{"does not have scanner@contoso.com"}},
		"a person before the default":   {"From: info@contoso.com|Sender: anna@contoso.com", byDefault, "contoso/anna@contoso.com", "anna@contoso.com", []string{"does not have info@contoso.com"}},
		"device, default template":      {"From: scanner@contoso.com", company, "contoso/scanner@contoso.com", "unlisted", []string{"does not have scanner@contoso.com"}},
		"default person unknown":        {"From: scanner@contoso.com", func(t *Tenant) { byDefault(t); t.DefaultPerson = "left@contoso.com" }, "contoso/scanner@contoso.com", "unlisted", []string{"does not have scanner@contoso.com", "does not have left@contoso.com, the default person"}},
		"default person of a stranger":  {"From: x@partner.example", byDefault, "/x@partner.example", "", nil},
		"default person of a neighbour": {"From: ghost@fabrikam.com", byDefault, "fabrikam/ghost@fabrikam.com", "", []string{"does not have ghost@fabrikam.com"}},
		"default person elsewhere":      {"From: scanner@contoso.com", func(t *Tenant) { t.DefaultPerson = "cleo@fabrikam.com" }, "contoso/scanner@contoso.com", "", []string{"does not have scanner@contoso.com", "cleo@fabrikam.com, the default person is outside"}},
	} {
		p := newPolicy()
		if c.tenant != nil {
			c.tenant(&p.Tenants[0])
		}
		f := &Facts{Sender: "x@contoso.com", Header: header(strings.Split(c.fields, "|")...), Trace: &Trace{}}
		d := decide(t, p, f)
		if got := d.Tenant + "/" + d.Author; got != c.author || nameOf(d.Person) != c.person {
			t.Errorf("%s: author %s, person %s", name, got, nameOf(d.Person))
		}
		if (d.Reason == Rule) != (c.person != "") {
			t.Errorf("%s: reason %s", name, d.Reason)
		}
		var passed []string
		for _, s := range f.Trace.Steps {
			if s.Step == "author" && s.GoesOn {
				passed = append(passed, s.Words)
			}
		}
		if c.person != "" && len(passed) > 0 {
			passed = passed[:len(passed)-1] // who is taken
		}
		if !slices.EqualFunc(passed, c.passed, strings.Contains) {
			t.Errorf("%s: told %q, want %q", name, passed, c.passed)
		}
	}
}

func nameOf(p *Person) string {
	switch {
	case p == nil:
		return ""
	case p.Unlisted:
		return "unlisted"
	}
	return p.Address
}

// TestUnlisted: what a default template sees of a sender without a person, and
// that rules still say which mail gets it.
func TestUnlisted(t *testing.T) {
	for from, want := range map[string]map[string]string{
		"Scanner <Scanner@contoso.com>":               {"mail": "scanner@contoso.com", "displayName": "Scanner"},
		"scanner@contoso.com":                         {"mail": "scanner@contoso.com"},
		"=?utf-8?Q?B=C3=BCro?= <scanner@contoso.com>": {"mail": "scanner@contoso.com", "displayName": "Büro"},
		"=?koi8-r?B?4sDSzw==?= <scanner@contoso.com>": {"mail": "scanner@contoso.com", "displayName": "Бюро"},
		"Scanner, 2nd floor <scanner@contoso.com>":    {"mail": "scanner@contoso.com"}, // not a name that can be told
	} {
		p := newPolicy()
		p.Tenants[0].DefaultTemplate = "company"
		p.Rules = []RuleSpec{
			{Name: "quiet", Conditions: only(asks("subject", "quiet")), Signature: NoTemplate, Disclaimer: "legal", Stop: true},
			{Name: "sales", Conditions: only(asks("from_group", "sales")), Signature: "sales", Stop: true},
			{Name: "devices", Conditions: only(asks("from", "scanner@contoso.com")), Signature: "short", Banner: "fair"},
		}
		d := decide(t, p, &Facts{Sender: "x@y.z", Header: header("From: " + from)})
		if !reflect.DeepEqual(d.Person.Attributes, want) || d.Person.Address != "scanner@contoso.com" {
			t.Errorf("%s: %+v", from, d.Person)
		}
		if d.Rule != "devices" || d.Signature != "company" || d.Banner != "fair" {
			t.Errorf("%s: %+v", from, d)
		}
		if d = decide(t, p, &Facts{Sender: "x@y.z", Header: header("From: "+from, "Subject: quiet")}); d.Signature != "" || d.Disclaimer != "legal" {
			t.Errorf("%s: a rule against signatures gives %+v", from, d)
		}
	}
}

// A rule for a mailbox without a person is for mail that a person stands in for.
func TestRulesSeeTheUnlistedAddress(t *testing.T) {
	p := newPolicy()
	p.Tenants[0].DefaultPerson = "bob@contoso.com"
	for words, want := range map[string]Reason{"info@contoso.com": Rule, "bob@contoso.com": Rule, "anna@contoso.com": NoRule} {
		p.Rules[0].Conditions = only(asks("from", words))
		if d := decide(t, p, &Facts{Sender: "x@y.z", Header: header("From: info@contoso.com")}); d.Reason != want {
			t.Errorf("a rule for %s: %s", words, d.Reason)
		}
	}
}

// failing cannot be asked for one address.
type failing struct {
	directory
	address string
}

func (f failing) Find(tenant, address string) (*Person, bool, error) {
	if address == f.address {
		return nil, false, errors.New("broken")
	}
	return f.directory.Find(tenant, address)
}

// While a candidate cannot be looked up, nobody after him is taken.
func TestCandidateFails(t *testing.T) {
	f := &Facts{Sender: "x@y.z", Header: header("From: info@contoso.com", "Sender: bob@contoso.com")}
	for _, a := range []string{"info@contoso.com", "bob@contoso.com"} {
		if d, err := newPolicy().Decide(f, failing{staff, a}); err == nil || d.Person != nil || d.Author != a {
			t.Errorf("%s: %v, %+v", a, err, d)
		}
	}
}
