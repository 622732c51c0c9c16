package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sources beside a file of people, as check and sign read them: an endpoint, a
// folder of signatures, and an application of Entra whose secret is not there.
func TestOtherSources(t *testing.T) {
	hr := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"people":[{"mail":"alice@contoso.com"},{"mail":"bob@contoso.com","displayName":"Bob","jobTitle":"Head of Sales"}]}`)
	}))
	t.Cleanup(hr.Close)
	config := writeFiles(t, map[string]string{
		"c.toml": fmt.Sprintf(`state = "none.db"
tenant.contoso.domains = ["contoso.com"]
template.corporate = { html = "corporate.html", ready = true }
[[tenant.contoso.directory]]
source = "http"
url = %q
[[tenant.contoso.directory]]
source = "files"
path = "signatures"
`, hr.URL+"/people"),
		"corporate.html": "<p>{{.displayName}}<br>{{.jobTitle}}</p>\n",
	})
	dir := filepath.Dir(config)
	alice := filepath.Join(dir, "signatures", "alice@contoso.com")
	if err := os.MkdirAll(alice, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(alice, "signature.txt"): "Made elsewhere", filepath.Join(dir, "alice.eml"): toBen,
		filepath.Join(dir, "bob.eml"): strings.Replace(toBen, "alice@", "bob@", 1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr := checked(t, "-c", config)
	if status != 0 || stderr != "" || !strings.Contains(stdout, "http") || !strings.Contains(stdout, "files") {
		t.Errorf("check: status %d, stderr %q, stdout\n%s", status, stderr, stdout)
	}
	for who, want := range map[string]string{"alice": "Made elsewhere", "bob": "Head of Sales"} {
		status, stdout, stderr = invoke(t, "sign", "-c", config, filepath.Join(dir, who+".eml"))
		if status != 0 || !strings.Contains(stdout, want) {
			t.Errorf("sign: status %d, stderr %q, stdout\n%s", status, stderr, stdout)
		}
	}

	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "[[tenant.contoso.directory]]\nsource = \"graph\"\ntenant_id = \"t\"\nclient_id = \"c\"\nsecret_file = \"secret\"\n"...)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, stderr = checked(t, "-c", config)
	want := "c.toml:12: tenant.contoso.directory[3].tenant_id: read people from Microsoft Entra ID: read the client secret: open " + filepath.Join(dir, "secret")
	if status != 2 || !strings.Contains(stderr, want) {
		t.Errorf("check: status %d, stderr %q\nwant %s", status, stderr, want)
	}
}

// Two files make one person, and check and sign read both.
func TestTwoSources(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"ad.csv":   "mail,displayName,mobilePhone\nalice@contoso.com,Alice Muster,1\n",
		"hr.csv":   "E-Mail;Mobil;Titel\nalice@contoso.com;2;Engineer\nzoe@contoso.com;3;Pilot\n",
		"sig.html": "<p>{{.displayName}} {{.jobTitle}} {{.mobilePhone}}</p>",
		"sigmilter.toml": `
state = "state.db"
[tenant.contoso]
domains = ["contoso.com"]
[[tenant.contoso.directory]]
name = "ad"
path = "ad.csv"
[[tenant.contoso.directory]]
name = "hr"
path = "hr.csv"
columns = { "E-Mail" = "mail", "Mobil" = "mobilePhone", "Titel" = "jobTitle" }
[tenant.contoso.precedence]
mobilePhone = ["hr"]
[template.sig]
html = "sig.html"
`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configFile := filepath.Join(dir, "sigmilter.toml")
	message := filepath.Join(dir, "message.eml")
	if err := os.WriteFile(message, []byte("From: alice@contoso.com\nTo: ben@example.net\n\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := invoke(t, "sign", "-c", configFile, message); status != 0 || !strings.Contains(stdout, "Alice Muster Engineer 2\n") {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
	if status, stdout, stderr := invoke(t, "check", "-c", configFile); status != 0 || strings.Count(stdout, "csv "+dir) != 2 {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
}
