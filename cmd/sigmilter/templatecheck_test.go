package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckTemplates(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(configDir, "dot.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, budget, html, want string }{
		{"fine", "", `<p style="color:#222222">{{.displayName}}<img src="cid:dot.png" alt=""></p>`, ""},
		{"a picture", "", `<p>{{.displayName}}</p><img src="cid:dot.png">`,
			"warning: template corporate: picture cid:dot.png has no alternative text; write alt=\"...\", or alt=\"\" for an ornament\n"},
		{"CSS", "", `<p style="float:left">{{.displayName}}</p>`,
			"warning: template corporate: Outlook for Windows does not do float:left; lay out by a table or align=\n"},
		{"budget", "[blocks]\nbudget = 60\n", `<p>{{.displayName}}<img src="cid:dot.png" alt=""></p>`,
			"warning: template corporate: 226 bytes go into each mail with its pictures, more than the 60 of blocks.budget; make the pictures smaller\n"},
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
			if status != 0 || stderr != tc.want {
				t.Errorf("status %d, stderr\n%swant\n%s", status, strings.ReplaceAll(stderr, filepath.Dir(file), "DIR"), tc.want)
			}
		})
	}
}
