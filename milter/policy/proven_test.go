package policy

import (
	"errors"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// Of a field that is not built as RFC 5322 says, an author is clear when all readers
// find the same one in it; else every address there is one that somebody may find.
func TestDoubt(t *testing.T) {
	for value, want := range map[string]struct {
		authors string
		doubt   bool
	}{
		"anna@contoso.com":                                       {"anna@contoso.com", false},
		"x@partner.example, anna@contoso.com":                    {"x@partner.example anna@contoso.com", false},
		"Team: anna@contoso.com;":                                {"anna@contoso.com", false},
		"none:;":                                                 {"", false},
		"anna@contoso.com.":                                      {"anna@contoso.com", false},
		"Anna <anna@contoso.com.>":                               {"anna@contoso.com", false},
		"anna(x@partner.example)@(c)contoso.com":                 {"anna@contoso.com", false},
		`(x) Anna ((n)ested \) y) <anna@contoso.com (z)>`:        {"anna@contoso.com", false},
		`"(anna@contoso.com)" <x@partner.example>`:               {"x@partner.example", false},
		`"a\"(" <x@partner.example>, (anna@contoso.com) y@x.de`:  {"x@partner.example y@x.de", false},
		"anna @ contoso . com":                                   {"anna@contoso.com", false},
		"(never closed anna@contoso.com":                         {"anna@contoso.com", false},
		"<@partner.example:anna@contoso.com>":                    {"anna@contoso.com", false},
		"=?utf-8?Q?Anna_=3Canna=40contoso.com=3E?=":              {"anna@contoso.com", false},
		"=?utf-8?Q?anna@contoso.com?=":                           {"anna@contoso.com", false},
		"<anna@con\x1atoso.com>":                                 {"anna@contoso.com anna@con", true},
		"anna@contoso.com junk":                                  {"anna@contoso.com", false},
		"<anna@contoso.com> <x@partner.example>":                 {"anna@contoso.com x@partner.example", true},
		"anna@contoso.com; <x@partner.example>":                  {"anna@contoso.com x@partner.example", true},
		"Muster, Anna <anna@contoso.com>, Bob <bob@contoso.com>": {"anna@contoso.com bob@contoso.com", true},
		"<anna@contoso.com <x@partner.example>":                  {"anna@contoso.com x@partner.example", true},
		"anna@contoso.com; anna@contoso.com":                     {"anna@contoso.com", false},
		"\ufeffanna@contoso.com":                                 {"\ufeffanna@contoso.com anna@contoso.com", true},
		"\ufeffanna@contoso\u00ad.com":                           {"\ufeffanna@contoso.com anna@contoso.com", true},
		"<anna\u200b@contoso.com>":                               {"anna\u200b@contoso.com anna@contoso.com", true},
		"<anna\u3164@contoso.com>":                               {"anna\u3164@contoso.com anna@contoso.com", true},
		"<anna\ufe0f@contoso.com>":                               {"anna\ufe0f@contoso.com anna@contoso.com", true},
		"<anna\u00a0@contoso.com>":                               {"anna\u00a0@contoso.com anna@contoso.com", true},
		"<anna\ue000@contoso.com>":                               {"anna\ue000@contoso.com anna@contoso.com", true},
		"<ａnna@contoso.com>":                                     {"ａnna@contoso.com anna@contoso.com", true},
		"<anna@ｃontoso.com>":                                     {"anna@contoso.com", true},
		"<anna@contoso。com>":                                     {"anna@contoso.com", true},
		"<anna@contoso．com>":                                     {"anna@contoso.com", true},
		"<anna@\u212aontoso.com>":                                {"anna@kontoso.com", true},
		"<anna@xn--contoso-.com>":                                {"anna@xn--contoso-.com anna@contoso.com", true},
		"<\u0430nna@contoso.com>":                                {"\u0430nna@contoso.com", true},
		"=?utf-8?q?anna?=@contoso.com":                           {"=?utf-8?q?anna?=@contoso.com anna@contoso.com", true},
		`" anna"@contoso.com`:                                    {" anna@contoso.com anna@contoso.com", true},
		`"anna@contoso.com"@partner.example`:                     {"anna@contoso.com@partner.example anna@contoso.com", true},
		".anna@contoso.com":                                      {".anna@contoso.com anna@contoso.com", true},
		`anna\@contoso.com`:                                      {`anna\@contoso.com anna@contoso.com`, true},
		"anna.@contoso.com":                                      {"anna.@contoso.com anna@contoso.com", true},
		"Anna <anna..m@contoso.com>":                             {"anna..m@contoso.com anna.m@contoso.com", true},
		"\u0251nna@contoso.com":                                  {"\u0251nna@contoso.com", true},
		"a\u0274na@contoso.com":                                  {"a\u0274na@contoso.com", true},
		"\u00e5nna@contoso.com":                                  {"\u00e5nna@contoso.com", false},
		"A\u030anna@contoso.com":                                 {"a\u030anna@contoso.com", false},
		"\u0130pek.y\u0131ld\u0131z@contoso.com":                 {"ipek.y\u0131ld\u0131z@contoso.com", false},
		"anna/o=contoso@contoso.com":                             {"anna/o=contoso@contoso.com", false},
		"anna+a.b_c@contoso.com":                                 {"anna+a.b_c@contoso.com", false},
		"bo\u212a@contoso.com":                                   {"bok@contoso.com", true},
		`"anna"@contoso.com`:                                     {"anna@contoso.com", false},
		"anna@contoso.com@partner.example":                       {"anna@contoso.com", true},
		"Udo <udo@b\u00fccher.example>":                          {"udo@xn--bcher-kva.example", false},
		"Udo <udo@BU\u0308CHER.example>":                         {"udo@xn--bcher-kva.example", false},
		"Anna\u200c Muster <anna@contoso.com>":                   {"anna@contoso.com", false},
		"j\u00fcrgen@contoso.com":                                {"j\u00fcrgen@contoso.com", false},
		"printer@[192.0.2.1]":                                    {"printer@[192.0.2.1]", false},
	} {
		o := originOf(header("From: "+value), nil)
		if got := strings.Join(o.authors, " "); got != want.authors || (o.doubt != "") != want.doubt {
			t.Errorf("%q: %q, doubt %q", value, got, o.doubt)
		}
	}
	for name, h := range map[string]entity.Header{
		"two fields":       header("From: anna@contoso.com", "From: bob@contoso.com"),
		"the same twice":   header("From: anna@contoso.com", "From: anna@contoso.com"),
		"a blank behind":   header("From : anna@contoso.com"),
		"one is empty":     header("From:", "From: anna@contoso.com"),
		"too many authors": header("From: " + strings.Repeat("x@partner.example, ", maxAuthors) + "anna@contoso.com"),
		"a long field":     header("From: " + strings.Repeat("x", maxFieldBytes) + " <anna@contoso.com>"),
	} {
		if o := originOf(h, nil); o.doubt == "" || !strings.Contains(strings.Join(o.authors, " "), "anna@contoso.com") {
			t.Errorf("%s: %d authors, doubt %q", name, len(o.authors), o.doubt)
		}
	}
}

// A message of a tenant that does not tell who wrote it, and one that is proven to be
// a tenant's and has none of its authors, become what the tenant says. Others pass.
func TestUnclear(t *testing.T) {
	route := "X-Route: " + code
	never := func([]string) (Signature, string, error) { return Signature{}, "", errors.New("asked") }
	for name, c := range map[string]struct {
		lines  []string
		want   Reason
		strict bool // on_unclear_author decides
		dkim   func([]string) (Signature, string, error)
	}{
		"two From fields":               {[]string{"From: x@partner.example", "From: anna@contoso.com", route}, UnclearAuthor, true, nil},
		"two From fields, of strangers": {[]string{"From: x@partner.example", "From: y@partner.example"}, NoTenant, false, nil},
		"no From field":                 {[]string{"Sender: anna@contoso.com", route}, NoAuthor, true, nil},
		"no From field of a stranger":   {[]string{"Sender: anna@contoso.com"}, NoAuthor, false, nil},
		"an empty group":                {[]string{"From: x:;", route}, NoAuthor, true, nil},
		"a stranger with a code":        {[]string{"From: x@partner.example", route}, NoTenant, true, nil},
		"a stranger":                    {[]string{"From: x@partner.example", "X-Route: guess"}, NoTenant, false, nil},
		"another tenant with the code":  {[]string{"From: cleo@fabrikam.com", route}, Unproven, true, nil},
		"a domain below with the code":  {[]string{"From: anna@mail.contoso.com", route}, NoTenant, true, nil},
		"of a kind that passes":         {[]string{"From: x@partner.example", route, "Auto-Submitted: auto-replied"}, Automatic, false, nil},
		"a stranger, signed by us":      {[]string{"From: x@partner.example", "DKIM-Signature: d=contoso.com"}, NoTenant, true, signedBy("contoso.com", "", nil)},
		"signed by us, not valid":       {[]string{"From: x@partner.example", "DKIM-Signature: d=contoso.com"}, NoTenant, false, signedBy("", "no", nil)},
		"signed by another":             {[]string{"From: x@partner.example", "DKIM-Signature: d=partner.example"}, NoTenant, false, never},
		"with the code, none asked for": {[]string{"From: x@partner.example", "DKIM-Signature: d=contoso.com", route}, NoTenant, true, never},
	} {
		for _, verdict := range []Verdict{Pass, Defer, Refuse} {
			p := proving([]string{"routing", "dkim"})
			p.Tenants[1].Proof = Proof{RoutingField: "X-Route", RoutingCodes: []Code{NewCode(otherCode)}, Require: [][]string{{"routing"}}}
			p.Tenants[0].Unclear, p.Tenants[1].Unclear = verdict, Pass
			f := &Facts{Sender: "x@y.example", Header: header(c.lines...), DKIM: c.dkim}
			d := decide(t, p, f)
			want := Pass
			if c.strict {
				want = verdict
			}
			if d.Reason != c.want || d.Verdict != want || d.Pending {
				t.Errorf("%s, %v: %v because of %s", name, verdict, d.Verdict, d.Reason)
			}
		}
	}
}

// Where a rule enforces, no label takes a message out that is proven to be a tenant's
// and has no author of it, but for what mail servers make.
func TestUnclearOfKind(t *testing.T) {
	const report = "Content-Type: multipart/report; report-type=delivery-status; boundary=x"
	for name, c := range map[string]struct {
		sender string
		lines  []string
		passes bool
	}{
		"null sender, no From":         {"", nil, false},
		"null sender of a stranger":    {"", []string{"From: x@partner.example"}, false},
		"automatic, no From":           {"", []string{"Auto-Submitted: auto-replied"}, false},
		"automatic of a stranger":      {"x@partner.example", []string{"From: x@partner.example", "Auto-Submitted: auto-replied"}, false},
		"voice of a stranger":          {"", []string{"From: x@partner.example", "Content-Class: voice"}, false},
		"patch, no From":               {"x@partner.example", []string{"Subject: [PATCH] x"}, false},
		"report, no From":              {"", []string{report}, false},
		"report with a sender":         {"x@partner.example", []string{"From: x@partner.example", report}, false},
		"report by its type alone":     {"", []string{"From: x@partner.example", "Content-Type: message/rfc822"}, false},
		"two From fields":              {"", []string{"From: x@partner.example", "From: y@partner.example", report}, false},
		"bounce":                       {"", []string{"From: MAILER-DAEMON@partner.example", report, "Auto-Submitted: auto-replied"}, true},
		"bounce of a server":           {"", []string{"From: MAILER-DAEMON@partner.example", report}, true},
		"bounce without a domain":      {"", []string{"From: Mail Delivery Subsystem <MAILER-DAEMON>", report}, true},
		"bounce of the tenant":         {"", []string{"From: postmaster@contoso.com", report}, true},
		"reply of a mailbox":           {"", []string{"From: ghost@contoso.com", "Auto-Submitted: auto-replied"}, true},
		"forwarded meeting":            {"bob@contoso.com", []string{"From: x@partner.example", "Sender: bob@contoso.com", "Content-Type: text/calendar"}, true},
		"null sender without the code": {"", []string{"From: x@partner.example", "X-Route: guess"}, true},
	} {
		p := proving([]string{"routing"})
		p.Tenants[0].Unclear = Defer
		p.Rules[0].Enforce = true
		lines := append([]string{"X-Route: " + code}, c.lines...)
		if strings.Contains(strings.Join(c.lines, ""), "X-Route") {
			lines = c.lines
		}
		d := decide(t, p, &Facts{Sender: c.sender, Header: header(lines...)})
		if (d.Verdict == Pass) != c.passes || d.Verdict != Pass && d.Verdict != Defer {
			t.Errorf("%s: %v because of %s", name, d.Verdict, d.Reason)
		}
	}
}

// A network or a certificate, which all tenants of Microsoft 365 share, makes no
// stranger's message one of the tenant.
func TestNetworkOfStrangers(t *testing.T) {
	p := proving([]string{"network"})
	p.Tenants[0].Unclear = Defer
	f := &Facts{Sender: "x@y.example", Header: header("From: x@partner.example"), Macros: macros("client_addr", "40.93.1.1")}
	if d := decide(t, p, f); d.Verdict != Pass || d.Reason != NoTenant {
		t.Errorf("%v because of %s", d.Verdict, d.Reason)
	}
}

// Where a signature has to tell whether a stranger's message is the tenant's, the
// body is waited for, and a name server that does not answer is told.
func TestUnclearWaits(t *testing.T) {
	p := proving([]string{"dkim"})
	p.Tenants[0].Unclear = Defer
	f := &Facts{Sender: "x@y.example", Header: header("From: x@partner.example", "DKIM-Signature: d=contoso.com")}
	if d := decide(t, p, f); !d.Pending {
		t.Errorf("%v because of %s", d.Verdict, d.Reason)
	}
	f.DKIM = signedBy("", "", errors.New("silent"))
	if _, err := p.Decide(f, staff); !errors.Is(err, ErrProof) {
		t.Errorf("%v", err)
	}
}

// Authors of several tenants: each that is strict wants its proof, and the message is
// of the first who has given one.
func TestAuthorsOfSeveralTenants(t *testing.T) {
	const both = "cleo@fabrikam.com, anna@contoso.com"
	for name, c := range map[string]struct {
		codes              string
		contoso, fabrikam  Verdict
		reason             Reason
		verdict            Verdict
		tenant, withoutAny string
	}{
		"none":                          {"", Pass, Pass, Unproven, Pass, "", ""},
		"none, the second refuses":      {"", Refuse, Pass, Unproven, Refuse, "", ""},
		"none, the first refuses":       {"", Defer, Refuse, Unproven, Refuse, "", ""},
		"the second":                    {code, Refuse, Pass, Rule, Sign, "contoso", ""},
		"the first":                     {otherCode, Pass, Pass, Rule, Sign, "fabrikam", ""},
		"the first, the second refuses": {otherCode, Refuse, Pass, Unproven, Refuse, "", ""},
		"the second, the first defers":  {code, Refuse, Defer, Unproven, Defer, "", ""},
		"nothing to prove beside one":   {code, Refuse, Pass, Rule, Sign, "contoso", "fabrikam"},
	} {
		p := proving([]string{"routing"})
		p.Tenants[0].Proof.Unproven = c.contoso
		p.Tenants[1].Proof = Proof{RoutingField: "X-Route", RoutingCodes: []Code{NewCode(otherCode)}, Require: [][]string{{"routing"}}, Unproven: c.fabrikam}
		if c.withoutAny != "" {
			p.Tenants[1].Proof = Proof{}
		}
		d := decide(t, p, &Facts{Sender: "x@y.example", Header: header("From: "+both, "X-Route: "+c.codes)})
		if d.Reason != c.reason || d.Verdict != c.verdict || d.Tenant != c.tenant {
			t.Errorf("%s: %v because of %s, %q", name, d.Verdict, d.Reason, d.Tenant)
		}
	}
	p := proving([]string{"dkim"})
	f := &Facts{Sender: "x@y.example", Header: header("From: "+both, "DKIM-Signature: d=contoso.com"), DKIM: signedBy("contoso.com", "", nil)}
	p.Tenants[1].Proof = Proof{Require: [][]string{{"network"}}}
	if d := decide(t, p, f); d.Reason != Unproven {
		t.Errorf("a signature of one of them: %s", d.Reason)
	}
}

// Where only a DKIM signature tells whose a message is, what it does not cover has
// no say in whose signature goes in and which rule applies.
func TestFieldsOutsideTheSignature(t *testing.T) {
	covers := func(names ...string) func(*Facts) func([]string) (Signature, string, error) {
		return func(f *Facts) func([]string) (Signature, string, error) {
			var h entity.Header
			for _, field := range f.Header {
				for _, n := range names {
					if strings.EqualFold(field.Name, n) {
						h = append(h, field)
					}
				}
			}
			return func([]string) (Signature, string, error) { return Signature{"contoso.com", h}, "", nil }
		}
	}
	all := covers("From", "Sender", "Subject", "X-Campaign")
	lines := []string{"From: anna@contoso.com", "Sender: bob@contoso.com", "Subject: #nosig", "X-Campaign: spring", "DKIM-Signature: d=contoso.com"}
	several := append([]string{"From: anna@contoso.com, bob@contoso.com"}, lines[1:]...)
	for name, c := range map[string]struct {
		require []string
		lines   []string
		covers  func(*Facts) func([]string) (Signature, string, error)
		author  string
		reason  Reason
	}{
		"all covered":             {[]string{"dkim"}, lines, all, "bob@contoso.com", OptedOut},
		"From alone":              {[]string{"dkim"}, lines, covers("From"), "anna@contoso.com", Rule},
		"Sender, not the subject": {[]string{"dkim"}, lines, covers("From", "Sender"), "bob@contoso.com", Rule},
		"the subject":             {[]string{"dkim"}, lines, covers("From", "Subject"), "anna@contoso.com", OptedOut},
		"several authors":         {[]string{"dkim"}, several, all, "bob@contoso.com", OptedOut},
		"several, no Sender":      {[]string{"dkim"}, several, covers("From"), "anna@contoso.com", Rule},
		"not even From":           {[]string{"dkim"}, lines, covers("Sender"), "anna@contoso.com", Unproven},
		"proven by a code as well": {[]string{"routing", "dkim"}, append(lines, "X-Route: "+code), covers("From"),
			"bob@contoso.com", OptedOut},
		"and by what tells nothing": {[]string{"network", "dkim"}, lines, covers("From"), "anna@contoso.com", Rule},
	} {
		var require [][]string
		for _, k := range c.require {
			require = append(require, []string{k})
		}
		p := proving(require...)
		p.Tenants[0].BySender = true
		p.Rules[0].OptOut = []string{"#nosig"}
		f := &Facts{Sender: "x@y.example", Header: header(c.lines...), Macros: macros("client_addr", "40.93.1.1")}
		f.DKIM = c.covers(f)
		if d := decide(t, p, f); d.Author != c.author || d.Reason != c.reason {
			t.Errorf("%s: %s, %s", name, d.Author, d.Reason)
		}
		p.Rules = append([]RuleSpec{{Name: "spring", Conditions: only(asks("header", "X-Campaign=spring")), Signature: "short", Stop: true}}, p.Rules...)
		d := decide(t, p, f)
		if believed := name == "all covered" || name == "several authors" || name == "proven by a code as well"; (d.Rule == "spring") != believed {
			t.Errorf("%s: rule %q", name, d.Rule)
		}
	}
}

// A second Sender field, or one with several addresses, chooses nobody.
func TestSecondSender(t *testing.T) {
	for _, lines := range [][]string{
		{"Sender: bob@contoso.com", "Sender: anna@contoso.com"},
		{"Sender: bob@contoso.com, anna@contoso.com"},
		{"Sender: bob@contoso.com; cleo@fabrikam.com"},
	} {
		p := newPolicy()
		p.Tenants[0].BySender = true
		if d := decide(t, p, written(lines...)); d.Author != "anna@contoso.com" {
			t.Errorf("%q: %s", lines, d.Author)
		}
	}
}
