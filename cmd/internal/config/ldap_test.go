package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/ldap"
)

func TestLoadLDAP(t *testing.T) {
	want := []Directory{{
		Name: "ad", Source: "ldap", Every: 2 * time.Minute, MaxVanish: 0.2,
		LDAP: ldap.Options{
			Servers: []string{"ldaps://dc1.contoso.com", "ldap://dc2.contoso.com:3389"}, TLS: ldap.StartTLS,
			CAFile: at(t, "ca.pem"), ServerName: "dc.contoso.com", BindDN: "svc-sigmilter@contoso.com", PasswordFile: at(t, "ldap-password"),
			Base: "OU=Staff,DC=contoso,DC=com", Filter: "(&(objectClass=user)(mail=*))", Attributes: map[string]string{"pronouns": "extensionAttribute4"},
			GroupBase: "OU=Groups,DC=contoso,DC=com", Photos: true, PageSize: 1000, FullEvery: 6 * time.Hour, Timeout: 10 * time.Second,
		},
		origin: origin(t, "good-ldap.toml", "tenant.contoso.directory.servers"),
	}}
	if got := load(t, "good-ldap.toml").Tenants[0].Directories; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestLDAPFaults(t *testing.T) {
	const table = "[tenant.c.directory]\nsource = \"ldap\"\n"
	const server = table + "servers = [\"ldaps://dc1\"]\n"
	tests := []struct{ name, text, key, want string }{
		{"no servers", table, "servers", `is missing; write servers = ["ldaps://dc1.contoso.com"]`},
		{"empty servers", table + "servers = []", "servers", "has no server"},
		{"one server", table + `servers = "ldaps://dc1"`, "servers", "must be a list"},
		{"a host", table + `servers = ["ldaps://dc1", "dc2"]`, "servers[2]", `"dc2" is not an LDAP server: neither ldaps://, ldap:// nor ldapi:// comes first`},
		{"a path", table + `servers = ["ldap://dc1/dc=contoso"]`, "servers[1]", "more than a host and a port"},
		{"tls", server + `tls = "off"`, "tls", `write "auto", "starttls" or "none"`},
		{"name without password", server + `bind_dn = "cn=x"`, "password_file", "is missing; put the password of bind_dn into a file"},
		{"password without name", server + `password_file = "pw"`, "password_file", "is without bind_dn"},
		{"base", server + `base = "contoso.com"`, "base", "is not a distinguished name"},
		{"empty base", server + `base = ""`, "base", "it is empty"},
		{"group base", server + `group_base = "x"`, "group_base", "is not a distinguished name"},
		{"filter", server + `filter = "(&(a=b)"`, "filter", "is not an LDAP filter"},
		{"attribute", server + `attributes = { x = "a b" }`, "attributes.x", "is not an LDAP attribute"},
		{"attributes", server + `attributes = "x"`, "attributes", "must be a table"},
		{"page size", server + "page_size = 10001", "page_size", "write a number from 1 to 10000"},
		{"photos", server + `photos = "yes"`, "photos", "must be true or false"},
		{"key of a file", server + `path = "people.csv"`, "path", `is no key of source "ldap"; it goes with source csv`},
		{"key of a server", "[tenant.c.directory]\npath = \"people.csv\"\nbase = \"dc=b\"", "base", `is no key of source "csv"; it goes with source ldap`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseText("c.toml", at(t, ""), sources(test.text))
			faults, ok := err.(Faults)
			if !ok || len(faults) != 1 {
				t.Fatalf("not one fault: %v", err)
			}
			if f := faults[0]; f.Key != "tenant.c.directory."+test.key || !strings.Contains(f.Problem, test.want) {
				t.Errorf("%v\nwant %s: %s", f, test.key, test.want)
			}
		})
	}
}

// A filter may be written without its outermost parentheses.
func TestLDAPFilterShort(t *testing.T) {
	cfg, err := parseText("c.toml", at(t, ""), sources("[tenant.c.directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1\"]\nfilter = \"mail=*\""))
	if err != nil || cfg.Tenants[0].Directories[0].LDAP.Filter != "mail=*" {
		t.Errorf("%+v, %v", cfg, err)
	}
}
