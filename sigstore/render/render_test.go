package render

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func mustParse(t *testing.T, htmlSrc, textSrc string) *Template {
	t.Helper()
	tmpl, err := Parse("corporate", htmlSrc, textSrc)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// texts renders without a photo.
func texts(tmpl *Template, attrs map[string]string) (html, text string, err error) {
	b, err := tmpl.Render(Person{Attributes: attrs})
	return b.HTML, b.Text, err
}

var alice = map[string]string{
	"displayName":    "Alice Muster",
	"jobTitle":       "Head of <R&D>",
	"businessPhones": "+49 30 123",
	"website":        "javascript:alert(1)",
	"Floor Number":   "3",
	"quote":          `a" onclick="x`,
}

func TestRender(t *testing.T) {
	tests := []struct{ name, html, text, wantHTML, wantText string }{
		{"both", "<p>{{.displayName}}</p>", "{{.displayName}}", "<p>Alice Muster</p>", "Alice Muster"},
		{"derived", "<p>{{.displayName}}</p><p>{{.jobTitle}}</p>", "",
			"<p>Alice Muster</p><p>Head of &lt;R&amp;D&gt;</p>", "Alice Muster\nHead of <R&D>"},
		{"text is not escaped", "<b>x</b>", "{{.jobTitle}}", "<b>x</b>", "Head of <R&D>"},
		{"absent", "[{{.mobilePhone}}|{{.displayName}}]", "[{{.mobilePhone}}|{{.displayName}}]", "[|Alice Muster]", "[|Alice Muster]"},
		{"condition", "{{if .mobilePhone}}m{{else}}-{{end}}{{if .jobTitle}}j{{end}}", "", "-j", "-j"},
		{"index", `{{index . "Floor Number"}}`, "", "3", "3"},
		{"phone link", `<a href="tel:{{.businessPhones}}">{{.businessPhones}}</a>`, "",
			`<a href="tel:&#43;49%2030%20123">&#43;49 30 123</a>`, "+49 30 123"},
		{"script link", `<a href="{{.website}}">w</a>`, "", `<a href="#ZgotmplZ">w</a>`, "w"},
		{"attribute", `<i title="{{.quote}}">i</i>`, "", `<i title="a&#34; onclick=&#34;x">i</i>`, "i"},
		{"document", "<!DOCTYPE html>\n<html lang=en><head><title>t</title><style>p{}</style></head>\n<BODY class=x>\n<p>{{.displayName}}</p>\n</BODY></html>\n", "",
			"<p>Alice Muster</p>", "Alice Muster"},
		{"document without body", "<html><head><title>t</title></head><p>A</p></html>", "", "<p>A</p>", "A"},
		{"header is no head", "<header>A</header>", "", "<header>A</header>", "A"},
		{"comments", "<!-- mine -->a", "", "a", "a"},
		{"conditional comments", "<!--[if mso]><table><tr><td>{{.jobTitle}}</td></tr></table><![endif]-->a<!--[if !mso]><!--><b>{{.jobTitle}}</b><!--<![endif]-->", "",
			"<!--[if mso]><table><tr><td>Head of &lt;R&amp;D&gt;</td></tr></table><![endif]-->a<!--[if !mso]><!--><b>Head of &lt;R&amp;D&gt;</b><!--<![endif]-->",
			"aHead of <R&D>"},
		{"line ends", "\r\n<p>\r\na</p>\r\n", "\r\n-- \r\n{{.displayName}}\r\n\r\n", "<p>a</p>", "-- \nAlice Muster"},
		{"blanks at the end of a line stay", "x", "-- \nA\n-- \n", "x", "-- \nA\n-- "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			html, text, err := texts(mustParse(t, test.html, test.text), alice)
			if err != nil {
				t.Fatal(err)
			}
			if html != test.wantHTML {
				t.Errorf("HTML is\n%s\nwant\n%s", html, test.wantHTML)
			}
			if text != test.wantText {
				t.Errorf("text is\n%q\nwant\n%q", text, test.wantText)
			}
		})
	}
}

func TestParseFaults(t *testing.T) {
	tests := []struct{ name, html, text, want string }{
		{"HTML syntax", "a\n{{.x", "", "corporate (HTML):2"},
		{"text syntax", "a", "\n\n{{end}}", "corporate (text):3"},
		{"unknown function", "{{shout .x}}", "", `function "shout" not defined`},
		{"unknown partial", "a\n{{template `foot` .}}", "", `corporate (HTML):2: {{template "foot"}}: there is no partial of that name`},
		{"unknown partial of the text", "a", "{{if .x}}\n{{template `foot` .}}{{end}}", `corporate (text):2: {{template "foot"}}`},
		{"time zone", "{{date `2006` `Berlin` .x}}", "", `"Berlin" is not a time zone`},
		{"date layout", "{{date `dd.mm.yyyy` `Europe/Berlin` .x}}", "", `"dd.mm.yyyy" is not a layout of a date`},
		{"parameter without value", "{{url .x `utm_source`}}", "", `parameter "utm_source" has no value`},
		{"field of a field", "a\n{{if .x}}{{.x.y}}{{end}}", "", "corporate (HTML):2"},
		{"text field of a field", "a", "{{.x.y}}", "corporate (text):1"},
		{"open attribute", `<a href="{{.x}}>`, "", "ends in a non-text context"},
		{"branches differ", `<a {{if .x}}href="{{else}}title{{end}}>`, "", "branches end in different contexts"},
		{"a list of a string", "{{range .x}}{{.}}{{end}}", "", "range can't iterate over Trial value of x; write {{range list .field}}"},
		{"two other photos", `<img src="{{photo "cid:a" "cid:b"}}">`, "", "photo: one other picture is enough, not 2"},
		{"endless", `{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}`, "", "exceeded maximum template depth"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("corporate", test.html, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "template corporate") {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	block := strings.Repeat("0123456789abcdef", MaxOutput/16)
	if html, _, err := texts(mustParse(t, block, "x"), nil); err != nil || len(html) != MaxOutput {
		t.Errorf("at the limit: %d bytes, %v", len(html), err)
	}
	tmpl := mustParse(t, "{{if ne .a `Trial value of a`}}"+block+"{{.a}}{{end}}", "")
	if html, text, err := texts(tmpl, map[string]string{"a": "x"}); !errors.Is(err, ErrTooLarge) || html != "" || text != "" {
		t.Errorf("HTML over the limit: %d and %d bytes, %v", len(html), len(text), err)
	}
	tmpl = mustParse(t, "a", "{{if ne .a `Trial value of a`}}"+block+"{{.a}}{{end}}")
	if html, text, err := texts(tmpl, map[string]string{"a": "x"}); !errors.Is(err, ErrTooLarge) || html != "" || text != "" {
		t.Errorf("text over the limit: %d and %d bytes, %v", len(html), len(text), err)
	}
	if _, err := Parse("corporate", block+"x", ""); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Parse: %v", err)
	}
}

func TestFields(t *testing.T) {
	tmpl := mustParse(t,
		`{{define "p"}}{{.inPart}}{{end}}{{template "p" .}}{{if and .a (not .b)}}{{else}}{{.c}}{{end}}{{with $x := .d}}{{$x}}{{$.e}}{{end}}{{range $k, $v := .}}{{$k}}{{end}}{{index $ "f g"}}`,
		`{{index . "h"}}{{print .i .a | len}}`)
	want := []string{"a", "b", "c", "d", "e", "f g", "h", "i", "inPart"}
	if got := tmpl.Fields(); !reflect.DeepEqual(got, want) {
		t.Errorf("fields are %q, want %q", got, want)
	}
}

func TestVersion(t *testing.T) {
	version := func(html, text string) string { return mustParse(t, html, text).Version() }
	first := version("a", "b")
	if again := version("a", "b"); again != first {
		t.Error("same sources, other version")
	}
	seen := map[string]bool{first: true}
	for _, sources := range [][2]string{{"b", "a"}, {"ab", ""}, {"a", "bc"}, {"a", ""}} {
		v := version(sources[0], sources[1])
		if seen[v] {
			t.Errorf("%q has the version of another", sources)
		}
		seen[v] = true
	}
}

func TestCleanValue(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"plain", "Jörg Müller", "Jörg Müller"},
		{"line breaks", "Street 1\r\nFloor\u2028Two\vThree\x00\x85", "Street 1 Floor Two Three \uFFFD"},
		{"next line", "a\u0085b", "a b"},
		{"ends", "\n a \t", "a"},
		{"overrides", "a\u202Eb\u202C c\u2067d\u2069", "ab cd"},
		{"marks stay", "\u200Fאב\u200E", "\u200Fאב\u200E"},
		{"invalid UTF-8", "M\xfcller", "M\uFFFDller"},
		{"long", strings.Repeat("ä", 10000), strings.Repeat("ä", 1024)},
		{"long, with a line break at the limit", strings.Repeat("ä", 1024) + "\nb", strings.Repeat("ä", 1024)},
		{"long, with a line break before the limit", strings.Repeat("ä", 1023) + "\nb", strings.Repeat("ä", 1023)},
		{"only controls", "\x01\x02", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := cleanValue(test.value)
			if got != test.want || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
