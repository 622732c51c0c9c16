package policy

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

const code, otherCode = "0123456789abcdef-contoso", "0123456789abcdef-fabrikam"

// proofs are all that a tenant can have.
func proofs() Proof {
	return Proof{
		RoutingField: "X-Route", RoutingCodes: []Code{NewCode(code), NewCode("an older code of contoso")},
		Listeners: []string{"unix:/run/contoso.sock"},
		CertNames: []string{"mail.protection.outlook.com", "*.relay.example"}, CertIssuers: []string{"Example CA 1"},
		Networks: []netip.Prefix{netip.MustParsePrefix("40.92.0.0/15"), netip.MustParsePrefix("2a01:111:f400::/48")},
	}
}

// proving is a policy whose first tenant requires these proofs.
func proving(require ...[]string) *Policy {
	p := newPolicy()
	p.Tenants[0].Proof = proofs()
	p.Tenants[0].Proof.Require = require
	return p
}

func macros(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestProofKinds(t *testing.T) {
	const signature = "DKIM-Signature: v=1; a=rsa-sha256;\r\n\td = Contoso.\r\n com ; s=selector1; h=from; bh=; b="
	tables := map[string][]struct {
		name  string
		facts *Facts
		words string // empty: it is met
	}{
		"routing": {
			{"the code", written("X-Route: " + code), ""},
			{"the older one", written("x-route:an older code of contoso"), ""},
			{"none", written(), "the field X-Route is missing"},
			{"empty", written("X-Route:"), "has another code"},
			{"a prefix", written("X-Route: " + code[:len(code)-1]), "has another code"},
			{"longer", written("X-Route: " + code + "x"), "has another code"},
			{"another case", written("X-Route: " + strings.ToUpper(code)), "has another code"},
			{"another tenant's", written("X-Route: " + otherCode), "has another code"},
			{"in another field", written("X-Other: " + code), "the field X-Route is missing"},
			{"two", written("X-Route: "+code, "X-Route: "+code), "there are 2 fields X-Route"},
			{"a guess above it", written("X-Route: guess", "X-Route: "+code), "there are 2 fields X-Route"},
			{"two in one", written("X-Route: guess, " + code), "has another code"},
			{"its hash", written("X-Route: " + string(proofs().RoutingCodes[0][:])), "has another code"},
		},
		"listener": {
			{"its own", &Facts{Listener: "unix:/run/contoso.sock"}, ""},
			{"the common one", &Facts{Listener: "unix:/run/milter.sock"}, "it came in on unix:/run/milter.sock"},
			{"unknown", &Facts{}, "nothing says"},
		},
		"certificate": {
			{"of Postfix", &Facts{Macros: macros("cert_subject", "MAIL.protection.outlook.com", "cert_issuer", "Example CA 1")}, ""},
			{"below a name", &Facts{Macros: macros("cert_subject", "a.b.relay.example", "cert_issuer", "example ca 1")}, ""},
			{"of Sendmail", &Facts{Macros: macros("verify", "OK", "cert_subject", "/O=X/CN=other", "cn_subject", "x.relay.example", "cn_issuer", "Example CA 1")}, ""},
			{"none", &Facts{}, "no certificate"},
			{"empty", &Facts{Macros: macros("cert_subject", "")}, "no certificate"},
			{"another", &Facts{Macros: macros("cert_subject", "mail.protection.outlook.com.evil.example", "cert_issuer", "Example CA 1")}, "is for \"mail.protection.outlook.com.evil.example\""},
			{"the name above", &Facts{Macros: macros("cert_subject", "relay.example", "cert_issuer", "Example CA 1")}, "is for"},
			{"only a dot", &Facts{Macros: macros("cert_subject", ".relay.example", "cert_issuer", "Example CA 1")}, "is for"},
			{"no dot between", &Facts{Macros: macros("cert_subject", "evilrelay.example", "cert_issuer", "Example CA 1")}, "is for"},
			{"another issuer", &Facts{Macros: macros("cert_subject", "x.relay.example", "cert_issuer", "Other CA")}, "issued by \"Other CA\""},
			{"not trusted", &Facts{Macros: macros("verify", "FAIL", "cn_subject", "x.relay.example", "cn_issuer", "Example CA 1")}, "{verify} is \"FAIL\""},
			{"no TLS in Sendmail", &Facts{Macros: macros("verify", "NONE", "cert_subject", "x.relay.example")}, "{verify} is \"NONE\""},
			{"a whole name", &Facts{Macros: macros("cert_subject", "/O=x/CN=x.relay.example", "cert_issuer", "Example CA 1")}, "does not report {verify}"},
		},
		"network": {
			{"IPv4", &Facts{Macros: macros("client_addr", "40.93.255.254")}, ""},
			{"IPv6", &Facts{Macros: macros("client_addr", "2a01:111:f400:7e00::1")}, ""},
			{"IPv6 as in SMTP", &Facts{Macros: macros("client_addr", "IPv6:2a01:111:f400::9")}, ""},
			{"IPv4 in IPv6", &Facts{Macros: macros("client_addr", "::ffff:40.92.0.1")}, ""},
			{"outside", &Facts{Macros: macros("client_addr", "40.94.0.0")}, "40.94.0.0 is in none"},
			{"a zone", &Facts{Macros: macros("client_addr", "fe80::1%eth0")}, "in none of the networks"},
			{"unknown", &Facts{}, "reports no address"},
			{"no address", &Facts{Macros: macros("client_addr", "40.92.0.1.example")}, "reports no address"},
		},
		DKIMProof: {
			{"one", written(signature), ""},
			{"the second", written("DKIM-Signature: v=1; d=esp.example", "dkim-signature: d=contoso.de"), ""},
			{"none", written(), "there is no DKIM signature of its domains"},
			{"of another", written("DKIM-Signature: v=1; d=fabrikam.com; i=@contoso.com"), "there is no DKIM signature of its domains"},
			{"of a domain below", written("DKIM-Signature: d=mail.contoso.com"), "there is no DKIM signature of its domains"},
			{"without a domain", written("DKIM-Signature: v=1; bd=contoso.com"), "there is no DKIM signature of its domains"},
			{"two From fields", written(signature, "From: boss@contoso.com"), "several From fields"},
		},
	}
	for i := range ProofKinds {
		kind := &ProofKinds[i]
		cases := tables[kind.Name]
		if len(cases) < 3 {
			t.Errorf("%s has %d cases", kind.Name, len(cases))
		}
		for _, c := range cases {
			t.Run(kind.Name+"/"+c.name, func(t *testing.T) {
				p := proving([]string{kind.Name})
				met, words := kind.find(&p.Tenants[0], c.facts)
				if met != (c.words == "") || !met && !strings.Contains(words, c.words) {
					t.Errorf("met %v, %q", met, words)
				}
				if strings.Contains(words, code) || strings.Contains(words, "guess") {
					t.Errorf("the code is told: %q", words)
				}
			})
		}
	}
}

// signedBy is what a verifier answers.
func signedBy(domain, why string, err error) func([]string) (Signature, string, error) {
	return func([]string) (Signature, string, error) {
		return Signature{domain, header("From: anna@contoso.com")}, why, err
	}
}

func TestProof(t *testing.T) {
	const signature = "DKIM-Signature: d=contoso.com"
	from := func(f *Facts, listener string, dkim func([]string) (Signature, string, error)) *Facts {
		f.Listener, f.DKIM = listener, dkim
		return f
	}
	const own = "unix:/run/contoso.sock"
	never := func([]string) (Signature, string, error) { panic("asked for the signature") }
	for _, c := range []struct {
		name    string
		require [][]string
		facts   *Facts
		want    Reason // empty: pending
		words   string // of the step
	}{
		{"nothing required", nil, written(), Rule, ""},
		{"met", [][]string{{"routing"}}, written("X-Route: " + code), Rule, "contoso is proven by the routing field"},
		{"not met", [][]string{{"routing"}}, written("X-Route: " + otherCode), Unproven, "contoso is not proven: the field X-Route has another code"},
		{"all", [][]string{{"routing"}, {"listener"}}, from(written("X-Route: "+code), own, nil), Rule, "by the routing field and the listener it came in on"},
		{"one of all", [][]string{{"routing"}, {"listener"}}, written("X-Route: " + code), Unproven, "nothing says which listener"},
		{"either, the first", [][]string{{"routing", "listener"}}, written("X-Route: " + code), Rule, "by the routing field"},
		{"either, the second", [][]string{{"routing", "listener"}}, from(written(), own, nil), Rule, "by the listener"},
		{"neither", [][]string{{"routing", "listener"}}, written(), Unproven, "the field X-Route is missing; nothing says"},
		{"no body yet", [][]string{{"dkim"}}, written(signature), "", ""},
		{"no signature, no body needed", [][]string{{"dkim"}}, written(), Unproven, "no DKIM signature"},
		{"something else is missing, no body needed", [][]string{{"dkim"}, {"routing"}}, from(written(signature), "", never), Unproven, "the field X-Route is missing"},
		{"something else is enough", [][]string{{"dkim", "routing"}}, from(written(signature, "X-Route: "+code), "", never), Rule, "by the routing field"},
		{"signed", [][]string{{"dkim"}}, from(written(signature), "", signedBy("contoso.com", "", nil)), Rule, "by a DKIM signature of contoso.com"},
		{"badly signed", [][]string{{"dkim"}}, from(written(signature), "", signedBy("", "it is not valid", nil)), Unproven, "contoso is not proven: it is not valid"},
		{"taken as proven", [][]string{{"routing"}}, func() *Facts { f := written(); f.Proven = true; return f }(), Rule, "taken as proven"},
		{"a kind that passes, unproven", [][]string{{"routing"}}, written("Auto-Submitted: auto-replied"), Unproven, "X-Route is missing"},
		{"another product's guard, unproven", [][]string{{"routing"}}, written("X-Xink-Handled: Yes"), Unproven, "X-Route is missing"},
		{"another product's guard, proven", [][]string{{"routing"}}, written("X-Xink-Handled: Yes", "X-Route: "+code), OtherGuard, "by the routing field"},
		{"our guard, unproven", [][]string{{"routing"}}, written("X-Sigmilter-Handled: Yes"), Guarded, ""},
		{"another tenant's author", [][]string{{"routing"}}, &Facts{Sender: "c@fabrikam.com", Header: header("From: cleo@fabrikam.com")}, Rule, ""},
		{"a From like ours", [][]string{{"routing"}}, &Facts{Sender: "c@x.y", Header: header("From: anna@c\u043entoso.com")}, NoTenant, ""},
		{"a From that becomes ours", [][]string{{"routing"}}, &Facts{Sender: "c@x.y", Header: header("From: anna@\uff43ontoso.com")}, Unproven, "X-Route is missing"},
		{"two authors, ours is the second", [][]string{{"routing"}}, &Facts{Sender: "c@x.y", Header: header("From: x@y.example, anna@contoso.com")}, Unproven, "X-Route is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := proving(c.require...)
			c.facts.Trace = &Trace{}
			d := decide(t, p, c.facts)
			if d.Reason != c.want || d.Pending != (c.want == "") {
				t.Fatalf("%q, pending %v", d.Reason, d.Pending)
			}
			if (d.Reason == Unproven) && (d.Verdict != Pass || d.Tenant != "" || d.Author == "") {
				t.Errorf("%+v", d)
			}
			words := ""
			if i := slices.IndexFunc(c.facts.Trace.Steps, func(s Step) bool { return s.Step == "proof" }); i >= 0 {
				words = c.facts.Trace.Steps[i].Words
			}
			if (words == "") != (c.words == "") || !strings.Contains(words, c.words) || strings.Contains(words, code) {
				t.Errorf("%q, want %q", words, c.words)
			}
		})
	}
}

// The proof of one tenant is none of another, of which the From field is.
func TestProofIsTheTenantsOwn(t *testing.T) {
	p := proving([]string{"routing", "listener"})
	p.Tenants[1].Proof = Proof{
		RoutingField: "X-Route", RoutingCodes: []Code{NewCode(otherCode)}, Listeners: []string{"unix:/run/fabrikam.sock"},
		Require: [][]string{{"routing", "listener"}},
	}
	for _, c := range []struct {
		from, code, listener string
		want                 Reason
	}{
		{"anna@contoso.com", code, "", Rule},
		{"anna@contoso.com", otherCode, "", Unproven},
		{"anna@contoso.com", "", "unix:/run/fabrikam.sock", Unproven},
		{"cleo@fabrikam.com", otherCode, "", Rule},
		{"cleo@fabrikam.com", code, "unix:/run/contoso.sock", Unproven},
		{"cleo@fabrikam.com, anna@contoso.com", code, "", Rule}, // hers who is proven
	} {
		f := &Facts{Sender: "x@y.example", Listener: c.listener, Header: header("From: "+c.from, "X-Route: "+c.code)}
		if d := decide(t, p, f); d.Reason != c.want {
			t.Errorf("%+v: %s", c, d.Reason)
		}
	}
}

func TestUnprovenByConfiguration(t *testing.T) {
	for _, verdict := range []Verdict{Refuse, Defer} {
		p := proving([]string{"routing"})
		p.Tenants[0].Proof.Unproven = verdict
		for name, f := range map[string]*Facts{
			"unproven": written(), "automatic": written("Auto-Submitted: auto-replied"), "with our guard": written("X-Sigmilter-Handled: Yes"),
		} {
			if d := decide(t, p, f); d.Verdict != verdict || d.Reason != Unproven {
				t.Errorf("%s: %v because of %s", name, d.Verdict, d.Reason)
			}
		}
		sealed := *p
		sealed.Keys = withKeys(t, secret)
		if d := decide(t, &sealed, written(append(identified, "X-Sigmilter-Handled: Yes v1.AAAAAAAAAAAAAAAAAAAAAA")...)); d.Verdict != verdict || d.Reason != Unproven {
			t.Errorf("with a forged seal: %v because of %s", d.Verdict, d.Reason)
		}
		if d := decide(t, p, written("X-Sigmilter-Handled: Yes", "X-Route: "+code)); d.Verdict != Handled {
			t.Errorf("proven and handled: %v because of %s", d.Verdict, d.Reason)
		}
		if d := decide(t, p, &Facts{Sender: "c@fabrikam.com", Header: header("From: cleo@fabrikam.com")}); d.Verdict != Sign {
			t.Errorf("of another tenant: %v because of %s", d.Verdict, d.Reason)
		}
	}
}

func TestProofThatCannotBeLookedAt(t *testing.T) {
	p := proving([]string{"dkim"})
	f := written("DKIM-Signature: d=contoso.com")
	silent := errors.New("DNS is silent")
	f.DKIM = signedBy("", "", silent)
	d, err := p.Decide(f, staff)
	if !errors.Is(err, ErrProof) || !errors.Is(err, silent) || d.Verdict != Pass || d.Author != "anna@contoso.com" {
		t.Errorf("%v, %+v", err, d)
	}
}

func TestWithoutRoutingFields(t *testing.T) {
	p := proving()
	p.Tenants[1].Proof.RoutingField = "x-route"
	p.Tenants = append(p.Tenants, Tenant{Proof: Proof{RoutingField: "X-Other-Route"}})
	got := p.WithoutRoutingFields(header("X-ROUTE: a", "X-Routes: b", "X-Other-Route: c", "x-route: d"))
	want := []entity.FieldEdit{
		{Op: entity.DeleteField, Name: "X-Route", Index: 2},
		{Op: entity.DeleteField, Name: "X-Route", Index: 1},
		{Op: entity.DeleteField, Name: "X-Other-Route", Index: 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := newPolicy().WithoutRoutingFields(header("X-Route: a")); got != nil {
		t.Errorf("without a tenant that has one: %+v", got)
	}
}
