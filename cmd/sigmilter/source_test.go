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
