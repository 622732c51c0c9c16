package policy

import (
	"strings"
	"testing"
)

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"Contoso.com":                    "contoso.com",
		"Alice.M+x@Contoso.com":          "alice.m+x@contoso.com",
		"jürgen@contoso.com":             "jürgen@contoso.com",
		"a@b@contoso.com":                "a@b@contoso.com",
		"Bob@Bücher.example":             "bob@xn--bcher-kva.example",
		"@contoso.com":                   "",
		"alice@":                         "",
		"alice@contoso":                  "",
		"<alice@contoso.com>":            "",
		"a b@contoso.com":                "",
		"bü cher.example":                "",
		"contoso.com\x00":                "",
		strings.Repeat("a.", 127) + "de": "",
	} {
		got, err := parseOrigin(text)
		if err == nil && got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

// A domain that is longer than any stays as it is: to write it as an A-label takes
// time that grows with the square of its length.
func TestCanonicalDomains(t *testing.T) {
	long := "a@" + strings.Repeat("ü", longestDomain) + ".example"
	for address, want := range map[string]string{
		"Bob@Bücher.Example":   "bob@xn--bcher-kva.example",
		"Bob@Contoso.COM":      "bob@contoso.com",
		"a@b.c@Bücher.example": "a@b.c@xn--bcher-kva.example",
		long:                   long,
	} {
		if got := canonical(address); got != want {
			t.Errorf("%.40q: got %.40q, want %.40q", address, got, want)
		}
	}
}
