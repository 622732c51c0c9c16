package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// m365Site writes a configuration of two tenants; those named have a table
// microsoft365. The first has a routing code.
func m365Site(t *testing.T, tables ...string) (config, code string) {
	t.Helper()
	dir := t.TempDir()
	code = "wQ7skE93nM0aTz5L2bXc"
	text := `
[tenant.contoso]
domains = ["contoso.com"]
routing_code_file = "contoso.code"
directory = { path = "people.csv" }
[tenant.fabrikam]
domains = ["fabrikam.com"]
directory = { path = "people.csv" }
[template.corporate]
html = "corporate.html"
`
	for _, name := range tables {
		text += "[tenant." + name + ".microsoft365]\nrelay = \"relay." + name + ".com\"\nname = \"" + name + "'s mail\"\n"
	}
	config = filepath.Join(dir, "sigmilter.toml")
	for name, content := range map[string]string{
		"sigmilter.toml": text, "contoso.code": code + "\n",
		"people.csv": "mail,displayName\nalice@contoso.com,Alice Muster\n", "corporate.html": "<p>{{.displayName}}</p>\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config, code
}

func TestM365Script(t *testing.T) {
	config, code := m365Site(t, "contoso")
	status, stdout, stderr := invoke(t, "m365", "script", "-c", config)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	for _, part := range []string{
		"= 'contoso''s mail'", "= 'relay.contoso.com'", "= 'X-Sigmilter-Route'", "= 'X-Sigmilter-Handled'", "= '26214400'", "= 'Defer'", "New-TransportRule",
	} {
		if !strings.Contains(stdout, part) {
			t.Errorf("the script has no %s", part)
		}
	}
	if strings.Contains(stdout, code) {
		t.Error("the routing code is in the script")
	}
	if !strings.Contains(stdout, "OtherKeys = @()\n") {
		t.Error("a tenant without connectors is named among the other keys")
	}
	both, _ := m365Site(t, "contoso", "fabrikam")
	if _, stdout, _ := invoke(t, "m365", "script", "-c", both, "--tenant", "contoso"); !strings.Contains(stdout, "OtherKeys = @('fabrikam')\n") {
		t.Error("the other tenant's key is not in the script")
	}
	out := filepath.Join(t.TempDir(), "contoso.ps1")
	if status, again, stderr := invoke(t, "m365", "script", "-c", config, "--tenant", "contoso", "-o", out); status != 0 || again != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if written, err := os.ReadFile(out); err != nil || string(written) != stdout {
		t.Errorf("%v; the file is not what is printed", err)
	}
}

func TestM365ScriptUsage(t *testing.T) {
	none, _ := m365Site(t)
	both, _ := m365Site(t, "contoso", "fabrikam")
	one, _ := m365Site(t, "contoso")
	for _, tc := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"m365"}, 2, "Available Commands:"},
		{[]string{"m365", "script", "-c", none}, 2, "write [tenant.NAME.microsoft365]"},
		{[]string{"m365", "script", "-c", both}, 2, "choose one with --tenant"},
		{[]string{"m365", "script", "-c", both, "--tenant", "fabrikam"}, 0, "has no routing_code_file"},
		{[]string{"m365", "script", "-c", one, "--tenant", "fabrikam"}, 2, "write [tenant.fabrikam.microsoft365]"},
		{[]string{"m365", "script", "-c", one, "--tenant", "tailspin"}, 2, `no tenant "tailspin"`},
		{[]string{"m365", "script", "-c", one, "-o", filepath.Join(one, "x")}, 1, "not a directory"},
	} {
		status, _, stderr := invoke(t, tc.args...)
		if status != tc.status || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%q: status %d %q, want %d %q", tc.args, status, stderr, tc.status, tc.stderr)
		}
	}
}

func TestM365Check(t *testing.T) {
	config, _ := m365Site(t, "contoso")
	const good = "X-Sigmilter-Handled: Yes\r\nX-OriginatorOrg: contoso.com\r\n" +
		"Received: from a.outlook.com by relay.contoso.com with ESMTPS id 1; Sat, 21 Nov 2026 08:00:04 +0000\r\n"
	for _, tc := range []struct {
		name, header string
		args         []string
		status       int
		stdout       string
	}{
		{"good", good + "\r\nText: no field\r\n", []string{"-c", config}, 0, "good     guard           X-Sigmilter-Handled is there once.\n"},
		{"code left", good + "X-Sigmilter-Route: x\r\n", []string{"-c", config}, 1, "bad      routing code    The routing field X-Sigmilter-Route is still there"},
		{"by name", good, []string{"-c", config}, 0, "good     passes          It went through relay.contoso.com once.\n"},
		{"defaults", good, nil, 1, "bad      passes          No hop of the relay"}, // whose name is not known
		{"other tenant", strings.Replace(good, "Org: contoso", "Org: tailspin", 1), []string{"-c", config}, 1, "no domain of the configuration"},
	} {
		path := filepath.Join(t.TempDir(), "returned.eml")
		if err := os.WriteFile(path, []byte(tc.header), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"m365", "check", path}, tc.args...)
		status, stdout, stderr := invoke(t, args...)
		if tc.name == "defaults" && stdout == "" {
			t.Skip("this machine has a configuration in its usual place")
		}
		if status != tc.status || !strings.Contains(stdout, tc.stdout) {
			t.Errorf("%s: status %d\n%s%s", tc.name, status, stdout, stderr)
		}
		_, stdout, _ = invoke(t, append(args, "--json")...)
		var report m365Report
		if err := json.Unmarshal([]byte(stdout), &report); err != nil || report.OK != (tc.status == 0) || len(report.Findings) < 10 {
			t.Errorf("%s: %v\n%s", tc.name, err, stdout)
		}
	}
	if status, _, stderr := invoke(t, "m365", "check", "-c", config, os.DevNull); status != 2 || !strings.Contains(stderr, "no header") {
		t.Errorf("empty: status %d %s", status, stderr)
	}
}
