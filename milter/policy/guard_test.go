package policy

import (
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

const secret = "a key for tests, long enough"

// withKeys are keys as of a key file.
func withKeys(t testing.TB, keys ...string) *seal.Ring {
	t.Helper()
	r, err := seal.ParseKeys(strings.Join(keys, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sealedPolicy is a policy with a key.
func sealedPolicy(t testing.TB) *Policy {
	p := newPolicy()
	p.Keys = withKeys(t, secret)
	return p
}

var identified = []string{"Message-ID: <1@contoso.com>", "Date: Sat, 21 Nov 2026 08:00:00 +0100"}

// stampedBy is a message of Anna's as it comes back, with the guard of a policy.
func stampedBy(p *Policy, lines ...string) *Facts {
	f := written(append(lines, identified...)...)
	f.Header = append(f.Header, entity.Field{Name: p.Guard, Value: p.GuardValue(f.Header)})
	return f
}

// A guard is believed on the message it was made for, however that was written
// anew on its way, and on no other.
func TestSealedGuard(t *testing.T) {
	change := func(name, value string) func(*Policy, *Facts) {
		return func(_ *Policy, f *Facts) {
			for i := range f.Header {
				if f.Header[i].Name == name {
					f.Header[i].Value = value
				}
			}
		}
	}
	for name, c := range map[string]struct {
		change  func(*Policy, *Facts)
		handled bool
	}{
		"as it left":             {func(*Policy, *Facts) {}, true},
		"name of author encoded": {change("From", " =?utf-8?q?Anna_Muster?=\r\n\t<anna@contoso.com>"), true},
		"address in capitals":    {change("From", "<ANNA@contoso.com>"), true},
		"date written anew":      {change("Date", "\r\n Sat, 21 Nov 2026 07:00:00 +0000"), true},
		"guard folded": {func(_ *Policy, f *Facts) {
			last := &f.Header[len(f.Header)-1]
			last.Value = strings.Replace(last.Value, " ", "\r\n ", 1)
		}, true},
		"a further plain guard":    {func(p *Policy, f *Facts) { f.Header = append(header(p.Guard+": Yes"), f.Header...) }, true},
		"key rotated":              {func(p *Policy, _ *Facts) { p.Keys = withKeys(t, "a newer key, long enough", secret) }, true},
		"key gone":                 {func(p *Policy, _ *Facts) { p.Keys = withKeys(t, "a newer key, long enough") }, false},
		"on another message":       {change("Message-ID", "<2@contoso.com>"), false},
		"of another author":        {change("From", "<bob@contoso.com>"), false},
		"first of several authors": {change("From", "<bob@contoso.com>, <anna@contoso.com>"), false},
		"at another time":          {change("Date", "Sat, 21 Nov 2026 08:00:09 +0100"), false},
		"in another tenant":        {func(p *Policy, _ *Facts) { p.Tenants[0].Name = "renamed" }, false},
		"plain word":               {change("X-Sigmilter-Handled", "Yes"), false},
		"other true word":          {change("X-Sigmilter-Handled", "true"), false},
		"other seal":               {change("X-Sigmilter-Handled", "Yes v1.AAAAAAAAAAAAAAAAAAAAAA"), false},
	} {
		p := sealedPolicy(t)
		f := stampedBy(p)
		f.Trace = &Trace{}
		c.change(p, f)
		d := decide(t, p, f)
		if got := d.Reason == Guarded && d.Verdict == Handled; got != c.handled {
			t.Errorf("%s: %q", name, d.Reason)
		}
		if p.ForeignGuard(f.Header) == c.handled {
			t.Errorf("%s: foreign %v", name, !c.handled)
		}
		if first := f.Trace.Steps[0]; first.Step != "guard" || first.GoesOn == c.handled || !c.handled && !strings.Contains(first.Words, "is not ours") {
			t.Errorf("%s: %+v", name, first)
		}
	}
}

// A message without a Message-ID is stamped, as the transport rule wants, and
// its guard is not believed: it could be that of another.
func TestGuardWithoutMessageID(t *testing.T) {
	p := sealedPolicy(t)
	f := written("Date: Sat, 21 Nov 2026 08:00:00 +0100")
	value := p.GuardValue(f.Header)
	if !strings.HasPrefix(value, "Yes v1.") {
		t.Errorf("stamped %q", value)
	}
	f.Header = append(f.Header, entity.Field{Name: p.Guard, Value: value})
	if d := decide(t, p, f); d.Reason != Rule {
		t.Errorf("%q", d.Reason)
	}
	f.Header = append(f.Header, header("Message-ID: <added@exchange.example>")...)
	if d := decide(t, p, f); d.Reason != Rule {
		t.Errorf("with one added on the way: %q", d.Reason)
	}
}

// Without a key all is as it was.
func TestPlainGuard(t *testing.T) {
	p := newPolicy()
	if v := p.GuardValue(written(identified...).Header); v != "Yes" {
		t.Errorf("stamped %q", v)
	}
	for value, want := range map[string]Reason{"Yes": Guarded, "true": Guarded, "Yes v1.AAAAAAAAAAAAAAAAAAAAAA": Guarded, "No": Rule, "": Rule} {
		f := written(append(identified, p.Guard+": "+value)...)
		if d := decide(t, p, f); d.Reason != want || p.ForeignGuard(f.Header) {
			t.Errorf("%q: %q", value, d.Reason)
		}
	}
}

// A message that must pass carries a guard that is believed, too; also one of
// nobody's.
func TestGuardOfOthers(t *testing.T) {
	for _, from := range []string{"", "From: printer@contoso.com", "From: <stranger@partner.example>", "From: nobody"} {
		p := sealedPolicy(t)
		f := &Facts{Header: header(append(identified, "Auto-Submitted: auto-replied", from)...)}
		if d := decide(t, p, f); d.Reason != Automatic {
			t.Fatal(d.Reason)
		}
		f.Header = append(f.Header, entity.Field{Name: p.Guard, Value: p.GuardValue(f.Header)})
		if d := decide(t, p, f); d.Reason != Guarded {
			t.Errorf("%q: %q", from, d.Reason)
		}
	}
}

func TestPasses(t *testing.T) {
	const host = "relay.contoso.com"
	for value, want := range map[string]int{
		"from x (x [192.0.2.1])\r\n\tby relay.contoso.com (Postfix) with ESMTPS id 4A;\r\n Sat, 21 Nov 2026 08:00:00 +0100": 1,
		"from x by Relay.Contoso.COM; date": 1,
		"by relay.contoso.com.":             1,
		"from relay.contoso.com by x":       0,
		"by relay.contoso.com.example":      0,
		"by other.relay.contoso.com":        0,
		"by":                                0,
		"":                                  0,
	} {
		if got := Passes(header("Received: "+value, "X-Received: "+value), host); got != want {
			t.Errorf("%q: %d", value, got)
		}
	}
}

func TestLoop(t *testing.T) {
	for name, c := range map[string]struct {
		most, passed int
		relay        string
		want         Reason
		words        string
	}{
		"first pass":       {3, 0, "relay.contoso.com", Rule, ""},
		"third":            {3, 2, "relay.contoso.com", Rule, "its Received fields name relay.contoso.com, this relay, 2 of at most 3 times"},
		"fourth":           {3, 3, "relay.contoso.com", Loop, "its Received fields name relay.contoso.com, this relay, 3 times already"},
		"far beyond":       {1, 9, "RELAY.contoso.com", Loop, "its Received fields name RELAY.contoso.com, this relay, 9 times already"},
		"another relay's":  {3, 9, "other.contoso.com", Rule, ""},
		"the MTA is quiet": {3, 9, "", Rule, ""},
		"no limit":         {0, 9, "relay.contoso.com", Rule, ""},
	} {
		p := newPolicy()
		p.MaxPasses = c.most
		f := written()
		f.Relay, f.Trace = c.relay, &Trace{}
		for range c.passed {
			f.Header = append(header("Received: from x by relay.contoso.com (Postfix)"), f.Header...)
		}
		d := decide(t, p, f)
		if d.Reason != c.want || (d.Reason == Loop && d.Verdict != Pass) {
			t.Errorf("%s: %q", name, d.Reason)
		}
		words := ""
		if s := f.Trace.Steps[0]; s.Step == "loop" && s.GoesOn == (c.want != Loop) {
			words = s.Words
		}
		if words != c.words {
			t.Errorf("%s: %q", name, words)
		}
	}
}
