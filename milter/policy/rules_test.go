package policy

import (
	"strings"
	"testing"

	"sigmilter/milter/insert"
)

func TestScope(t *testing.T) {
	const inside, sister, outside = "bob@contoso.com", "BOB@Contoso.DE", "x@partner.example"
	for name, c := range map[string]struct {
		recipients         []string
		internal, external bool
	}{
		"one inside":              {[]string{inside}, true, false},
		"another domain of ours":  {[]string{inside, sister}, true, false},
		"one outside":             {[]string{outside}, false, true},
		"outside last":            {[]string{inside, outside}, false, true},
		"outside first":           {[]string{outside, inside}, false, true},
		"another tenant":          {[]string{"cleo@fabrikam.com"}, false, true},
		"a subdomain":             {[]string{"bob@mail.contoso.com"}, false, true},
		"a domain that ends so":   {[]string{"bob@notcontoso.com"}, false, true},
		"our domain as a mailbox": {[]string{"contoso.com@partner.example"}, false, true},
		"two at signs, ours":      {[]string{"\"x@partner.example\"@contoso.com"}, true, false},
		"two at signs, outside":   {[]string{"\"x@contoso.com\"@partner.example"}, false, true},
		"IDN of ours":             {[]string{"bob@BÜCHER.example"}, true, false},
		"no domain":               {[]string{"postmaster"}, false, true},
		"none":                    {nil, true, false},
	} {
		for scope, want := range map[string]bool{"internal": c.internal, "external": c.external} {
			p, f := newPolicy(), written()
			p.Rules[0].Conditions, f.Recipients = only(asks("to", scope)), c.recipients
			d := decide(t, p, f)
			if got := d.Verdict == Sign; got != want {
				t.Errorf("%s: a rule for %s applies: %v, %s", name, scope, got, d.Reason)
			}
			if !want && (d.Verdict != Pass || d.Reason != NoRule || d.Rule != "" || d.Person != anna) {
				t.Errorf("%s: a rule for %s: %+v", name, scope, d)
			}
		}
	}
}

// TestScopeIsOfTheAuthorsTenant: what is inside for one is outside for another.
func TestScopeIsOfTheAuthorsTenant(t *testing.T) {
	p := newPolicy()
	p.Rules[0].Conditions = only(asks("to", "internal"))
	f := &Facts{Sender: "cleo@fabrikam.com", Recipients: []string{"anna@contoso.com"}, Header: header("From: cleo@fabrikam.com")}
	if d := decide(t, p, f); d.Reason != NoRule || d.Tenant != "fabrikam" {
		t.Errorf("%+v", d)
	}
	f.Recipients = []string{"dora@fabrikam.com"}
	if d := decide(t, p, f); d.Verdict != Sign || d.Person != cleo {
		t.Errorf("%+v", d)
	}
}

func TestRuleFrom(t *testing.T) {
	for name, c := range map[string]struct {
		from []string
		want bool
	}{
		"address":            {[]string{"anna@contoso.com"}, true},
		"another's address":  {[]string{"bob@contoso.com"}, false},
		"second of the list": {[]string{"bob@contoso.com", "anna@contoso.com"}, true},
		"domain":             {[]string{"contoso.com"}, true},
		"another domain":     {[]string{"fabrikam.com"}, false},
		"domain's end":       {[]string{"toso.com"}, false},
		"address's end":      {[]string{"a@contoso.com"}, false},
		"proxy address":      {[]string{"a.muster@contoso.de"}, true},
		"domain of a proxy":  {[]string{"contoso.de"}, true},
	} {
		p := newPolicy()
		p.Rules[0].Conditions = only(asks("from", c.from...))
		if d := decide(t, p, written()); (d.Verdict == Sign) != c.want || !c.want && d.Reason != NoRule {
			t.Errorf("%s: %s", name, d.Reason)
		}
	}
}

// TestRules: each block is that of the first rule that applies and names one,
// and a rule that stops is the last.
func TestRules(t *testing.T) {
	inside := RuleSpec{Name: "inside", Conditions: only(asks("to", "internal")), Signature: "short", Stop: true}
	sales := RuleSpec{Name: "sales", Conditions: only(asks("from", "bob@contoso.com")), Signature: "sales", Stop: true}
	none := RuleSpec{Name: "quiet", Conditions: only(asks("from", "anna@contoso.com")), Signature: NoTemplate}
	unset := RuleSpec{Name: "unset"}
	fair := RuleSpec{Name: "fair", Conditions: only(asks("to", "external")), Banner: "fair"}
	legal := RuleSpec{Name: "legal", Disclaimer: "legal", Banner: "late"}
	all := RuleSpec{Name: "all", Signature: "corporate"}
	stop := func(r RuleSpec) RuleSpec { r.Stop = true; return r }
	for name, c := range map[string]struct {
		rules  []RuleSpec
		rule   string
		blocks string // signature, disclaimer, banner
		reason Reason
	}{
		"one":                      {[]RuleSpec{all}, "all", "corporate//", Rule},
		"first signature":          {[]RuleSpec{all, {Name: "x", Signature: "x"}}, "all", "corporate//", Rule},
		"others passed by":         {[]RuleSpec{inside, sales, all}, "all", "corporate//", Rule},
		"not of what is passed":    {[]RuleSpec{stop(sales), all, legal}, "all", "corporate/legal/late", Rule},
		"none comes first":         {[]RuleSpec{none, all}, "quiet", "//", NoSignature},
		"none comes later":         {[]RuleSpec{all, none}, "all", "corporate//", Rule},
		"unset comes first":        {[]RuleSpec{unset, all}, "all", "corporate//", Rule},
		"unset and stop":           {[]RuleSpec{stop(unset), all}, "unset", "//", NoSignature},
		"unset alone":              {[]RuleSpec{unset}, "unset", "//", NoSignature},
		"no rule applies":          {[]RuleSpec{inside, sales}, "", "//", NoRule},
		"no rule at all":           {nil, "", "//", NoRule},
		"blocks of several rules":  {[]RuleSpec{fair, all, legal}, "fair", "corporate/legal/fair", Rule},
		"stop before the rest":     {[]RuleSpec{fair, stop(all), legal}, "fair", "corporate//fair", Rule},
		"only a disclaimer":        {[]RuleSpec{legal}, "legal", "/legal/late", Rule},
		"disclaimer, no signature": {[]RuleSpec{legal, none}, "legal", "/legal/late", Rule},
	} {
		p := newPolicy()
		p.Rules = c.rules
		d := decide(t, p, written())
		if blocks := d.Signature + "/" + d.Disclaimer + "/" + d.Banner; d.Rule != c.rule || blocks != c.blocks || d.Reason != c.reason || (d.Verdict == Sign) != (c.reason == Rule) {
			t.Errorf("%s: verdict %d, rule %q, blocks %q, %s", name, d.Verdict, d.Rule, blocks, d.Reason)
		}
		if n := len(strings.FieldsFunc(c.blocks, func(r rune) bool { return r == '/' })); len(d.Blocks()) != n {
			t.Errorf("%s: blocks %v", name, d.Blocks())
		}
	}
}

// TestPlaceOfTheSignature: the selections are those of the rule that names the
// signature, whichever names another block.
func TestPlaceOfTheSignature(t *testing.T) {
	settings := func(marker string) insert.Settings { return insert.Settings{Marker: marker} }
	first := RuleSpec{Name: "legal", Disclaimer: "legal", Place: settings("1")}
	second := RuleSpec{Name: "all", Signature: "corporate", Place: settings("2"), AddHTML: true}
	for _, c := range []struct {
		rules   []RuleSpec
		marker  string
		addHTML bool
	}{
		{[]RuleSpec{first, second}, "2", true},
		{[]RuleSpec{second, first}, "2", true},
		{[]RuleSpec{first}, "1", false},
	} {
		p := newPolicy()
		p.Rules = c.rules
		if d := decide(t, p, written()); d.Place.Marker != c.marker || d.AddHTML != c.addHTML || d.Rule != c.rules[0].Name {
			t.Errorf("%v: %+v", c.rules, d)
		}
	}
}

func TestReplySignature(t *testing.T) {
	for name, c := range map[string]struct {
		signature, reply string // of the rule
		onNew, onReply   string // what a message gets, empty for no signature
	}{
		"same for replies":     {"corporate", "", "corporate", "corporate"},
		"another for replies":  {"corporate", "short", "corporate", "short"},
		"replies unsigned":     {"corporate", NoTemplate, "corporate", ""},
		"only replies":         {NoTemplate, "short", "", "short"},
		"only replies, unset":  {"", "short", "", "short"},
		"neither":              {NoTemplate, NoTemplate, "", ""},
		"none for both by one": {NoTemplate, "", "", ""},
	} {
		p := newPolicy()
		p.Rules = []RuleSpec{{Name: "r", Signature: c.signature, ReplySignature: c.reply}}
		for subject, want := range map[string]string{"Subject: offer": c.onNew, "Subject: Re: offer": c.onReply} {
			d := decide(t, p, written(subject))
			if want == "" && (d.Verdict != Pass || d.Reason != NoSignature || d.Rule != "r") {
				t.Errorf("%s, %s: %+v", name, subject, d)
			}
			if want != "" && (d.Verdict != Sign || d.Signature != want) {
				t.Errorf("%s, %s: %+v", name, subject, d)
			}
		}
	}
}

// TestEnforcedByText: the text form makes up for the HTML only if no rule that gives a
// block says otherwise.
func TestEnforcedByText(t *testing.T) {
	strict, byText := RuleSpec{Disclaimer: "a", Enforce: true}, RuleSpec{Banner: "b", Enforce: true, EnforceByText: true}
	none, loose := RuleSpec{Disclaimer: "a", Banner: "b", Enforce: true}, RuleSpec{Signature: "c"}
	for i, c := range []struct {
		rules            []RuleSpec
		enforced, byText bool
	}{
		{[]RuleSpec{strict}, true, false},
		{[]RuleSpec{byText}, true, true},
		{[]RuleSpec{loose, byText}, true, true},
		{[]RuleSpec{strict, byText}, true, false},
		{[]RuleSpec{byText, strict}, true, false},
		{[]RuleSpec{byText, {Banner: "x", Enforce: true}}, true, true},
		{[]RuleSpec{loose}, false, false},
		{[]RuleSpec{none, byText}, true, false},
	} {
		var d Decision
		for k := range c.rules {
			d.take(&c.rules[k], false)
		}
		if d.Enforced != c.enforced || d.EnforcedByText != c.byText {
			t.Errorf("%d: enforced %v, by text %v", i, d.Enforced, d.EnforcedByText)
		}
	}
}
