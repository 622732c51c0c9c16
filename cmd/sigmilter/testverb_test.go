package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples runs the cases that are shipped.
func TestExamples(t *testing.T) {
	const dir = "../../contrib/examples"
	status, stdout, stderr := invoke(t, "test", "-c", dir+"/sigmilter.toml", dir+"/cases")
	if status != 0 || stderr != "" || !strings.HasSuffix(stdout, "2 cases, 2 passed, 0 failed\n") {
		t.Errorf("status %d, stderr %q\n%s", status, stderr, stdout)
	}
}

// caseFiles is a configuration with rules and a folder of cases for it.
func caseFiles(t *testing.T, files map[string]string) (config, dir string) {
	t.Helper()
	config, _ = ruledFiles(t, "")
	dir = filepath.Join(filepath.Dir(config), "cases")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config, dir
}

const winterCase = "at = 2026-12-02T09:00:00Z\nto = [\"o'neil@example.net\"]\nrule = \"winter\"\naction = \"signed\"\n"

func TestTest(t *testing.T) {
	config, dir := caseFiles(t, map[string]string{
		"good.eml": toBen, "good.toml": winterCase,
		"late.eml": toBen, "late.toml": strings.Replace(winterCase, "12-02", "12-24", 1),
	})
	status, stdout, stderr := invoke(t, "test", "-c", config, "-v", dir)
	want := `PASS  good
      signed, signature corporate in part 1 (text/plain): end
FAIL  late
      skipped, reason no-rule
      action: got skipped, want signed
      rule: got none, want winter
      why: sigmilter explain -c ` + config + ` --to 'o'\''neil@example.net' --at 2026-12-24T09:00:00Z ` + dir + `/late.eml
2 cases, 1 passed, 1 failed
`
	if status != 1 || stdout != want || stderr != "" {
		t.Errorf("status %d, stderr %q, stdout\n%swant\n%s", status, stderr, stdout, want)
	}
	if status, stdout, _ = invoke(t, "test", "-c", config, "--run", "^go", dir); status != 0 || stdout != "PASS  good\n1 cases, 1 passed, 0 failed\n" {
		t.Errorf("--run: status %d, %s", status, stdout)
	}
}

// The configuration is no case, though it may be in their folder.
func TestTestBesideConfig(t *testing.T) {
	config, mail := ruledFiles(t, toBen)
	if err := os.WriteFile(strings.TrimSuffix(mail, ".eml")+".toml", []byte(winterCase), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := invoke(t, "test", "-c", config, filepath.Dir(config)); status != 0 || stdout != "PASS  m\n1 cases, 1 passed, 0 failed\n" {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
}

func TestTestJSON(t *testing.T) {
	config, dir := caseFiles(t, map[string]string{
		"good.eml": toBen, "good.toml": winterCase, "late.eml": toBen, "late.toml": "at = 2026-12-24T09:00:00Z\naction = \"signed\"\n",
	})
	status, stdout, _ := invoke(t, "test", "-c", config, "--json", dir)
	var got testResults
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 1 {
		t.Fatalf("status %d, %v in %s", status, err, stdout)
	}
	if got.Passed != 1 || got.Failed != 1 || len(got.Cases) != 2 {
		t.Fatalf("%s", stdout)
	}
	good, late := got.Cases[0], got.Cases[1]
	if !good.Pass || good.Differences == nil || good.Explain != "" || good.Report.Rule != "winter" {
		t.Errorf("good: %+v", good)
	}
	if late.Pass || len(late.Differences) != 1 || late.Differences[0].What != "action" || late.Explain == "" {
		t.Errorf("late: %+v", late)
	}
}

// What --update wrote passes; what a person wrote about the text stays.
func TestTestUpdate(t *testing.T) {
	config, dir := caseFiles(t, map[string]string{
		"good.eml": toBen, "good.toml": "# mine\n" + winterCase,
		"late.eml": toBen, "late.toml": "about = \"late\"\nat = 2026-12-24T09:00:00Z\naction = \"signed\"\nlacks = [\"Muster\"]\n",
		"new.eml": toBen, "stays.eml": toBen, "stays.toml": "action = \"skipped\"\ncontains = [\"Thursday\", \"nobody wrote this\"]\n",
	})
	status, stdout, stderr := invoke(t, "test", "-c", config, "--update", dir)
	if status != 1 || stderr != "" || !strings.HasPrefix(stdout, "PASS  good\nPASS  late  (written; look at it)\nPASS  new  (written; look at it)\nFAIL  stays  (written") {
		t.Errorf("status %d, stderr %q\n%s", status, stderr, stdout)
	}
	for name, want := range map[string]string{
		"good.toml": "# mine\n" + winterCase,
		"late.toml": "about = \"late\"\nat = 2026-12-24T09:00:00Z\naction = \"skipped\"\nreason = \"no-rule\"\ntenant = \"contoso\"\nauthor = \"alice@contoso.com\"\nlacks = [\"Muster\"]\n\n[fields]\nadded = [\"X-Sigmilter-Handled\"]\n",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
	status, stdout, _ = invoke(t, "test", "-c", config, "--run", "late|new", dir)
	if status != 0 {
		t.Errorf("what was written fails:\n%s", stdout)
	}
}

// People of a file stand in for the source, in test and in the explain it names.
func TestTestPeople(t *testing.T) {
	const carl = "mail,displayName,groups\ncarl@contoso.com,Carl Nowak,sales@contoso.com\n"
	fromCarl := strings.Replace(toBen, "alice@", "carl@", 1)
	want := "at = 2026-12-02T09:00:00Z\nauthor = \"carl@contoso.com\"\naction = \"signed\"\ncontains = [\"Carl Nowak\"]\n"
	config, dir := caseFiles(t, map[string]string{"carl.eml": fromCarl, "carl.toml": want})
	if status, stdout, _ := invoke(t, "test", "-c", config, dir); status != 1 || !strings.Contains(stdout, "action: got skipped") {
		t.Errorf("a person nobody knows: status %d\n%s", status, stdout)
	}
	people := filepath.Join(filepath.Dir(config), "others.csv")
	if err := os.WriteFile(people, []byte(carl), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(config), "people.csv")); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := invoke(t, "test", "-c", config, "--people", people, dir); status != 0 {
		t.Errorf("--people: status %d, %s\n%s", status, stderr, stdout)
	}
	status, stdout, _ := invoke(t, "explain", "-c", config, "--people", people, "--at", "2026-12-02T09:00:00Z", filepath.Join(dir, "carl.eml"))
	if status != 0 || !strings.Contains(stdout, "carl@contoso.com is carl@contoso.com") {
		t.Errorf("explain: status %d\n%s", status, stdout)
	}
	if err := os.Rename(people, filepath.Join(dir, "people.csv")); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := invoke(t, "test", "-c", config, dir); status != 0 {
		t.Errorf("people.csv: status %d, %s\n%s", status, stderr, stdout)
	}
}

func TestTestUsage(t *testing.T) {
	config, dir := caseFiles(t, map[string]string{
		"a.eml": toBen, "a.toml": "acton = \"signed\"\n", "b.eml": toBen, "c.toml": "action = \"signed\"\n",
	})
	empty := t.TempDir()
	for name, tc := range map[string]struct {
		args   []string
		stderr string
	}{
		"all faults":       {[]string{dir}, dir + "/a.toml:1: acton: unknown key; did you mean \"action\"?\n" + dir + "/b.toml: cannot be read: no such file or directory; write it, or let --update do so\n" + dir + "/c.toml: has no message beside it; put c.eml there\n"},
		"no folder":        {[]string{}, "DIR is missing"},
		"folder not there": {[]string{filepath.Join(empty, "x")}, "reading the cases: "},
		"no case":          {[]string{empty}, "there is no case in " + empty},
		"no match":         {[]string{"--run", "zzz", dir}, "matches \"zzz\""},
		"bad pattern":      {[]string{"--run", "(", dir}, "--run: error parsing regexp"},
		"people not there": {[]string{"--people", filepath.Join(empty, "p.csv"), "--update", "--run", "b", dir}, "read people: "},
	} {
		status, stdout, stderr := invoke(t, append([]string{"test", "-c", config}, tc.args...)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%s: status %d, stdout %q, stderr %q, want %q", name, status, stdout, stderr, tc.stderr)
		}
	}
}
