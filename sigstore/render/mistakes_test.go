package render

import (
	"strings"
	"testing"
)

func TestUsualMistakes(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"<p>\n{{displayName}}", `:2: function "displayName" not defined; a field of the person has a dot before its name: {{.displayName}}`},
		{"<p>\n{{if mobilePhone}}x{{end}}", "{{.mobilePhone}}"},
		{`{{.display<span>Name}}`, "markup stands in the middle of a field"},
		{`{{.displayName&nbsp;}}`, "an entity or a blank that is none"},
		{"{{.displayName\u00A0}}", "an entity or a blank that is none"},
		{"<p>{{.displayName}</p>", "a field ends with two braces"},
		{"<p>{{.displayName", "a field ends with two braces"},
		{"<p>{{if .city}}x", "needs an {{end}}"},
		{"{{default “x” .city}}", "write straight quotes"},
		{"{{range .businessPhones}}{{end}}", "write {{range list .field}}"},
	} {
		for _, text := range []string{"", test.source} {
			html := test.source
			if text != "" {
				html = "<p>x"
			}
			_, err := Parse("t", html, text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q: %v, want %q", test.source, err, test.want)
			}
		}
	}
	if _, err := Parse("t", "{{if}}", ""); err == nil || strings.Contains(err.Error(), "; ") {
		t.Errorf("advice on what is not known: %v", err)
	}
}
