package laws

import (
	"strings"
	"testing"
)

// A signature may bring one token to the end of References, and nothing else
// there may change.
func TestThreadToken(t *testing.T) {
	const token = "<sig.v1.AbCdEfGhIjKlMnOpQr-_01@contoso.com>"
	tokens := options
	tokens.ThreadToken = true
	with := func(of, references string) string {
		if references == "" {
			return of
		}
		return strings.Replace(of, "MIME-Version", "References:"+references+"\nMIME-Version", 1)
	}
	for name, c := range map[string]struct {
		before, after string // of the field, from its colon on; empty for none
		options       Options
		lawful        bool
	}{
		"none":                  {"", "", tokens, true},
		"new":                   {"", " " + token, tokens, true},
		"appended":              {" <1@x>", " <1@x>\n " + token, tokens, true},
		"to a folded one":       {" <1@x>\n\t<2@x>", " <1@x>\n\t<2@x>\n " + token, tokens, true},
		"folded at once":        {" \n <1@x>", " \n <1@x>\n " + token, tokens, true},
		"to an empty one":       {" ", " " + token, tokens, true},
		"there already":         {" <1@x> " + token, " <1@x> " + token, tokens, true},
		"there and another":     {" " + token, " " + token + "\n " + token, tokens, true},
		"not allowed":           {" <1@x>", " <1@x>\n " + token, options, false},
		"new, not allowed":      {"", " " + token, options, false},
		"two":                   {" <1@x>", " <1@x>\n " + token + "\n " + token, tokens, false},
		"refolded":              {" <1@x>\n <2@x>", " <1@x> <2@x>\n " + token, tokens, false},
		"an identifier lost":    {" <1@x>\n <2@x>", " <2@x>\n " + token, tokens, false},
		"in front":              {" <1@x>", " " + token + "\n <1@x>", tokens, false},
		"another identifier":    {" <1@x>", " <1@x>\n <2@x>", tokens, false},
		"short seal":            {" <1@x>", " <1@x>\n <sig.v1.AbC@contoso.com>", tokens, false},
		"field lost":            {" <1@x>", "", tokens, false},
		"only the fold differs": {" <1@x>\n <2@x>", " <1@x>\n\t<2@x>", tokens, false},
	} {
		breaches := Check([]byte(with(message, c.before)), []byte(with(signed, c.after)), report, c.options)
		if got := len(breaches) == 0; got != c.lawful {
			t.Errorf("%s: %v", name, breaches)
		}
	}
	unsigned := report
	unsigned.Action, unsigned.Blocks = "skipped", nil
	if len(Check([]byte(message), []byte(with(message, " "+token)), unsigned, tokens)) == 0 {
		t.Error("a token in a message that was not signed")
	}
}
