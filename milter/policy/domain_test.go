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
