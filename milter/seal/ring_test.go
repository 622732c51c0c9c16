package seal

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	oldKey = "the key of last year, long enough"
	newKey = "the key of this year, long enough"
)

func ring(t testing.TB, keys ...string) *Ring {
	t.Helper()
	r, err := ParseKeys(strings.Join(keys, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseKeys(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		keys int
		err  string
	}{
		"one":               {newKey, 1, ""},
		"two with comments": {"# since May\r\n" + newKey + "\r\n\r\n  " + oldKey + "  \r\n", 2, ""},
		"sixteen bytes":     {"0123456789abcdef", 1, ""},
		"fifteen bytes":     {newKey + "\n0123456789abcde", 0, "line 2 has a key of 15 bytes, fewer than 16"},
		"blanks around":     {"   0123456789abcde   ", 0, "line 1 has a key of 15 bytes, fewer than 16"},
		"nothing":           {"", 0, "there is no key in it"},
		"comments":          {"# " + newKey, 0, "there is no key in it"},
		"twice":             {newKey + "\n" + oldKey + "\n" + newKey, 0, "line 3 has the key of an earlier line"},
	} {
		r, err := ParseKeys(c.text)
		if err != nil && err.Error() != c.err || err == nil && (c.err != "" || len(r.keys) != c.keys) {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

// However a ring is printed, its keys are not.
func TestKeysAreNotPrinted(t *testing.T) {
	r := ring(t, newKey)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{r, struct{ R *Ring }{r}, []any{r}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "this year") || strings.Contains(got, "116 104") || strings.Contains(got, "7468") {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
	if got := fmt.Sprint(r, (*Ring)(nil)); got != "1 keys no keys" {
		t.Error(got)
	}
	if text, err := json.Marshal(struct{ R *Ring }{r}); err != nil || string(text) != `{"R":{}}` {
		t.Errorf("%s, %v", text, err)
	}
}

func TestVersions(t *testing.T) {
	both, one := ring(t, newKey, oldKey).Versions(), ring(t, newKey).Versions()
	if len(both) != 2 || both[0] != one[0] || both[0] == both[1] || (*Ring)(nil).Versions() != nil {
		t.Errorf("%q and %q", both, one)
	}
}

var (
	made   = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	letter = Message{"contoso", "<1@contoso.com>", []string{"anna@contoso.com"}, []string{"partner.example"}, "digest"}
	talk   = Thread{"contoso", "anna@contoso.com", "corporate", "<1@contoso.com>"}
)

func TestForm(t *testing.T) {
	r := ring(t, newKey)
	if got := r.Guard(letter, made); !regexp.MustCompile(`^Yes v2\.1795248000\.[A-Za-z0-9_-]{22}$`).MatchString(got) {
		t.Errorf("guard %q", got)
	}
	if got := r.Token(talk, "contoso.com"); !regexp.MustCompile(`^<sig\.v1\.[A-Za-z0-9_-]{22}@contoso\.com>$`).MatchString(got) || !IsToken(got) {
		t.Errorf("token %q", got)
	}
}

// The first key makes seals, the others only check them.
func TestFirstKeySeals(t *testing.T) {
	both := ring(t, newKey, oldKey)
	if value := both.Guard(letter, made); !guards(ring(t, newKey), value, letter) || guards(ring(t, oldKey), value, letter) {
		t.Error("the guard is not of the first key")
	}
	if token := both.Token(talk, "x"); !ring(t, newKey).Tells(token, talk) || ring(t, oldKey).Tells(token, talk) {
		t.Error("the token is not of the first key")
	}
}

func TestTells(t *testing.T) {
	token := ring(t, newKey).Token(talk, "contoso.com")
	for name, c := range map[string]struct {
		ring  *Ring
		token string
		of    Thread
		want  bool
	}{
		"same":               {ring(t, newKey), token, talk, true},
		"rotated":            {ring(t, oldKey, newKey), token, talk, true},
		"other domain":       {ring(t, newKey), strings.Replace(token, "contoso.com", "contoso.de", 1), talk, true},
		"person in capitals": {ring(t, newKey), token, Thread{talk.Tenant, "Anna@contoso.com", talk.Template, talk.Root}, true},
		"key gone":           {ring(t, oldKey), token, talk, false},
		"no key":             {nil, token, talk, false},
		"other tenant":       {ring(t, newKey), token, Thread{"fabrikam", talk.Person, talk.Template, talk.Root}, false},
		"other person":       {ring(t, newKey), token, Thread{talk.Tenant, "bob@contoso.com", talk.Template, talk.Root}, false},
		"other template":     {ring(t, newKey), token, Thread{talk.Tenant, talk.Person, "short", talk.Root}, false},
		"other thread":       {ring(t, newKey), token, Thread{talk.Tenant, talk.Person, talk.Template, "<2@contoso.com>"}, false},
		"forged":             {ring(t, newKey), "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com>", talk, false},
		"no brackets":        {ring(t, newKey), strings.Trim(token, "<>"), talk, false},
		"two":                {ring(t, newKey), token + token, talk, false},
	} {
		if got := c.ring.Tells(c.token, c.of); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestParseReferences(t *testing.T) {
	a, b := "<sig.v1.AAAAAAAAAAAAAAAAAAAAAA@contoso.com>", "<sig.v1.BBBBBBBBBBBBBBBBBBBBBB@contoso.com>"
	for value, want := range map[string]References{
		"":                          {},
		"words only":                {},
		"<1@x> <2@x>":               {Root: "<1@x>"},
		a:                           {Last: []string{a}},
		a + " <1@x>":                {Root: "<1@x>", Before: []string{a}},
		a + "<1@x>" + b:             {Root: "<1@x>", Before: []string{a}, Last: []string{b}},
		"<1@x>\t" + a + " " + b:     {Root: "<1@x>", Last: []string{a, b}},
		"<1@x> " + a + b + " <2@x>": {Root: "<1@x>", Before: []string{a, b}},
		"<sig.v1.short@x> " + a:     {Root: "<sig.v1.short@x>", Last: []string{a}},
	} {
		if got := ParseReferences(value); got.Root != want.Root || !slices.Equal(got.Before, want.Before) || !slices.Equal(got.Last, want.Last) {
			t.Errorf("%s: %+v", value, got)
		}
	}
	many := ParseReferences(strings.Repeat(a, 10_000) + b + " <1@x>")
	if n := len(many.Before); n != maxTokens || many.Before[n-1] != b {
		t.Errorf("%d tokens are looked at", n)
	}
}

func TestWithoutTokens(t *testing.T) {
	token := ring(t, newKey).Token(talk, "contoso.com")
	for value, want := range map[string]string{"": "", " ": "", token: "", " " + token + " " + token: "", "<1@x> " + token: "<1@x>", "words": "words", "<sig.v1.x@y>": "<sig.v1.x@y>"} {
		if got := WithoutTokens(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
}
