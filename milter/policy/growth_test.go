package policy

import (
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

// burdened is a policy that looks at all a header can have, and the directory of it.
func burdened(t testing.TB) (*Policy, directory) {
	p, people := company(10)
	p.Keys, p.ThreadTokens, p.MaxPasses = withKeys(t, "a key for tests, long enough"), true, 3
	p.Tenants[0].DefaultPerson = "p1@contoso.com"
	p.Tenants[0].Proof.RoutingField = "X-Route"
	everywhere := only(asks("subject", "/(offer|order) now/", "an offer"), asks("header", "Received=/by nowhere/", "X-A=/x+y/"))
	all := only(asks("recipient", "nobody@partner.example"))
	all.OptOut = []string{"#nosig", "no sig"}
	p.Rules = []RuleSpec{
		{Name: "texts", Conditions: everywhere, Signature: "short"},
		{Name: "nobody", Conditions: all, Signature: "short"},
		{Name: "replies", Signature: "corporate", ReplySignature: "short", Conditions: Conditions{OptOut: []string{"#nosig", "no sig", "x"}}},
		{Name: "all", Signature: "corporate"},
	}
	return p, people
}

// oneField is a message with one field of n bytes: a unit repeated between two ends.
func oneField(name, before, unit, after string) func(n int) *Facts {
	return func(n int) *Facts {
		return laden(entity.Field{Name: name, Value: " " + before + strings.Repeat(unit, n/len(unit)) + after})
	}
}

// numberedField is a message with one field of units that have a number.
func numberedField(name, before, unit, after string) func(n int) *Facts {
	return func(n int) *Facts {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, unit, i)
		}
		return laden(entity.Field{Name: name, Value: " " + before + b.String() + after})
	}
}

// manyFields is a message with many fields, half of the bytes, and a long one.
func manyFields(name, value, long, unit string) func(n int) *Facts {
	return func(n int) *Facts {
		fields := []entity.Field{{Name: long, Value: strings.Repeat(unit, n/2/len(unit))}}
		for range n / 2 / (len(name) + len(value) + 4) {
			fields = append(fields, entity.Field{Name: name, Value: value})
		}
		return laden(fields...)
	}
}

// laden is a message of somebody of the tenant, with further fields before or, if
// they have its name, instead of an ordinary one.
func laden(fields ...entity.Field) *Facts {
	f := &Facts{Sender: "p3@contoso.com", Recipients: []string{"ben@partner.example"}, Relay: "relay.contoso.com", Header: fields}
	from := "p3@contoso.com"
	if has(f.Header, "Sender") { // whom nobody asks for when the directory has the author
		from = "nobody@contoso.com"
	}
	for _, ordinary := range header("From: Somebody <"+from+">", "To: ben@partner.example", "Subject: Offer", "Message-ID: <1@contoso.com>",
		"Date: Mon, 23 Nov 2026 09:00:00 +0100", "Content-Type: text/plain") {
		if !has(f.Header, ordinary.Name) {
			f.Header = append(f.Header, ordinary)
		}
	}
	return f
}

// headerTraps are messages on which a careless policy takes time that grows with the
// square of their header.
var headerTraps = []struct {
	name string
	make func(n int) *Facts
}{
	{"senders", numberedField("Sender", "", "a@b%d.example, ", "a@b.example")},
	{"senders of the tenant", numberedField("Sender", "", "a%d@contoso.com, ", "a@b.example")},
	{"senders with a plus", numberedField("Sender", "", "a+%d@contoso.com, ", "a@b.example")},
	{"sender fields", manyFields("Sender", "a@contoso.com", "X", "x")},
	{"a domain of many letters", func(n int) *Facts {
		var b strings.Builder
		for i := range n / 3 {
			b.WriteRune(rune('\u4e00' + i%20000))
		}
		return laden(entity.Field{Name: "Sender", Value: "<a@" + b.String() + ".example>"})
	}},
	{"an address of many letters", oneField("Sender", "<", "a", "@contoso.com>")},
	{"comments in Sender", oneField("Sender", "", "(a)", "a@b.example")},
	{"comments without end in Sender", oneField("Sender", "a@b.example ", "(", "")},
	{"names in Sender", oneField("Sender", "", "a ", "<a@b.example>")},
	{"quotes in Sender", oneField("Sender", "", `"a" `, "<a@b.example>")},
	{"escapes in Sender", oneField("Sender", `"`, `\"`, `" <a@b.example>`)},
	{"encoded words in Sender", oneField("Sender", "", "=?utf-8?q?a?= ", "<a@b.example>")},
	{"groups in Sender", oneField("Sender", "", "a:b@c.example;,", "")},
	{"empty groups in Sender", oneField("Sender", "", "a:;,", "")},
	{"commas in Sender", oneField("Sender", "", ",", "a@b.example")},
	{"bytes of no charset in Sender", oneField("Sender", "", "a \xff", "<a@b.example>")},
	{"brackets in Sender", oneField("Sender", "", "<", "a@b.example")},
	{"ats in Sender", oneField("Sender", "", "a@", "b.example")},
	{"literals in Sender", oneField("Sender", "", "a@[1.2.3.4],", "a@b.example")},
	{"keywords in Subject", oneField("Subject", "a ", "#nosig ", "")},
	{"keywords without a gap in Subject", oneField("Subject", "a ", "#nosig", "")},
	{"keywords behind blanks", func(n int) *Facts {
		return laden(entity.Field{Name: "Subject", Value: "a" + strings.Repeat(" ", n/2) + strings.Repeat("#nosig", n/12)})
	}},
	{"keywords of one letter", oneField("Subject", "a ", "x ", "")},
	{"keywords that begin and do not end", oneField("Subject", "", "no ", "")},
	{"keywords with folds", oneField("Subject", "a ", "no\r\n sig ", "")},
	{"blanks in Subject", oneField("Subject", "no", " ", "")},
	{"keywords in encoded words", oneField("Subject", "", "=?utf-8?q?#nosig_?= ", "")},
	{"encoded words in Subject", oneField("Subject", "", "=?koi8-r?q?=c1?= ", "")},
	{"encoded words of keywords apart", oneField("Subject", "", "=?utf-8?q?#no?= =?utf-8?q?sig?= x ", "")},
	{"accents in Subject", oneField("Subject", "a", "\u0301", "")},
	{"brackets in Subject", oneField("Subject", "", "[PATCH] ", "")},
	{"open brackets in Subject", oneField("Subject", "", "[", "")},
	{"prefixes in Subject", oneField("Subject", "", "Re: ", "")},
	{"stars in Subject", oneField("Subject", "", "*", "")},
	{"nearly what a rule looks for", oneField("Subject", "", "offer no ", "")},
	{"references", numberedField("References", "", "<%d@partner.example> ", "")},
	{"references of one message", oneField("References", "", "<1@partner.example> ", "")},
	{"references without end", oneField("References", "", "<", "")},
	{"one long reference", oneField("References", "<", "a", "@x> <sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com> <2@x>")},
	{"tokens in References", oneField("References", "<1@x>", "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com> ", "<2@x>")},
	{"tokens and identifiers in turn", oneField("References", "<1@x>", "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com> <2@x> ", "")},
	{"tokens and a long root", func(n int) *Facts {
		return laden(entity.Field{Name: "References", Value: "<" + strings.Repeat("a", n/2) + "@x>" + strings.Repeat("<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com>", n/80) + "<2@x>"})
	}},
	{"beginnings of tokens", oneField("References", "", "<sig.v1.", "")},
	{"a long Message-ID", oneField("Message-ID", "<", "a", "@x>")},
	{"a long Content-Type", oneField("Content-Type", "text/plain", "; a*0=x", "")},
	{"a Content-Type of comments", oneField("Content-Type", "text/plain", "(", "")},
	{"a Content-Type of slashes", oneField("Content-Type", "text", " /", "")},
	{"Content-Types", manyFields("Content-Type", "text/plain", "Content-Type", "x; ")},
	{"passes", oneField("Received", "", "by relay ", "by relay.contoso.com")},
	{"comments in Received", oneField("Received", "", "(by) ", "")},
	{"Received fields", manyFields("Received", "from a by b; now", "X-A", "x")},
	{"Received fields that a rule looks at", manyFields("Received", "", "Received", "by ")},
	{"fields that a rule looks at", manyFields("X-A", "xxxxxxx", "X-A", "x")},
	{"hops", manyFields("X-MS-TrafficTypeDiagnostic", "x", "X-MS-TrafficTypeDiagnostic", "ee_")},
	{"fields of kinds", manyFields("Auto-Submitted", "no", "Auto-Submitted", "no ")},
	{"routing fields", manyFields("X-Route", "x", "X-Route", "x")},
	{"foreign guards", manyFields("X-Xink-Handled", "x", "Date", "a ")},
	{"fields of no name", manyFields("", "", "X", "x")},
	{"subjects", manyFields("Subject", "#nosig", "Subject", "#nosig ")},
	{"recipients", func(n int) *Facts {
		f := laden()
		for i := range n / 10 {
			f.Recipients = append(f.Recipients, fmt.Sprintf("r%d@x%d.example", i, i))
		}
		return f
	}},
	{"recipients of the tenant", func(n int) *Facts {
		f := laden()
		f.Recipients = nil
		for i := range n / 10 {
			f.Recipients = append(f.Recipients, fmt.Sprintf("r%d@CONTOSO.com", i))
		}
		return f
	}},
}

func TestHeadersGrow(t *testing.T) {
	p, people := burdened(t)
	for _, trap := range headerTraps {
		t.Run(trap.name, func(t *testing.T) {
			miltertest.CheckGrowth(t, 32<<10, trap.make, func(f *Facts) { decideAll(p, people, f) })
		})
	}
}

// decideAll does with a message all that a policy does with its header.
func decideAll(p *Policy, people directory, f *Facts) {
	if _, err := p.Decide(f, people); err != nil {
		panic(err)
	}
	WithoutKeywords(f.Header, []string{"#nosig", "no sig", "x"})
	WithToken(f.Header, "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com>")
	p.WithoutRoutingFields(f.Header)
}

// The tree of a message is asked once for what its header says.
func TestPartsGrow(t *testing.T) {
	for name, part := range map[string]string{
		"patches":    "Content-Type: text/x-patch\n\nx\n",
		"calendars":  "Content-Type: text/calendar; method=publish\n\nx\n",
		"signatures": "Content-Type: application/pkcs7-mime; name=\"" + strings.Repeat("x", 300) + ".p7m\"\n\nx\n",
	} {
		t.Run(name, func(t *testing.T) {
			miltertest.CheckGrowth(t, 16<<10, func(n int) *entity.Part {
				head := header("Subject: "+strings.Repeat("x ", n/4), "Content-Type: multipart/mixed; boundary=b")
				s := entity.NewScanner(head, entity.Limits{Parts: 1 << 30, Fields: 1 << 30})
				s.Write([]byte("--b\n\nHello\n" + strings.Repeat("--b\n"+part, n/2/len(part)) + "--b--\n"))
				root, err := s.Finish()
				if err != nil {
					t.Fatal(err)
				}
				return root
			}, func(root *entity.Part) { PassParts(root) })
		})
	}
}

// fuzzedFields are those that FuzzHeaderGrowth fills.
var fuzzedFields = []string{"Sender", "Subject", "References", "Message-ID", "In-Reply-To", "Content-Type", "Received", "X-A", "Auto-Submitted", "Precedence", "Content-Class"}

// FuzzHeaderGrowth looks for a unit that costs more the more often it is repeated, in
// one field or in many.
func FuzzHeaderGrowth(f *testing.F) {
	for i, s := range [][3]string{
		{"", "a@b.example, ", "a@b.example"}, {"a", "#nosig", ""}, {"<1@x>", "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@x>", "<2@x>"}, {"<", "a", ">"}, {"", "<1@x>", ""},
		{"text", " /", ""}, {"", "by relay.contoso.com ", ""}, {"", "xx", "y"}, {"no", ";", "("}, {"", "auto", ""}, {"voice", " ", ""},
		{"", "(a", ""}, {"", "=?koi8-r?q?no?=", "sig"}, {"", "=?utf-8?b?", "?="}, {"a:", "b@c.example,", ";"}, {`"`, `\`, `"`}, {"x@", "\u00e4.", "y"},
	} {
		f.Add(byte(i%len(fuzzedFields)), false, s[0], s[1], s[2])
		f.Add(byte(i%len(fuzzedFields)), true, s[0], s[1], s[2])
	}
	p, people := burdened(f)
	f.Fuzz(func(t *testing.T, which byte, many bool, before, unit, after string) {
		if unit == "" || len(before)+len(unit)+len(after) > 1<<10 {
			t.Skip()
		}
		name := fuzzedFields[int(which)%len(fuzzedFields)]
		trap := oneField(name, before, unit, after)
		if many {
			trap = manyFields(name, before+unit+after, "Date", unit)
		}
		miltertest.CheckGrowth(t, 4<<10, trap, func(f *Facts) { decideAll(p, people, f) })
	})
}
