package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigmilter/cmd/internal/config"
)

// shownConfig has a setting in each of two files, one for a tenant, and a secret.
func shownConfig(t *testing.T) (dir, file string) {
	t.Helper()
	file = writeFiles(t, map[string]string{
		"c.toml": "on_error = \"pass\"\n[guard]\nkey_file = \"guard.key\"\n[template.corporate]\nhtml = \"a.html\"\n" +
			"[template.short]\nhtml = \"a.html\"\n[[rule]]\nname = \"all\"\nsignature = \"short\"\n",
		"conf.d/contoso.toml": "\n[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory = { path = \"people.csv\", columns = { \"E-Mail\" = \"mail\" } }\n",
		"a.html":              "<p>{{.displayName}}</p>",
		"people.csv":          "E-Mail,displayName\nalice@contoso.com,Alice\n",
		"guard.key":           "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=\n",
	})
	return filepath.Dir(file), file
}

func TestConfigShow(t *testing.T) {
	dir, file := shownConfig(t)
	status, stdout, stderr := invoke(t, "config", "show", "-c", file)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	for _, want := range []string{
		`on_error "pass" FILE:1`,
		`limits.memory "256MiB" default`,
		`guard.key_file "guard.key", set FILE:3`,
		`tenant.contoso.domains ["contoso.com"] DIR/conf.d/contoso.toml:3`,
		`tenant.contoso.on_error "pass" default`,
		`tenant.contoso.directory.columns { "E-Mail" = "mail" } DIR/conf.d/contoso.toml:4`,
		`tenant.contoso.default_person none default`,
		`rule[1].signature "short" FILE:10`,
	} {
		want = strings.NewReplacer("FILE", file, "DIR", dir).Replace(want)
		pattern := "(?m)^" + strings.ReplaceAll(regexp.QuoteMeta(want), " ", " +") + "$"
		if !regexp.MustCompile(pattern).MatchString(stdout) {
			t.Errorf("no %s in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "c2Vj") {
		t.Errorf("the key is told:\n%s", stdout)
	}

	_, stdout, _ = invoke(t, "config", "show", "-c", file, "rule")
	if lines := strings.Split(stdout, "\n"); !strings.HasPrefix(lines[0], "KEY") || !strings.HasPrefix(lines[1], "rule[1].name ") || strings.Contains(stdout, "limits") {
		t.Errorf("those of rules:\n%s", stdout)
	}
	_, stdout, _ = invoke(t, "config", "show", "-c", file, "--json", "tenant.contoso.directory.path")
	var got []config.Shown
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got) != 1 || got[0].Value != "people.csv" || got[0].Line != 4 {
		t.Errorf("%v\n%s", err, stdout)
	}
	if status, _, stderr := invoke(t, "config", "show", "-c", file, "limit"); status != 1 || stderr != "sigmilter: the configuration has no key limit\n" {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	bad := filepath.Join(configDir, "bad-five.toml")
	_, _, want := invoke(t, "check", "-c", bad)
	if status, stdout, stderr := invoke(t, "config", "show", "-c", bad); status != 2 || stdout != "" || stderr != want {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

// completed are the words that a shell is offered for the last one.
func completed(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := invoke(t, append([]string{"__complete"}, args...)...)
	offered, directive, ok := strings.Cut(stdout, ":")
	if status != 0 || !ok || strings.TrimSpace(directive) != "4" { // no names of files
		t.Fatalf("%q: status %d\n%s%s", args, status, stdout, stderr)
	}
	return strings.ReplaceAll(strings.TrimSpace(offered), "\n", " ")
}

func TestCompletion(t *testing.T) {
	_, file := shownConfig(t)
	r := newRunning(t)
	r.begin()
	r.Eventually("people are read", func() bool {
		s := r.Status().Tenants[0].Sources
		return len(s) == 1 && s[0].People > 0
	})
	running := r.Config
	for _, tc := range []struct{ args, want string }{
		{"people list -c " + file + " --tenant ", "contoso"},
		{"people list -c " + file + " --tenant x", ""},
		{"people refresh -c " + file + " --source c", "csv"},
		{"config show -c " + file + " template.", "template.corporate template.corporate.html template.corporate.ready template.corporate.text template.short template.short.html template.short.ready template.short.text"},
		{"config show -c " + file + " rule[1].sig", "rule[1].signature"},
		{"config show -c " + file + " rule x", ""},
		{"preview -c " + file + " --template ", "corporate short"},
		{"find -c " + file + " --rule a", "all"},
		{"import --product code", "codetwo\tCodeTwo"},
		{"people show -c " + running + " al", "alice@contoso.com\tAlice Muster"},
		{"preview -c " + running + " --person al", "alice@contoso.com\tAlice Muster"},
		{"sign -c " + running + " --from zo", ""},
		{"cache drop -c " + running + " ali", "alice@contoso.com\tAlice Muster"},
		{"people show -c " + file + " al", ""}, // no daemon, no state file
		{"people show -c " + file + ".none al", ""},
		{"people list -c " + filepath.Join(configDir, "bad-five.toml") + " --tenant ", ""},
	} {
		words := strings.Split(tc.args, " ")
		if got := completed(t, words...); !strings.HasPrefix(got, tc.want) || tc.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", tc.args, got, tc.want)
		}
	}
}
