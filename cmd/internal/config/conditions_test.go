package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/policy"
)

// compiled is a condition of words; those of a table are "name=word".
func compiled(t *testing.T, name string, words ...string) policy.Condition {
	t.Helper()
	i := slices.IndexFunc(policy.ConditionKinds, func(k policy.ConditionKind) bool { return k.Name == name })
	k := &policy.ConditionKinds[i]
	c := k.New()
	for _, w := range words {
		key := ""
		if k.Shape == policy.Table {
			key, w, _ = strings.Cut(w, "=")
		}
		if k.Shape == policy.Lists {
			if err := c.AddList("partners.txt", w); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := c.Add(key, w); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Compile(); err != nil {
		t.Fatal(err)
	}
	return c
}

// around is a configuration with rules; the first begins at line 6.
func around(t *testing.T, rules string) string {
	t.Helper()
	return "[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
		"[template.short]\nhtml = \"short.html\"\n" + rules
}

// TestFaultyConditions has an example that is wrong of every condition, in a rule
// and as an exception, and wants it told at its line.
func TestFaultyConditions(t *testing.T) {
	for name, faulty := range map[string][][2]string{ // what is written, and what is said
		"to":             {{`"extern"`, `"extern" is not known; write "any", "internal" or "external"`}, {`["internal", "external"]`, "must be a word in quotes, not a list"}},
		"recipient":      {{`"partner"`, "it has no dot"}, {`7`, "must be an address or a domain in quotes, not a whole number"}},
		"recipient_list": {{`"none.txt"`, "none.txt cannot be read: no such file"}, {`["people.csv"]`, `people.csv:1: "mail,displayName,jobTitle`}, {`7`, "must be a file name in quotes"}, {`["partners.txt", ""]`, "it is empty"}, {`"no-words.txt"`, "no-words.txt has no word"}},
		"from":           {{`["alice@"]`, "it has no dot"}},
		"from_group":     {{`""`, "it is empty"}, {`{ name = "Sales" }`, "must be a group in quotes, not a table"}},
		"from_attribute": {{`"Sales"`, "must be a table, not a string"}, {`{ department = "/(/" }`, "missing closing )"}, {`{ "" = "x" }`, "cannot be a name here"}, {`{}`, "is empty"}, {`{ department = [] }`, "is empty"}},
		"kind":           {{`["new", "answer"]`, `"answer" is not known; write "new", "reply" or "forward"`}},
		"subject":        {{`" "`, "it is empty"}, {`"/[/"`, "missing closing ]"}},
		"header":         {{`{ "X Y" = "1" }`, "it has a blank, a colon"}, {`{ X-Y = "" }`, "it is empty"}, {`{ X-Y = 1 }`, "must be a text in quotes"}},
		"when": {
			{`{ days = "mon" }`, `is missing; write it like "Europe/Berlin" or "UTC"`},
			{`{ zone = "Europe/Berln" }`, "there is no such zone"},
			{`{ zone = "Local" }`, "it needs a name"},
			{`{ zone = ["UTC"] }`, "must be a time zone in quotes, not a list"},
			{`{ from = "2026-02-30", zone = "UTC" }`, "there is no such day or time"},
			{`{ from = 2026-12-01T10:00:00Z, zone = "UTC" }`, "must be a date in quotes, not a date"},
			{`{ days = "mon-frei", zone = "UTC" }`, "there are only sun, mon"},
			{`{ hours = "8-18", zone = "UTC" }`, `"8" is no hour and minute`},
			{`{ hours = "08:00", zone = "UTC" }`, "it needs a beginning and an end"},
			{`{ hours = "08:00-08:00", zone = "UTC" }`, "it ends when it begins"},
			{`{ until = "2026-12-01", from = "2026-12-02", zone = "UTC" }`, "this time never comes"},
			{`{ from = "2026-12-05", until = "2026-12-06", days = "mon-fri", zone = "UTC" }`, "this time never comes"}, // a weekend
			{`{ day = "mon", zone = "UTC" }`, `did you mean "days"?`},
		},
		"larger_than":  {{`"25 megabytes"`, "is not a size"}, {`0`, "out of range"}},
		"body":         {{`""`, "it is empty"}, {`'/(/'`, "missing closing )"}, {`{ html = "x" }`, "must be a text in quotes"}},
		"language":     {{`"german"`, `"german" is not a language: those that can be told are ar, bg, cs, da, de`}, {`1`, "must be a language in quotes"}},
		"smaller_than": {{`-1`, "out of range"}, {`[1]`, "must be a size"}},
	} {
		for _, f := range faulty {
			rule := "[[rule]]\nname = \"r\"\nsignature = \"short\"\n" + name + " = " + f[0] + "\n"
			wantFault(t, around(t, rule), 9, "rule[1]."+name, f[1])
			wantFault(t, around(t, strings.Replace(rule, name+" =", "except."+name+" =", 1)), 9, "rule[1].except."+name, f[1])
		}
	}
	for _, k := range policy.ConditionKinds {
		if _, err := parseText("c.toml", at(t, ""), around(t, "[[rule]]\nname = \"r\"\nsignature = \"short\"\n"+k.Name+" = false\n")); err == nil {
			t.Errorf("%s = false is no fault", k.Name)
		}
	}
}

// docs/settings.md names the languages that can be asked for, and no others.
func TestDocumentedLanguages(t *testing.T) {
	text, err := os.ReadFile("../../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(string(text), "| `rule.language` | ")
	row, _, _ = strings.Cut(row, "|\n")
	var named []string
	for _, m := range regexp.MustCompile(`"([a-z]+)"`).FindAllStringSubmatch(row, -1) {
		named = append(named, m[1])
	}
	c := policy.ConditionKinds[len(policy.ConditionKinds)-1].New()
	err = c.Add("", "none")
	if known := "those that can be told are " + strings.Join(named, ", "); err == nil || err.Error() != known {
		t.Errorf("docs/settings.md: %s; %v", known, err)
	}
}

func wantFault(t *testing.T, text string, line int, key, problem string) {
	t.Helper()
	_, err := parseText("c.toml", at(t, ""), text)
	faults, _ := err.(Faults)
	if len(faults) != 1 || faults[0].Line != line || !strings.HasPrefix(faults[0].Key, key) || !strings.Contains(faults[0].Problem, problem) {
		t.Errorf("%s: got %v, want line %d: %s", text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:], err, line, problem)
	}
}

func TestOptOutFaults(t *testing.T) {
	wantFault(t, around(t, "[[rule]]\nname = \"r\"\nsignature = \"short\"\nopt_out = [\" \"]\n"), 9, "rule[1].opt_out[1]", "it is empty")
	wantFault(t, around(t, "[place]\nopt_out = \"#nosig\"\n"), 7, "place.opt_out", "must be a list")
}

// A condition that asks for nothing is none.
func TestEmptyConditions(t *testing.T) {
	cfg, err := parseText("c.toml", at(t, ""), around(t, "[[rule]]\nname = \"r\"\nsignature = \"short\"\nto = \"any\"\nfrom = []\nexcept = { from_group = [] }\n"))
	if err != nil || len(cfg.Rules[0].If)+len(cfg.Rules[0].Except) > 0 {
		t.Errorf("%v, %+v", err, cfg.Rules)
	}
}

// A rule that nothing is left for keeps no daemon from starting.
func TestShadowedRulesAreWarnings(t *testing.T) {
	cfg, err := parseText("c.toml", at(t, ""), around(t, ""+
		"[[rule]]\nname = \"in\"\nto = \"internal\"\nsignature = \"short\"\n"+
		"[[rule]]\nname = \"out\"\nto = \"external\"\nsignature = \"short\"\n"+
		"[[rule]]\nname = \"fair\"\nbanner = \"short\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := `c.toml:14: rule[3]: can never match, as "in" and "out" before it stops at all it is for; write stop = false there, or move it up`
	if cfg.Warnings.Error() != want {
		t.Errorf("got  %v\nwant %s", cfg.Warnings, want)
	}
}
