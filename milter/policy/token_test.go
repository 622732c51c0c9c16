package policy

import (
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/seal"
)

// threadPolicy signs with corporate, later in a thread with short.
func threadPolicy(t testing.TB) *Policy {
	p := sealedPolicy(t)
	p.ThreadTokens = true
	p.Rules[0].ReplySignature = "short"
	return p
}

const root = "<1@contoso.com>"

// tokenOf is the token of a person of contoso in the thread that begins with root.
func tokenOf(t testing.TB, change func(*seal.Thread)) string {
	t.Helper()
	th := seal.Thread{Tenant: "contoso", Person: anna.Address, Template: "corporate", Root: root}
	if change != nil {
		change(&th)
	}
	return withKeys(t, secret).Token(th, "contoso.com")
}

func TestThreadTokens(t *testing.T) {
	own := tokenOf(t, nil)
	bobs := tokenOf(t, func(th *seal.Thread) { th.Person = bob.Address })
	reply := func(references string) *Facts {
		return written("Subject: Re: x", "Message-ID: <9@contoso.com>", "In-Reply-To: <2@x>", "References: "+references)
	}
	noKey := func(p *Policy) { p.Keys = nil }
	withDesk := func(p *Policy) { p.Tenants[0].DefaultTemplate = "desk" }
	for name, c := range map[string]struct {
		facts     *Facts
		change    func(*Policy)
		signature string
		token     string // the one to be added
		told      told
	}{
		"first mail":                         {facts: written("Subject: x", "Message-ID: "+root), signature: "corporate", token: own},
		"first mail, token of a second pass": {facts: written("Subject: x", "Message-ID: "+root, "References: "+own), signature: "corporate"},
		"first mail without an id":           {facts: written("Subject: x"), signature: "corporate"},
		"reply, signature not in thread":     {facts: reply(root + " <2@x>"), signature: "corporate", token: own, told: byTokenNotIn},
		"reply, it is in":                    {facts: reply(own + " " + root + " <2@x>"), signature: "short", told: byToken},
		"reply, it came in later":            {facts: reply(root + "\r\n\t<2@x> " + own + "\r\n <3@x>"), signature: "short", told: byToken},
		"reply, second pass":                 {facts: reply(root + " <2@x> " + own), signature: "corporate", told: byTokenNotIn},
		"reply, only another's is in":        {facts: reply(bobs + " " + root + " <2@x>"), signature: "corporate", token: own, told: byTokenNotIn},
		"reply, forged": {facts: reply("<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com> " + root + " <2@x>"),
			signature: "corporate", token: own, told: byTokenNotIn},
		"reply, of another tenant": {facts: reply(tokenOf(t, func(th *seal.Thread) { th.Tenant = "fabrikam" }) + " " + root + " <2@x>"),
			signature: "corporate", token: own, told: byTokenNotIn},
		"reply, of another thread": {facts: reply(tokenOf(t, func(th *seal.Thread) { th.Root = "<0@x>" }) + " " + root + " <2@x>"),
			signature: "corporate", token: own, told: byTokenNotIn},
		"reply, of another template": {facts: reply(tokenOf(t, func(th *seal.Thread) { th.Template = "short" }) + " " + root + " <2@x>"),
			signature: "corporate", token: own, told: byTokenNotIn},
		"reply by another address of hers": {facts: &Facts{Sender: "a.muster@contoso.de", Recipients: []string{"x@partner.example"},
			Header: header("From: a.muster@contoso.de", "References: "+own+" "+root, "In-Reply-To: "+root)}, signature: "short", told: byToken},
		"reply without References": {facts: written("Subject: Re: x", "In-Reply-To: "+root), signature: "short", told: noReferences},
		"reply, no key":            {facts: reply(root), change: noKey, signature: "short", told: byReply},
		"first mail, no key":       {facts: written("Subject: x", "Message-ID: "+root), change: noKey, signature: "corporate"},
		"reply, switched off":      {facts: reply(root), change: func(p *Policy) { p.ThreadTokens = false }, signature: "short", told: byReply},
		"reply, same signature":    {facts: reply(root), change: func(p *Policy) { p.Rules[0].ReplySignature = "corporate" }, signature: "corporate"},
		"first mail, same signature": {facts: written("Subject: x", "Message-ID: "+root), change: func(p *Policy) { p.Rules[0].ReplySignature = "" },
			signature: "corporate"},
		"reply gets none": {facts: reply(own + " " + root), change: func(p *Policy) { p.Rules[0].ReplySignature = NoTemplate }, told: byToken},
		"first mail of whom nobody knows": {facts: &Facts{Sender: "x@contoso.com", Header: header("From: printer@contoso.com", "Message-ID: "+root)},
			change: withDesk, signature: "desk"},
		"reply of whom nobody knows": {facts: &Facts{Sender: "x@contoso.com", Header: header("From: printer@contoso.com", "References: "+root)},
			change: withDesk, signature: "desk", told: byReply},
		"signature from an earlier rule": {facts: written("Subject: x", "Message-ID: "+root), signature: "plain", change: func(p *Policy) {
			p.Rules = append([]RuleSpec{{Name: "first", Signature: "plain"}}, p.Rules...)
		}},
	} {
		p := threadPolicy(t)
		if c.change != nil {
			c.change(p)
		}
		c.facts.Trace = &Trace{}
		d := decide(t, p, c.facts)
		if d.Signature != c.signature || d.Token != c.token {
			t.Errorf("%s: %q with token %q, want %q with %q", name, d.Signature, d.Token, c.signature, c.token)
		}
		if got := c.facts.Trace.Rules[0].Thread; got != toldWords[c.told] {
			t.Errorf("%s: told %q", name, got)
		}
	}
}

// The words of the trace are all there.
func TestToldWords(t *testing.T) {
	for _, how := range []told{byReply, byToken, byTokenNotIn, noReferences} {
		if toldWords[how] == "" {
			t.Errorf("no words for %q", how)
		}
	}
}

func TestWithToken(t *testing.T) {
	token := tokenOf(t, nil)
	long := strings.Repeat("<0123456789@partner.example>\r\n ", 128)
	for name, c := range map[string]struct {
		h    entity.Header
		op   entity.FieldOp
		want string // the value; empty for no edit
	}{
		"none":             {header("Subject: x"), entity.AddField, token},
		"one line":         {header("references: <1@x>"), entity.ChangeField, "<1@x>\n " + token},
		"folded":           {header("References: <1@x>\r\n\t<2@x>"), entity.ChangeField, "<1@x>\n\t<2@x>\n " + token},
		"folded at once":   {header("References:\r\n <1@x>"), entity.ChangeField, "\n <1@x>\n " + token},
		"blanks at end":    {header("References: <1@x> \r\n \t"), entity.ChangeField, "<1@x>\n " + token},
		"empty":            {header("References: "), entity.ChangeField, token},
		"as a milter's":    {entity.Header{{Name: "References", Value: "<1@x>\n <2@x>"}}, entity.ChangeField, "<1@x>\n <2@x>\n " + token},
		"just fits":        {header("References: " + strings.Repeat("x", maxReferences-len(token)-2)), entity.ChangeField, strings.Repeat("x", maxReferences-len(token)-2) + "\n " + token},
		"a byte too long":  {header("References: " + strings.Repeat("x", maxReferences-len(token)-1)), entity.ChangeField, ""},
		"long and folded":  {header("References: " + long), entity.ChangeField, strings.TrimSuffix(strings.ReplaceAll(long, "\r\n", "\n"), "\n ") + "\n " + token},
		"too long, folded": {header("References: " + long + long), entity.ChangeField, ""},
	} {
		edit, ok := WithToken(c.h, token)
		if ok != (c.want != "") {
			t.Errorf("%s: %v, %d bytes", name, ok, len(edit.Value))
			continue
		}
		if ok && (edit.Op != c.op || edit.Index != 1 || edit.Value != c.want) {
			t.Errorf("%s: %+v", name, edit)
		}
	}
}

// A root that is longer than any identifier is none: each of many tokens would be
// compared with one made of it.
func TestLongRootIsNone(t *testing.T) {
	for n, want := range map[int]bool{longestID: true, longestID + 1: false} {
		id := "<" + strings.Repeat("a", n-2) + ">"
		if got := referencesIn(id+" <2@x>").Root == id; got != want {
			t.Errorf("an identifier of %d bytes is a root: %v, want %v", n, got, want)
		}
	}
}
