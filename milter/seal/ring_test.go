package seal

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
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
	letter = Message{"contoso", "<1@contoso.com>", "anna@contoso.com", "Sat, 21 Nov 2026 08:00:00 +0100"}
	talk   = Thread{"contoso", "anna@contoso.com", "corporate", "<1@contoso.com>"}
)

func TestForm(t *testing.T) {
	r := ring(t, newKey)
	if got := r.Guard(letter); !regexp.MustCompile(`^Yes v1\.[A-Za-z0-9_-]{22}$`).MatchString(got) {
		t.Errorf("guard %q", got)
	}
	if got := r.Token(talk, "contoso.com"); !regexp.MustCompile(`^<sig\.v1\.[A-Za-z0-9_-]{22}@contoso\.com>$`).MatchString(got) || !IsToken(got) {
		t.Errorf("token %q", got)
	}
	if got := (*Ring)(nil).Guard(letter); got != "Yes" {
		t.Errorf("without a key %q", got)
	}
}

// The first key makes seals, the others only check them.
func TestFirstKeySeals(t *testing.T) {
	both := ring(t, newKey, oldKey)
	if value := both.Guard(letter); !ring(t, newKey).Guards(value, letter) || ring(t, oldKey).Guards(value, letter) {
		t.Error("the guard is not of the first key")
	}
	if token := both.Token(talk, "x"); !ring(t, newKey).Tells(token, talk) || ring(t, oldKey).Tells(token, talk) {
		t.Error("the token is not of the first key")
	}
}

// What the guard was made for it is good for, and for nothing else.
func TestGuards(t *testing.T) {
	value := ring(t, newKey).Guard(letter)
	with := func(change func(*Message)) Message {
		m := letter
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		ring  *Ring
		value string
		of    Message
		want  bool
	}{
		"same":               {ring(t, newKey), value, letter, true},
		"rotated":            {ring(t, "another key, a newer one", newKey), value, letter, true},
		"key gone":           {ring(t, oldKey), value, letter, false},
		"no key":             {nil, value, letter, false},
		"blanks around":      {ring(t, newKey), " " + strings.Replace(value, " ", "  ", 1) + "\t", letter, true},
		"other case of word": {ring(t, newKey), strings.Replace(value, "Yes", "yes", 1), letter, true},
		"other id":           {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<2@contoso.com>" }), false},
		"other case of id":   {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<1@Contoso.com>" }), false},
		"comment after id":   {ring(t, newKey), value, with(func(m *Message) { m.MessageID = " <1@contoso.com> (added by x)" }), true},
		"folded id":          {ring(t, newKey), value, with(func(m *Message) { m.MessageID = "<1@\tcontoso.com>" }), true},
		"other author":       {ring(t, newKey), value, with(func(m *Message) { m.Author = "bob@contoso.com" }), false},
		"author in capitals": {ring(t, newKey), value, with(func(m *Message) { m.Author = "Anna@Contoso.com" }), true},
		"other tenant":       {ring(t, newKey), value, with(func(m *Message) { m.Tenant = "fabrikam" }), false},
		"other date":         {ring(t, newKey), value, with(func(m *Message) { m.Date = "Sat, 21 Nov 2026 08:00:01 +0100" }), false},
		"date in other zone": {ring(t, newKey), value, with(func(m *Message) { m.Date = "Sat,  21 Nov 2026 07:00:00 +0000 (UTC)" }), true},
		"no date":            {ring(t, newKey), value, with(func(m *Message) { m.Date = "" }), false},
		"pieces moved":       {ring(t, newKey), value, with(func(m *Message) { m.Tenant, m.MessageID = "contoso<1@", "contoso.com>" }), false},
		"plain word":         {ring(t, newKey), "Yes", letter, false},
		"other version":      {ring(t, newKey), strings.Replace(value, "v1", "v2", 1), letter, false},
		"cut":                {ring(t, newKey), value[:len(value)-1], letter, false},
		"more":               {ring(t, newKey), value + "A", letter, false},
		"more words":         {ring(t, newKey), value + " x", letter, false},
		"other word":         {ring(t, newKey), strings.Replace(value, "Yes", "No", 1), letter, false},
		"empty":              {ring(t, newKey), "", letter, false},
		"seal of a thread":   {ring(t, newKey), "Yes v1." + ring(t, newKey).Token(talk, "x")[8:30], Message{talk.Tenant, talk.Person, talk.Template, talk.Root}, false},
	} {
		if got := c.ring.Guards(c.value, c.of); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	bare := Message{Tenant: "contoso", Author: "anna@contoso.com", Date: letter.Date}
	if r := ring(t, newKey); r.Guards(r.Guard(bare), bare) {
		t.Error("a guard is believed on a message without a Message-ID")
	}
	undated := with(func(m *Message) { m.Date = "some  day" })
	again := with(func(m *Message) { m.Date = " some day" })
	if r := ring(t, newKey); !r.Guards(r.Guard(undated), again) {
		t.Error("a date that is none is not compared as words")
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
