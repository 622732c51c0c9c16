package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/daemon/daemontest"
	"sigmilter/cmd/internal/decisions"
)

// hostile is a name that clears a terminal, sets its title, and turns text round, as
// UTF-8 and as bytes of C1.
const hostile = "a\x1b[2Jb\x1b]0;x\x07c\u009b31md\u202ee\x7ff\u200bg"

// hostileBytes has what is no UTF-8 too, for files of which nobody wants that.
const hostileBytes = hostile + "\x9b31m"

// verbPaths are the commands that do something, by their words.
func verbPaths(cmd *cobra.Command) (paths []string) {
	for _, c := range cmd.Commands() {
		paths = append(paths, verbPaths(c)...)
	}
	if !cmd.HasSubCommands() && cmd.HasParent() {
		paths = append(paths, strings.TrimPrefix(cmd.CommandPath(), "sigmilter "))
	}
	return paths
}

// controlCharacter is a part of a text that a terminal would obey, or empty.
func controlCharacter(text string) string {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unicode.IsControl(r) && r != '\t' && r != '\n' || unicode.Is(unicode.Cf, r) || r == utf8.RuneError && size == 1 {
			return text[max(0, at-40):min(len(text), at+40)]
		}
		at += size
	}
	return ""
}

// answering accepts connections of loopback and answers each with the text: at once, as
// SMTP does, or when it was asked.
func answering(t *testing.T, asked bool, text string) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if asked {
					conn.Read(make([]byte, 1<<16))
				}
				fmt.Fprint(conn, text)
				conn.Read(make([]byte, 1<<16))
			}()
		}
	}()
	return ln.Addr().String()
}

// TestVerbsPrintNoControlCharacters gives every verb hostile people, names of files,
// mails, templates, servers and settings. A verb without a row here fails the test.
func TestVerbsPrintNoControlCharacters(t *testing.T) {
	web := answering(t, true, "HTTP/1.1 503 "+hostile+"\r\nConnection: close\r\n\r\n")
	relay := answering(t, false, "554 "+hostileBytes+"\r\n")
	r := newRunning(t,
		`directory = { path = "people.csv", every = "1h" }`, `routing_code_file = "contoso.code"
microsoft365 = { relay = "relay.contoso.com", name = "Müller’s \u202e" }
directory = [{ name = "csv", path = "people.csv", every = "1h" }, { name = "web", source = "http", url = "http://`+web+`/p", every = "1h" }]`,
		`html = "corporate.html"`, "html = \"corporate.html\"\n[[rule]]\nname = \"out\\u202eside\"\nsignature = \"corporate\"\nfrom_group = [\"gr\\u202e\"]\n")
	r.Write("contoso.code", "0123456789abcdef0123456789abcdef\n")
	r.Write("people.csv", "mail,displayName,groups,photo,jo"+hostile+"b\nalice@contoso.com,Alice Muster,gr"+hostile+",pho"+hostile+"to.png,x\nbad"+hostile+",b,,,\n")
	r.Write("corporate.html", `<p>{{.displayName}} {{.title}}<img src="{{photo}}" alt=""></p><p style="a`+hostile+`">x</p>`)
	mail := filepath.Join(r.Dir, "mail"+hostileBytes+".eml")
	r.Write(filepath.Base(mail), "From: alice@contoso.com\nTo: b"+hostileBytes+"@x.example\nSubject: "+hostileBytes+"\nX-Sigmilter-Handled: "+hostileBytes+"\nX-Sigmilter-Route: "+hostileBytes+
		"\nReceived: from "+hostileBytes+" by relay.contoso.com; x\nContent-Type: text/"+hostileBytes+"\n\nHello "+hostileBytes+"\n")
	cases, box := filepath.Join(r.Dir, "cases"), filepath.Join(r.Dir, "box")
	for _, folder := range []string{cases, box + "/new", box + "/cur", box + "/tmp"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.Write("cases/one"+hostile+".eml", daemontest.AliceMail)
	r.Write("cases/one"+hostile+".toml", "action = \"skipped\"\n")
	other := filepath.Join(r.Dir, "other"+hostileBytes+".toml")
	r.Write(filepath.Base(other), "listen = \"unix:"+`\u001b[2J`+"\"\nx\\u001by = 1\n\"a\\u001b\" = 2\n[template.\"\\u001b[2J\"]\nhtml = \"\\u001b[2J\"\n[template.b]\nhtml = \"b.html\"\n")
	r.Write("b.html", "{{.a}"+hostileBytes)
	cf := filepath.Join(r.Dir, "sendmail"+hostileBytes+".cf")
	r.Write(filepath.Base(cf), "O InputMailFilters="+hostileBytes+"\nX"+hostileBytes+", S=inet:1@"+hostileBytes+"\n")
	record := decisions.NewRecorder(filepath.Join(r.Dir, "state.decisions"), decisions.Limits{Days: 7, Bytes: 1 << 20}, slog.New(slog.DiscardHandler))
	record.Add(decisions.Decision{Time: time.Now(), Queue: hostile, Author: hostile, Domains: []string{hostile}, Action: "skipped", Reason: "unproven", Missing: hostile})
	record.Close()
	r.begin()
	r.Eventually("both sources read", func() bool {
		s := r.Status().Tenants[0].Sources
		return len(s) == 2 && s[1].Err != "" && !s[0].Success.IsZero()
	})

	folder := filepath.Join(r.Dir, "out"+hostileBytes)
	none := filepath.Join(r.Dir, "none"+hostileBytes)
	rows := map[string][]hostileUse{
		"serve":                 nil, // with the broken configuration only
		"sign":                  {{[]string{none}, true}, {[]string{cases}, true}},
		"explain":               {{[]string{mail}, false}, {[]string{"--from", hostile, "--to", hostile, mail}, true}},
		"test":                  {{[]string{cases}, true}, {[]string{none}, true}},
		"find":                  {{nil, true}, {[]string{"--reason", hostile}, true}, {[]string{"--since", hostile}, true}},
		"check":                 {{nil, true}},
		"config show":           {{nil, false}, {[]string{hostile}, true}},
		"preview":               {{[]string{"--person", "alice@contoso.com", "-o", folder}, true}, {[]string{"--all", "-o", folder}, false}, {[]string{"--person", hostile}, true}},
		"import":                {{[]string{"--name", "a", "-o", folder, filepath.Join(r.Dir, "b.html")}, true}, {[]string{"--product", hostile, none}, true}},
		"mta postfix":           {{nil, false}, {[]string{"--check", "--dir", none}, false}},
		"mta sendmail":          {{nil, false}, {[]string{"--check", "--cf", cf}, false}, {[]string{"--check", "--cf", none}, true}},
		"status":                {{nil, true}, {[]string{"--socket", hostile}, true}},
		"reload":                {{nil, false}},
		"people list":           {{nil, false}, {[]string{"--tenant", hostile}, true}},
		"people show":           {{[]string{"alice@contoso.com"}, true}, {[]string{hostile}, true}},
		"people refresh":        {{nil, true}, {[]string{"--source", hostile}, false}},
		"people forget":         {{[]string{hostile}, true}},
		"cache status":          {{nil, false}},
		"cache drop":            {{[]string{hostile}, true}},
		"cache refresh":         {{[]string{"alice@contoso.com"}, false}, {[]string{hostile}, true}},
		"state snapshot":        {{[]string{folder + ".db"}, true}, {[]string{filepath.Join(none, "x")}, true}},
		"state check":           {{nil, false}, {[]string{none}, true}},
		"m365 script":           {{[]string{"-o", filepath.Join(none, "x")}, true}, {[]string{"--tenant", hostile}, true}},
		"m365 check":            {{[]string{mail}, true}, {[]string{none}, true}},
		"probe":                 {{[]string{"--relay", relay, "--from", "alice@contoso.com", "--to", "b@example.net", "--wait", "maildir:" + box}, true}, {[]string{"--wait", hostile}, false}},
		"man":                   {{[]string{"-o", none}, true}},
		"version":               {{nil, false}},
		"completion bash":       {{nil, false}},
		"completion zsh":        {{nil, false}},
		"completion fish":       {{nil, false}},
		"completion powershell": {{nil, false}},
		"help":                  {{[]string{hostile}, false}},
	}
	root := newRootCommand()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("")
	for _, verb := range verbPaths(root) {
		if _, there := rows[verb]; !there {
			t.Errorf("no row for %q", verb)
		}
	}
	for _, asks := range []bool{true, false} {
		for verb, uses := range rows {
			cmd, _, err := root.Find(strings.Fields(verb))
			if err != nil {
				t.Fatal(verb, err)
			}
			if asks == (cmd.Flags().Lookup("socket") != nil) {
				tryHostile(t, cmd, verb, uses, r.Config, other)
			}
		}
		r.stop() // and lets its state file go, which the others read
	}
	if part := controlCharacter(r.Log.String()); part != "" {
		t.Errorf("the log has %q", part)
	}
}

var escaped = regexp.MustCompile(`\\(u001b|x1b|u0007)`)

// hostileUse is how a verb is used, without -c.
type hostileUse struct {
	args  []string
	shows bool // it prints hostile data, or this is no test of it
}

// tryHostile uses a verb with a good configuration, with a hostile one, and wrongly.
func tryHostile(t *testing.T, cmd *cobra.Command, verb string, uses []hostileUse, good, bad string) {
	t.Helper()
	try := func(shows bool, config string, args ...string) {
		t.Helper()
		if cmd.Flags().Lookup("config") != nil {
			args = append([]string{"-c", config}, args...)
		}
		_, stdout, stderr := invoke(t, append(strings.Fields(verb), args...)...)
		both := stdout + stderr
		if part := controlCharacter(both); part != "" {
			t.Errorf("%s %q prints %q", verb, args, part)
		}
		if shows && !escaped.MatchString(both) {
			t.Errorf("%s %q shows nothing hostile:\n%s", verb, args, both)
		}
	}
	for _, use := range uses {
		try(use.shows, good, use.args...)
		if cmd.Flags().Lookup("json") != nil {
			try(use.shows, good, append([]string{"--json"}, use.args...)...)
		}
		try(false, bad, use.args...)
	}
	if verb == "serve" {
		try(true, bad)
	}
	try(false, bad+".not", hostile, hostile)
	try(false, bad, "--"+hostile)
}
