package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/policy"
)

// ruledFiles is a configuration with rules of several outcomes, and a message.
func ruledFiles(t *testing.T, message string) (config, file string) {
	t.Helper()
	config = writeFiles(t, map[string]string{
		"people.csv": "mail,displayName,department,groups\nalice@contoso.com,Alice Muster,Sales,sales@contoso.com\n",
		"c.toml": `state = "none.db"
tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory.path = "people.csv"
template.corporate.html = "corporate.html"
place.opt_out = ["#nosig"]
[[rule]]
name = "colleagues"
to = "internal"
signature = "corporate"
[[rule]]
name = "winter"
from_group = ["Sales@contoso.com", "service@contoso.com"]
when = { from = 2026-12-01, until = "2026-12-23", zone = "Europe/Berlin" }
except = { subject = "invoice" }
signature = "corporate"
[[rule]]
name = "large"
larger_than = "1KiB"
signature = "corporate"
`,
	})
	file = filepath.Join(filepath.Dir(config), "m.eml")
	if err := os.WriteFile(file, []byte(message), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, file
}

const toBen = "From: Alice <alice@contoso.com>\nTo: ben@example.net\nSubject: Meters\n\nThursday is fine.\n"

func TestExplain(t *testing.T) {
	config, file := ruledFiles(t, toBen)
	status, stdout, stderr := invoke(t, "explain", "-c", config, "--at", "2026-12-02T09:00:00Z", file)
	want := `message    from alice@contoso.com to ben@example.net, Wed 2026-12-02 09:00 UTC
guard      goes on: no field says that the message was handled
kind       goes on: no field says that it is of a kind that must pass
tenant     goes on: contoso, by the domain of alice@contoso.com
author     goes on: alice@contoso.com is alice@contoso.com
rule       "colleagues" does not apply
           not met: the message is internal; ben@example.net is external
rule       "winter" applies: signature corporate; it stops
           met: the author is in the group "sales@contoso.com" or "service@contoso.com"; the author is in sales@contoso.com
           met: the time is from 2026-12-01, until 2026-12-23, in Europe/Berlin; it is Wed 2026-12-02 10:00 there
           exception not met: the subject has "invoice"; it is "Meters"
rule       "large" is not reached, rule "winter" stops
placement  signed, signature corporate in part 1 (text/plain): end
`
	if status != 0 || stdout != want || stderr != "" {
		t.Errorf("status %d, stderr %q, stdout\n%swant\n%s", status, stderr, stdout, want)
	}
}

// Other outcomes, by the lines that tell them.
func TestExplainOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		message string
		flags   []string
		lines   []string
	}{
		"exception": {strings.Replace(toBen, "Meters", "Invoice 7", 1), []string{"--at", "2026-12-02T09:00:00Z"}, []string{
			`rule       "winter" does not apply, by an exception`,
			`           exception met: the subject has "invoice"; it is "Invoice 7"`,
			`           not met: the message has more than 1024 bytes; it has 92`, // header lines end in CRLF
			"placement  skipped, reason no-rule",
		}},
		"opt-out": {strings.Replace(toBen, "Meters", "Meters #NoSig", 1), []string{"--at", "2026-12-02T09:00:00Z"}, []string{
			`rule       "winter" is taken out by the keyword "#nosig" in the subject`,
			"placement  skipped, reason opt-out",
		}},
		"envelope": {toBen, []string{"--from", "", "--to", "carl@contoso.com"}, []string{
			"message    from <> to carl@contoso.com",
			"kind       ends here: null-sender: the empty envelope sender says so",
			"placement  skipped, reason null-sender",
		}},
		"recipient": {toBen, []string{"--to", "carl@contoso.com"}, []string{
			`           met: the message is internal; all recipients are internal`,
		}},
		"a terminal's controls": {strings.Replace(toBen, "Meters", "=?utf-8?Q?a=1B[2Jb?=", 1), nil, []string{
			`           exception not met: the subject has "invoice"; it is "a\x1b[2Jb"`,
		}},
	} {
		config, file := ruledFiles(t, c.message)
		status, stdout, stderr := invoke(t, append(append([]string{"explain", "-c", config}, c.flags...), file)...)
		if status != 0 || stderr != "" {
			t.Errorf("%s: status %d, stderr %q", name, status, stderr)
		}
		for _, line := range c.lines {
			if !strings.Contains("\n"+stdout, "\n"+line) {
				t.Errorf("%s: no line %q in\n%s", name, line, stdout)
			}
		}
	}
}

// TestExplainText: rules by the new text and by a list, as sign decides on them.
func TestExplainText(t *testing.T) {
	config := writeFiles(t, map[string]string{
		"partners.txt": "# ours\nsupplier.example\nBen@Example.net # he asked for it\n",
		"c.toml": `state = "none.db"
tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory.path = "people.csv"
template.corporate.html = "corporate.html"
[[rule]]
name = "german"
language = "de"
signature = "corporate"
[[rule]]
name = "meters"
recipient_list = "partners.txt"
body = ["thursday", "/x/"]
signature = "corporate"
`})
	file := filepath.Join(filepath.Dir(config), "m.eml")
	message := strings.Replace(toBen, "Subject: Meters\n\nThursday", "Subject: Re: Meters\n\nDone.\nThursday", 1) + "\n> Ist das gut?\n> Bis morgen, vielen Dank\n"
	if err := os.WriteFile(file, []byte(message), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stdout, stderr := invoke(t, "explain", "-c", config, file)
	want := `rule       "german" does not apply
           not met: the language of the new text is de; the new text is too short or too mixed to tell
rule       "meters" applies: signature corporate; it stops
           met: a recipient is in the list partners.txt; the recipients are ben@example.net
           met: the new text has "thursday" or /x/; the new text is "Done. Thursday is fine."
placement  signed, signature corporate in part 1 (text/plain): above-quote, quoted mail begins with quote-prefix
`
	if !strings.HasSuffix(stdout, want) || stderr != "" {
		t.Errorf("stderr %q, stdout\n%s", stderr, stdout)
	}
	if _, report, _ := invoke(t, "sign", "-c", config, "--report", "-", file); !strings.Contains(report, `"rule":"meters"`) {
		t.Errorf("sign: %s", report)
	}
}

func TestExplainJSON(t *testing.T) {
	for message, want := range map[string][]policy.Outcome{
		toBen:                                    {policy.NotMet, policy.NotMet, policy.NotMet},
		"Auto-Submitted: auto-replied\n" + toBen: {},
	} {
		config, file := ruledFiles(t, message)
		status, stdout, stderr := invoke(t, "explain", "-c", config, "--at", "2026-01-01T00:00:00Z", "--json", file)
		var got trial.Explanation
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != 0 || stderr != "" {
			t.Fatalf("status %d, stderr %q, %v: %s", status, stderr, err, stdout)
		}
		if len(got.Rules) != len(want) || got.Rules == nil || len(got.Steps) == 0 || got.Report.Reason == "" || got.Sender != "alice@contoso.com" {
			t.Errorf("got %+v", got)
		}
		for i, r := range got.Rules {
			if r.Outcome != want[i] {
				t.Errorf("rule %s: %s, want %s", r.Rule, r.Outcome, want[i])
			}
		}
	}
}

// What explain says is what sign does.
func TestExplainAgreesWithSign(t *testing.T) {
	for _, message := range []string{toBen, strings.Replace(toBen, "ben@example.net", "carl@contoso.com", 1), toBen + strings.Repeat("More text.\n", 200)} {
		config, file := ruledFiles(t, message)
		_, explained, _ := invoke(t, "explain", "-c", config, "--json", file)
		report := filepath.Join(t.TempDir(), "report")
		if status, _, stderr := invoke(t, "sign", "-c", config, "--report", report, file); status != 0 {
			t.Fatal(stderr)
		}
		var x trial.Explanation
		var signed struct{ Action, Reason, Rule string }
		text, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal([]byte(explained), &x) != nil || json.Unmarshal(text, &signed) != nil {
			t.Fatalf("%s\n%s", explained, text)
		}
		if string(x.Report.Action) != signed.Action || x.Report.Reason != signed.Reason || x.Report.Rule != signed.Rule {
			t.Errorf("explained %+v, signed %+v", x.Report, signed)
		}
	}
}

func TestExplainUsage(t *testing.T) {
	config, file := ruledFiles(t, toBen)
	if status, _, stderr := invoke(t, "explain", "-c", config, "--at", "noon", file); status != 2 || !strings.Contains(stderr, "--at needs a time") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if status, _, _ := invoke(t, "explain", "-c", config, file+".none"); status != 1 {
		t.Errorf("no message: status %d", status)
	}
}

// TestCheckRules: what people and time make of rules.
func TestCheckRules(t *testing.T) {
	file := writeFiles(t, map[string]string{
		"people.csv": "mail,groups,Floor\nalice@contoso.com,Sales,3\n",
		"c.toml": `tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory.path = "people.csv"
template.corporate.html = "corporate.html"
[[rule]]
name = "one"
from_group = ["SALES", "Service"]
from_attribute = { floor = "3", size = "4" }
except = { from_group = "Board" }
when = { until = "2001-01-01", zone = "UTC" }
signature = "corporate"
`})
	status, stdout, stderr := checked(t, "-c", file)
	want := `warning: rule one: nobody is in the group "service"
warning: rule one: nobody has the attribute size
warning: rule one: its time is over; it never applies again
warning: rule one: nobody is in the group "board"
`
	for line := range strings.Lines(want) {
		if !strings.Contains(stderr, line) {
			t.Errorf("no %q in %s", line, stderr)
		}
	}
	if status != 0 || strings.Count(stderr, "rule one") != 4 || !strings.Contains(stdout, "from_group from_attribute when except") {
		t.Errorf("status %d, stderr %s, stdout %s", status, stderr, stdout)
	}
}

// A rule that can never match makes check fail.
func TestCheckShadowedRule(t *testing.T) {
	file := writeFiles(t, map[string]string{"c.toml": `tenant.contoso.domains = ["contoso.com"]
tenant.contoso.directory.path = "people.csv"
template.corporate.html = "corporate.html"
[[rule]]
name = "all"
signature = "corporate"
[[rule]]
name = "late"
to = "external"
signature = "corporate"
`})
	status, _, stderr := checked(t, "-c", file)
	if status != 2 || !strings.Contains(stderr, `c.toml:7: rule[2]: can never match, as "all" before it stops`) {
		t.Errorf("status %d, %s", status, stderr)
	}
}
