package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
)

// settingRow is a row of the settings table: the key and its default.
var settingRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|")

// documentedSettings are the rows of the table in docs/settings.md, in order.
func documentedSettings(t *testing.T) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	return settingRow.FindAllStringSubmatch(string(text), -1)
}

func TestEverySettingIsDocumented(t *testing.T) {
	var named []string
	for _, row := range documentedSettings(t) {
		named = append(named, row[1])
	}
	known := settingKeys("", func(v map[string]any) map[string]any { return v })
	if len(known) < 40 {
		t.Fatalf("only %d settings are known: %q", len(known), known)
	}
	for _, key := range known {
		if !slices.Contains(named, key) {
			t.Errorf("%s is not in docs/settings.md", key)
		}
	}
	for _, key := range named {
		if !slices.Contains(known, key) {
			t.Errorf("docs/settings.md has a setting %s that is not known", key)
		}
	}
}

// A default that docs/settings.md gives as a TOML value changes nothing when it is set.
func TestDocumentedDefaults(t *testing.T) {
	want := readMap(t, smallest(t))
	checked := 0
	for _, row := range documentedSettings(t) {
		key, literal := row[1], strings.TrimSpace(row[2])
		if !strings.HasPrefix(literal, "`") { // "required", "none" or a reference
			continue
		}
		var value struct{ V any }
		if _, err := toml.Decode("V = "+strings.Trim(literal, "`"), &value); err != nil {
			t.Errorf("%s: default %s: %v", key, literal, err)
			continue
		}
		root := smallest(t)
		set(root, strings.Split(key, "."), value.V)
		if got := readMap(t, root); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s is not the default:\ngot  %+v\nwant %+v", key, literal, got, want)
		}
		checked++
	}
	if checked < 25 {
		t.Errorf("only %d defaults were found", checked)
	}
}

// unknownKey is too long to be taken for a known key misspelt, so that its fault
// lists those that are known.
var unknownKey = strings.Repeat("x", 50)

// shapes are what the value of a key may be that has settings below it.
var shapes = []struct {
	infix string
	wrap  func(inner map[string]any) any
}{
	{".", func(inner map[string]any) any { return inner }},
	{".NAME.", func(inner map[string]any) any { return map[string]any{"NAME": inner} }},
	{".", func(inner map[string]any) any { return []map[string]any{inner} }},
}

// settingKeys are the full names of all settings below a table; root is the
// configuration with that table's members in their place.
//
// An exception has the conditions of a rule, which are not told twice:
// [TestExceptionsAreConditions] holds it.
func settingKeys(prefix string, root func(members map[string]any) map[string]any) (keys []string) {
	for _, key := range knownKeys(root(map[string]any{unknownKey: 1})) {
		if prefix+key == "rule.except" {
			keys = append(keys, prefix+key)
			continue
		}
		var below []string
		for _, s := range shapes {
			below = append(below, settingKeys(prefix+key+s.infix, func(inner map[string]any) map[string]any {
				return root(map[string]any{key: s.wrap(inner)})
			})...)
		}
		if len(below) == 0 {
			below = []string{prefix + key}
		}
		keys = append(keys, below...)
	}
	return keys
}

func TestExceptionsAreConditions(t *testing.T) {
	rule := func(members map[string]any) map[string]any {
		return map[string]any{"rule": []map[string]any{members}}
	}
	conditions := knownKeys(rule(map[string]any{unknownKey: 1}))
	exceptions := knownKeys(rule(map[string]any{"except": map[string]any{unknownKey: 1}}))
	if len(exceptions) != len(policy.ConditionKinds) {
		t.Errorf("exceptions: %q", exceptions)
	}
	for _, key := range exceptions {
		if !slices.Contains(conditions, key) {
			t.Errorf("%s is an exception and no condition", key)
		}
	}
}

// knownKeys are those that the fault of the unknown key lists.
func knownKeys(root map[string]any) []string {
	tree := &tomltree.Tree{Folder: tomltree.Folder{Dir: "/"}}
	var text strings.Builder
	if err := toml.NewEncoder(&text).Encode(root); err != nil {
		panic(err)
	}
	tree.Add("c.toml", text.String())
	tomltree.Table(defaults().settings("/")...)(tree.Root())
	for _, f := range tree.Faults {
		list, ok := strings.CutPrefix(f.Problem, "unknown key; known here: ")
		if ok && strings.HasSuffix(f.Key, unknownKey) {
			return strings.Split(list, ", ")
		}
	}
	return nil
}

// smallest is the smallest good configuration, with its rule spelt out.
func smallest(t *testing.T) map[string]any {
	t.Helper()
	var root map[string]any
	if _, err := toml.DecodeFile(testdata+"/good-smallest.toml", &root); err != nil {
		t.Fatal(err)
	}
	root["rule"] = []map[string]any{{"name": "all", "signature": "corporate"}}
	return root
}

// readMap reads a decoded configuration, and leaves out the templates, which do
// not compare.
func readMap(t *testing.T, root map[string]any) *Config {
	t.Helper()
	var text strings.Builder
	if err := toml.NewEncoder(&text).Encode(root); err != nil {
		t.Fatal(err)
	}
	cfg, err := parseText("c.toml", at(t, ""), text.String())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Templates, cfg.hash = nil, ""
	cfg.Tenants[0].Directories[0].origin = Fault{}
	return cfg
}

// set puts a value at a path; NAME is whatever the only name there is, and a
// list of tables its first.
func set(table map[string]any, path []string, v any) {
	key := path[0]
	if key == "NAME" {
		for key = range table {
		}
	}
	if len(path) == 1 {
		table[key] = v
		return
	}
	if table[key] == nil {
		table[key] = map[string]any{}
	}
	inner, ok := table[key].(map[string]any)
	if !ok {
		inner = table[key].([]map[string]any)[0]
	}
	set(inner, path[1:], v)
}
