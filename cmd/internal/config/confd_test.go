package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/miltertest"
)

const (
	mainText = "[template.t]\nhtml = \"t.html\"\n[tenant.a]\ndomains = [\"a.example\"]\ndirectory.path = \"a.csv\"\n[[rule]]\nname = \"first\"\nsignature = \"t\"\nto = \"internal\"\n"
	moreText = "[tenant.b]\ndomains = [\"b.example\"]\ndirectory.path = \"b.csv\"\n[[rule]]\nname = \"second\"\nsignature = \"u\"\n[template.u]\nhtml = \"t.html\"\n"
)

// files are those of a configuration in a folder of no machine.
type files map[string]string

func (f files) load(t *testing.T) (*Config, error) {
	t.Helper()
	return loadFrom(f.folder(), "etc/c.toml")
}

func (f files) folder() tomltree.Folder {
	fsys := fstest.MapFS{"t.html": {Data: []byte("<p>{{.displayName}}</p>\n")}}
	for name, text := range f {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tomltree.Folder{Dir: "/nowhere", FS: fsys}
}

// A configuration is read from a file system, in the order of its files; what is this
// machine's own is not.
func TestLoadSeveralFiles(t *testing.T) {
	cfg, err := files{
		"c.toml": mainText, "conf.d/20-b.toml": moreText, "conf.d/10-c.toml": "[place]\nmarker = \"####\"\n" + strings.ReplaceAll(strings.Split(moreText, "[[")[0], "b", "c"),
		"conf.d/.hidden.toml": "no TOML", "conf.d/30.toml~": "no TOML", "conf.d/README": "no TOML", "conf.d/deeper/40.toml": "no TOML",
	}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tenant := range cfg.Tenants {
		names = append(names, tenant.Name+" "+tenant.Directories[0].Path)
	}
	for _, r := range cfg.Rules {
		names = append(names, r.Name)
	}
	if want := []string{"a /nowhere/a.csv", "c /nowhere/c.csv", "b /nowhere/b.csv", "first", "second"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if len(cfg.Templates) != 2 || cfg.Place.Marker != "####" {
		t.Errorf("templates %v, marker %s", cfg.Templates, cfg.Place.Marker)
	}
	if w := cfg.Warnings; len(w) != 3 || w[1].File != "etc/conf.d/10-c.toml" || w[1].Line != 5 || w[2].File != "etc/conf.d/20-b.toml" {
		t.Errorf("warnings: %v", w)
	}
}

// What is wrong is told with the file it is in, and of what is there twice both are.
func TestFaultsOfSeveralFiles(t *testing.T) {
	for name, tc := range map[string]struct {
		files files
		want  []string
	}{
		"a tenant twice": {files{"conf.d/b.toml": "# x\n[tenant.a]\ndomains = [\"b.example\"]\n"}, []string{
			"etc/conf.d/b.toml:2: tenant.a: is in etc/c.toml, line 3 as well; keep it in one place",
		}},
		"a tenant in pieces": {files{"conf.d/b.toml": "[tenant.a.proof]\ndkim = true\n"}, []string{
			"etc/conf.d/b.toml:1: tenant.a: is in etc/c.toml, line 3 as well; keep it in one place",
		}},
		"a template twice": {files{"conf.d/b.toml": moreText, "conf.d/c.toml": "[template]\n\n[template.u]\nhtml = \"t.html\""}, []string{
			"etc/conf.d/c.toml:3: template.u: is in etc/conf.d/b.toml, line 7 as well; keep it in one place",
		}},
		"a table twice": {files{"conf.d/b.toml": "[log]\nlevel = \"debug\"\n", "conf.d/c.toml": "log.format = \"json\""}, []string{
			"etc/conf.d/c.toml:1: log: is in etc/conf.d/b.toml, line 1 as well; keep it in one place",
		}},
		"a key twice": {files{"c.toml": "on_error = \"pass\"\n" + mainText, "conf.d/b.toml": "\non_error = \"pass\"\n"}, []string{
			"etc/conf.d/b.toml:2: on_error: is in etc/c.toml, line 1 as well; keep it in one place",
		}},
		"the name of a rule": {files{"conf.d/b.toml": "[[rule]]\nname = \"first\"\nsignature = \"t\"\n"}, []string{
			`etc/conf.d/b.toml:2: rule[1].name: "first" is the name of an earlier rule; choose another name`,
		}},
		"a domain": {files{"conf.d/b.toml": strings.ReplaceAll(moreText, "b.example", "a.example")}, []string{
			`etc/conf.d/b.toml:2: tenant.b.domains: "a.example" is already a domain of tenant "a"; leave it in one place`,
			"etc/c.toml:5: tenant.a.directory.path", "etc/conf.d/b.toml:3: tenant.b.directory.path",
		}},
		"faults of each": {files{"c.toml": mainText + "x = 1", "conf.d/b.toml": "nonsense = 1\ntenant = 1\nrule = 1", "conf.d/a.toml": "[tenant.c]\n"}, []string{
			"etc/c.toml:10: rule[1].x: unknown key", "etc/conf.d/a.toml:1: tenant.c.directory: is missing", "etc/conf.d/a.toml:1: tenant.c.domains: is missing",
			"etc/conf.d/b.toml:1: nonsense: unknown key", "etc/conf.d/b.toml:2: tenant: must be a table", "etc/conf.d/b.toml:3: rule: must be a list of tables",
		}},
		"the syntax of two": {files{"conf.d/a.toml": "x = ", "conf.d/b.toml": "[tenant", "conf.d/c.toml": "nonsense = 1"}, []string{
			"etc/conf.d/a.toml:1: x: not TOML", "etc/conf.d/b.toml:1: not TOML",
		}},
		"not UTF-8":          {files{"conf.d/a.toml": "\n#\xff"}, []string{"etc/conf.d/a.toml: is not UTF-8 text, which shows in line 2"}},
		"conf.d a file":      {files{"conf.d": "x = 1"}, []string{"etc/conf.d: cannot be read"}},
		"nothing but conf.d": {files{"c.toml": "", "conf.d/b.toml": moreText}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, has := tc.files["c.toml"]; !has {
				tc.files["c.toml"] = mainText
			}
			_, err := tc.files.load(t)
			if err == nil {
				err = Faults{}
			}
			got := err.Error()
			for _, want := range tc.want {
				if !slices.ContainsFunc(strings.Split(got, "\n"), func(line string) bool { return strings.HasPrefix(line, want) }) {
					t.Errorf("%s is not in\n%s", want, got)
				}
			}
			if (got == "") != (tc.want == nil) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// The version is that of all files.
func TestHashOfSeveralFiles(t *testing.T) {
	hash := func(more string) string {
		cfg, err := files{"c.toml": mainText, "conf.d/b.toml": more}.load(t)
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Hash()
	}
	if hash(moreText) == hash(moreText+"#") {
		t.Error("another file has the same version")
	}
}

// The bounds are those of a file and of all together.
func TestSettingsAreBounded(t *testing.T) {
	folder := files{"c.toml": "#23456\n", "conf.d/a.toml": "#234567890\n", "conf.d/b.toml": "#2345\n", "conf.d/c.toml": "#"}.folder()
	for _, tc := range []struct {
		most bounds
		want string
	}{
		{bounds{11, 27}, ""},
		{bounds{10, 27}, "etc/conf.d/a.toml: is larger than 10 bytes; let sigmilter read it, or take it away"},
		{bounds{11, 20}, "etc/conf.d/b.toml: with it the settings are larger than 20 bytes; make the files smaller"},
	} {
		if _, faults := readSettings(folder, "etc/c.toml", tc.most); faults.Error() != tc.want {
			t.Errorf("%+v: got %v, want %s", tc.most, faults, tc.want)
		}
	}
}

// The daemon is found also by what a file of conf.d says.
func TestFindPlacesInConfD(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "conf.d"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"c.toml": "control = 'unix:c.sock'\n  [tenant.a]\ncontrol = 7\n[no TOML", "conf.d/a.toml": "other = [\n[\n1]]\nstate = 's.db'\n", "conf.d/b.toml": "[not TOML",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := FindPlaces(filepath.Join(dir, "c.toml")), (Places{"unix:" + dir + "/c.sock", dir + "/s.db"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Reading costs the same for each tenant however many there are, each with a template, a
// proof and a rule of its own.
func TestLoadGrowth(t *testing.T) {
	miltertest.CheckGrowth(t, 400, func(tenants int) files {
		some := files{"c.toml": "[[rule]]\nname = \"r\"\nsignature = \"t0\"\nheader = { X-Some = \"thing\" }\n"}
		for i := range tenants {
			some[fmt.Sprintf("conf.d/%d.toml", i%10)] += strings.ReplaceAll("[tenant.tNAME]\ndomains = [\"tNAME.example\"]\ndefault_template = \"tNAME\"\n"+
				"proof.listeners = [\"inet:localhost:NAME\"]\ndirectory.path = \"tNAME.csv\"\n[template.tNAME]\nhtml = \"t.html\"\n"+
				"[[rule]]\nname = \"tNAME\"\nfrom = [\"tNAME.example\"]\nsignature = \"tNAME\"\n", "NAME", fmt.Sprint(i+1))
		}
		some["conf.d/last.toml"] = "[template.t0]\nhtml = \"t.html\"\n"
		return some
	}, func(some files) {
		if _, err := some.load(t); err != nil {
			t.Fatal(err)
		}
	})
}
