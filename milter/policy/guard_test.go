package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

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
	p.Keys, p.Lifetime = withKeys(t, secret), 48*time.Hour
	return p
}

var (
	identified = []string{"Message-ID: <1@contoso.com>", "Date: Sat, 21 Nov 2026 08:00:00 +0100"}
	sealedAt   = time.Date(2026, 11, 21, 7, 0, 5, 0, time.UTC)
)

// textOf is a digest that is known.
func textOf(text string) func() string { return func() string { return text } }

// stampedBy is a message of Anna's as it comes back a minute later, with the guard of
// a policy.
func stampedBy(t *testing.T, p *Policy, lines ...string) *Facts {
	f := written(append(lines, identified...)...)
	f.Recipients = []string{"customer@partner.example", "ben@contoso.com"}
	f.Now, f.Digest = sealedAt, textOf("as it left")
	d := decide(t, p, f)
	f.Header = append(f.Header, entity.Field{Name: p.Guard, Value: p.GuardValue(&d, "as it left", f.Now)})
	f.Now = sealedAt.Add(time.Minute)
	return f
}

// replaced is a change of one field.
func replaced(name, value string) func(*Policy, *Facts) {
	return func(_ *Policy, f *Facts) {
		for i := range f.Header {
			if f.Header[i].Name == name {
				f.Header[i].Value = value
			}
		}
	}
}

// more is a change that adds a field above the others.
func more(line string) func(*Policy, *Facts) {
	return func(_ *Policy, f *Facts) { f.Header = append(header(line), f.Header...) }
}

// A guard is believed on the message it was made for, however that was written
// anew on its way, and on no other.
func TestSealedGuard(t *testing.T) {
	later := func(by time.Duration) func(*Policy, *Facts) {
		return func(_ *Policy, f *Facts) { f.Now = sealedAt.Add(by) }
	}
	for name, c := range map[string]struct {
		change  func(*Policy, *Facts)
		handled bool
	}{
		"as it left":             {func(*Policy, *Facts) {}, true},
		"name of author encoded": {replaced("From", " =?utf-8?q?Anna_Muster?=\r\n\t<anna@contoso.com>"), true},
		"address in capitals":    {replaced("From", "<ANNA@contoso.com>"), true},
		"date written anew":      {replaced("Date", "\r\n Sat, 21 Nov 2026 07:00:00 +0000"), true},
		"a hop more":             {more("Received: from a by b; x"), true},
		"guard folded": {func(_ *Policy, f *Facts) {
			last := &f.Header[len(f.Header)-1]
			last.Value = strings.Replace(last.Value, " ", "\r\n ", 1)
		}, true},
		"key rotated":              {func(p *Policy, _ *Facts) { p.Keys = withKeys(t, "a newer key, long enough", secret) }, true},
		"key gone":                 {func(p *Policy, _ *Facts) { p.Keys = withKeys(t, "a newer key, long enough") }, false},
		"at the end of its time":   {later(48 * time.Hour), true},
		"after its time":           {later(48*time.Hour + time.Second), false},
		"a clock that is behind":   {later(-skew), true},
		"before its time":          {later(-skew - time.Second), false},
		"other text":               {func(_ *Policy, f *Facts) { f.Digest = textOf("other") }, false},
		"a text nobody knows":      {func(_ *Policy, f *Facts) { f.Digest = textOf("") }, false},
		"other recipients":         {func(_ *Policy, f *Facts) { f.Recipients = []string{"x@elsewhere.example"} }, false},
		"fewer domains":            {func(_ *Policy, f *Facts) { f.Recipients = f.Recipients[:1] }, false},
		"others of the domains":    {func(_ *Policy, f *Facts) { f.Recipients = []string{"c@CONTOSO.com", "y@partner.example"} }, true},
		"a further plain guard":    {more("X-Sigmilter-Handled: Yes"), false},
		"its guard twice":          {func(_ *Policy, f *Facts) { f.Header = append(f.Header, f.Header[len(f.Header)-1]) }, false},
		"on another message":       {replaced("Message-ID", "<2@contoso.com>"), false},
		"a second Message-ID":      {more("Message-ID: <1@contoso.com>"), false},
		"without Message-ID":       {replaced("Message-ID", ""), false},
		"of another author":        {replaced("From", "<bob@contoso.com>"), false},
		"a second From field":      {more("From: <bob@contoso.com>"), false},
		"its From field twice":     {more("From: anna@contoso.com"), false},
		"first of several authors": {replaced("From", "<bob@contoso.com>, <anna@contoso.com>"), false},
		"a stranger before":        {replaced("From", "<x@partner.example>, <anna@contoso.com>"), false},
		"in another tenant":        {func(p *Policy, _ *Facts) { p.Tenants[0].Name = "renamed" }, false},
		"plain word":               {replaced("X-Sigmilter-Handled", "Yes"), false},
		"other true word":          {replaced("X-Sigmilter-Handled", "true"), false},
		"other seal":               {replaced("X-Sigmilter-Handled", "Yes v2.1795244405.AAAAAAAAAAAAAAAAAAAAAA"), false},
	} {
		p := sealedPolicy(t)
		p.Rules[0].Conditions = only(asks("header", "X-Nothing=x")) // what is not handled is not signed
		p.Rules[0].Except, p.Rules[0].If = p.Rules[0].If, nil
		f := stampedBy(t, p)
		f.Trace = &Trace{}
		c.change(p, f)
		d := decide(t, p, f)
		if got := d.Reason == Guarded && d.Verdict == Handled; got != c.handled || d.Pending {
			t.Errorf("%s: %q", name, d.Reason)
		}
		if d.ForeignGuard == c.handled {
			t.Errorf("%s: foreign %v", name, !c.handled)
		}
		if first := f.Trace.Steps[0]; first.Step != "guard" || first.GoesOn == c.handled || !c.handled && !strings.Contains(first.Words, "is not ours") {
			t.Errorf("%s: %+v", name, first)
		}
	}
}

// Only a guard with a seal that could be ours makes a message wait for its text.
func TestGuardWaitsForTheText(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*Policy, *Facts)
		pending bool
	}{
		"ours":                 {func(*Policy, *Facts) {}, true},
		"a seal of its shape":  {replaced("X-Sigmilter-Handled", "Yes v2.1795244405.AAAAAAAAAAAAAAAAAAAAAA"), true},
		"too old":              {func(_ *Policy, f *Facts) { f.Now = sealedAt.Add(49 * time.Hour) }, false},
		"no seal":              {replaced("X-Sigmilter-Handled", "Yes"), false},
		"unsealed":             {replaced("X-Sigmilter-Handled", seal.Unsealed), false},
		"two":                  {more("X-Sigmilter-Handled: Yes"), false},
		"of a stranger":        {replaced("From", "x@partner.example"), false},
		"of the first version": {replaced("X-Sigmilter-Handled", "Yes v1.AAAAAAAAAAAAAAAAAAAAAA"), false},
		"without a key":        {func(p *Policy, _ *Facts) { p.Keys = nil }, false},
	} {
		p := sealedPolicy(t)
		f := stampedBy(t, p)
		f.Digest = nil
		c.change(p, f)
		if d := decide(t, p, f); d.Pending != c.pending || c.pending && d.Verdict != Pass {
			t.Errorf("%s: pending %v, %q", name, d.Pending, d.Reason)
		}
	}
}

// A guard of an earlier release is known for as long as any other, by the date of
// the message.
func TestGuardOfAnEarlierRelease(t *testing.T) {
	const first = "X-Sigmilter-Handled: Yes v1.v_8vgWePrg5lqEs0vZjYkQ"
	for name, c := range map[string]struct {
		after time.Duration
		lines []string
		want  Reason
	}{
		"on its way":        {time.Hour, nil, Guarded},
		"old":               {49 * time.Hour, nil, Rule},
		"not written yet":   {-time.Hour, nil, Rule},
		"of another author": {time.Hour, []string{"From: bob@contoso.com"}, Rule},
	} {
		f := written(append(append([]string{first}, identified...), c.lines...)...)
		if c.lines != nil {
			f = &Facts{Sender: f.Sender, Header: header(append(append([]string{first}, identified...), c.lines...)...)}
		}
		f.Now = sealedAt.Add(c.after)
		if d := decide(t, sealedPolicy(t), f); d.Reason != c.want || d.Pending || d.ForeignGuard != (c.want == Rule) {
			t.Errorf("%s: %q", name, d.Reason)
		}
	}
}

// What is handled is not proven: a message with a guard that is believed is asked for
// its proof, and one that is proven needs no guard.
func TestGuardIsNoProof(t *testing.T) {
	for name, c := range map[string]struct {
		unproven Verdict
		code     string
		want     Reason
	}{
		"with code":               {Refuse, code, Guarded},
		"without":                 {Refuse, "", Unproven},
		"without, deferred":       {Defer, "", Unproven},
		"without, passed":         {Pass, "", Unproven},
		"another tenant's code":   {Refuse, otherCode, Unproven},
		"of a product we honour":  {Refuse, "", Unproven},
		"of a product, with code": {Refuse, code, OtherGuard},
	} {
		for _, keyed := range []bool{true, false} {
			p := proving([]string{"routing"})
			if keyed {
				p.Keys, p.Lifetime = withKeys(t, secret), 48*time.Hour
			}
			f := stampedBy(t, p, "X-Route: "+code)
			f.Header = slices.DeleteFunc(f.Header, func(f entity.Field) bool { return f.Name == "X-Route" })
			if strings.Contains(name, "product") {
				replaced(p.Guard, "")(p, f)
				more("X-Xink-Handled: Yes")(p, f)
			}
			if c.code != "" {
				more("X-Route: "+c.code)(p, f)
			}
			p.Tenants[0].Proof.Unproven = c.unproven
			want := c.want
			if !keyed && c.unproven == Pass {
				want = Guarded // it passes in either case
			}
			if d := decide(t, p, f); d.Reason != want || want == Unproven && d.Verdict != c.unproven {
				t.Errorf("%s, keyed %v: %q", name, keyed, d.Reason)
			}
		}
	}
}

// What is not proven to be a tenant's leaves with a guard that says nothing of it,
// nor does a message that no Message-ID tells from others.
func TestUnsealed(t *testing.T) {
	for name, lines := range map[string][]string{
		"of a stranger":       {"From: x@partner.example", "Message-ID: <1@x>"},
		"of nobody":           {"Message-ID: <1@x>"},
		"not proven":          {"From: anna@contoso.com", "Message-ID: <1@x>"},
		"no Message-ID":       {"From: anna@contoso.com", "X-Route: " + code},
		"an empty one":        {"From: anna@contoso.com", "X-Route: " + code, "Message-ID:"},
		"two of them":         {"From: anna@contoso.com", "X-Route: " + code, "Message-ID: <1@x>", "Message-ID: <2@x>"},
		"two From fields":     {"From: anna@contoso.com", "From: bob@contoso.com", "X-Route: " + code, "Message-ID: <1@x>"},
		"proven, but no text": {"From: anna@contoso.com", "X-Route: " + code, "Message-ID: <1@x>"},
	} {
		p := proving([]string{"routing"})
		p.Keys, p.Lifetime = withKeys(t, secret), 48*time.Hour
		text := "text"
		if strings.HasSuffix(name, "no text") {
			text = ""
		}
		f := &Facts{Sender: "x@y.example", Header: header(lines...), Now: sealedAt, Digest: textOf("text")}
		d := decide(t, p, f)
		value := p.GuardValue(&d, text, sealedAt)
		if value != "Yes unsealed" {
			t.Errorf("%s: %q", name, value)
		}
		more(p.Guard+": "+value)(p, f)
		if again := decide(t, p, f); again.Reason != d.Reason || again.Verdict != d.Verdict || again.ForeignGuard {
			t.Errorf("%s: %q when it comes again", name, again.Reason)
		}
	}
}

// Without a key the word counts, of one field.
func TestPlainGuard(t *testing.T) {
	p := newPolicy()
	if v := p.GuardValue(&Decision{Seal: &seal.Message{}}, "text", sealedAt); v != "Yes" {
		t.Errorf("stamped %q", v)
	}
	for value, want := range map[string]Reason{"Yes": Guarded, "true": Guarded, "Yes v1.AAAAAAAAAAAAAAAAAAAAAA": Guarded, "Yes unsealed": Guarded, "No": Rule, "": Rule} {
		f := written(append(identified, p.Guard+": "+value)...)
		if d := decide(t, p, f); d.Reason != want || d.ForeignGuard {
			t.Errorf("%q: %q", value, d.Reason)
		}
	}
	f := written(p.Guard+": No", p.Guard+": Yes")
	if d := decide(t, p, f); d.Reason != Rule || !d.ForeignGuard {
		t.Errorf("two: %q", d.Reason)
	}
}

// Of several guards of another product each counts.
func TestSecondGuardOfAProduct(t *testing.T) {
	if d := decide(t, newPolicy(), written("X-Xink-Handled: No", "X-Xink-Handled: Yes")); d.Reason != OtherGuard {
		t.Errorf("%q", d.Reason)
	}
}

// Guards that are no seals by their shape cost nothing beside reading them, whatever
// stands in the other fields.
func TestCostOfGuards(t *testing.T) {
	allocations := func(fields int, value string) float64 {
		p := sealedPolicy(t)
		f := written(append(identified, "Date: "+strings.Repeat("a ", 10_000))...)
		for range fields {
			more(p.Guard+": "+value)(p, f)
		}
		f.Now, f.Digest = sealedAt, func() string { panic("asked for the text") }
		return testing.AllocsPerRun(10, func() { decide(t, p, f) })
	}
	for _, value := range []string{"Yes", "Yes v1.AAAAAAAAAAAAAAAAAAAAAA", "Yes v2.1795244405.AAAAAAAAAAAAAAAAAAAAAA", "no"} {
		if one, two := allocations(500, value), allocations(1000, value); two > 2.1*one {
			t.Errorf("%q: %.0f allocations for 500 fields, %.0f for twice as many", value, one, two)
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
