package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"sigmilter/cmd/internal/migrate"
)

// outlookSignature is a signature as Outlook keeps it, with placeholders.
const outlookSignature = `<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<link rel=File-List href="Sales_files/filelist.xml">
<style><!-- p.MsoNormal {margin:0cm;} --></style></head>
<body lang=DE style='tab-interval:35.4pt'>
<p class=MsoNormal><b>{First name} {Last name}</b><br>Grüße aus <o:p></o:p>{City}<br>
<a href="tel:{Phone}">{Phone}</a></p>
<p class=MsoNormal><!--[if gte vml 1]><v:shape><v:imagedata src="Sales_files/image001.png"/></v:shape><![endif]--><![if !vml]><img width=2 height=2 alt="" src="Sales_files/image001.png"><![endif]></p>
</body></html>
`

// importFiles is a folder with a template and its pictures.
func importFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkImported wants check to accept a configuration with what was imported.
func checkImported(t *testing.T, folder, name string) {
	t.Helper()
	settings, err := os.ReadFile(filepath.Join(folder, name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"people.csv": "mail,givenName,surname,city,businessPhones\nalice@contoso.com,Alice,Muster,Berlin,+49 30 5550 101\n",
		"c.toml":     "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" + string(settings),
	} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr := checked(t, "-c", filepath.Join(folder, "c.toml"))
	if status != 0 || stderr != "" {
		t.Errorf("check: status %d\n%s%s", status, stderr, stdout)
	}
	if status, _, stderr = invoke(t, "preview", "-c", filepath.Join(folder, "c.toml"), "--person", "alice@contoso.com", "-o", filepath.Join(folder, "p")); status != 0 {
		t.Errorf("preview: status %d, %s", status, stderr)
	}
}

func TestImport(t *testing.T) {
	latin, err := charmap.Windows1252.NewEncoder().String(outlookSignature)
	if err != nil {
		t.Fatal(err)
	}
	dir := importFiles(t, map[string]string{"Sales.htm": latin, "Sales_files/image001.png": "\x89PNG\r\n\x1a\n"})
	out := filepath.Join(dir, "out")
	status, stdout, stderr := invoke(t, "import", "--product", "codetwo", "-o", out, filepath.Join(dir, "Sales.htm"))
	want := `dropped  <style>                   clients drop it, or use it for the author's text too; write the styles into the elements  line 4
dropped  style of <body>           write it into the elements                                                                line 5
mapped   {First name}              {{.givenName}}                                                                            line 6
mapped   {Last name}               {{.surname}}                                                                              line 6
mapped   {City}                    {{.city}}                                                                                 line 6
mapped   {Phone}                   {{.businessPhones}}                                                                       line 7
dropped  <!--[if gte vml ...]>     the pictures beside it are for all clients                                                line 8
picture  Sales_files/image001.png  cid:sales-image001.png                                                                    line 8
written  ` + out + `/sales-image001.png
written  ` + out + `/sales.html
written  ` + out + `/sales.toml
`
	if status != 0 || stderr != "" || stdout != want {
		t.Errorf("status %d, stderr %q, stdout\n%swant\n%s", status, stderr, stdout, want)
	}
	html, err := os.ReadFile(filepath.Join(out, "sales.html"))
	wantHTML := `<p class="MsoNormal"><b>{{.givenName}} {{.surname}}</b><br>Grüße aus {{.city}}<br>
<a href="{{tel .businessPhones}}">{{.businessPhones}}</a></p>
<p class="MsoNormal"><img width="2" height="2" alt="" src="cid:sales-image001.png"></p>
`
	if err != nil || string(html) != wantHTML {
		t.Errorf("%v, got\n%swant\n%s", err, html, wantHTML)
	}
	settings, err := os.ReadFile(filepath.Join(out, "sales.toml"))
	if err != nil || !strings.Contains(string(settings), "# also_honour = [\"X-CodeTwoProcessed\"]\n") {
		t.Errorf("%v\n%s", err, settings)
	}
	checkImported(t, out, "sales")
}

func TestImportLooksAt(t *testing.T) {
	dir := importFiles(t, map[string]string{
		"a.html":   "<p>{Shoe size}<br>\n{City}</p><img alt=\"\" src=\"gone.png\"><img alt=\"\" src=\"../out.png\"><img alt=\"\" src=\"text.png\">",
		"text.png": "no picture",
	})
	out := filepath.Join(dir, "out")
	status, stdout, _ := invoke(t, "import", "--json", "--name", "A1", "-o", out, filepath.Join(dir, "a.html"))
	var got importReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	if status != 1 || got.Template != "A1" || len(got.Findings) != 2 || got.Findings[0].Kind != "unmapped" || !slices.Equal(got.Findings[0].Lines, []int{1}) {
		t.Errorf("status %d, %s", status, stdout)
	}
	var missing []string
	for _, p := range got.Pictures {
		missing = append(missing, p.Name+": "+p.Missing)
	}
	want := []string{
		"A1-gone.png: cannot be read: no such file or directory",
		"A1-out.png: not in the folder of the template; copy it there by hand",
		"A1-text.png: is of another kind: text/plain; charset=utf-8",
	}
	if !slices.Equal(missing, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(missing, "\n"), strings.Join(want, "\n"))
	}
	if len(got.Files) != 2 {
		t.Errorf("files %v", got.Files)
	}
}

// A condition around half an element is none for html/template: it is left out.
func TestImportConditions(t *testing.T) {
	dir := importFiles(t, map[string]string{
		"good.html": "<p>{$if mobile}Mobile: {mobile}{$}</p>", "bad.html": "<p>{$if mobile}<a title=\"{$}\">{City}</a></p>",
		"fault.html": "<p>{City} <a href='",
	})
	for name, tc := range map[string]struct {
		status       int
		html, report string
	}{
		"good":  {0, "<p>{{if .mobilePhone}}Mobile: {{.mobilePhone}}{{end}}</p>\n", "mapped   {$if mobile}"},
		"bad":   {1, "<p><a title=\"\">{{.city}}</a></p>\n", "unmapped  {$if mobile}"},
		"fault": {0, "<p>{{.city}}\n", "mapped   {City}"},
	} {
		out := filepath.Join(dir, "out")
		status, stdout, _ := invoke(t, "import", "--product", "symprex", "-o", out, filepath.Join(dir, name+".html"))
		html, err := os.ReadFile(filepath.Join(out, name+".html"))
		if err != nil || status != tc.status || string(html) != tc.html || !strings.HasPrefix(stdout, tc.report) {
			t.Errorf("%s: status %d, %v, %q\n%s", name, status, err, html, stdout)
		}
	}
}

// Each product's line about its guard, when there is one, is good configuration
// once its comment signs are gone.
func TestImportGuards(t *testing.T) {
	dir := importFiles(t, map[string]string{"a.html": "<p>x</p>"})
	for product, want := range map[string]string{
		"any": "", "exchange": "", "codetwo-2007": "", "symprex": "",
		"codetwo":   `also_honour = ["X-CodeTwoProcessed"]`,
		"exclaimer": `also_honour = ["X-ExclaimerHostedSignatures-MessageProcessed"]`,
		"xink":      `also_honour = ["X-Xink-Handled"]`,
		"templafy":  `also_honour = ["X-ProcessedByTemplafy"]`,
		"wisestamp": `also_honour = ["X-Wisestamphostedsignatures-Messageprocessed"]`,
		"crossware": "with X-CWEsigProcessed; its value is Y",
		"sigsync":   "with X-Sigsync-Processed; only the value YesClient",
	} {
		out := filepath.Join(dir, product)
		if status, stdout, stderr := invoke(t, "import", "--product", product, "-o", out, filepath.Join(dir, "a.html")); status != 0 {
			t.Fatalf("%s: %s%s", product, stderr, stdout)
		}
		settings, err := os.ReadFile(filepath.Join(out, "a.toml"))
		if err != nil || !strings.Contains(string(settings), want) || want == "" && strings.Contains(string(settings), "guard") {
			t.Errorf("%s: %v\n%s", product, err, settings)
		}
		if _, guard, ok := strings.Cut(string(settings), "# [guard]\n"); ok {
			live := strings.Replace(string(settings), "# [guard]\n"+guard, "[guard]\n"+strings.TrimPrefix(guard, "# "), 1)
			if err := os.WriteFile(filepath.Join(out, "a.toml"), []byte(live), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		checkImported(t, out, "a")
	}
}

func TestImportUsage(t *testing.T) {
	dir := importFiles(t, map[string]string{"a.html": "<p>x</p>", "empty.html": "", "!.html": "x", "out/a.toml": "mine"})
	file := filepath.Join(dir, "a.html")
	out := filepath.Join(dir, "out")
	for name, tc := range map[string]struct {
		args   []string
		status int
		stderr string
	}{
		"product":  {[]string{"--product", "codeto", file}, 2, `unknown product "codeto"`},
		"name":     {[]string{"--name", "../a", file}, 2, `"../a" cannot be the name`},
		"no name":  {[]string{filepath.Join(dir, "!.html")}, 2, "name the template with --name"},
		"no file":  {[]string{filepath.Join(dir, "b.html")}, 1, "reading the template: open "},
		"empty":    {[]string{filepath.Join(dir, "empty.html")}, 1, "empty.html is empty"},
		"is there": {[]string{file}, 2, "a.toml exists already; --force replaces it"},
	} {
		status, stdout, stderr := invoke(t, append([]string{"import", "-o", out}, tc.args...)...)
		if status != tc.status || stdout != "" || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, status, stdout, stderr)
		}
	}
	if files, err := os.ReadDir(out); err != nil || len(files) != 1 {
		t.Errorf("something was written: %v, %v", files, err)
	}
	if status, _, stderr := invoke(t, "import", "-o", out, "--force", file); status != 0 {
		t.Errorf("--force: status %d, %s", status, stderr)
	}
	if text, _ := os.ReadFile(filepath.Join(out, "a.toml")); !strings.Contains(string(text), "[template.a]") {
		t.Errorf("--force wrote\n%s", text)
	}
}

// docs/templates.md has every product.
func TestImportProducts(t *testing.T) {
	page, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range migrate.Products {
		if !strings.Contains(string(page), "`"+p.Name+"`") || p.Guard != "" && p.Dishonoured == "" && !strings.Contains(string(page), `["`+p.Guard+`"]`) {
			t.Errorf("docs/templates.md lacks --product %s or its guard", p.Name)
		}
	}
}
