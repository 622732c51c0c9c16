package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const packaging = "../../../packaging/"

// manKey is an item of a list in sigmilter.toml(5) that tells of a setting.
var manKey = regexp.MustCompile(`(?m)^\.It Ic ([a-zA-Z0-9_.]+)$`)

func TestManualNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile(packaging + "man/sigmilter.toml.5")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, item := range manKey.FindAllStringSubmatch(string(text), -1) {
		named = append(named, item[1])
	}
	sameKeys(t, "man/sigmilter.toml.5", named)
}

func TestSampleNamesEverySetting(t *testing.T) {
	var named []string
	for _, line := range sampleLines(t) {
		named = append(named, line.key)
	}
	sameKeys(t, "sigmilter.toml", named)
}

func sameKeys(t *testing.T, file string, named []string) {
	t.Helper()
	known := settingKeys("", func(v map[string]any) map[string]any { return v })
	for _, key := range known {
		if !slices.Contains(named, key) {
			t.Errorf("%s is not in packaging/%s; write it there as its neighbours are", key, file)
		}
	}
	for i, key := range named {
		if !slices.Contains(known, key) {
			t.Errorf("%s has %s, which is not a setting", file, key)
		}
		if slices.Contains(named[:i], key) {
			t.Errorf("%s has %s twice", file, key)
		}
	}
}

// The sample as it is installed sets nothing, so that a daemon started with it says
// what is missing.
func TestSampleSetsNothing(t *testing.T) {
	var root map[string]any
	if _, err := toml.DecodeFile(packaging+"sigmilter.toml", &root); err != nil || len(root) > 0 {
		t.Errorf("%v, sets %v", err, root)
	}
}

// Where docs/settings.md gives a default as a TOML value, the sample has the same; what it
// has for the other keys is TOML as well.
func TestSampleDefaults(t *testing.T) {
	defaults := map[string]any{}
	for _, row := range documentedSettings(t) {
		if literal := strings.TrimSpace(row[2]); strings.HasPrefix(literal, "`") {
			defaults[row[1]] = tomlValue(t, row[1], strings.Trim(literal, "`"))
		}
	}
	for _, line := range sampleLines(t) {
		got := tomlValue(t, line.key, line.value)
		if want, ok := defaults[line.key]; ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v is not the default %v", line.key, got, want)
		}
	}
}

// standsAlone finds keys whose values name neither another table nor a file.
var standsAlone = regexp.MustCompile(`^(limits|timeouts|cache|place|log|guard\.[^k]|listen|state|control|metrics|on_error|on_render_error|socket_mode)`)

// Where a value of the sample stands alone, the reader of its key takes it.
func TestSampleValuesAreGood(t *testing.T) {
	checked := 0
	for _, line := range sampleLines(t) {
		if !standsAlone.MatchString(line.key) {
			continue
		}
		checked++
		root := smallest(t)
		set(root, strings.Split(line.key, "."), tomlValue(t, line.key, line.value))
		readMap(t, root)
	}
	if checked < 30 {
		t.Errorf("only %d values were looked at", checked)
	}
}

func tomlValue(t *testing.T, key, literal string) any {
	t.Helper()
	var value struct{ V any }
	if _, err := toml.Decode("V = "+literal, &value); err != nil {
		t.Errorf("%s: %s: %v", key, literal, err)
	}
	return value.V
}

type sampleLine struct{ key, value string }

var (
	sampleTable  = regexp.MustCompile(`^#\[+([a-z0-9.]+)\]+$`)
	sampleKey    = regexp.MustCompile(`^#([a-z_]+) = (.+)$`)
	sampleTenant = regexp.MustCompile(`^(tenant|template)\.[a-z]+`)
)

// sampleLines are the commented keys of the sample, by their full names.
func sampleLines(t *testing.T) (lines []sampleLine) {
	t.Helper()
	text, err := os.ReadFile(packaging + "sigmilter.toml")
	if err != nil {
		t.Fatal(err)
	}
	prefix := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if m := sampleTable.FindStringSubmatch(line); m != nil {
			prefix = sampleTenant.ReplaceAllString(m[1], "$1.NAME") + "."
		} else if m := sampleKey.FindStringSubmatch(line); m != nil {
			lines = append(lines, sampleLine{prefix + m[1], m[2]})
		}
	}
	return lines
}
