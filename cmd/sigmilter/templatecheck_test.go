package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// compressed is a size that is another with another compressor.
var compressed = regexp.MustCompile(`[0-9]{4,5} bytes to`)

func TestCheckTemplates(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(configDir, "dot.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, budget, html, want string }{
		{"fine", "", `<p style="color:#222222">{{.displayName}}<img src="cid:dot.png" alt=""></p>`, ""},
		{"a picture", "", `<p>{{.displayName}}</p><img src="cid:dot.png">`,
			"warning: DIR/corporate.html:1: picture cid:dot.png has no alternative text; write alt=\"...\", or alt=\"\" for an ornament\n"},
		{"CSS", "", `<p style="float:left">{{.displayName}}</p>`,
			"warning: DIR/corporate.html:1: Outlook for Windows does not do float:left; lay out by a table or align=\n"},
		{"budget", "[blocks]\nbudget = 60\n", `<p>{{.displayName}}<img src="cid:dot.png" alt=""></p>`,
			"warning: template corporate: with its pictures it adds 226 bytes to each mail, more than the 60 of blocks.budget; make the pictures smaller\n"},
		{"a photo", "", `<p>{{.displayName}}<img src="{{photo}}"><img src="{{qrcode vcard}}"></p>`,
			"warning: DIR/corporate.html:1: picture {{photo}} has no alternative text; write alt=\"...\", or alt=\"\" for an ornament\n" +
				"warning: DIR/corporate.html:1: picture {{qrcode vcard}} has no alternative text; write alt=\"...\", or alt=\"\" for an ornament\n"},
		{"budget of a photo", "[blocks]\nbudget = 10_000\n", `<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`,
			"warning: template corporate: with its pictures it adds SIZE bytes to each mail, more than the 10000 of blocks.budget; make the pictures smaller\n"},
		{"smaller photos within it", "[blocks]\nbudget = 10_000\nphoto_pixels = 96\n", `<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`, ""},
		{"budget of a QR code", "[blocks]\nbudget = 300\n", `<p>{{.displayName}}<img src="{{qrcode vcard}}" alt=""></p>`,
			"warning: template corporate: with its pictures it adds SIZE bytes to each mail, more than the 300 of blocks.budget; make the pictures smaller\n"},
		{"http", "", `<p>{{.displayName}}<img src="http://contoso.com/a.png" alt=""></p>`,
			"warning: DIR/corporate.html:1: picture http://contoso.com/a.png comes over http, which clients block; use https or put it beside the template (cid:)\n"},
		{"left by others", "", "<p>{{.displayName}}</p>\n<a href=\"www.contoso.com\">%%Company%%</a>\n{<b>{.city}}</b>",
			"warning: DIR/corporate.html:2: link www.contoso.com has no scheme; write https://www.contoso.com\n" +
				"warning: DIR/corporate.html:2: %%Company%% is a placeholder of another product and goes out as it is; write {{.companyName}}, or use sigmilter import\n" +
				"warning: DIR/corporate.html:3: {{.city}} is cut by markup or blanks and goes out as it is; write it in one piece\n"},
		{"a long line", "", `<p>{{.displayName}}` + strings.Repeat("a", 1000) + "</p>",
			"warning: template corporate: line 1 of the rendered HTML has 1033 bytes, more than the 998 of a line in mail; break it\n" +
				"warning: template corporate: line 1 of the rendered text has 1026 bytes, more than the 998 of a line in mail; break it\n"},
		{"within the budget", "[blocks]\nbudget = 60\n", `<p>{{.displayName}}</p>`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := writeFiles(t, map[string]string{"corporate.html": tc.html, "dot.png": string(picture)})
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, append(text, tc.budget...), 0o600); err != nil {
				t.Fatal(err)
			}
			status, _, stderr := checked(t, "-c", file)
			stderr = compressed.ReplaceAllString(stderr, "SIZE bytes to")
			stderr = strings.ReplaceAll(stderr, filepath.Dir(file), "DIR")
			if status != 0 || stderr != tc.want {
				t.Errorf("status %d, stderr\n%swant\n%s", status, stderr, tc.want)
			}
		})
	}
}

func TestCheckPartialsAndTexts(t *testing.T) {
	file := writeFiles(t, map[string]string{"corporate.html": `<p>{{.displayName}}{{template "foot" .}}</p>`})
	dir := filepath.Dir(file)
	for name, text := range map[string]string{"foot.html": "\n<img src=\"logo.png\" alt=\"\">", "foot.txt": "{First name} <a>\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "[blocks]\npartials = \".\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := checked(t, "-c", file)
	want := "warning: DIR/foot.html:2: picture logo.png is a file that mail does not have; put it beside the template and write cid:logo.png\n" +
		"warning: DIR/foot.txt:1: {First name} is a placeholder of another product and goes out as it is; write {{.givenName}}, or use sigmilter import\n"
	if got := strings.ReplaceAll(stderr, dir, "DIR"); status != 0 || got != want {
		t.Errorf("status %d, stderr\n%swant\n%s", status, got, want)
	}
}
