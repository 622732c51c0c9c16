package main

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
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
	page := readPreview(t, out, "corporate.html")
	for _, part := range []string{`<meta charset="utf-8">`, "<title>corporate of alice@contoso.com</title>", `src="data:image/png;base64,iVBOR`, "Alice &lt;b&gt; Müster</p>\n</body>"} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is not in\n%s", part, page)
		}
	}
}

// parts are the leaves of a message: the media type and the decoded text, or the
// Content-ID.
func parts(t *testing.T, header interface{ Get(string) string }, body io.Reader) (found []string) {
	t.Helper()
	media, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if id := header.Get("Content-ID"); id != "" {
			text = []byte(id)
		}
		return []string{media + " " + string(text)}
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		part, err := r.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return append([]string{media}, found...)
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, parts(t, part.Header, part)...)
	}
}

func TestPreviewMessage(t *testing.T) {
	file, out := previewFiles(t)
	if status, _, stderr := invoke(t, "preview", "-c", file, "--person", "alice@contoso.com", "-o", out); status != 0 {
		t.Fatal(stderr)
	}
	m, err := mail.ReadMessage(strings.NewReader(readPreview(t, out, "corporate.eml")))
	if err != nil {
		t.Fatal(err)
	}
	if from := m.Header.Get("From"); from != "<alice@contoso.com>" || m.Header.Get("Subject") != "Preview of corporate" {
		t.Errorf("header %q", m.Header)
	}
	got := parts(t, m.Header, m.Body)
	if len(got) != 5 || got[0] != "multipart/related" || got[1] != "multipart/alternative" || got[2] != "text/plain Alice <b> Müster\r\n" {
		t.Fatalf("parts %q", got)
	}
	_, cid, _ := strings.Cut(got[4], "image/png <")
	if want := `text/html <p><img src="cid:` + strings.TrimSuffix(cid, ">") + `" alt="">Alice &lt;b&gt; Müster</p>` + "\r\n"; got[3] != want {
		t.Errorf("HTML %q, want %q", got[3], want)
	}
	m, err = mail.ReadMessage(strings.NewReader(readPreview(t, out, "very%2Fshort.eml")))
	if err != nil {
		t.Fatal(err)
	}
	if got := parts(t, m.Header, m.Body); len(got) != 3 || got[0] != "multipart/alternative" {
		t.Errorf("parts %q", got)
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
	page := readPreview(t, out, "index.html")
	rows := strings.Split(page, "<tr>")
	if len(rows) != 2+6 {
		t.Fatalf("%d rows in\n%s", len(rows), page)
	}
	alice, bob, carl := rows[2], rows[4], rows[6]
	for _, want := range []string{`<td rowspan="2">alice@contoso.com</td>`, "Alice &lt;b&gt; Müster", `<span class="missing">mobilePhone</span>`, `<a href="./alice@contoso.com/corporate.html">html</a>`} {
		if !strings.Contains(alice, want) {
			t.Errorf("%q is not in\n%s", want, alice)
		}
	}
	if !strings.Contains(bob, `<span class="failed">render HTML: `) || strings.Contains(bob, "missing") {
		t.Errorf("bob: %s", bob)
	}
	if strings.Contains(carl, "missing") || strings.Contains(carl, "failed") {
		t.Errorf("carl: %s", carl)
	}
	if !strings.Contains(rows[3], `href="./alice@contoso.com/very%252Fshort.txt"`) {
		t.Errorf("short: %s", rows[3])
	}
	if got := readPreview(t, out, "alice@contoso.com", "very%2Fshort.txt"); got != "Alice <b> Müster\n" {
		t.Errorf("text %q", got)
	}
}

// Of two tenants with the same address each has its own folder.
func TestPreviewAllOfTwoTenants(t *testing.T) {
	file := writeFiles(t, map[string]string{
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[tenant.\"../x\"]\ndomains = [\"fabrikam.com\"]\ndirectory.path = \"people.csv\"\n[template.corporate]\nhtml = \"corporate.html\"\n",
	})
	out := t.TempDir()
	if status, stdout, stderr := invoke(t, "preview", "-c", file, "--all", "-o", out); status != 0 || !strings.Contains(stdout, "people: 2,") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	for _, folder := range []string{"contoso,alice@contoso.com", "..%2Fx,alice@contoso.com"} {
		if got := readPreview(t, out, folder, "corporate.txt"); got != "Alice Muster\n" {
			t.Errorf("%s: %q", folder, got)
		}
	}
	if page := readPreview(t, out, "index.html"); !strings.Contains(page, `href="./..%252Fx%2Calice@contoso.com/corporate.eml"`) {
		t.Error(page)
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
		{[]string{"--person", "zoe@contoso.com"}, 1, "nobody has the address zoe@contoso.com"},
		{[]string{"--person", "alice@contoso.com", "-o", file}, 1, "writing the preview: "},
	} {
		args := append([]string{"preview", "-c", file, "-o", out}, tc.args...)
		if status, stdout, stderr := invoke(t, args...); status != tc.status || stdout != "" || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%q: status %d, stdout %q, stderr %q", tc.args, status, stdout, stderr)
		}
	}
}
