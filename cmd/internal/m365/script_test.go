package m365

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		"    Domains         = @('contoso.com', 'contoso.de')\n",
		"    Inbound         = 'Sigmilter in'\n",
		"    RoutingField    = 'X-Sigmilter-Route'\n",
		"    MaxSize         = '25000000'\n",
		"    RuleErrorAction = 'Defer'\n",
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
		"line end":     func(s *Setup) { s.Relay = "relay\nRemove-Mailbox" },
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

// The script against a stand-in for the tenant, where there is a PowerShell:
// Debian has none.
func TestScriptRuns(t *testing.T) {
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell (pwsh) on this machine to run the script with")
	}
	path := filepath.Join(t.TempDir(), "sigmilter.ps1")
	if err := os.WriteFile(path, []byte(script(t, contoso())), 0o600); err != nil {
		t.Fatal(err)
	}
	code := filepath.Join(t.TempDir(), "contoso.code")
	if err := os.WriteFile(code, []byte("# the routing code\nwQ7s'secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(pwsh, "-NoProfile", "-NonInteractive", "-File", "testdata/run.ps1", path, code).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "wQ7s") {
		t.Errorf("the routing code is printed:\n%s", out)
	}
	if !strings.HasSuffix(strings.TrimSpace(string(out)), "all as wanted") {
		t.Errorf("got\n%s", out)
	}
}
