package policy

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

func TestWithoutKeywords(t *testing.T) {
	for value, want := range map[string]string{
		" Offer #nosig":                      "Offer",
		" #NoSig Offer":                      "Offer",
		"Re: #nosig Offer":                   "Re: Offer",
		" Offer #nosig  for Ben":             "Offer  for Ben",
		" #nosig":                            "DELETED",
		" Offer #nosig #nosig":               "Offer",
		" Offer [#nosig] now":                "Offer [] now",
		" Offer, #nosig, now":                "Offer, , now",
		" Offer\r\n #nosig\r\n for Ben":      "Offer\n for Ben",
		" A long\r\n offer #nosig":           "A long\n offer",
		"\tOffer no\r\n sig":                 "Offer",
		" Offer #nosigs":                     "",
		" Offer":                             "",
		" =?utf-8?Q?B=C3=BCcher_#nosig?=":    "=?utf-8?b?QsO8Y2hlcg==?=",
		" =?utf-8?Q?=23nosig_Offer?=":        "Offer",
		" =?iso-8859-1?Q?B=FCcher?= #nosig":  "=?utf-8?b?QsO8Y2hlcg==?=",
		" B\xfccher #nosig":                  "B\xfccher", // bytes of no charset stay
		" #nosig =?utf-8?Q?=23nosig?= Offer": "Offer",
		" =?x-unknown?Q?=23nosig?= Offer":    "",
	} {
		h := entity.Header{{Name: "From", Value: " x"}, {Name: "SUBJECT", Value: value}, {Name: "Subject", Value: " #nosig"}}
		edit, ok := WithoutKeywords(h, []string{"#nosig", "no sig"})
		got := edit.Value
		if edit.Op == entity.DeleteField {
			got = "DELETED"
		}
		if got != want || ok != (want != "") || ok && (edit.Name != "SUBJECT" || edit.Index != 1) {
			t.Errorf("%q: %+v, want %q", value, edit, want)
		}
	}
	if _, ok := WithoutKeywords(nil, []string{"x"}); ok {
		t.Error("an edit of no subject")
	}
}

// What is cut is the same as by expressions, one word after the other.
func TestCutAllIsExact(t *testing.T) {
	keywords := []string{"no sig", "x", "a  B", "!"}
	byExpression := func(s string) (string, bool) {
		found := false
		for _, k := range keywords {
			pattern := regexp.MustCompile(`(?i)` + strings.ReplaceAll(regexp.QuoteMeta(k), " ", `\s+`))
			for at := 0; ; {
				m := pattern.FindStringIndex(s[at:])
				if m == nil {
					break
				}
				start, end := at+m[0], at+m[1]
				if at = end; standsAlone(s, start, end) {
					var left kept
					left.add(s[:start])
					right := left.closeGap(s[end:])
					s, at, found = string(left.text)+right, len(left.text), true
				}
			}
		}
		return s, found
	}
	pieces := []string{"no", "sig", "NO", "x", "X", "a", "b", "!", " ", "  ", "\r\n ", "\t", "y", "\u00a0", "\xff", "ſig", "日"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var s strings.Builder
		for range random.IntN(12) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		got, found := cutAll(s.String(), keywords)
		if want, was := byExpression(s.String()); got != want || found != was {
			t.Fatalf("%q: got %q %v, want %q %v", s.String(), got, found, want, was)
		}
	}
}

// A subject that had to be encoded anew has no line that is too long, and says
// what it said.
func TestWithoutKeywordsFolds(t *testing.T) {
	for _, word := range []string{"Bücher", "books"} {
		text := strings.TrimSpace(strings.Repeat(word+" ", 300))
		h := entity.Header{{Name: "Subject", Value: " =?utf-8?Q?=23nosig_?= " + encodeWords(text)}}
		edit, ok := WithoutKeywords(h, []string{"#nosig"})
		for line := range strings.Lines(edit.Value) {
			if len(line) > 900 {
				t.Errorf("%s: a line of %d bytes", word, len(line))
			}
		}
		if got := (entity.Header{{Name: "Subject", Value: edit.Value}}).Text("Subject"); !ok || got != text {
			t.Errorf("%s: %v %.80q, want %.80q", word, ok, got, text)
		}
	}
}

func TestOptOut(t *testing.T) {
	out := func(words ...string) Conditions { return Conditions{OptOut: words} }
	fair := RuleSpec{Name: "fair", Conditions: out("#nofair"), Banner: "fair"}
	all := RuleSpec{Name: "all", Conditions: out("#nosig", "private"), Signature: "corporate", Stop: true}
	inside := RuleSpec{Name: "inside", Conditions: Conditions{If: []Condition{asks("to", "internal")}, OptOut: []string{"#nosig"}}, Signature: "short"}
	last := RuleSpec{Name: "last", Signature: "last"}
	for subject, c := range map[string]struct {
		rules  []RuleSpec
		rule   string
		reason Reason
		used   []string
	}{
		"Hello":                 {[]RuleSpec{all}, "all", Rule, nil},
		"Hello #NOSIG":          {[]RuleSpec{all}, "", OptedOut, []string{"#nosig"}},
		"Private #nosig":        {[]RuleSpec{all}, "", OptedOut, []string{"#nosig", "private"}},
		"Hello #nofair":         {[]RuleSpec{fair, all}, "all", Rule, []string{"#nofair"}},
		"Hello #nosig #nofair":  {[]RuleSpec{fair, all}, "", OptedOut, []string{"#nofair", "#nosig"}},
		"Hello, all #nosig":     {[]RuleSpec{all, last}, "last", Rule, []string{"#nosig"}},
		"Not asked #nosig":      {[]RuleSpec{inside}, "", NoRule, nil}, // the rule would not have applied
		"Came too late #nofair": {[]RuleSpec{all, fair}, "all", Rule, nil},
	} {
		p := newPolicy()
		p.Rules = c.rules
		d := decide(t, p, written("Subject: "+subject))
		if d.Rule != c.rule || d.Reason != c.reason || !slices.Equal(d.OptOut, c.used) || (d.Verdict == Sign) != (c.reason == Rule) {
			t.Errorf("%s: %+v", subject, d)
		}
	}
}
