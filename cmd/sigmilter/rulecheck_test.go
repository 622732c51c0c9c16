package main

import (
	"strings"
	"testing"
)

// TestCheckFinds: what makes a rule or a default useless is told by check, with
// the line if it is a fault.
func TestCheckFinds(t *testing.T) {
	const rules = "[[rule]]\nname = \"a\"\nsignature = \"corporate\"\n[[rule]]\nname = \"b\"\nsignature = \"corporate\"\n"
	for name, c := range map[string]struct {
		tenant, rules string // the tenant's lines begin at 6, the rules' after them
		html          string
		status        int
		told          string
	}{
		"unknown field":           {html: "<p>{{.surename}}</p>", told: "corporate.html:1: {{.surename}} is empty: nobody has such an attribute; did you mean {{.surname}}?\n"},
		"misspelt field":          {html: "<p>{{.Surname}}</p>", told: "{{.Surname}} is always empty; write {{.surname}}\n"},
		"an earlier rule stops":   {rules: rules, status: 2, told: ":9: rule[2]: can never match"},
		"template absent":         {rules: strings.Replace(rules, "corporate", "corporat", 1), status: 2, told: `:8: rule[1].signature: "corporat" is not known; write "corporate"`},
		"reply template absent":   {rules: rules + "reply_signature = \"short\"\n", status: 2, told: `:12: rule[2].reply_signature: "short" is not known`},
		"group absent":            {rules: rules[:strings.LastIndex(rules, "[[")] + "from_group = \"board\"\n", told: `warning: rule a: nobody is in the group "board"`},
		"two rules of one name":   {rules: strings.Replace(rules, `"b"`, `"a"`, 1), status: 2, told: `:10: rule[2].name: "a" is the name of an earlier rule`},
		"window never opens":      {rules: rules + "when = { from = 2026-12-02, until = 2026-12-01, zone = \"UTC\" }\n", status: 2, told: ":12: rule[2].when: this time never comes"},
		"window is over":          {rules: "[[rule]]\nname = \"a\"\nsignature = \"corporate\"\nwhen = { until = 2020-12-01, zone = \"UTC\" }\n", told: "warning: rule a: its time is over"},
		"default person absent":   {tenant: "default_person = \"left@contoso.com\"\n", told: "warning: tenant contoso: the default person left@contoso.com is not in the directory\n"},
		"default person there":    {tenant: "default_person = \"Alice@contoso.com\"\n"},
		"default person outside":  {tenant: "default_person = \"alice@contoso.de\"\n", status: 2, told: `:6: tenant.contoso.default_person: "alice@contoso.de" is outside the tenant's domains; name a person of contoso.com`},
		"default person, no @":    {tenant: "default_person = \"contoso.com\"\n", status: 2, told: `:6: tenant.contoso.default_person: "contoso.com" is not an address: it has no @`},
		"default template absent": {tenant: "default_template = \"company\"\n", status: 2, told: `:6: tenant.contoso.default_template: "company" is not known; write "corporate"`},
		"on behalf of whom":       {tenant: "on_behalf = \"both\"\n", status: 2, told: `:6: tenant.contoso.on_behalf: "both" is not known; write "from" or "sender"`},
	} {
		files := map[string]string{"c.toml": "[template]\ncorporate.html = \"corporate.html\"\n[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" + c.tenant + c.rules}
		if c.html != "" {
			files["corporate.html"] = c.html
		}
		status, _, stderr := checked(t, "-c", writeFiles(t, files))
		if status != c.status || !strings.Contains(stderr, c.told) || c.told == "" && stderr != "" {
			t.Errorf("%s: status %d, %q is not in\n%s", name, status, c.told, stderr)
		}
	}
}

// A directory and domains that have nothing in common are told, one person in
// common is enough.
func TestCheckComparesPeopleWithDomains(t *testing.T) {
	const config = "template.corporate.html = \"corporate.html\"\n[tenant.contoso]\ndomains = [\"Contoso.com\", \"contoso.de\"]\ndirectory.path = \"people.csv\"\n"
	const told = "warning: tenant contoso: none of its 2 people has an address in contoso.com, contoso.de"
	for people, want := range map[string]bool{
		"mail\na@fabrikam.com\nb@mail.contoso.com\n":                                true,
		"mail\na@fabrikam.com\nb@CONTOSO.de\n":                                      false,
		"mail,proxyAddresses\na@fabrikam.com,\nb@fabrikam.com,smtp:b@contoso.com\n": false,
	} {
		status, _, stderr := checked(t, "-c", writeFiles(t, map[string]string{"c.toml": config, "people.csv": people}))
		if status != 0 || strings.Contains(stderr, told) != want {
			t.Errorf("%q: status %d\n%s", people, status, stderr)
		}
	}
}
