package main

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// facesHTML is a template with every kind of picture.
const facesHTML = `<p><img src="{{photo "cid:dot.png"}}" alt="{{.displayName}}">{{.displayName}}<br>{{.jobTitle}}</p>` +
	`<p><img src="{{qrcode vcard}}" alt="Contact"><img src="{{qrcode (url .website)}}" alt=""></p>`

// face is a PNG of so many pixels a side.
func face(t *testing.T, side int) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// facesFiles is a folder with that template, and people who have photos or not.
func facesFiles(t *testing.T, people string) (configFile string) {
	t.Helper()
	return writeFiles(t, map[string]string{
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[template.corporate]\nhtml = \"corporate.html\"\n",
		"people.csv": people, "corporate.html": facesHTML,
		"dot.png": face(t, 1), "alice.png": face(t, 300), "broken.png": face(t, 8)[:20], "text.png": "<svg>",
		"mail.eml": "From: alice@contoso.com\nTo: bob@example.net\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Hello</p>\n",
	})
}

func TestPreviewOfPictures(t *testing.T) {
	file := facesFiles(t, "mail,displayName,website,photo\nalice@contoso.com,Alice,contoso.com,alice.png\nbob@contoso.com,Bob,,\n")
	out := t.TempDir()
	for _, test := range []struct {
		person, stderr string
		shape          []string // the pictures
	}{
		{"alice@contoso.com", "", []string{"photo.jpg", "qrcode.png", "qrcode.png"}},
		{"bob@contoso.com", "", []string{"dot.png", "qrcode.png"}},
	} {
		if status, _, stderr := invoke(t, "preview", "-c", file, "--person", test.person, "-o", out); status != 0 || stderr != test.stderr {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
		page := readPreview(t, out, "corporate.html")
		if strings.Contains(page, "cid:") || strings.Count(page, `src="data:image/`) != len(test.shape) {
			t.Errorf("%s: not all pictures are in the page:\n%.500s", test.person, page)
		}
		message := readPreview(t, out, "corporate.eml")
		var names []string
		for _, name := range regexp.MustCompile(`filename=(\S+)`).FindAllStringSubmatch(message, -1) {
			names = append(names, name[1])
		}
		if !slices.Equal(names, test.shape) {
			t.Errorf("%s: pictures %q in the message", test.person, names)
		}
	}
	// The index marks who has no photo.
	if status, _, stderr := invoke(t, "preview", "-c", file, "--all", "-o", out); status != 0 || stderr != "" {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	rows := strings.Split(readPreview(t, out, "index.html"), "<tr>")
	if alice, bob := rows[len(rows)-2], rows[len(rows)-1]; strings.Contains(alice, `"missing">photo`) || !strings.Contains(bob, `<span class="missing">photo</span>`) {
		t.Errorf("%s\n%s", alice, bob)
	}
}

func TestCheckPhotos(t *testing.T) {
	file := facesFiles(t, "mail,displayName,jobTitle,website,photo\nalice@contoso.com,Alice,J,w,alice.png\nbob@contoso.com,Bob,J,w,broken.png\ncarl@contoso.com,Carl,J,w,text.png\ndora@contoso.com,Dora,J,w,gone.png\n")
	status, _, stderr := checked(t, "-c", file)
	want := "warning: dora@contoso.com: photo gone.png is left out: no such file or directory\n" +
		"warning: bob@contoso.com: the photo is left out: it cannot be read (20 bytes): unexpected EOF\n" +
		"warning: carl@contoso.com: the photo is left out: it cannot be read (5 bytes): it is no JPEG, PNG or GIF\n"
	if status != 0 || stderr != want {
		t.Errorf("status %d, stderr\n%swant\n%s", status, stderr, want)
	}
}

// A value of the directory gets into no field of the message, nor into one of a
// picture: for people with hostile values it has the fields it has for others.
func TestHostileValuesAndFields(t *testing.T) {
	fields := func(name string) (found []string) {
		t.Helper()
		var people bytes.Buffer
		w := csv.NewWriter(&people)
		w.WriteAll([][]string{
			{"mail", "displayName", "jobTitle", "website", "photo"},
			{"alice@contoso.com", name, name, "contoso.com/" + name, "alice.png"},
		})
		file := facesFiles(t, people.String())
		status, signed, stderr := invoke(t, "sign", "-c", file, filepath.Join(filepath.Dir(file), "mail.eml"))
		if status != 0 || stderr != "" {
			t.Fatalf("status %d, %s", status, stderr)
		}
		m, err := mail.ReadMessage(strings.NewReader(signed))
		if err != nil {
			t.Fatal(err)
		}
		return partFields(t, textproto.MIMEHeader(m.Header), m.Body)
	}
	want := fields("Alice")
	if len(want) != 5 || !strings.Contains(want[2], `Content-Type: image/jpeg; name="photo.jpg"`) || !strings.Contains(want[4], `Content-Disposition: inline; filename="qrcode.png"`) {
		t.Fatalf("%q", want)
	}
	for _, name := range []string{
		"A\r\nBcc: eve@example.com", "A\nX-Evil: 1\n\n<p>", "A\x00B\x1b\x7f", "\u202Egpj.exe\u202C", strings.Repeat("Ä\"><", 2500), `a"; filename="evil.exe`, "<evil@example.com>", "--", "=?utf-8?q?=0D=0A?=",
	} {
		want := want
		if len(name) > 512 { // too long for a QR code
			want = slices.DeleteFunc(slices.Clone(want), func(part string) bool { return strings.Contains(part, "qrcode.png") })
		}
		if got := fields(name); !slices.Equal(got, want) {
			t.Errorf("%.40q:\n%q\nwant\n%q", name, got, want)
		}
	}
}

// madeNames are Content-IDs and boundaries, which are hashes.
var madeNames = regexp.MustCompile(`[0-9a-f]{16,}`)

// partFields are the fields of a message and of each of its parts, sorted, but for
// the transfer encoding.
func partFields(t *testing.T, header textproto.MIMEHeader, body io.Reader) (found []string) {
	t.Helper()
	var fields []string
	for name, values := range header {
		if name == "Content-Transfer-Encoding" { // as long lines need it
			continue
		}
		fields = append(fields, name+": "+madeNames.ReplaceAllString(strings.Join(values, "|"), "HASH"))
	}
	slices.Sort(fields)
	found = append(found, strings.Join(fields, "\n"))
	media, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		return found
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, partFields(t, p.Header, p)...)
	}
}
