package policy

import (
	"net/mail"
	"slices"
	"strings"
	"testing"
)

func TestOriginOf(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		want   []string
	}{
		"plain":                   {[]string{"From: anna@contoso.com"}, []string{"anna@contoso.com"}},
		"with a name":             {[]string{`From: "Muster, Anna" <anna@contoso.com>`}, []string{"anna@contoso.com"}},
		"upper case":              {[]string{"FROM: Anna <ANNA@Contoso.COM>"}, []string{"anna@contoso.com"}},
		"folded":                  {[]string{"From: =?utf-8?Q?Anna_M=C3=BCster?=\r\n <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"comment":                 {[]string{"From: anna@contoso.com (Anna, at home)"}, []string{"anna@contoso.com"}},
		"group":                   {[]string{"From: Sales: anna@contoso.com, bob@contoso.com;"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"unknown charset":         {[]string{"From: =?x-unknown?Q?M=FCster?= <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"unquoted comma":          {[]string{"From: Muster, Anna <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"malformed, upper case":   {[]string{"From: Muster, Anna <ANNA@Contoso.COM>"}, []string{"anna@contoso.com"}},
		"raw umlaut":              {[]string{"From: Anna M\xfcster <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"address for a name":      {[]string{"From: bob@contoso.com <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"address in a comment":    {[]string{"From: Muster, Anna (bob@contoso.com) <anna@contoso.com>"}, []string{"anna@contoso.com"}},
		"two in brackets":         {[]string{"From: Muster, Anna <anna@contoso.com>, Meier, Bob <bob@contoso.com>"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"IDN":                     {[]string{"From: Udo <udo@Bücher.example>"}, []string{"udo@xn--bcher-kva.example"}},
		"IDN, malformed":          {[]string{"From: Groß, Udo <udo@bücher.example>"}, []string{"udo@xn--bcher-kva.example"}},
		"no IDN":                  {[]string{"From: <udo@b\u200ecker.example>"}, []string{"udo@bcker.example", "udo@b"}},
		"bracket never closed":    {[]string{"From: Anna <anna@contoso.com"}, []string{"anna@contoso.com"}},
		"quote never closed":      {[]string{`From: "Anna <anna@contoso.com>`}, []string{"anna@contoso.com"}},
		"semicolons":              {[]string{"From: anna@contoso.com; bob@contoso.com"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"IDN in punycode":         {[]string{"From: Udo@XN--BCHER-KVA.example"}, []string{"udo@xn--bcher-kva.example"}},
		"non-ASCII mailbox":       {[]string{"From: <jürgen@contoso.com>"}, []string{"jürgen@contoso.com"}},
		"no From":                 {[]string{"Subject: x", "Sender: anna@contoso.com"}, nil},
		"empty From":              {[]string{"From:"}, nil},
		"empty brackets":          {[]string{"From: Anna <>"}, nil},
		"empty group":             {[]string{"From: undisclosed:;"}, nil},
		"no address":              {[]string{"From: Anna Muster"}, nil},
		"both From fields":        {[]string{"From: anna@contoso.com", "From: bob@contoso.com"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"Reply-To is nobody":      {[]string{"Reply-To: bob@contoso.com", "From: anna@contoso.com"}, []string{"anna@contoso.com"}},
		"Sender beside one From":  {[]string{"From: anna@contoso.com", "Sender: bob@contoso.com"}, []string{"anna@contoso.com"}},
		"several, no Sender":      {[]string{"From: anna@contoso.com, bob@contoso.com"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"several, Sender first":   {[]string{"From: anna@contoso.com, bob@contoso.com", "Sender: Anna@contoso.com"}, []string{"anna@contoso.com", "bob@contoso.com"}},
		"several, Sender second":  {[]string{"From: anna@contoso.com, bob@contoso.com", "Sender: B <BOB@contoso.com>"}, []string{"bob@contoso.com", "anna@contoso.com"}},
		"several, Sender last":    {[]string{"From: a@x.y, b@x.y, c@x.y", "Sender: c@x.y"}, []string{"c@x.y", "a@x.y", "b@x.y"}},
		"several, Sender another": {[]string{"From: a@x.y, b@x.y", "Sender: pa@x.y"}, []string{"a@x.y", "b@x.y"}},
	} {
		if got := originOf(header(c.fields...), nil).authors; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAuthor: whose signature a message gets in the end.
func TestAuthor(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		person *Person
		author string
		tenant string
		reason Reason
	}{
		"primary":                    {[]string{"From: anna@contoso.com"}, anna, "anna@contoso.com", "contoso", Rule},
		"proxy":                      {[]string{"From: A.Muster@CONTOSO.de"}, anna, "a.muster@contoso.de", "contoso", Rule},
		"IDN in punycode":            {[]string{"From: Udo@XN--Bcher-Kva.example"}, udo, "udo@xn--bcher-kva.example", "contoso", Rule},
		"sent on behalf":             {[]string{"From: anna@contoso.com", "Sender: bob@contoso.com"}, anna, "anna@contoso.com", "contoso", Rule},
		"sent by the second":         {[]string{"From: anna@contoso.com, bob@contoso.com", "Sender: bob@contoso.com"}, bob, "bob@contoso.com", "contoso", Rule},
		"a stranger writes too":      {[]string{"From: stranger@partner.example, anna@contoso.com"}, anna, "anna@contoso.com", "contoso", Rule},
		"a stranger sends for us":    {[]string{"From: anna@contoso.com, stranger@partner.example", "Sender: stranger@partner.example"}, anna, "anna@contoso.com", "contoso", Rule},
		"two tenants, first":         {[]string{"From: cleo@fabrikam.com, anna@contoso.com"}, cleo, "cleo@fabrikam.com", "fabrikam", Rule},
		"two tenants, Sender":        {[]string{"From: cleo@fabrikam.com, anna@contoso.com", "Sender: anna@contoso.com"}, anna, "anna@contoso.com", "contoso", Rule},
		"stranger":                   {[]string{"From: Stranger@partner.example"}, nil, "stranger@partner.example", "", NoTenant},
		"subdomain":                  {[]string{"From: anna@mail.contoso.com"}, nil, "anna@mail.contoso.com", "", NoTenant},
		"ours in the mailbox":        {[]string{"From: <\"anna@contoso.com\"@partner.example>"}, nil, "anna@contoso.com", "contoso", UnclearAuthor},
		"unknown":                    {[]string{"From: ghost@contoso.com"}, nil, "ghost@contoso.com", "contoso", UnknownAuthor},
		"unknown before one we know": {[]string{"From: ghost@contoso.com, anna@contoso.com"}, anna, "anna@contoso.com", "contoso", Rule},
		"nobody":                     {[]string{"Sender: anna@contoso.com"}, nil, "", "", NoAuthor},
	} {
		d := decide(t, newPolicy(), &Facts{Sender: "anna@contoso.com", Header: header(c.fields...)})
		if d.Person != c.person || d.Author != c.author || d.Tenant != c.tenant || d.Reason != c.reason {
			t.Errorf("%s: person %v, author %q, tenant %q, %s", name, d.Person, d.Author, d.Tenant, d.Reason)
		}
	}
}

// TestEnvelopeSenderIsNoAuthor: bounces of groups and forwarders have another.
func TestEnvelopeSenderIsNoAuthor(t *testing.T) {
	f := &Facts{Sender: "bob@contoso.com", Header: header("From: anna@contoso.com")}
	if d := decide(t, newPolicy(), f); d.Person != anna {
		t.Errorf("%+v", d)
	}
}

// What a From or Sender field costs grows with it and no faster.
func TestCostOfAuthors(t *testing.T) {
	for _, name := range []string{"From", "Sender"} {
		for _, unit := range []string{"a@b.c, ", "a@b.c ", "<a@b.c>", "(", "(a)", "<", "@", "\"", "\\", "=?utf-8?q?a?= ", "a@contoso.com;", "ü@ü "} {
			allocations := func(n int) float64 {
				f := &Facts{Sender: "x@y.example", Header: header("From: anna@contoso.com")}
				if name == "From" {
					f.Header = nil
				}
				f.Header = append(f.Header, header(name+": "+strings.Repeat(unit, n/len(unit)))...)
				return testing.AllocsPerRun(2, func() { decide(t, newPolicy(), f) })
			}
			if one, two := allocations(200_000), allocations(400_000); two > 2.2*one+100 {
				t.Errorf("%s of %q: %.0f allocations, %.0f for twice as much", name, unit, one, two)
			}
		}
	}
}

// One pass finds what the expression finds.
func TestMentioned(t *testing.T) {
	for _, value := range []string{"", "@", "a@", "@b.c", "a@b.c", "a@b@c", "x a@b.c. y<c@d>e@f", "a@b,c@d;e@f", "[a@b.c]", "a@b.c?=", "@@a@@b@c", "ü@ü.de ü@", "a@b.c a@B.c"} {
		var want []string
		for _, a := range addressShape.FindAllString(value, -1) {
			if a = canonical(a); !slices.Contains(want, a) {
				want = append(want, a)
			}
		}
		if got := mentioned(value); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// FuzzUsual: an address that is read without net/mail is the one that net/mail reads,
// and readers show no other.
func FuzzUsual(f *testing.F) {
	for _, value := range []string{
		"anna@contoso.com", "<anna@contoso.com>", "Anna Muster <anna.m@Contoso.com>", `"Muster, Anna" <anna@contoso.com>`, `"" <a@b>`,
		`"a" b <a@b>`, `"a\" <a@b>`, `"a"b" <a@b>`, "a <b <a@b>", "a, b <a@b>", "a: <a@b>", "a@b <c@d>", "a <a..b@c>", "a <.b@c>", "a <b@c.>", "a <b@c@d>", "a b@c>",
		"=?x?q?y?= <a@b>", "a(b) <a@b>", "a\tb <a@b>", "a  b  <a@b>", "a < a@b>", "a@xn--b", "a@-", "<@>", "",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		address, ok := usual(value)
		if !ok {
			return
		}
		list, err := mail.ParseAddressList(value)
		if err != nil || len(list) != 1 || list[0].Address != address {
			t.Fatalf("%q: %q, net/mail reads %v, %v", value, address, list, err)
		}
		if oddDomain(domainOf(address), domainOf(plainly(address))) && !strings.Contains(strings.ToLower(address), "xn--") {
			t.Fatalf("%q is shown as %q", address, plainly(address))
		}
	})
}

func TestUsualFieldsAreReadWithoutMail(t *testing.T) {
	for value, want := range map[string]string{
		"anna@contoso.com":                   "anna@contoso.com",
		"Anna Muster <anna.m@Contoso.com>":   "anna.m@Contoso.com",
		`"Muster, Anna" <anna@contoso.com>`:  "anna@contoso.com",
		"Anna =?utf-8?Q?M?= <a@contoso.com>": "",
		"Muster, Anna <anna@contoso.com>":    "",
	} {
		if got, ok := usual(value); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", value, got, ok)
		}
	}
}
