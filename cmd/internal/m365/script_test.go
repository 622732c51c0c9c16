package m365

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hostile are names that end a string or begin something in a careless script.
var hostile = []string{
	"O'Brien",
	"''",
	"'; Remove-Mailbox *; '",
	"$(Remove-Mailbox *)",
	"`'$env:PATH`n",
	`"double" and $Setup`,
	"#> comment",
	"@'",
	"typographic \u2018a\u2019 \u201ab\u201b",
	"Zoë",
}

func TestQuote(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", "''"},
		{"relay.contoso.com", "'relay.contoso.com'"},
		{"O'Brien", "'O''Brien'"},
		{"''", "''''''"},
		{"$(x) `n \"", "'$(x) `n \"'"},
		{"\u2018a\u2019\u201ab\u201b", "'\u2018\u2018a\u2019\u2019\u201a\u201ab\u201b\u201b'"},
	} {
		if got := quote(tc.in); got != tc.want {
			t.Errorf("%q: got %s, want %s", tc.in, got, tc.want)
		}
	}
	if got := quoteList(nil); got != "@()" {
		t.Errorf("no element: %s", got)
	}
	if got := quoteList([]string{"a", "b'"}); got != "@('a', 'b''')" {
		t.Errorf("two elements: %s", got)
	}
}

// unquote reads a single-quoted string as PowerShell does.
func unquote(t *testing.T, s string) string {
	t.Helper()
	letters := []rune(s)
	var b strings.Builder
	for i := 1; i < len(letters)-1; i++ {
		if strings.ContainsRune(quoteMarks, letters[i]) {
			if i++; i == len(letters)-1 || !strings.ContainsRune(quoteMarks, letters[i]) {
				t.Fatalf("%s ends before its end", s)
			}
		}
		b.WriteRune(letters[i])
	}
	return b.String()
}

func TestQuoteIsReadBack(t *testing.T) {
	for _, name := range hostile {
		if got := unquote(t, quote(name)); got != name {
			t.Errorf("%q is read as %q", name, got)
		}
	}
}

// printedQuoting finds the letters that the script's own function doubles in a command
// that is printed to be pasted, and bareName a name that gets between quotes without it.
var (
	printedQuoting = regexp.MustCompile(`\$Text -replace '(.*)', '\$&\$&'`)
	bareName       = regexp.MustCompile(`'''+ \+|\+ '''|\.Replace\(`)
)

// The script quotes what it prints as we quote what it is made of.
func TestPrintedCommandsAreQuoted(t *testing.T) {
	found := printedQuoting.FindStringSubmatch(source)
	if found == nil {
		t.Fatal("no function that quotes")
	}
	// As PowerShell reads the string, and .NET what is in it.
	class := regexp.MustCompile(`\\u([0-9A-F]{4})`).ReplaceAllString(strings.ReplaceAll(found[1], "''", "'"), `\x{$1}`)
	doubled := regexp.MustCompile(class)
	for r := rune(1); r < 0x3000; r++ {
		if doubled.MatchString(string(r)) != strings.ContainsRune(quoteMarks, r) {
			t.Errorf("%U: doubled is %v", r, doubled.MatchString(string(r)))
		}
	}
	for n, line := range strings.Split(source, "\n") {
		if part := bareName.FindString(line); part != "" {
			t.Errorf("line %d: %s: names in printed commands go through Format-Quoted", n+1, part)
		}
	}
}

func TestScriptHoldsSettings(t *testing.T) {
	text := script(t, contoso())
	for _, line := range []string{
		"    Tenant = 'contoso'; OtherKeys = @()\n",
		"    Domains = @('contoso.com', 'contoso.de')\n",
		"    Name = 'Sigmilter'\n",
		"    Inbound = 'Sigmilter in'; Outbound = 'Sigmilter out'\n",
		"    GuardField = 'X-Sigmilter-Handled'; RoutingField = 'X-Sigmilter-Route'\n",
		"    MaxSize = '25000000'; RuleErrorAction = 'Defer'\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("there is no line %q", line)
		}
	}
	if strings.Contains(text, settingsMark) {
		t.Error("the mark of the settings was left")
	}
	if strings.HasPrefix(text, "\ufeff") {
		t.Error("a script in ASCII has a byte order mark")
	}
	s := contoso()
	s.Name = "Zoë"
	if !strings.HasPrefix(script(t, s), "\ufeff<#") {
		t.Error("a script with other letters has no byte order mark")
	}
}

func TestScriptRefuses(t *testing.T) {
	for what, change := range map[string]func(*Setup){
		"line end":     func(s *Setup) { s.Relays = []string{"relay\nRemove-Mailbox"} },
		"zero byte":    func(s *Setup) { s.Domains = []string{"a\x00b"} },
		"broken UTF-8": func(s *Setup) { s.Tenant = "\xff" },
		"long name":    func(s *Setup) { s.Name = strings.Repeat("x", MaxName+1) },
		"no name":      func(s *Setup) { s.Name = "" },
	} {
		s := contoso()
		change(s)
		if err := s.WriteScript(&strings.Builder{}); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// powershell is a PowerShell 7, from PATH or SIGMILTER_PWSH. Debian has none.
func powershell(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("SIGMILTER_PWSH"); path != "" {
		return path
	}
	path, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell (pwsh in PATH, or SIGMILTER_PWSH) to run the script with")
	}
	return path
}

// written writes the script of a setup, and a file with a routing code.
func written(t *testing.T, s *Setup) (path, code string) {
	t.Helper()
	dir := t.TempDir()
	path, code = filepath.Join(dir, "sigmilter.ps1"), filepath.Join(dir, "contoso.code")
	for name, text := range map[string]string{path: script(t, s), code: "# the routing code\nwQ7s'secret\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, code
}

// Each file of testdata/cases tells a story of a tenant, in a session as an admin has it.
func TestScriptRuns(t *testing.T) {
	pwsh := powershell(t)
	path, code := written(t, contoso())
	other := contoso()
	other.Tenant, other.Name = "konto", "Müller’s mail"
	renamed, _ := written(t, other)
	cases, err := filepath.Glob("testdata/cases/*.ps1")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		name = strings.TrimSuffix(filepath.Base(name), ".ps1")
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(pwsh, "-NoProfile", "-NonInteractive", "-File", "testdata/run.ps1", path, renamed, code, name).CombinedOutput()
			if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "all as wanted") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// The same file from a shell, with the sign-in: the exit status says what happened, and
// nothing else of the console is closed.
func TestScriptAsFile(t *testing.T) {
	pwsh := powershell(t)
	path, code := written(t, contoso())
	modules := t.TempDir()
	manifest := filepath.Join(modules, "ExchangeOnlineManagement", "ExchangeOnlineManagement.psd1")
	standin, err := filepath.Abs("testdata/standin.psm1")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(manifest), 0o700); err != nil {
		t.Fatal(err)
	}
	functions := slices.Concat(cmdlets, []string{"New-InboundConnector", "New-OutboundConnector"})
	text := fmt.Sprintf("@{ RootModule = %s; ModuleVersion = '3.9.2'; FunctionsToExport = %s }", quote(standin), quoteList(functions))
	if err := os.WriteFile(manifest, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, modules, refuse string
		args                  []string
		ok                    bool
		says                  string
	}{
		{"create", modules, "", []string{"-Create", "-SecretFile", code}, true, "Sigmilter route"},
		{"status", modules, "", nil, false, "missing"},
		{"sign-in refused", modules, "Connect-ExchangeOnline", nil, false, "Connect-ExchangeOnline: The operation is not allowed."},
		{"sign-out refused", modules, "Disconnect-ExchangeOnline", []string{"-Create", "-SecretFile", code}, false, "Disconnect-ExchangeOnline: The operation"},
		{"a connector refused", modules, "New-InboundConnector", []string{"-Create", "-SecretFile", code}, false, "not reached"},
		{"no module", t.TempDir(), "", nil, false, "Install-Module ExchangeOnlineManagement"},
		{"no code", modules, "", []string{"-Create", "-SecretFile", code + ".none"}, false, "contoso.code.none"},
		{"an application without its tenant", modules, "", []string{"-AppId", "x"}, false, "-Organization"},
	} {
		t.Run(c.what, func(t *testing.T) {
			cmd := exec.Command(pwsh, append([]string{"-NoProfile", "-NonInteractive", "-File", path}, c.args...)...)
			cmd.Env = append(os.Environ(), "PSModulePath="+c.modules, "STANDIN_REFUSE="+c.refuse)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if c.ok && err != nil || !c.ok && (!errors.As(err, &exit) || exit.ExitCode() != 1) || !strings.Contains(string(out), c.says) {
				t.Errorf("%v, wanted to read %q\n%s", err, c.says, out)
			}
		})
	}
}
