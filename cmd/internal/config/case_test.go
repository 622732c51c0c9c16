package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func ref(s string) *string { return &s }

func TestCase(t *testing.T) {
	text := `about = "a reply"
from = ""
to = ["ben@example.net"]
at = 2026-12-24T09:00:00+01:00
action = "signed"
reason = "rule"
tenant = "contoso"
author = "alice@contoso.com"
rule = "outside"
removed = ["Sent from my iPhone"]
contains = ["Alice Muster"]
lacks = ["iPhone"]
html = ["<p>"]
shape = "text/plain"
fields = { added = ["X-Guard"], removed = ["DKIM-Signature"] }
[[part]]
id = "1"
placed = "end"
[[part]]
id = "2"
block = "banner"
template = "fair"
placed = "top"
separator = "attribution"
removed = []
after = ""
before = "Hello"
`
	at := time.Date(2026, 12, 24, 8, 0, 0, 0, time.UTC)
	want := &Case{
		About: "a reply", From: ref(""), To: []string{"ben@example.net"}, At: at,
		Action: "signed", Reason: "rule", Tenant: "contoso", Author: "alice@contoso.com", Rule: "outside",
		Removed: []string{"Sent from my iPhone"}, Contains: []string{"Alice Muster"}, Lacks: []string{"iPhone"},
		HTML: []string{"<p>"}, Shape: "text/plain", AddedFields: []string{"X-Guard"}, RemovedFields: []string{"DKIM-Signature"},
		Parts: []CasePart{
			{ID: "1", Block: "signature", Placed: "end"},
			{ID: "2", Block: "banner", Template: "fair", Placed: "top", Separator: "attribution", Removed: []string{}, After: ref(""), Before: ref("Hello")},
		},
	}
	for name, text := range map[string]string{"TOML's time": text, "in quotes": strings.Replace(text, "2026-12-24T09:00:00+01:00", `"2026-12-24T09:00:00+01:00"`, 1)} {
		got, err := parseCase("a.toml", text, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.At = got.At.UTC(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

func TestCaseFaults(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"action = \"sined\"\nresson = \"rule\"\n\n[[part]]\nplaced = \"end\"\n", `a.toml:1: action: "sined" is not known; write "signed", "skipped", "handled", "failed", "refused" or "deferred"
a.toml:2: resson: unknown key; did you mean "reason"?
a.toml:4: part[1].id: is missing; write the number of the part, such as id = "1.1"`},
		{"about = \"nothing\"\n", `a.toml:1: expects nothing; write action = "signed" or what else is to be`},
		{"action = \"signed\"\nat = 2026-12-24T09:00:00\n", `a.toml:2: at: has no offset; write it like "2026-12-24T09:00:00+01:00"`},
		{"action = \"signed\"\nat = \"noon\"\n", `a.toml:2: at: "noon" is not a time: it needs a date, a time and an offset; write it like "2026-12-24T09:00:00+01:00"`},
		{"action = \"signed\"\nplace.on_new = true\n", "a.toml:2: place: unknown key; known here: about, "},
		{"from = 1\n", "a.toml:1: from: must be a text in quotes, not a whole number; "},
		{"action = ", "a.toml:1: action: not TOML: "},
	} {
		c, err := parseCase("a.toml", tc.text, nil)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%q: got %+v,\n%v\nwant\n%s", tc.text, c, err, tc.want)
		}
	}
}

func TestLoadCase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.toml")
	if _, err := LoadCase(path); err == nil || !strings.Contains(err.Error(), "let --update do so") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(path, []byte("action = \"signed\"\n[place]\non_new = false\n[rule]\nname = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := LoadCase(path, "place", "rule"); err != nil || c.Action != "signed" || c.Rule != "" {
		t.Errorf("%+v, %v", c, err)
	}
}
