package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/cmd/internal/check"
)

// configDir holds the good and bad configurations, and bad-*.want the lines for
// the bad ones.
const configDir = "../../testdata/config"

func TestCheckFiveMistakes(t *testing.T) {
	file := filepath.Join(configDir, "bad-five.toml")
	want, err := os.ReadFile(filepath.Join(configDir, "bad-five.want"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs(configDir)
	if err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := invoke(t, "check", "-c", file)
	got := strings.NewReplacer(configDir+"/", "", dir+"/", "", dir, "FOLDER").Replace(stderr)
	if status != 2 || stdout != "" || got != string(want) || strings.Count(got, "\n") != 5 {
		t.Errorf("status %d, stdout %q, stderr\n%swant\n%s", status, stdout, got, want)
	}
}

func TestCheckMissingFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.toml")
	status, stdout, stderr := invoke(t, "check", "-c", file)
	if status != 2 || stdout != "" || !strings.HasPrefix(stderr, file+": cannot be read: ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// doubts are the warnings about tenants without proof, which most configurations
// here are.
var doubts = regexp.MustCompile(`(?m)^warning: tenant .*: no proof is configured: .*\n`)

// checked runs check and leaves those warnings out.
func checked(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	status, stdout, stderr = invoke(t, append([]string{"check"}, args...)...)
	return status, stdout, doubts.ReplaceAllString(stderr, "")
}

func TestCheckWarnsOfTenantsWithoutProof(t *testing.T) {
	const tenant = "warning: tenant contoso: %s: every Microsoft tenant could send through this relay as contoso.com; set routing_code_file\n"
	for _, c := range []struct{ name, proof, want string }{
		{"none", "", fmt.Sprintf(tenant, "no proof is configured")},
		{"only Microsoft's own", "client_networks = [\"40.92.0.0/15\"]\ncert_names = [\"*.outlook.com\"]", fmt.Sprintf(tenant, "certificate and network are the same for all")},
		{"by the way round", "client_networks = [\"40.92.0.0/15\"]\ndkim = true\nrequire = [\"network or dkim\"]", fmt.Sprintf(tenant, "certificate and network are the same for all")},
		{"a signature", "client_networks = [\"40.92.0.0/15\"]\ndkim = true", ""},
		{"a listener", "listeners = [\"unix:contoso.sock\"]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := writeFiles(t, nil)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, append(text, "[tenant.contoso.proof]\n"+c.proof+"\n"...), 0o600); err != nil {
				t.Fatal(err)
			}
			if status, _, stderr := invoke(t, "check", "-c", file); status != 0 || stderr != c.want {
				t.Errorf("status %d, stderr %q", status, stderr)
			}
		})
	}
}

func TestCheckGood(t *testing.T) {
	credentials(t)
	// Git does not keep this mode.
	if err := os.Chmod(filepath.Join(configDir, "contoso.code"), 0o640); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := checked(t, "-c", filepath.Join(configDir, "good-everything.toml"))
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	for _, want := range []string{
		"contoso           contoso.com contoso.de  certificate, network, routing or listener or dkim  2 ",
		"short.html      derived from the HTML\n",
		"outside  external  alice@contoso.com contoso.de  recipient recipient_list from_group from_attribute kind subject header when larger_than smaller_than body language except opt_out  corporate, only at marker or old signature  short       short       none    next rule\n",
		"inside   internal  everyone                      opt_out ",
		"  short                                       none        none        none    stop\n",
		"none        none        short   stop\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
}

func TestCheckGoodJSON(t *testing.T) {
	status, stdout, stderr := checked(t, "--json", "-c", filepath.Join(configDir, "good-smallest.toml"))
	var got check.Report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q, %v: %s", status, stderr, err, stdout)
	}
	if !got.OK || len(got.Version) != 32 || len(got.Tenants) != 1 || got.Tenants[0].Sources[0].People != 2 {
		t.Errorf("got %+v", got)
	}
	for _, list := range []string{`"faults": []`, `"from": []`} {
		if !strings.Contains(stdout, list) {
			t.Errorf("%s is not in\n%s", list, stdout)
		}
	}
}

func TestCheckBadJSON(t *testing.T) {
	status, stdout, stderr := invoke(t, "check", "--json", "-c", filepath.Join(configDir, "bad-five.toml"))
	var got check.Report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 2 {
		t.Fatalf("status %d, %v: %s", status, err, stdout)
	}
	if got.OK || len(got.Faults) != 5 || got.Faults[0].Line != 2 || got.Faults[0].Key != "on_eror" {
		t.Errorf("got %+v", got)
	}
	if got.Faults.Error()+"\n" != stderr {
		t.Errorf("JSON has\n%v\nstderr\n%s", got.Faults, stderr)
	}
}

// writeFiles makes a folder with the smallest configuration and what it names;
// files replaces or, when empty, removes some of it.
func writeFiles(t *testing.T, files map[string]string) (config string) {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[template.corporate]\nhtml = \"corporate.html\"\n",
		"people.csv":     "mail,displayName,colour\nalice@contoso.com,Alice Muster,green\n",
		"corporate.html": "<p>{{.displayName}}</p>",
	}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		if text == "" {
			continue
		}
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "c.toml")
}

func TestCheckPeople(t *testing.T) {
	for _, tc := range []struct {
		name, csv string
		status    int
		stderr    []string // the beginnings of its lines; DIR is the folder
	}{
		{"fine", "mail\nalice@contoso.com\n", 0, nil},
		{"a broken row", "mail\nalice@contoso.com\nnobody\n", 0, []string{"warning: DIR/people.csv:3: "}},
		{"no file", "", 2, []string{"DIR/c.toml:3: tenant.contoso.directory.path: DIR/people.csv cannot be read: "}},
		{"no people", "mail\n", 2, []string{"DIR/c.toml:3: tenant.contoso.directory.path: "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := writeFiles(t, map[string]string{"people.csv": tc.csv})
			status, stdout, stderr := checked(t, "-c", file)
			if status != tc.status || (stdout == "") != (status != 0) {
				t.Errorf("status %d, stdout %q", status, stdout)
			}
			lines := slices.Collect(strings.Lines(strings.ReplaceAll(stderr, filepath.Dir(file), "DIR")))
			if !slices.EqualFunc(lines, tc.stderr, strings.HasPrefix) {
				t.Errorf("stderr %q, want %q", lines, tc.stderr)
			}
		})
	}
}

func TestCheckFields(t *testing.T) {
	file := writeFiles(t, map[string]string{
		"corporate.html": "<p>{{.DisplayName}} {{.mobilePhone}} {{.colour}} {{.shape}}</p>",
	})
	status, _, stderr := checked(t, "-c", file)
	place := "warning: " + filepath.Join(filepath.Dir(file), "corporate.html") + ":1: "
	want := place + "{{.DisplayName}} is always empty; write {{.displayName}}\n" +
		place + "{{.shape}} is empty: nobody has such an attribute; sigmilter people show ADDRESS lists what there is\n"
	if status != 0 || stderr != want {
		t.Errorf("status %d, stderr\n%swant\n%s", status, stderr, want)
	}
}

func TestCheckCountsEqualWarnings(t *testing.T) {
	file := writeFiles(t, map[string]string{"corporate.html": "<p>{{.displayName}}</p>"})
	people := filepath.Join(filepath.Dir(file), "people.csv")
	rows := "mail,displayName\nalice@contoso.com,Alice\n" + strings.Repeat("nobody,N\n", 1000)
	if err := os.WriteFile(people, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, stderr := checked(t, "-c", file)
	if strings.Count(stderr, "is not a mail address") != 4 || !strings.Contains(stderr, "warning: 997 more like this one: "+people+":3: ") {
		t.Errorf("stderr\n%s", stderr)
	}
}

// Warnings count only where they are asked to.
func TestCheckStrict(t *testing.T) {
	warned := writeFiles(t, nil) // a tenant without proof
	text, err := os.ReadFile(warned)
	if err != nil {
		t.Fatal(err)
	}
	clean := writeFiles(t, map[string]string{"c.toml": string(text) + "[tenant.contoso.proof]\ndkim = true\n"})
	bad := writeFiles(t, map[string]string{"people.csv": ""})
	for _, c := range []struct {
		args   []string
		status int
	}{
		{[]string{"-c", warned}, 0}, {[]string{"-c", warned, "--strict"}, 1}, {[]string{"-c", clean, "--strict"}, 0}, {[]string{"-c", bad, "--strict"}, 2},
	} {
		if status, _, stderr := invoke(t, append([]string{"check"}, c.args...)...); status != c.status {
			t.Errorf("%q: status %d, want %d: %s", c.args, status, c.status, stderr)
		}
	}
}
