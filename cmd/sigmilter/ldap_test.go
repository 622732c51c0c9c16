package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/sigstore/directory/slapdtest"
)

// A real LDAP server is all the daemon's verbs need for people.
func TestPeopleFromLDAP(t *testing.T) {
	s := slapdtest.Start(t, slapdtest.Options{LDIF: "dn: uid=alice," + slapdtest.Base +
		"\nobjectClass: inetOrgPerson\nuid: alice\ncn: Alice Muster\nsn: Muster\nmail: alice@contoso.com\ntitle: Head of Sales\n\n" +
		"dn: cn=Sales," + slapdtest.Base + "\nobjectClass: groupOfNames\ncn: Sales\nmember: uid=alice," + slapdtest.Base + "\n\n"})
	config := writeFiles(t, map[string]string{
		"password": slapdtest.Password + "\n",
		"c.toml": fmt.Sprintf(`state = "none.db"
tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory = { source = "ldap", servers = [%q], bind_dn = %q, password_file = "password", tls = "starttls", ca_file = %q }
template.corporate.html = "corporate.html"
[[rule]]
name = "sales"
from_group = "sales"
signature = "corporate"
[[rule]]
name = "rest"
signature = "corporate"
`, s.URL, slapdtest.Admin, s.CAFile),
		"corporate.html": "<p>{{.displayName}}<br>{{.jobTitle}}</p>\n",
	})
	password := filepath.Join(filepath.Dir(config), "password")
	if err := os.Chmod(password, 0o640); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := checked(t, "-c", config)
	if status != 0 || stderr != "" || !strings.Contains(stdout, "contoso  contoso.com  none   1       ldap\n") {
		t.Errorf("check: status %d, stderr %q, stdout\n%s", status, stderr, stdout)
	}
	message := filepath.Join(filepath.Dir(config), "m.eml")
	if err := os.WriteFile(message, []byte(toBen), 0o600); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr = invoke(t, "sign", "-c", config, message)
	if status != 0 || !strings.Contains(stdout, "Alice Muster") || !strings.Contains(stdout, "Head of Sales") {
		t.Errorf("sign: status %d, stderr %q, stdout\n%s", status, stderr, stdout)
	}
	status, stdout, stderr = invoke(t, "explain", "-c", config, message)
	if status != 0 || !strings.Contains(stdout, `rule       "sales" applies`) {
		t.Errorf("explain: status %d, stderr %q, stdout\n%s", status, stderr, stdout)
	}
	if err := os.Chmod(password, 0o644); err != nil {
		t.Fatal(err)
	}
	status, _, stderr = checked(t, "-c", config)
	if status != 2 || !strings.Contains(stderr, "c.toml:3: tenant.contoso.directory.servers: read people from "+s.URL+": read password_file: read "+password+": can be read by every user") {
		t.Errorf("check: status %d, stderr %q", status, stderr)
	}
}
