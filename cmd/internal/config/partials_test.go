package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/sigstore/render"
)

// loadBlocks loads a small configuration with a table [blocks], a template and
// partials in the folder parts.
func loadBlocks(t *testing.T, blocks, template string, partials map[string]string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	picture, err := os.ReadFile(testdata + "/dot.png")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"c.toml": "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[blocks]\n" + blocks + "\n[template.corporate]\nhtml = \"corporate.html\"\ntext = \"corporate.txt\"\n",
		"people.csv": "mail\nalice@contoso.com\n", "corporate.html": template, "corporate.txt": "a",
		"parts/dot.png": string(picture),
	}
	for name, text := range partials {
		files["parts/"+name] = text
	}
	if err := os.Mkdir(filepath.Join(dir, "parts"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(filepath.Join(dir, "c.toml"))
}

func TestPartials(t *testing.T) {
	partials := map[string]string{
		"foot.html": `<p><img src="cid:dot.png" alt="">{{phone .phone}}</p>`, "other.html": `<img src="cid:dot.png" alt="">`,
		"foot.txt": "a", "foot.html.bak": "{{", "README": "\xff",
	}
	const settings = "partials = \"parts\"\nphone_prefix = \"+49\""
	cfg, err := loadBlocks(t, settings, `<b>a</b>{{template "foot" .}}`, partials)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := cfg.Templates["corporate"]
	if len(tmpl.Pictures) != 1 || tmpl.Pictures[0].Name != "dot.png" {
		t.Fatalf("pictures are %+v", tmpl.Pictures)
	}
	b, err := tmpl.Parsed.Render(render.Person{Attributes: map[string]string{"phone": "030 5550101"}})
	if want := `<b>a</b><p><img src="cid:` + tmpl.Pictures[0].CID + `" alt="">&#43;49 30 5550101</p>`; b.HTML != want || err != nil {
		t.Errorf("got  %s (%v)\nwant %s", b.HTML, err, want)
	}

	partials["foot.html"] += "."
	changed, err := loadBlocks(t, settings, `<b>a</b>{{template "foot" .}}`, partials)
	if err != nil || changed.Templates["corporate"].Parsed.Version() == tmpl.Parsed.Version() {
		t.Errorf("the version is that of another partial, %v", err)
	}
	alone, err := loadBlocks(t, settings, `<b>a</b>`, partials)
	if err != nil || len(alone.Templates["corporate"].Pictures) != 0 {
		t.Errorf("pictures of a partial that is not included, %v", err)
	}
}

func TestPartialFaults(t *testing.T) {
	tests := []struct {
		name, settings, template, partial string
		want                              string // the end of the only fault
	}{
		{"no folder", `partials = "nothing"`, "a", "a",
			"c.toml:5: blocks.partials: DIR/nothing cannot be read: no such file or directory; look at the name: there is no nothing in DIR"},
		{"an empty partial", `partials = "parts"`, "a", " \n",
			"c.toml:5: blocks.partials: DIR/parts/foot.html is empty; put the signature into it"},
		{"no such picture", `partials = "parts"`, "a", `<img src="cid:logo.png">`,
			"c.toml:5: blocks.partials: DIR/parts/foot.html: picture cid:logo.png cannot be read; put a PNG, JPEG or GIF file of that name beside the template"},
		{"no such partial", `partials = "parts"`, "a\n{{template `food` .}}", "a",
			`c.toml:7: template.corporate.html: DIR/corporate.html:2: {{template "food"}}: there is no partial of that name; mend the template`},
		{"no partials", "", "{{template `foot` .}}", "a",
			`c.toml:7: template.corporate.html: DIR/corporate.html:1: {{template "foot"}}: there is no partial of that name; mend the template`},
		{"a faulty partial", `partials = "parts"`, "{{template `foot` .}}", "\n{{if}}",
			"c.toml:7: template.corporate.html: DIR/corporate.html: parse template corporate: template: foot:2: missing value for if; mend the template"},
		{"calling code", `phone_prefix = "0049"`, "a", "a",
			`c.toml:5: blocks.phone_prefix: "0049" is not a country calling code: it needs a + and one to three digits; write it like "+49"`},
		{"budget", `budget = "large"`, "a", "a",
			`c.toml:5: blocks.budget: "large" is not a size; write bytes, or a number with a unit like "25MB" or "150MiB"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := loadBlocks(t, test.settings, test.template, map[string]string{"foot.html": test.partial})
			if err == nil {
				t.Fatal("no fault")
			}
			faults := err.(Faults)
			got := strings.ReplaceAll(faults[0].String(), filepath.Dir(faults[0].File), "DIR")
			if len(faults) != 1 || got != "DIR/"+test.want {
				t.Errorf("got  %s\nwant %s", strings.ReplaceAll(err.Error(), filepath.Dir(faults[0].File), "DIR"), test.want)
			}
		})
	}
}

// The settings of photos reach the templates.
func TestPhotoSettings(t *testing.T) {
	const source = `<img src="{{photo}}" alt="">`
	version := func(settings string) string {
		cfg, err := loadBlocks(t, settings, source, nil)
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Templates["corporate"].Parsed.Version()
	}
	usual := version("")
	if version("photo_pixels = 192\nphoto_bytes = \"100KB\"") != usual {
		t.Error("the defaults make another template")
	}
	if version("photo_pixels = 96") == usual || version("photo_bytes = 5000") == usual {
		t.Error("the settings make no other template")
	}
	// A picture beside the template for who has no photo.
	cfg, err := loadBlocks(t, `partials = "parts"`, `{{template "face" .}}`, map[string]string{"face.html": `<img src="{{photo "cid:dot.png"}}" alt="">`})
	if err != nil {
		t.Fatal(err)
	}
	tmpl := cfg.Templates["corporate"]
	b, err := tmpl.Parsed.Render(render.Person{})
	if err != nil || len(tmpl.Pictures) != 1 || b.HTML != `<img src="cid:`+tmpl.Pictures[0].CID+`" alt="">` {
		t.Errorf("%s %v %v", b.HTML, tmpl.Pictures, err)
	}
}

func TestNoPhotosFolder(t *testing.T) {
	_, err := loadBlocks(t, "photo_pixels = 5000\nphoto_bytes = true\n[tenant.other]\ndomains = [\"b.com\"]\ndirectory = { path = \"people.csv\", photos = \"nothing\" }", "a", nil)
	for _, want := range []string{
		"blocks.photo_pixels: 5000 is out of range; write a number from 1 to 2000", "blocks.photo_bytes: ",
		"tenant.other.directory.photos: ", "nothing cannot be read: no such file or directory; write the name of a folder of photos",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}
