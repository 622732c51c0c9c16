package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// previewFiles is a folder with two templates, one of which has a picture and
// fails for bob; carl has all fields.
func previewFiles(t *testing.T) (configFile, out string) {
	t.Helper()
	picture, err := os.ReadFile(filepath.Join(configDir, "dot.png"))
	if err != nil {
		t.Fatal(err)
	}
	file := writeFiles(t, map[string]string{
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[template.corporate]\nhtml = \"corporate.html\"\n[template.\"very/short\"]\nhtml = \"short.html\"\n" +
			"[[rule]]\nname = \"all\"\nsignature = \"corporate\"\n",
		"people.csv": "mail,displayName,mobilePhone,proxyAddresses\n" +
			"alice@contoso.com,Alice <b> Müster,,smtp:a.muster@contoso.com\nbob@contoso.com,Bob,short,\ncarl@contoso.com,Carl,+49 30 5550101,\n",
		"corporate.html": `<p><img src="cid:dot.png" alt="">{{.displayName}}</p><p>Tel {{.mobilePhone}}{{if .mobilePhone}}{{slice .mobilePhone 0 10}}{{end}}</p>`,
		"short.html":     "<p>{{.displayName}}</p>",
		"dot.png":        string(picture),
	})
	return file, filepath.Join(t.TempDir(), "new", "out")
}

func readPreview(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPreview(t *testing.T) {
	file, out := previewFiles(t)
	status, stdout, stderr := invoke(t, "preview", "-c", file, "--person", "A.Muster@contoso.com", "-o", out)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	var want []string
	for _, name := range []string{"corporate.html", "corporate.txt", "corporate.eml", "very%2Fshort.html", "very%2Fshort.txt", "very%2Fshort.eml"} {
		want = append(want, filepath.Join(out, name))
	}
	if got := strings.Split(strings.TrimSpace(stdout), "\n"); !slices.Equal(got, want) {
		t.Errorf("printed %q", got)
	}
	if got := readPreview(t, out, "corporate.txt"); got != "Alice <b> Müster\n" {
		t.Errorf("text %q", got)
	}
}

func TestPreviewFailing(t *testing.T) {
	file, out := previewFiles(t)
	status, stdout, stderr := invoke(t, "preview", "-c", file, "--person", "bob@contoso.com", "-o", out)
	if status != 1 || strings.Contains(stdout, "corporate") || strings.Count(stdout, "very%2Fshort") != 3 {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
	if !strings.HasPrefix(stderr, "warning: bob@contoso.com: template corporate: render HTML: ") || !strings.HasSuffix(stderr, "\nsigmilter: templates that failed: 1\n") {
		t.Errorf("stderr %q", stderr)
	}
}

func TestPreviewAll(t *testing.T) {
	file, out := previewFiles(t)
	status, stdout, stderr := invoke(t, "preview", "-c", file, "--all", "-o", out)
	if status != 1 || stdout != filepath.Join(out, "index.html")+": people: 3, with missing fields: 1\n" {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
	if !strings.HasSuffix(stderr, "\nsigmilter: people for whom a template failed: 1\n") {
		t.Errorf("stderr %q", stderr)
	}
}

func TestPreviewOneTemplate(t *testing.T) {
	file, out := previewFiles(t)
	status, stdout, stderr := invoke(t, "preview", "-c", file, "--person", "alice@contoso.com", "--template", "very/short", "-o", out)
	if status != 0 || strings.Count(stdout, "\n") != 3 || strings.Count(stdout, "very%2Fshort.") != 3 {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

func TestPreviewJSON(t *testing.T) {
	file, out := previewFiles(t)
	for _, tc := range []struct {
		args   []string
		people int
		index  string
	}{
		{[]string{"--person", "bob@contoso.com"}, 1, ""},
		{[]string{"--all"}, 3, filepath.Join(out, "index.html")},
	} {
		_, stdout, _ := invoke(t, append([]string{"preview", "-c", file, "-o", out, "--json"}, tc.args...)...)
		var got previewReport
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatalf("%v\n%s", err, stdout)
		}
		if got.Index != tc.index || len(got.People) != tc.people {
			t.Errorf("%q: %s", tc.args, stdout)
		}
		for _, p := range got.People {
			for _, r := range p.Results {
				wantFailed := p.Address == "bob@contoso.com" && r.Template == "corporate"
				wantMissing := p.Address == "alice@contoso.com" && r.Template == "corporate"
				if (r.Failed != "") != wantFailed || (len(r.Missing) > 0) != wantMissing {
					t.Errorf("%s: %+v", p.Address, r)
				}
				for _, name := range r.Files {
					readPreview(t, p.Folder, name)
				}
			}
		}
	}
}

func TestPreviewUsage(t *testing.T) {
	file, out := previewFiles(t)
	for _, tc := range []struct {
		args   []string
		status int
		stderr string
	}{
		{nil, 2, "preview needs one of --person ADDRESS and --all"},
		{[]string{"--all", "--person", "alice@contoso.com"}, 2, "preview needs one of"},
		{[]string{"--all", "--template", "corp"}, 2, `there is no template "corp"; there are corporate, very/short`},
		{[]string{"--person", "zoe@contoso.com"}, 1, "nobody has the address zoe@contoso.com"},
		{[]string{"--person", "alice@contoso.com", "-o", file}, 1, "writing the preview: "},
	} {
		args := append([]string{"preview", "-c", file, "-o", out}, tc.args...)
		if status, stdout, stderr := invoke(t, args...); status != tc.status || stdout != "" || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%q: status %d, stdout %q, stderr %q", tc.args, status, stdout, stderr)
		}
	}
}
