package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/graph"
	"sigmilter/sigstore/directory/webjson"
)

func TestLoadGraph(t *testing.T) {
	cfg := load(t, "good-graph.toml")
	got := cfg.Tenants[0].Directories
	for i := range got {
		got[i].origin = Fault{}
	}
	want := []Directory{{
		Name: "graph", Source: "graph", Every: time.Minute, MaxVanish: 0.2,
		Graph: graph.Options{
			Tenant: "11111111-2222-3333-4444-555555555555", Client: "99999999-8888-7777-6666-000000000000", SecretFile: at(t, "graph-secret"),
			Cloud: "usgov", LoginURL: "https://login.example:8443", GraphURL: "https://graph.example", CAFile: at(t, "ca.pem"),
			Photos: true, PhotoSize: 120, Guests: true, EnabledOnly: true, FullEvery: 12 * time.Hour, Timeout: 30 * time.Second,
		},
	}, {
		Name: "merged company", Source: "graph", Every: time.Minute, MaxVanish: 0.2,
		Graph: graph.Options{
			Tenant: "fabrikam.example", Client: "99999999-8888-7777-6666-000000000001",
			CertificateFile: at(t, "graph.pfx"), CertificatePasswordFile: at(t, "graph-password"),
		},
	}, {
		Name: "http", Source: "http", Every: time.Minute, MaxVanish: 0.2,
		HTTP: webjson.Source{
			URL: "https://hr.contoso.com/people?all=1", TokenFile: at(t, "hr-token"), CAFile: at(t, "ca.pem"),
			Timeout: 90 * time.Second, MaxBytes: 10_000_000,
		},
	}, {
		Name: "files", Source: "files", Every: 5 * time.Minute, MaxVanish: 0.2, Path: at(t, "partials"),
	}}
	if !reflect.DeepEqual(got, want) || len(cfg.Warnings) > 0 {
		t.Errorf("got  %+v\nwant %+v\nwarnings %v", got, want, cfg.Warnings)
	}
}

func TestGraphFaults(t *testing.T) {
	const table = "[tenant.c.directory]\n"
	const graph = table + "source = \"graph\"\ntenant_id = \"t\"\nclient_id = \"c\"\n"
	const login = graph + "secret_file = \"s\"\n"
	tests := []struct{ name, text, key, want string }{
		{"no tenant", table + "source = \"graph\"\nclient_id = \"c\"\nsecret_file = \"s\"", "tenant_id", "is missing; write the directory (tenant) ID"},
		{"no client", table + "source = \"graph\"\ntenant_id = \"c\"\nsecret_file = \"s\"", "client_id", "is missing; write the application (client) ID"},
		{"a path for an ID", table + "source = \"graph\"\ntenant_id = \"c\"\nclient_id = \"a/b\"\nsecret_file = \"s\"", "client_id", "has a letter that no ID has"},
		{"no login", graph, "certificate_file", "is missing, and so is secret_file"},
		{"two logins", login + `certificate_file = "x"`, "certificate_file", "is given beside secret_file; keep one of the two"},
		{"cloud", login + `cloud = "germany"`, "cloud", `"germany" is not known; write "china", "dod", "public" or "usgov"`},
		{"not encrypted", login + `graph_url = "http://127.0.0.1"`, "graph_url", "it is not https:// and a host"},
		{"with a path", login + `login_url = "https://login.example/tenant"`, "login_url", "it has more than a host and a port"},
		{"size", login + "photo_size = 100", "photo_size", "100 is no size of photos; write one of 48 64 96 120 240 360 432 504 648"},
		{"size in quotes", login + `photo_size = "48"`, "photo_size", "48 is no size of photos"},
		{"key of a file", login + `path = "people.csv"`, "path", `is no key of source "graph"; it goes with source csv or files`},
		{"no URL", table + `source = "http"`, "url", "is missing; write url"},
		{"URL in clear", table + "source = \"http\"\nurl = \"http://hr.contoso.com\"", "url", "it is not encrypted, which is allowed only on this machine; use https"},
		{"no folder", table + `source = "files"`, "path", `is missing; write path = "signatures"`},
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

// A folder that is not there is a warning: the daemon starts on what it has.
func TestFilesAbsent(t *testing.T) {
	cfg, err := parseText("c.toml", at(t, ""), sources("[tenant.c.directory]\nsource = \"files\"\npath = \"absent\""))
	if err != nil || len(cfg.Warnings) != 1 || !strings.Contains(cfg.Warnings[0].Problem, "absent is no folder; make it, with a folder for each mail address") {
		t.Errorf("%+v, %v", cfg.Warnings, err)
	}
}
