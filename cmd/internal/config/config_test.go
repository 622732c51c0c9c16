package config

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/localfile"
)

const testdata = "../../../testdata/config"

var update = flag.Bool("update", false, "rewrite testdata/config/bad-*.want")

func load(t *testing.T, name string) *Config {
	t.Helper()
	cfg, err := Load(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestMain gives the code the mode that git does not keep.
func TestMain(m *testing.M) {
	if err := os.Chmod(filepath.Join(testdata, "contoso.code"), 0o640); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// at is the absolute path of a file in testdata.
func at(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// origin is where a key stands in a file of testdata.
func origin(t *testing.T, name, key string) Fault {
	t.Helper()
	path := filepath.Join(testdata, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var tree tomltree.Tree
	tree.Add(path, string(text))
	v := tree.Root()
	for _, name := range regexp.MustCompile(`("[^"]*"|[^.])+`).FindAllString(key, -1) {
		name, n, element := strings.Cut(name, "[")
		v = v.Member(strings.Trim(name, `"`))
		if list, ok := v.Elements(); element && ok {
			v = list[n[0]-'1']
		}
	}
	if v.Raw == nil {
		t.Fatalf("%s has no key %s", name, key)
	}
	return v.Origin()
}

// parseText loads a configuration with this text in its main file, in a folder.
func parseText(path, dir, text string) (*Config, error) {
	return parse(tomltree.Folder{Dir: dir, FS: localfile.FS(dir)}, []settingsFile{{path, strings.TrimPrefix(text, "\ufeff")}})
}

func TestLoadSmallest(t *testing.T) {
	cfg := load(t, "good-smallest.toml")
	html := "<p><b>{{.displayName}}</b>{{if .jobTitle}}<br>{{.jobTitle}}{{end}}</p>\n"
	all := Selections{ReplaceExisting: true, ReplaceSignoff: true, OnNew: true, OnReply: true}
	want := &Config{
		Path:       filepath.Join(testdata, "good-smallest.toml"),
		Listen:     "unix:/run/sigmilter/milter.sock",
		SocketMode: 0o660,
		Control:    defaultControl,
		State:      "/var/lib/sigmilter/sigmilter.db",
		OnError:    Tempfail,

		OnRenderError: Pass, OnHidden: Tempfail,

		Limits: Limits{
			MessageBytes: 150 * 1024 * 1024, BodyMemory: 1024 * 1024, Sessions: 500,
			Memory: 256 * 1024 * 1024, SpoolBytes: 10 * 1024 * 1024 * 1024, HeaderFields: 10_000, HeaderBytes: 1024 * 1024,
			Parts: 1000, Depth: 30, TextBytes: 8 * 1024 * 1024, LineBytes: 8 * 1024 * 1024,
		},
		Timeouts: Timeouts{Idle: 10 * time.Minute, Write: 30 * time.Second, Stop: time.Minute, Message: time.Minute, DNS: 2 * time.Second},
		Guard:    Guard{Field: "X-Sigmilter-Handled", Lifetime: 48 * time.Hour, MaxPasses: 3, OnLoop: Tempfail},
		Tenants: []Tenant{{
			Name: "contoso", Domains: []string{"contoso.com"},
			Directories: []Directory{{
				Name: "csv", Source: "csv", Path: at(t, "people.csv"), Every: 5 * time.Minute, MaxVanish: 0.2,
				origin: origin(t, "good-smallest.toml", "tenant.contoso.directory.path"),
			}},
			OnStale:  StaleSign,
			OnError:  Tempfail,
			OnBehalf: OnBehalfFrom,
		}},
		Cache:     Cache{TTL: 20 * time.Minute},
		Place:     Place{Selections: all, Marker: "{EMAILSIGNATURE}", AttachOnly: PassThrough, AMP: PassAMP, ThreadToken: true},
		Blocks:    Blocks{Budget: 100_000, PhotoPixels: 192, PhotoBytes: 100_000, options: cfg.Blocks.options},
		Templates: map[string]Template{"corporate": {Name: "corporate", HTML: html, HTMLPath: at(t, "corporate.html"), Parsed: cfg.Templates["corporate"].Parsed}},
		Rules: []Rule{{
			Name: "corporate", Signature: "corporate", ReplySignature: "corporate", Plain: KeepPlain, Selections: all, Stop: true,
		}},
		Decisions: Decisions{Days: 7, Bytes: 256 << 20},
		Log:       Log{Level: slog.LevelInfo, Format: Auto},
		hash:      cfg.hash,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if cfg.Templates["corporate"].Parsed == nil {
		t.Error("the template was not parsed")
	}
}

func TestLoadEverything(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", secrets(t))
	cfg := load(t, "good-everything.toml")
	want := &Config{
		Path:        filepath.Join(testdata, "good-everything.toml"),
		Listen:      "inet:[::1]:8891",
		SocketMode:  0o600,
		SocketGroup: "postfix",
		State:       at(t, "state/sigmilter.db"),
		Control:     "unix:" + at(t, "control.sock"),
		Metrics:     "[::1]:9464",
		Spool:       at(t, "spool"),
		OnError:     Pass,

		OnRenderError: Tempfail, OnHidden: Pass,

		Limits: Limits{
			MessageBytes: 25_000_000, BodyMemory: 65536, Sessions: 20, Parts: 50, Depth: 5, TextBytes: 1_000_000,
			LineBytes: 500_000, Memory: 64 << 20, SpoolBytes: 1 << 30, HeaderFields: 500, HeaderBytes: 256 << 10,
		},
		Timeouts: Timeouts{Idle: 90 * time.Second, Write: 5 * time.Second, Stop: 10 * time.Second, Message: 20 * time.Second, DNS: 700 * time.Millisecond},
		Guard:    Guard{Field: "X-Contoso-Handled", AlsoHonour: []string{"X-Old-Handled", "X-Other-Handled"}, Keys: keyRing(t), Lifetime: 36 * time.Hour, MaxPasses: 2, OnLoop: Pass},
		Tenants: []Tenant{{
			Name: "contoso", Domains: []string{"contoso.com", "contoso.de"},
			Directories: []Directory{{
				Name: "hr", Source: "csv", Path: at(t, "people-1252.csv"), Every: 90 * time.Second, MaxVanish: 1,
				Columns: map[string]string{"Mail": "mail"}, Charset: "windows-1252", Photos: at(t, "partials"),
				origin: origin(t, "good-everything.toml", "tenant.contoso.directory[1].path"),
			}, {
				Name: "csv", Source: "csv", Path: at(t, "people.csv"), Every: 5 * time.Minute, MaxVanish: 0.2,
				origin: origin(t, "good-everything.toml", "tenant.contoso.directory[2].path"),
			}},
			Precedence: map[string][]string{"mobilePhone": {"csv", "hr"}},
			MaxStale:   24 * time.Hour, OnStale: StalePass,
			OnUnclearAuthor: UnclearRefuse, OnBehalf: OnBehalfSender, DefaultPerson: "a.muster@contoso.de", DefaultTemplate: "short",
			Microsoft365: Microsoft365{
				Relays: []string{"relay.contoso.com"}, Certificate: "*.relay.contoso.com", Name: "Contoso's mail",
				Allow: []string{"192.0.2.10", "198.51.100.0/24"}, Except: []string{"room@contoso.com"}, ExceptGroup: "noroute@contoso.com", MaxSize: 20e6,
			},
			OnError: Tempfail,
			Proof: Proof{
				RoutingField: "X-Contoso-Route", RoutingCodes: []policy.Code{policy.NewCode("4f1c0e8f5b7a49f2b1d6c3a88e7d9021"), policy.NewCode("not-a-real-code-of-anyone")},
				Listeners: []string{"unix:" + at(t, "contoso.sock"), "inet:127.0.0.1:8892"},
				CertNames: []string{"mail.protection.outlook.com", "*.outlook.com"}, CertIssuers: []string{"DigiCert Cloud Services CA-1"},
				Networks: []netip.Prefix{netip.MustParsePrefix("40.92.0.0/15"), netip.MustParsePrefix("2a01:111:f400::/48"), netip.MustParsePrefix("192.0.2.7/32")},
				Require:  [][]string{{"certificate"}, {"network"}, {"routing", "listener", "dkim"}}, Unproven: policy.Refuse,
			},
		}, {
			Name: "fabrikam.example", Domains: []string{"xn--bcher-kva.example"},
			Directories: []Directory{{
				Name: "csv", Source: "csv", Path: at(t, "people.csv"), Every: 5 * time.Minute, MaxVanish: 0.2,
				origin: origin(t, "good-everything.toml", `tenant."fabrikam.example".directory.path`),
			}},
			OnStale:  StaleSign,
			OnError:  Pass,
			OnBehalf: OnBehalfFrom,
		}},
		Cache: Cache{TTL: time.Hour},
		Kinds: Kinds{Sign: []policy.Reason{policy.Voice}, EnforcedPass: []policy.Reason{policy.Patch, policy.Journal}, EnforcedDefer: []policy.Reason{policy.Recall}},
		Place: Place{
			Selections: Selections{ReplaceSignoff: true, OnNew: true},
			Marker:     "%%SIGNATURE%%",
			Signoffs:   []*regexp.Regexp{regexp.MustCompile(`(?i)^sent with my watch$`)},
			AttachOnly: AddText, AMP: DropAMP, OptOut: []string{"#nosig"}, Learn: true,
		},
		Blocks: Blocks{
			Partials: at(t, "partials"), PhonePrefix: "+49", Budget: 40_000, PhotoPixels: 300, PhotoBytes: 30_000,
			options: cfg.Blocks.options, pictures: cfg.Blocks.pictures,
		},
		Templates: cfg.Templates,
		Rules: []Rule{{
			Name: "outside",
			Conditions: policy.Conditions{If: []policy.Condition{
				compiled(t, "to", "external"),
				compiled(t, "recipient", "partner.example"),
				compiled(t, "recipient_list", "partner.example", "ben@supplier.example"),
				compiled(t, "from", "alice@contoso.com", "contoso.de"),
				compiled(t, "from_group", "sales@contoso.com"),
				compiled(t, "from_attribute", "city=Bonn", "city=/^K/", "department=Sales"),
				compiled(t, "kind", "new", "reply"),
				compiled(t, "subject", "offer"),
				compiled(t, "header", "X-Campaign=spring"),
				compiled(t, "when", "from=2026-12-01", "until=2026-12-24 18:00", "days=mon-fri", "hours=08:00-18:00", "zone=Europe/Berlin"),
				compiled(t, "larger_than", "1"),
				compiled(t, "smaller_than", "25000000"),
				compiled(t, "body", "offer", "/(?i)price list/"),
				compiled(t, "language", "de", "en"),
			}, Except: []policy.Condition{
				compiled(t, "recipient", "boss@partner.example"),
				compiled(t, "subject", "/^Invoice/"),
			}, OptOut: []string{"[plain]"}},
			Signature: "corporate", ReplySignature: "short", Disclaimer: "short", Plain: Alternative,
			Enforce: true, EnforceByText: true, Selections: Selections{ReplaceExisting: true, OnReply: true},
		}, {
			Name: "inside", Conditions: policy.Conditions{If: []policy.Condition{compiled(t, "to", "internal")}, OptOut: []string{"#nosig"}},
			Signature: "short", Plain: KeepPlain,
			Selections: Selections{ReplaceSignoff: true, OnNew: true}, Stop: true,
		}, {
			Name: "rest", Conditions: policy.Conditions{OptOut: []string{"#nosig"}}, Banner: "short", Plain: KeepPlain,
			Selections: Selections{ReplaceSignoff: true, OnNew: true}, Stop: true,
		}},
		Decisions: Decisions{Days: 30, Bytes: 1 << 30},
		Log:       Log{Level: slog.LevelDebug, Format: JSON},
		hash:      cfg.hash,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if got := cfg.Templates["corporate"]; len(cfg.Templates) != 2 || got.Parsed == nil || got.TextPath != at(t, "corporate.txt") || !strings.HasPrefix(got.Text, "{{.displayName}}") {
		t.Errorf("corporate: %+v", got)
	}
}

func TestLoadOtherSpellings(t *testing.T) {
	cfg := load(t, "good-style.toml")
	if cfg.Timeouts.Idle != time.Minute || cfg.Timeouts.Write != time.Second {
		t.Errorf("timeouts: %+v", cfg.Timeouts)
	}
	if len(cfg.Rules) != 2 || cfg.Rules[1].Name != "two" || cfg.Rules[1].Stop {
		t.Errorf("rules: %+v", cfg.Rules)
	}
	if len(cfg.Tenants) != 1 || cfg.Tenants[0].Directories[0].Path != at(t, "people.csv") {
		t.Errorf("tenants: %+v", cfg.Tenants)
	}
}

// Every bad-*.toml has its lines, without the folder, in bad-*.want.
func TestLoadFaults(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata, "bad-*.toml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Load(file)
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("error is %v, want faults", err)
			}
			got := strings.NewReplacer(testdata+"/", "", at(t, "")+"/", "", at(t, ""), "FOLDER").Replace(faults.Error()) + "\n"
			wanted := strings.TrimSuffix(file, ".toml") + ".want"
			if *update {
				if err := os.WriteFile(wanted, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestLoadUnreadable(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tc := range []struct{ path, want string }{
		{filepath.Join(dir, "none.toml"), "cannot be read: no such file or directory"},
		{dir, "cannot be read: not a regular file"},
		{write("latin1.toml", "\n# M\xfcller\n"), "not UTF-8 text, which shows in line 2: it looks like windows-1252 (Müller); save it as UTF-8"},
		{write("unicode.toml", "\xff\xfe#\x00M\x00\xfc\x00"), "it looks like utf-16le (Mü); save it as UTF-8"},
		{write("unmarked.toml", "\n\x00#\x00M\x00\n"), "it looks like utf-16le; save it as UTF-8"},
		{write("large.toml", strings.Repeat("#\n", int(settingsBounds.file))), "larger than"},
	} {
		_, err := Load(tc.path)
		if err == nil || !strings.HasPrefix(err.Error(), tc.path+": ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.path, err, tc.want)
		}
	}
}

// A source that is not there must not keep the daemon from starting on its last
// good data.
func TestLoadMissingSourceIsWarning(t *testing.T) {
	text := "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"gone.csv\"\n" +
		"[template.short]\nhtml = \"" + at(t, "short.html") + "\"\n"
	cfg, err := parseText("c.toml", t.TempDir(), text)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) != 1 || cfg.Warnings[0].Line != 3 || cfg.Warnings[0].Key != "tenant.contoso.directory.path" {
		t.Errorf("warnings: %v", cfg.Warnings)
	}
	_, err = parseText("c.toml", t.TempDir(), "on_error = \"never\"\n"+text)
	if err == nil || !strings.Contains(err.Error(), "c.toml:4: tenant.contoso.directory.path: ") {
		t.Errorf("beside a fault the warning is missing: %v", err)
	}
}

func TestLoadCRLFAndByteOrderMark(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testdata, "bad-five.toml"))
	if err != nil {
		t.Fatal(err)
	}
	_, want := parseText("c.toml", at(t, ""), string(text))
	_, got := parseText("c.toml", at(t, ""), "\ufeff"+strings.ReplaceAll(string(text), "\n", "\r\n"))
	if want == nil || got == nil || got.Error() != want.Error() {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

func TestHash(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hash := func() string {
		cfg, err := Load(filepath.Join(dir, "c.toml"))
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Hash()
	}
	text := "tenant.a.domains = [\"contoso.com\"]\ntenant.a.directory.path = \"p.csv\"\ntemplate.t.html = \"t.html\"\n"
	write("c.toml", text)
	write("t.html", "<p>one</p>")
	first := hash()
	if again := hash(); again != first || len(first) != 32 {
		t.Errorf("loaded twice: %s and %s", first, again)
	}
	write("t.html", "<p>two</p>")
	second := hash()
	write("c.toml", text+"# changed\n")
	if third := hash(); first == second || second == third {
		t.Errorf("not told apart: %s %s %s", first, second, third)
	}
	write("c.toml", text+"[[rule]]\nname = \"r\"\nrecipient_list = \"l.txt\"\nsignature = \"t\"\n")
	write("l.txt", "one.example\n")
	one := hash()
	write("l.txt", "two.example\n")
	if two := hash(); one == two {
		t.Errorf("another list is not told apart: %s", two)
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(testdata, "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	dir, err := filepath.Abs(testdata)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := parseText("c.toml", dir, text)
		var faults Faults
		switch {
		case err == nil && (len(cfg.Tenants) == 0 || len(cfg.Templates) == 0 || len(cfg.Rules) == 0):
			t.Errorf("loaded without what it needs: %+v", cfg)
		case err != nil && (!errors.As(err, &faults) || len(faults) == 0):
			t.Errorf("error without faults: %v", err)
		}
		last := strings.Count(text, "\n") + 1
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > last || fault.Problem == "" {
				t.Errorf("fault of no line in a file of %d: %v", last, fault)
			}
		}
	})
}

func ExampleFault_String() {
	fmt.Println(Fault{File: "sigmilter.toml", Line: 7, Key: "on_eror", Problem: `unknown key; did you mean "on_error"?`})
	// Output: sigmilter.toml:7: on_eror: unknown key; did you mean "on_error"?
}

// TestPictures: a template's cid: references become hashes of the pictures'
// contents.
func TestPictures(t *testing.T) {
	cfg, err := Load(filepath.Join(testdata, "good-pictures.toml"))
	if err != nil {
		t.Fatal(err)
	}
	got := cfg.Templates["corporate"]
	if len(got.Pictures) != 1 || got.Pictures[0].Name != "dot.png" || got.Pictures[0].Type != "image/png" || len(got.Pictures[0].Data) == 0 {
		t.Fatalf("pictures: %+v", got.Pictures)
	}
	if strings.Contains(got.HTML, "cid:dot.png") || strings.Count(got.HTML, "cid:"+got.Pictures[0].CID) != 2 {
		t.Errorf("HTML: %s", got.HTML)
	}
}
