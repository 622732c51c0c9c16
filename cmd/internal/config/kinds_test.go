package config

import (
	"strings"
	"testing"

	"sigmilter/cmd/internal/config/tomltree"
)

// parsed is what a parser makes of a text; want "" means an error.
func parsed(t *testing.T, k tomltree.Kind[string], text, want string) {
	t.Helper()
	got, err := k.Parse(text)
	if err == nil && got != want || (err != nil) != (want == "") {
		t.Errorf("%s %.60q: got %.60q, %v; want %.60q", k.Name, text, got, err, want)
	}
}

func TestParseDomain(t *testing.T) {
	long := strings.Repeat("a", 63)
	full := strings.Join([]string{long, long, long, long[:61]}, ".") // 253 letters
	for text, want := range map[string]string{
		"contoso.com":       "contoso.com",
		"Mail.Contoso.COM":  "mail.contoso.com",
		"_x.contoso.com":    "_x.contoso.com",
		"Bücher.example":    "xn--bcher-kva.example",
		long + ".com":       long + ".com",
		full:                full,
		full + "a":          "",
		long + "a.com":      "",
		"contoso":           "",
		"contoso.com.":      "",
		".contoso.com":      "",
		"contoso..com":      "",
		"contoso-.com":      "",
		"contoso com.com":   "",
		"a@contoso.com":     "",
		"bü cher.example":   "",
		"contoso.com\x00":   "",
		"contoso.com\nx.de": "",
		"":                  "",
	} {
		parsed(t, domains, text, want)
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"unix:/run/m.sock":                  "unix:/run/m.sock",
		"unix:m.sock":                       "unix:/etc/x/m.sock",
		"unix:../m.sock":                    "unix:/etc/m.sock",
		"unix:/" + strings.Repeat("a", 106): "unix:/" + strings.Repeat("a", 106),
		"unix:/" + strings.Repeat("a", 107): "",
		"unix:":                             "",
		"inet:127.0.0.1:8891":               "inet:127.0.0.1:8891",
		"inet:[::1]:8891":                   "inet:[::1]:8891",
		"inet:localhost:1":                  "inet:localhost:1",
		"inet:8891":                         "",
		"inet::8891":                        "",
		"inet:8891@localhost":               "",
		"inet:::1:8891":                     "",
		"inet:localhost:0":                  "",
		"inet:localhost:65536":              "",
		"inet:localhost:smtp":               "",
		"inet:local host:25":                "",
		"/run/m.sock":                       "",
		"127.0.0.1:8891":                    "",
	} {
		parsed(t, addressesIn("/etc/x"), text, want)
	}
}

func TestParseFieldName(t *testing.T) {
	for text, want := range map[string]string{
		"X-Handled": "X-Handled", "x!~": "x!~", "X:": "", "X Y": "", "Ü": "", "X\x7f": "", "": "",
	} {
		parsed(t, fieldNames, text, want)
	}
}

func TestParseMarker(t *testing.T) {
	for text, want := range map[string]string{
		"{SIG}": "{SIG}", "####": "####", "ÄÖÜß": "ÄÖÜß", "###": "", "{ SIG }": "", "{SIG\u00a0}": "",
		"{SIG\u200b}": "", strings.Repeat("x", 101): "",
	} {
		parsed(t, markers, text, want)
	}
}

func TestParseMode(t *testing.T) {
	for text, want := range map[string]uint32{
		"0660": 0o660, "600": 0o600, "0777": 0o777, "0060": 0, "1660": 0, "0668": 0, "-1": 0, "": 0,
	} {
		if got, err := parseMode(text); uint32(got) != want || (err != nil) != (want == 0) {
			t.Errorf("%q: got %o, %v; want %o", text, got, err, want)
		}
	}
}
