package preview

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

// threePeople are Alice, without a phone number, Bob, for whom a template fails, and Carl, who
// has all fields.
var threePeople = []directory.Person{
	{Address: "alice@contoso.com", Attributes: map[string]string{"displayName": "Alice <b> Müster"}},
	{Address: "bob@contoso.com", Attributes: map[string]string{"displayName": "Bob", "mobilePhone": "short"}},
	{Address: "carl@contoso.com", Attributes: map[string]string{"displayName": "Carl", "mobilePhone": "+49 30 5550101"}},
}

// load loads a configuration with two templates, one of which has a picture and fails for
// Bob.
func load(t *testing.T, tenants string) *config.Config {
	t.Helper()
	picture, err := os.ReadFile("../../../testdata/config/dot.png")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"c.toml": tenants + "[template.corporate]\nhtml = \"corporate.html\"\n[template.\"very/short\"]\nhtml = \"short.html\"\n" +
			"[[rule]]\nname = \"all\"\nsignature = \"corporate\"\n",
		"people.csv":     "mail\nalice@contoso.com\n",
		"corporate.html": `<p><img src="cid:dot.png" alt="">{{.displayName}}</p><p>Tel {{.mobilePhone}}{{if .mobilePhone}}{{slice .mobilePhone 0 10}}{{end}}</p>`,
		"short.html":     "<p>{{.displayName}}</p>",
		"dot.png":        string(picture),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "c.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

const contoso = "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n"

// storeOf is a store with people in each tenant.
func storeOf(t *testing.T, tenants ...string) *sigstore.Store {
	t.Helper()
	store, err := sigstore.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for _, tenant := range tenants {
		if err := store.SetPlans(t.Context(), map[string]people.Plan{tenant: {Sources: []string{"file"}}}); err != nil {
			t.Fatal(err)
		}
		intake := store.Intake(tenant, "file")
		for _, p := range threePeople {
			p.Addresses = []string{p.Address}
			if err := intake.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := intake.Apply(people.Reading{Batch: directory.Batch{Full: true}, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		intake.Close()
	}
	return store
}

func readPreview(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWrite(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new", "out")
	results, err := Write(out, load(t, contoso).Templates, threePeople[0])
	if err != nil || len(results) != 2 || fmt.Sprint(results[0].Files, results[1].Files) != "[corporate.html corporate.txt corporate.eml] [very%2Fshort.html very%2Fshort.txt very%2Fshort.eml]" {
		t.Fatalf("%v: %+v", err, results)
	}
	if missing := results[0].Missing; fmt.Sprint(missing) != "[mobilePhone]" {
		t.Errorf("missing: %q", missing)
	}
	page := readPreview(t, out, "corporate.html")
	for _, part := range []string{`<meta charset="utf-8">`, "<title>corporate of alice@contoso.com</title>", `src="data:image/png;base64,iVBOR`, "Alice &lt;b&gt; Müster</p>\n</body>"} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is not in\n%s", part, page)
		}
	}
}

// A template that fails is reported, and the others are written.
func TestWriteFailing(t *testing.T) {
	results, err := Write(t.TempDir(), load(t, contoso).Templates, threePeople[1])
	if err != nil || !strings.HasPrefix(results[0].Failed, "render HTML: ") || len(results[0].Files) > 0 || len(results[1].Files) != 3 {
		t.Errorf("%v: %+v", err, results)
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

func TestMessage(t *testing.T) {
	out := t.TempDir()
	if _, err := Write(out, load(t, contoso).Templates, threePeople[0]); err != nil {
		t.Fatal(err)
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

func TestWriteAll(t *testing.T) {
	out := t.TempDir()
	done := 0
	index, err := WriteAll(t.Context(), out, load(t, contoso), storeOf(t, "contoso"), func(Written) { done++ })
	if err != nil || done != 3 || index.Incomplete != 1 || index.Failed != 1 {
		t.Fatalf("%v, %d people: %+v", err, done, index)
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
func TestWriteAllOfTwoTenants(t *testing.T) {
	out := t.TempDir()
	cfg := load(t, contoso+"[tenant.\"../x\"]\ndomains = [\"fabrikam.com\"]\ndirectory.path = \"people.csv\"\n")
	if _, err := WriteAll(t.Context(), out, cfg, storeOf(t, "contoso", "../x"), func(Written) {}); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"contoso,carl@contoso.com", "..%2Fx,carl@contoso.com"} {
		if got := readPreview(t, out, folder, "very%2Fshort.txt"); got != "Carl\n" {
			t.Errorf("%s: %q", folder, got)
		}
	}
	if page := readPreview(t, out, "index.html"); !strings.Contains(page, `href="./..%252Fx%2Calice@contoso.com/corporate.eml"`) {
		t.Error(page)
	}
}
