package config

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"sigmilter/cmd/internal/config/tomltree"
)

// shownOf shows a configuration of testdata/config, whose other files it may name.
func shownOf(t *testing.T, path string) map[string]Shown {
	t.Helper()
	all, err := Show(path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	byKey := map[string]Shown{}
	for _, s := range all {
		if _, twice := byKey[s.Key]; twice {
			t.Errorf("%s: %s is shown twice", path, s.Key)
		}
		byKey[s.Key] = s
	}
	return byKey
}

func goodConfigs(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../../testdata/config/good-*.toml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("%q, %v", paths, err)
	}
	return paths
}

// settingOf is a key as docs/settings.md has it: tenant.NAME.domains.
func settingOf(key string) string {
	key = elementNumber.ReplaceAllString(key, "")
	return namedKey.ReplaceAllString(key, "$1.NAME")
}

var (
	elementNumber = regexp.MustCompile(`\[\d+\]`)
	namedKey      = regexp.MustCompile(`^(tenant|template)\.("[^"]*"|[^.]*)`)
)

// What is shown for a key that is not there is the default of the documentation.
func TestShownDefaults(t *testing.T) {
	documented := map[string]string{}
	for _, row := range documentedSettings(t) {
		documented[row[1]] = strings.TrimSpace(row[2])
	}
	compared := map[string]bool{}
	for _, path := range append(goodConfigs(t), sourcesOfAllKinds(t)) {
		for key, s := range shownOf(t, path) {
			setting := settingOf(key)
			literal, ok := documented[setting]
			if !ok && !strings.HasPrefix(setting, "rule.except.") && !isTable(setting, documented) {
				t.Errorf("%s: %s is no setting of the documentation", path, key)
			}
			if s.File != "" || !strings.HasPrefix(literal, "`") {
				continue
			}
			var want struct{ V any }
			if _, err := toml.Decode("V = "+strings.Trim(literal, "`"), &want); err != nil {
				t.Fatalf("%s: %v", setting, err)
			}
			compared[setting] = true
			if isNone(want.V) {
				want.V = ""
			}
			if got := sameSize(s.Value); !depends[setting] && !reflect.DeepEqual(cmp.Or(got, any("")), sameSize(want.V)) {
				t.Errorf("%s: %s is %v, documented as %s", path, key, got, literal)
			}
		}
	}
	for key, literal := range documented {
		if strings.HasPrefix(literal, "`") && !compared[key] && !strings.Contains(key, "precedence") {
			t.Errorf("the default of %s was not compared", key)
		}
	}
}

// isTable reports whether a key has others below it.
func isTable(key string, settings map[string]string) bool {
	for s := range settings {
		if strings.HasPrefix(s, key+".") {
			return true
		}
	}
	return false
}

// depends are settings whose default depends on others.
var depends = map[string]bool{
	"tenant.NAME.on_error": true, "tenant.NAME.directory.every": true, "rule.opt_out": true,
	"rule.replace_existing": true, "rule.replace_signoff": true, "rule.on_new": true, "rule.on_reply": true,
}

// sameSize is a size in bytes, a time in its short form, and a whole number of one type.
func sameSize(v any) any {
	switch v := v.(type) {
	case string:
		if d, err := time.ParseDuration(v); err == nil {
			return d
		}
		var bytes int64
		tree := &tomltree.Tree{}
		tree.Add("x", `x = "`+v+`"`)
		if len(tree.Faults) == 0 {
			if tomltree.Size(&bytes)(tree.Root().Member("x")); bytes > 0 {
				return bytes
			}
		}
	case int:
		return int64(v)
	}
	return v
}

// sourcesOfAllKinds is a configuration with little of each kind of source.
func sourcesOfAllKinds(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.html":     "<p>{{.displayName}}</p>",
		"people.csv": "mail\na@contoso.com\n",
		"c.toml": `[template.a]
html = "a.html"
[tenant.contoso]
domains = ["contoso.com"]
microsoft365.relay = "relay.contoso.com"
[[tenant.contoso.directory]]
path = "people.csv"
[[tenant.contoso.directory]]
source = "files"
path = "."
[[tenant.contoso.directory]]
source = "ldap"
servers = ["ldaps://dc1.contoso.com"]
[[tenant.contoso.directory]]
source = "graph"
tenant_id = "t"
client_id = "c"
secret_file = "secret"
[[tenant.contoso.directory]]
source = "http"
url = "https://hr.contoso.com/people?key=verysecret&x=1"
token_file = "token"
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "c.toml")
}

// To show a configuration takes nothing from it and finds no other faults.
func TestShownIsAsLoaded(t *testing.T) {
	for _, path := range goodConfigs(t) {
		for key, s := range shownOf(t, path) {
			if s.File != "" && s.Line == 0 || s.File == "" && s.From() != "default" {
				t.Errorf("%s: %s is from %s", path, key, s.From())
			}
		}
	}
	bad := filepath.Join("../../../testdata/config", "bad-values.toml")
	_, want := Load(bad)
	if _, got := Show(bad); got == nil || got.Error() != want.Error() {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

// What is written stays, though it stands for nothing.
func TestShownZeros(t *testing.T) {
	path := sourcesOfAllKinds(t)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append([]byte("guard.also_honour = []\ndecisions.days = 0\n"), text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	shown := shownOf(t, path)
	if days := shown["decisions.days"]; days.Value != int64(0) || days.Line != 2 {
		t.Errorf("%+v", days)
	}
	if list, ok := shown["guard.also_honour"].Value.([]any); !ok || len(list) > 0 {
		t.Errorf("%+v", shown["guard.also_honour"])
	}
}

func TestShown(t *testing.T) {
	shown := shownOf(t, "../../../testdata/config/good-everything.toml")
	for key, want := range map[string]string{
		"limits.message_bytes":                `{"key":"limits.message_bytes","value":"25MB","file":"FILE","line":14}`,
		"guard.key_file":                      `{"key":"guard.key_file","value":"${CREDENTIALS_DIRECTORY}/guard.key","file":"FILE","line":36,"secret":"set"}`,
		"tenant.contoso.directory[2].every":   `{"key":"tenant.contoso.directory[2].every","value":"5m"}`,
		`tenant."fabrikam.example".on_error`:  `{"key":"tenant.\"fabrikam.example\".on_error","value":"pass"}`, // of the top
		"tenant.contoso.directory[2].columns": `{"key":"tenant.contoso.directory[2].columns","value":null}`,
		"rule[1].when.from":                   `{"key":"rule[1].when.from","value":"2026-12-01","file":"FILE","line":133}`,
		"rule[1].body":                        `{"key":"rule[1].body","value":["offer","/(?i)price list/"],"file":"FILE","line":136}`,
		"rule[2].opt_out":                     `{"key":"rule[2].opt_out","value":["#nosig"]}`, // of place
	} {
		got, err := json.Marshal(shown[key])
		if err != nil || strings.ReplaceAll(string(got), shown["listen"].File, "FILE") != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
	keys := settingKeys("", func(v map[string]any) map[string]any { return v })
	for key := range shown {
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == settingOf(key) })
	}
	for _, key := range keys {
		if !strings.Contains(key, ".directory.") && key != "rule.except" { // of other kinds of sources
			t.Errorf("%s is not shown", key)
		}
	}
	shown = shownOf(t, sourcesOfAllKinds(t))
	for key, want := range map[string]any{
		"tenant.contoso.microsoft365.certificate":  "relay.contoso.com",
		"tenant.contoso.directory[1].charset":      "utf-8",
		"tenant.contoso.directory[3].name":         "ldap",
		"tenant.contoso.directory[3].page_size":    500,
		"tenant.contoso.directory[3].timeout":      "30s",
		"tenant.contoso.directory[4].full_every":   "24h",
		"tenant.contoso.directory[4].photo_size":   240,
		"tenant.contoso.directory[5].max_bytes":    "256MiB",
		"tenant.contoso.directory[5].url":          "https://hr.contoso.com/people?set",
		"tenant.contoso.routing_code_file":         nil,
		"tenant.contoso.directory[4].ca_file":      nil,
		"tenant.contoso.directory[4].graph_url":    nil,
		"tenant.contoso.directory[4].enabled_only": false,
	} {
		if got, ok := shown[key]; !ok || got.Value != want {
			t.Errorf("%s is %v, want %v", key, got.Value, want)
		}
	}
}
