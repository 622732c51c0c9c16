package main

import (
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// behalf is a configuration of a tenant with these lines, and a company template.
func behalf(t *testing.T, lines string) string {
	t.Helper()
	return writeFiles(t, map[string]string{
		"people.csv":   "mail,displayName,surname\nalice@contoso.com,Alice Muster,Muster\nbruno@contoso.com,Bruno Beispiel,Beispiel\n",
		"company.html": `<p><b>{{.displayName}}</b><br>{{.surname}}<br><a href="mailto:{{.mail}}">{{.mail}}</a></p>`,
		"picky.html":   `<p>{{slice .surname 0 7}}</p>`, // fails for shorter names
		"c.toml": `state = "none.db"
[template]
corporate.html = "corporate.html"
company.html = "company.html"
[[rule]]
name = "all"
signature = "corporate"
[tenant.contoso]
domains = ["contoso.com"]
directory.path = "people.csv"
` + lines,
	})
}

// TestWhoseSignature: the same answer by sign and explain, and what is put in.
func TestWhoseSignature(t *testing.T) {
	const info = "From: Info <info@contoso.com>\nSender: Bruno <bruno@contoso.com>\nTo: ben@example.net\nSubject: x\n\nHello.\n"
	const scanner = "From: =?utf-8?Q?Sc=C3=A4nner=E2=80=AE_=3Cb=3E?= <scan@contoso.com>\nTo: ben@example.net\nSubject: x\n\nHello.\n"
	for name, c := range map[string]struct {
		lines, message string
		text           []string // in what sign writes
		told           string   // by explain
	}{
		"shared mailbox": {"", info, []string{"Bruno Beispiel"},
			"author     goes on: the directory does not have info@contoso.com\nauthor     goes on: bruno@contoso.com of the Sender field is bruno@contoso.com\n"},
		"on behalf": {"", strings.Replace(info, "info@", "alice@", 1), []string{"Alice Muster"},
			"author     goes on: alice@contoso.com is alice@contoso.com\n"},
		"on behalf, the delegate's": {`on_behalf = "sender"`, strings.Replace(info, "info@", "alice@", 1), []string{"Bruno Beispiel"},
			"author     goes on: bruno@contoso.com of the Sender field is bruno@contoso.com\n"},
		"default person": {`default_person = "alice@contoso.com"`, scanner, []string{"Alice Muster"},
			"author     goes on: alice@contoso.com, the default person is alice@contoso.com\n"},
		"default template": {`default_template = "company"`, scanner, []string{"Scänner <b>", "scan@contoso.com"},
			"author     goes on: nobody, so that the default template company stands for signatures\n"},
		"neither": {"", scanner, nil,
			"author     ends here: the directory has nobody whose signature it could be\n"},
	} {
		config := behalf(t, c.lines)
		file := filepath.Join(filepath.Dir(config), "m.eml")
		if err := os.WriteFile(file, []byte(c.message), 0o600); err != nil {
			t.Fatal(err)
		}
		status, signed, stderr := invoke(t, "sign", "-c", config, file)
		if status != 0 || stderr != "" {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
		body := decodedBody(t, signed)
		for _, want := range c.text {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, body)
			}
		}
		if c.text == nil && body != "Hello.\n" || strings.ContainsRune(body, '\u202e') {
			t.Errorf("%s: got\n%q", name, body)
		}
		if _, told, _ := invoke(t, "explain", "-c", config, file); !strings.Contains(told, c.told) {
			t.Errorf("%s: %q is not in\n%s", name, c.told, told)
		}
	}
}

// decodedBody is the text of a message without parts.
func decodedBody(t *testing.T, message string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFailingTemplate: one person's mail passes with the reason, another's is
// signed.
func TestFailingTemplate(t *testing.T) {
	for setting, action := range map[string]string{"": "passes", `on_render_error = "tempfail"`: "fails"} {
		config := behalf(t, "")
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		changed := setting + "\n" + strings.Replace(string(text), `"corporate.html"`, `"picky.html"`, 1)
		if err := os.WriteFile(config, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		for from, reason := range map[string]string{"alice": "render", "bruno": "rule"} {
			message := "From: " + from + "@contoso.com\nTo: ben@example.net\nSubject: x\n\nHello.\n"
			file := filepath.Join(filepath.Dir(config), from+".eml")
			if err := os.WriteFile(file, []byte(message), 0o600); err != nil {
				t.Fatal(err)
			}
			status, out, stderr := invoke(t, "sign", "-c", config, "--report", "-", file)
			if !strings.Contains(out+stderr, `"reason":"`+reason+`"`) {
				t.Errorf("%s, %s: status %d, %s%s", action, from, status, out, stderr)
			}
			if named := strings.Contains(stderr, "alice@contoso.com by template corporate"); named != (from == "alice") {
				t.Errorf("%s, %s: the person and the template are named: %v, in %s", action, from, named, stderr)
			}
			if stamped := strings.Contains(out, "X-Sigmilter-Handled"); stamped != (reason == "rule" || action == "passes") {
				t.Errorf("%s, %s: stamped is %v: %s", action, from, stamped, out)
			}
		}
	}
}
