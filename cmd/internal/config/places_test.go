package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestParseControl(t *testing.T) {
	for text, want := range map[string]string{
		"unix:/run/c.sock":   "unix:/run/c.sock",
		"unix:c.sock":        "unix:/etc/x/c.sock",
		"unix:":              "",
		"/run/c.sock":        "",
		"inet:127.0.0.1:999": "",
		"":                   "",
	} {
		parsed(t, controlsIn("/etc/x"), text, want)
	}
	if got, err := controlsIn("/etc/x").Parse("off"); got != "" || err != nil {
		t.Errorf("off: %q, %v", got, err)
	}
}

func TestFindPlaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sigmilter.toml")
	def := Places{"unix:/run/sigmilter/control.sock", "/var/lib/sigmilter/sigmilter.db"}
	for _, tc := range []struct {
		name, text string
		want       Places
	}{
		{"both", "control = 'unix:c.sock'\nstate = 's.db'", Places{"unix:" + dir + "/c.sock", dir + "/s.db"}},
		{"other mistakes", "nonsense = 1\nrule = 7\ncontrol = 'unix:c.sock'", Places{"unix:" + dir + "/c.sock", def.State}},
		{"off", "control = 'off'", Places{"", def.State}},
		{"wrong types", "control = 7\nstate = []", def},
		{"wrong values", "control = 'inet:127.0.0.1:1'\nstate = ''", def},
		{"not TOML", "control = ", def},
		{"nothing", "", def},
	} {
		if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := FindPlaces(path); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
	if got := FindPlaces(filepath.Join(dir, "absent.toml")); got != def {
		t.Errorf("no file: %+v", got)
	}
}

func TestSameDirectory(t *testing.T) {
	a := Directory{Name: "csv", Path: "/p.csv", Columns: map[string]string{"a": "b"}, origin: Fault{Line: 1}}
	b := a
	b.Columns, b.origin = map[string]string{"a": "b"}, Fault{Line: 2}
	if !a.Same(b) {
		t.Error("another line is another source")
	}
	if b.Path = "/q.csv"; a.Same(b) {
		t.Error("another file is the same source")
	}
}
