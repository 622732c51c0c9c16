package main

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"sigmilter/cmd/internal/cases"
	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/signing"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/sigstore"
)

// mailDir holds the golden mail: NAME.eml beside NAME.toml, which says what is
// wanted. Its README tells the format.
const mailDir = "../../testdata/mail"

// golden is a case of [config.Case], and settings that it needs otherwise.
type golden struct {
	*config.Case
	place, rule map[string]any
	sealed      bool   // there is a key
	references  string // the field that comes out, if not empty
}

// goldenName is client, language, what.
var goldenName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+){2,}$`)

func TestMail(t *testing.T) {
	names := goldenNames(t)
	b := newBench(t)
	for _, name := range names {
		want := readGolden(t, name)
		wanted := b.config(t, want.sealed, want.place, want.rule)
		markerOnly := b.config(t, want.sealed, markerOnly(want.place), unselected(want.rule))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(mailDir, name+".eml"))
			if err != nil {
				t.Fatal(err)
			}
			got := b.sign(t, wanted, want, raw)
			for _, d := range cases.Compare(want.Case, observed(got)) {
				t.Error(d)
			}
			if refs := engine.ParseFile(got.Signed).Header().Get("References"); want.references != "" && refs != want.references {
				t.Errorf("References came out as %q\nwant                    %q", refs, want.references)
			}
			b.checkLineEnds(t, wanted, want, raw, got)
			b.checkAgain(t, wanted, want, got)
			b.checkMarkerOnly(t, markerOnly, want, raw)
		})
	}
}

// goldenNames are the cases; a file without its twin is an error.
func goldenNames(t *testing.T) []string {
	t.Helper()
	twins := map[string][]string{}
	files, err := os.ReadDir(mailDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		switch ext := filepath.Ext(f.Name()); {
		case ext == ".eml" || ext == ".toml":
			name := strings.TrimSuffix(f.Name(), ext)
			twins[name] = append(twins[name], ext)
		case f.Name() != "README.md" && !f.IsDir():
			t.Errorf("%s is neither .eml nor .toml", f.Name())
		}
	}
	var names []string
	for name, exts := range twins {
		switch {
		case len(exts) != 2:
			t.Errorf("%s%s has no twin", name, exts[0])
		case !goldenName.MatchString(name):
			t.Errorf("%s: the name must be client-language-what", name)
		default:
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatal("no cases")
	}
	slices.Sort(names)
	return names
}

func readGolden(t *testing.T, name string) golden {
	t.Helper()
	path := filepath.Join(mailDir, name+".toml")
	var settings struct {
		Place, Rule map[string]any
		Sealed      bool
		References  string
	}
	if _, err := toml.DecodeFile(path, &settings); err != nil {
		t.Fatal(err)
	}
	c, err := config.LoadCase(path, "place", "rule", "sealed", "references")
	if err != nil {
		t.Fatal(err)
	}
	if c.About == "" || c.Action == "" || c.Reason == "" || (c.Action == string(engine.Signed)) != (len(c.Parts) > 0) {
		t.Fatalf("%s.toml: wants about, action, reason and, when signed, its parts", name)
	}
	return golden{c, settings.Place, settings.Rule, settings.Sealed, settings.References}
}

// bench signs messages under the configurations of the cases, with one store.
type bench struct {
	dir     string
	store   *sigstore.Store
	configs map[string]*config.Config
	log     *slog.Logger
}

// goldenFiles is the configuration that all cases share.
var goldenFiles = map[string]string{
	"people.csv": "mail,displayName,givenName,surname,jobTitle,businessPhones,companyName,proxyAddresses\n" +
		"alice@contoso.com,Alice Muster,Alice,Muster,Head of Sales,+49 30 1234567,Contoso GmbH,SMTP:alice@contoso.com;smtp:a.muster@contoso.com\n" +
		"juergen@contoso.com,Jürgen Müller,Jürgen,Müller,Geschäftsführer,+49 30 7654321,Contoso GmbH,\n",
	"corporate.html": "<p>{{.displayName}}<br>{{.jobTitle}}<br>{{.businessPhones}}</p>\n",
	"corporate.txt":  "{{.displayName}}\n{{.jobTitle}}\n{{.businessPhones}}\n",
	"pictured.html":  "<p>{{.displayName}}<br>{{.jobTitle}}<br>{{.businessPhones}}</p><p><img src=\"cid:logo.gif\" alt=\"Contoso\"></p>\n",
	"sales.html":     "<p>{{.displayName}}<br>{{.jobTitle}}<br>{{.businessPhones}}</p>{{if eq .jobTitle \"Head of Sales\"}}<p><img src=\"cid:logo.gif\"></p>{{end}}\n",
	"legal.html":     "<p>Contoso GmbH, Berlin.</p><p>This mail is confidential.</p>\n",
	"fair.html":      "<p><b>Meet us</b> at the fair.</p>\n",
	"lined.html":     "<p>\n  {{.displayName}}<br>\n  {{.jobTitle}}<br>\n  {{.businessPhones}}\n</p>\n",
	"hebrew.html":    "<p>{{.displayName}}, מכירות<br>{{.businessPhones}}</p>\n",
	"stand.html":     "<p><img src=\"cid:stand.gif\" alt=\"\"></p><p>Meet us at the fair.</p>\n",
	"guard.key":      "the key of the golden mail\n",
	"logo.gif":       onePixel("\xff\x00\x00"),
	"stand.gif":      onePixel("\x00\x00\xff"),

	"carded.html": "<table><tr><td><img src=\"{{photo}}\" alt=\"{{.displayName}}\"></td><td>{{.displayName}}<br>{{.jobTitle}}<br>{{.businessPhones}}</td></tr></table>" +
		"<p><img src=\"{{qrcode vcard}}\" alt=\"Contact\"></p>\n",
	"alice@contoso.com.gif": onePixel("\x00\xff\x00"),

	"sigmilter.toml": `state = "none.db"
[tenant.contoso]
domains = ["contoso.com"]
directory.path = "people.csv"
directory.photos = "."
[template.corporate]
html = "corporate.html"
text = "corporate.txt"
[template.carded]
html = "carded.html"
text = "corporate.txt"
[template.pictured]
html = "pictured.html"
text = "corporate.txt"
[template.sales]
html = "sales.html"
text = "corporate.txt"
[template.legal]
html = "legal.html"
[template.fair]
html = "fair.html"
[template.stand]
html = "stand.html"
[template.lined]
html = "lined.html"
text = "corporate.txt"
[template.hebrew]
html = "hebrew.html"
[[rule]]
name = "all"
signature = "corporate"
`,
}

// onePixel is a GIF of one pixel of a colour.
func onePixel(rgb string) string {
	return "GIF89a\x01\x00\x01\x00\x80\x00\x00" + rgb + "\xff\xff\xff\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), configs: map[string]*config.Config{}, log: slog.New(slog.DiscardHandler)}
	for name, text := range goldenFiles {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	setup, err := offline.Open(context.Background(), b.config(t, false, nil, nil).Path, b.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { setup.Close() })
	b.store = setup.Store
	return b
}

// config is the configuration with other settings of place and of the rule, and
// with a key if sealed.
func (b *bench) config(t *testing.T, sealed bool, place, rule map[string]any) *config.Config {
	t.Helper()
	r := map[string]any{"name": "all", "signature": "corporate"}
	maps.Copy(r, rule)
	if r["signature"] == "" {
		delete(r, "signature")
	}
	all := map[string]any{"place": place, "rule": []any{r}}
	if sealed {
		all["guard"] = map[string]any{"key_file": "guard.key"}
	}
	settings, err := toml.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if cfg := b.configs[string(settings)]; cfg != nil {
		return cfg
	}
	f, err := os.CreateTemp(b.dir, "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shared, _, _ := strings.Cut(goldenFiles["sigmilter.toml"], "[[rule]]")
	if _, err := f.WriteString(shared + string(settings)); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	b.configs[string(settings)] = cfg
	return cfg
}

// selections are the four.
var selections = []string{"replace_existing", "replace_signoff", "on_new", "on_reply"}

// markerOnly is a case's settings of place with the four selections off.
func markerOnly(place map[string]any) map[string]any {
	off := map[string]any{}
	maps.Copy(off, place)
	for _, s := range selections {
		off[s] = false
	}
	return off
}

// unselected is a case's rule without selections of its own.
func unselected(rule map[string]any) map[string]any {
	rule = maps.Clone(rule)
	for _, s := range selections {
		delete(rule, s)
	}
	return rule
}

// sign signs a message of a case and wants the laws kept.
func (b *bench) sign(t *testing.T, cfg *config.Config, g golden, raw []byte) trial.Result {
	t.Helper()
	given := trial.Given{Sender: g.From, Recipients: g.To}
	got, err := trial.Run(cfg, signing.NewEngine(cfg, signing.NewBook(cfg, b.store), nil, b.log), raw, given.Envelope(engine.ParseFile(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range got.Breaches {
		t.Error(breach)
	}
	return got
}

// waitsEnforced are the cases that are signed and, where a rule enforces its blocks, wait:
// two readers may show two things, of which one has no block.
var waitsEnforced = map[string]string{
	"script-en-picture-type-given-twice":    "ambiguous",
	"mime-en-multipart-with-encoding-field": "ambiguous",
	"mime-en-charset-parameter-doubled":     "ambiguous",
	"outlook-de-html-form-attached":         "unsigned-form",
	"mime-en-alternative-calendar-file":     "unsigned-form",
	"google-en-event-published-as-form":     "unsigned-form",
	// A program that does not know start takes the picture for the message.
	"gateway-en-picture-related-start-parameter": "unsigned-form",
	"mime-en-related-start-parameter":            "unsigned-form",
}

// TestMailEnforced: what is signed is signed too when the rule enforces its blocks,
// which a mail program's own markup never hides.
func TestMailEnforced(t *testing.T) {
	b := newBench(t)
	for _, name := range goldenNames(t) {
		g := readGolden(t, name)
		rule := map[string]any{"enforce": true}
		maps.Copy(rule, g.rule)
		cfg := b.config(t, g.sealed, g.place, rule)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join(mailDir, name+".eml"))
			if err != nil {
				t.Fatal(err)
			}
			got := b.sign(t, cfg, g, raw)
			switch r := got.Outcome.Report; {
			case r.Reason == "hidden", waitsEnforced[name] != "" && r.Reason != waitsEnforced[name]:
				t.Errorf("%+v", r)
			case waitsEnforced[name] != "":
			case g.Action == string(engine.Signed) && r.Action != engine.Signed:
				t.Errorf("signed without enforce, with it %+v", r)
			}
		})
	}
}

// checkLineEnds wants the same done whichever line ends the file has.
func (b *bench) checkLineEnds(t *testing.T, cfg *config.Config, g golden, raw []byte, want trial.Result) {
	t.Helper()
	lf := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	for name, raw := range map[string][]byte{"LF": lf, "CRLF": bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))} {
		got := b.sign(t, cfg, g, raw)
		_, body, _ := bytes.Cut(raw, []byte(strings.Repeat(map[string]string{"LF": "\n", "CRLF": "\r\n"}[name], 2)))
		if n := bytes.Count(got.Signed, []byte("\n")); bytes.Contains(body, []byte("\n")) && bytes.Count(got.Signed, []byte("\r")) != map[string]int{"LF": 0, "CRLF": n}[name] {
			t.Errorf("not all lines end in %s:\n%q", name, got.Signed)
		}
		if a, b := timeless(got.Outcome.Report), timeless(want.Outcome.Report); !reflect.DeepEqual(a, b) {
			t.Errorf("with %s\n%+v\nas it is\n%+v", name, a, b)
		}
	}
}

func timeless(r engine.Report) engine.Report {
	r.Micros = 0
	return r
}

// checkAgain signs what came out once more, without the guard unless it is that
// which is honoured: nothing may change.
func (b *bench) checkAgain(t *testing.T, cfg *config.Config, g golden, first trial.Result) {
	t.Helper()
	raw := unguarded(first.Signed)
	if g.Action == string(engine.Handled) {
		raw = first.Signed
	}
	again := b.sign(t, cfg, g, raw)
	if !bytes.Equal(unguarded(again.Signed), unguarded(first.Signed)) {
		t.Errorf("signed again it changes: %+v", again.Outcome.Report.Blocks)
	}
}

// unguarded is a message without its guard fields.
func unguarded(raw []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(raw) {
		if !bytes.HasPrefix(line, []byte("X-Sigmilter-Handled:")) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// checkMarkerOnly wants a message left alone when all selections are off, unless
// its author typed the marker.
func (b *bench) checkMarkerOnly(t *testing.T, cfg *config.Config, g golden, raw []byte) {
	t.Helper()
	want := engine.Action(g.Action)
	marked := slices.ContainsFunc(g.Parts, func(p config.CasePart) bool { return p.Placed == "marker" })
	if want == engine.Signed && !marked {
		want = engine.Skipped
	}
	if got := b.sign(t, cfg, g, raw); got.Outcome.Report.Action != want {
		t.Errorf("with nothing but the marker selected: %+v", got.Outcome.Report)
	}
}

// TestMailLineEnds keeps the cases' own line ends from a checkout that converts
// them.
func TestMailLineEnds(t *testing.T) {
	text, err := fs.ReadFile(os.DirFS("../.."), ".gitattributes")
	if err != nil || !strings.Contains(string(text), "testdata/mail/*.eml -text") {
		t.Errorf("%q, %v", text, err)
	}
}

// observed is a result as a case compares it.
func observed(r trial.Result) cases.Observed {
	return cases.Observed{Report: r.Outcome.Report, Signed: r.Signed, Places: r.Places, Breaches: r.Breaches}
}
