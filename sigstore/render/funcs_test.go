package render

import (
	"os"
	"regexp"
	"testing"
)

func TestPhone(t *testing.T) {
	tests := []struct{ prefix, value, display, url string }{
		{"+49", "+49 30 5550 101", "+49 30 5550 101", "tel:+49305550101"},
		{"+49", "+49 (0)30 5550-101", "+49 30 5550 101", "tel:+49305550101"},
		{"+49", "(+49) 30/5550.101", "+49 30 5550 101", "tel:+49305550101"},
		{"+49", "0049 30 5550101", "+49 30 5550101", "tel:+49305550101"},
		{"+49", "00 49 (0) 30 5550101", "+49 30 5550101", "tel:+49305550101"},
		{"+49", "(030) 5550\u2013101", "+49 30 5550 101", "tel:+49305550101"},
		{"+49", "0 30 5550101", "+49 30 5550101", "tel:+49305550101"},
		{"+49", "030\u00A05550101", "+49 30 5550101", "tel:+49305550101"},
		{"+49", "+41 44 668 18 00", "+41 44 668 18 00", "tel:+41446681800"},
		{"+49", "5550101", "5550101", "tel:5550101"},
		{"+49", "4711", "4711", "tel:4711"},
		{"+49", "030 5550 ext. 12", "+49 30 5550 ext. 12", "tel:+49305550;ext=12"},
		{"+49", "+49 30 5550 x12", "+49 30 5550 x12", "tel:+49305550;ext=12"},
		{"+49", "+49305550101", "+49305550101", "tel:+49305550101"},
		{"+49", "+49 30 1234567890123", "+49 30 1234567890123", "tel:49301234567890123"},
		{"+49", "+49 30 1; +49 40 2", "+49 30 1; +49 40 2", ""},
		{"+49", "ask 4711", "ask 4711", ""},
		{"+49", "n/a", "n/a", ""},
		{"+49", "+", "+", ""},
		{"+49", "", "", ""},
		{"", "030 5550101", "030 5550101", "tel:0305550101"},
		{"", "0049 30 5550101", "+49 30 5550101", "tel:+49305550101"},
		{"+1", "(212) 555-0100", "+1 212 555 0100", "tel:+12125550100"},
		{"+1", "1-212-555-0100", "+1 212 555 0100", "tel:+12125550100"},
		{"+1", "011 49 30 5550101", "+49 30 5550101", "tel:+49305550101"},
		{"+39", "06 5550101", "+39 06 5550101", "tel:+39065550101"},
		{"+45", "33 12 34 56", "+45 33 12 34 56", "tel:+4533123456"},
		{"+36", "06 1 555 0101", "+36 1 555 0101", "tel:+3615550101"},
		{"+7", "8 (495) 555-01-01", "+7 495 555 01 01", "tel:+74955550101"},
		{"+44", "020 7946 0018", "+44 20 7946 0018", "tel:+442079460018"},
	}
	for _, test := range tests {
		if got := parsePhone(test.value, test.prefix); got != (phone{test.display, test.url}) {
			t.Errorf("%q with %q: %+v, want %q %q", test.value, test.prefix, got, test.display, test.url)
		}
	}
}

// The functions as templates use them: the HTML comes first, the text second.
func TestFunctions(t *testing.T) {
	attrs := map[string]string{
		"name": "JÖRG müller-lüdenscheidt", "street": "Große Straße", "phone": "030 5550101", "phones": " 030 5550101;;030 5550102 |",
		"day": "2026-11-21", "moment": "2026-11-21T23:30:00Z", "ldap": "20261121233000Z", "open": "2026-11-21 23:30:00", "soon": "soon",
		"site": "www.contoso.com", "page": "http://contoso.com/a?b=1&utm_source=x#top", "script": "javascript:alert(1)//", "script2": "JavaScript://%0aalert(1)",
		"data": "data:text/html,<script>", "trap": `https://a.b/"><script>`, "login": "https://user:word@contoso.com", "mail": "a+b@contoso.com",
	}
	tests := []struct{ source, html, text string }{
		{`{{.none | default "x"}}{{default .name .street}}`, "xGroße Straße", "xGroße Straße"},
		{`{{upper .street}} {{.name | lower}} {{title .name}}`, "GROSSE STRASSE jörg müller-lüdenscheidt Jörg Müller-Lüdenscheidt",
			"GROSSE STRASSE jörg müller-lüdenscheidt Jörg Müller-Lüdenscheidt"},
		{`<a href="{{tel .phone}}">{{phone .phone}}</a>`, `<a href="tel:&#43;49305550101">&#43;49 30 5550101</a>`, `<a href="tel:+49305550101">+49 30 5550101</a>`},
		{`{{.day}}{{tel .script}}{{tel .none}}`, "2026-11-21", "2026-11-21"},
		{`{{date "02.01.2006" "Europe/Berlin" .day}}`, "21.11.2026", "21.11.2026"},
		{`{{.moment | date "2 January 2006 15:04" "Europe/Berlin"}}`, "22 November 2026 00:30", "22 November 2026 00:30"},
		{`{{date "2 Jan 15:04" "America/New_York" .ldap}}`, "21 Nov 18:30", "21 Nov 18:30"},
		{`{{date "2 Jan 15:04" "America/New_York" .open}}`, "21 Nov 23:30", "21 Nov 23:30"},
		{`{{date "2006" "UTC" .soon}}`, "soon", "soon"},
		{`<a href="{{url .site "utm_source" "mail sig" "utm_content" .mail "utm_term" .none}}">`,
			`<a href="https://www.contoso.com?utm_source=mail&#43;sig&amp;utm_content=a%2Bb%40contoso.com">`,
			`<a href="https://www.contoso.com?utm_source=mail+sig&utm_content=a%2Bb%40contoso.com">`},
		{`<a href="{{url .page "utm_source" "y" "utm_medium" "email"}}">`,
			`<a href="http://contoso.com/a?b=1&amp;utm_source=x&amp;utm_medium=email#top">`,
			`<a href="http://contoso.com/a?b=1&utm_source=x&utm_medium=email#top">`},
		{`{{.day}}{{url .script}}{{url .script2}}{{url .data}}{{url .login}}{{url .none}}`, "2026-11-21", "2026-11-21"},
		{`<a href="{{url .trap}}">`, `<a href="https://a.b/%22%3E%3Cscript%3E">`, `<a href="https://a.b/%22%3E%3Cscript%3E">`},
		{`<a href="{{.script}}">`, `<a href="#ZgotmplZ">`, `<a href="javascript:alert(1)//">`},
		{`{{range list .phones}}<i>{{phone .}}</i>{{end}}`, "<i>&#43;49 30 5550101</i><i>&#43;49 30 5550102</i>", "<i>+49 30 5550101</i><i>+49 30 5550102</i>"},
		{`a<p>Tel {{range list .none}}{{phone .}}{{end}}</p>`, "a", ""},
		{`{{html .street}}`, "Große Straße", "Große Straße"},
	}
	for _, test := range tests {
		tmpl, err := Options{PhonePrefix: "+49"}.Parse("f", test.source, test.source)
		if err != nil {
			t.Error(err)
			continue
		}
		html, text, err := texts(tmpl, attrs)
		if err != nil || html != test.html || text != test.text {
			t.Errorf("%s\ngave %s\nand  %s (%v)\nwant %s\nand  %s", test.source, html, text, err, test.html, test.text)
		}
	}
}

func TestPartials(t *testing.T) {
	o := Options{
		HTMLPartials: map[string]string{
			"foot":   `<!--[if mso]><b>{{.n}}</b><![endif]-->{{template "legal" .}}`,
			"legal":  "<i>{{.legal}}</i>",
			"own":    "not this",
			"broken": "{{if}}",
		},
		TextPartials: map[string]string{"foot": "-- {{.n}}", "legal": ""},
	}
	tmpl, err := o.Parse("t", `<!--[if mso]><u>{{.n}}</u><![endif]-->{{template "foot" .}}{{define "own"}}mine{{end}}{{template "own"}}`, `{{template "foot" .}}`)
	if err != nil {
		t.Fatal(err)
	}
	html, text, err := texts(tmpl, map[string]string{"n": "N", "legal": "L"})
	want := "<!--[if mso]><u>N</u><![endif]--><!--[if mso]><b>N</b><![endif]--><i>L</i>mine"
	if html != want || text != "-- N" || err != nil {
		t.Errorf("%q %q %v", html, text, err)
	}
	if got := tmpl.Partials(); len(got) != 2 || got[0] != "foot" || got[1] != "legal" {
		t.Errorf("partials are %q", got)
	}
	if got := tmpl.Fields(); len(got) != 2 || got[0] != "legal" || got[1] != "n" {
		t.Errorf("fields are %q", got)
	}
	if _, err := o.Parse("t", "a\n{{template `broken`}}", ""); err == nil || err.Error() != "parse template t: template: broken:1: missing value for if" {
		t.Errorf("error is %v", err)
	}
}

func TestVersionOfOptions(t *testing.T) {
	version := func(html, text, prefix string, pixels int) string {
		o := Options{map[string]string{"p": html, "other": html + text}, map[string]string{"p": text}, prefix, pixels, 0}
		tmpl, err := o.Parse("t", `{{template "p"}}`, `{{template "p"}}`)
		if err != nil {
			t.Fatal(err)
		}
		return tmpl.Version()
	}
	seen := map[string]bool{}
	for _, o := range []struct {
		html, text, prefix string
		pixels             int
	}{{"a", "b", "", 0}, {"b", "b", "", 0}, {"a", "a", "", 0}, {"a", "b", "+1", 0}, {"p", "b", "", 0}, {"a", "b", "", 96}} {
		v := version(o.html, o.text, o.prefix, o.pixels)
		if seen[v] {
			t.Errorf("%+v has the version of another", o)
		}
		seen[v] = true
		if version(o.html, o.text, o.prefix, o.pixels) != v {
			t.Errorf("%+v has two versions", o)
		}
	}
}

// docs/templates.md has a row for every function.
func TestEveryFunctionIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range (&alternative{}).functions() {
		if name == noteFunc {
			continue
		}
		if !regexp.MustCompile(`(?m)^\| .*\b` + name + `\b.* \|`).Match(text) {
			t.Errorf("%s is in no table of docs/templates.md", name)
		}
	}
}
