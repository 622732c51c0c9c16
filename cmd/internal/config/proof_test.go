package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const secret = "0123456789abcdef0123456789abcdef"

// coded loads a configuration of two tenants, each with a file of codes.
func coded(t *testing.T, contoso, fabrikam, more string, mode fs.FileMode) (cfg *Config, dir string, err error) {
	t.Helper()
	dir = t.TempDir()
	tenant := func(name, domain string) string {
		return "[tenant." + name + "]\ndomains = [\"" + domain + "\"]\nrouting_code_file = \"" + name + ".code\"\ndirectory.path = \"people.csv\"\n"
	}
	for name, text := range map[string]string{
		"contoso.code": contoso, "fabrikam.code": fabrikam, "people.csv": "mail\nalice@contoso.com\n", "short.html": "<p>x</p>",
		"c.toml": tenant("contoso", "contoso.com") + tenant("fabrikam", "fabrikam.com") + "[template.short]\nhtml = \"short.html\"\n" + more,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "contoso.code"), mode); err != nil {
		t.Fatal(err)
	}
	cfg, err = Load(filepath.Join(dir, "c.toml"))
	return cfg, dir, err
}

func TestCodes(t *testing.T) {
	const other = "fedcba9876543210fedcba9876543210\n"
	const rule = "[[rule]]\nname = \"a\"\nsignature = \"short\"\n"
	for _, c := range []struct {
		name, contoso, more string
		mode                fs.FileMode
		want                string // of the fault; empty: there is none
	}{
		{"one", secret, "", 0o600, ""},
		{"several, for the group", "# new\n" + secret + "2\r\n\n  " + secret + "  \n", "", 0o640, ""},
		{"for others", secret, "", 0o644, "contoso.code can be read by others; chmod 640 DIR/contoso.code"},
		{"for others to write", secret, "", 0o602, "can be read by others"},
		{"empty", "", "", 0o600, "contoso.code has no code; make one with: openssl rand -hex 32"},
		{"only a comment", "# " + secret, "", 0o600, "has no code"},
		{"short", secret + "\n123456789012345\n", "", 0o600, "contoso.code line 2 has a code of less than 16 letters"},
		{"a blank in it", secret + " x", "", 0o600, "line 1 has a blank or a letter outside ASCII"},
		{"beyond ASCII", secret + "\u00e4", "", 0o600, "line 1 has a blank or a letter outside ASCII"},
		{"another tenant's", secret + "\n" + other, "", 0o600, "DIR/c.toml:7: tenant.fabrikam.routing_code_file: has a code of tenant \"contoso\""},
		{"a rule that looks at it", secret, rule + "header = { x-sigmilter-route = \"/./\" }\n", 0o600, "rule[1].header: x-sigmilter-route is a routing field, which is a secret"},
		{"an exception that does", secret, rule + "except = { header = { X-Sigmilter-Route = \"a\" } }\n", 0o600, "rule[1].except.header: X-Sigmilter-Route is a routing field"},
		{"a rule that looks at another", secret, rule + "header = { X-Campaign = \"a\" }\n", 0o600, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, dir, err := coded(t, c.contoso, other, c.more, c.mode)
			said := ""
			if err != nil {
				said = strings.ReplaceAll(err.Error(), dir, "DIR")
			}
			if !strings.Contains(said, c.want) || (err == nil) != (c.want == "") || strings.Count(said, "\n") > 0 {
				t.Errorf("%q", said)
			}
			if strings.Contains(said, secret) || strings.Contains(said, "123456789012345") {
				t.Errorf("a code is told: %s", said)
			}
			if err == nil && (len(cfg.Tenants[0].Proof.RoutingCodes) == 0 || cfg.Tenants[0].Proof.RoutingField != "X-Sigmilter-Route") {
				t.Errorf("%+v", cfg.Tenants[0].Proof)
			}
		})
	}
}
