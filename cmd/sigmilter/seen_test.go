package main

import (
	"context"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
	"sigmilter/cmd/internal/offline"
	"sigmilter/cmd/internal/trial"
	"sigmilter/milter/engine"
	"sigmilter/milter/insert"
	"sigmilter/milter/seen"
)

// seenPages are the pages of a file of testdata/seen by name, each with {B} where the
// block goes.
func seenPages(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/seen/" + file)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for row := range strings.SplitSeq(strings.TrimPrefix(string(text), "## "), "\n## ") {
		name, page, _ := strings.Cut(row, "\n")
		pages[name] = page
	}
	return pages
}

const seenLegal = "LEGAL: Contoso AG, Berlin, HRB 12345. This message is confidential."

// hiddenIn is in which view a browser that shows the author's word does not show the
// block, and why; "" for none.
func hiddenIn(b *lab.Browser, page string) string {
	for i, v := range lab.Views {
		if i > 0 && !strings.Contains(page, "<style") {
			break
		}
		if why := b.Hidden(page, seenLegal, v); why != "" && b.Hidden(page, "Hello", v) == "" {
			return v.Name + ": " + why
		}
	}
	return ""
}

// TestSeenInABrowser: what counts as seen a browser shows, in each view. An enforced
// block is put into each of the pages so that a browser shows it, or the message is
// deferred; the ordinary ones are signed.
func TestSeenInABrowser(t *testing.T) {
	b := lab.NewBrowser(t)
	sign := enforcing(t)
	for _, file := range []string{"hidden.txt", "ordinary.txt"} {
		deferred, firm := 0, 0
		for name, page := range seenPages(t, file) {
			whole, shown := withBlock(page)
			if shown {
				if why := hiddenIn(b, whole); why != "" {
					t.Errorf("%s: it counts as seen, but %s\n%s", name, why, whole)
				}
			}
			o, out := sign(t, htmlMail(strings.Replace(page, "{B}", "", 1)))
			if o.Report.Action != engine.Signed {
				deferred++
				if file == "ordinary.txt" || o.Report.Reason != "hidden" && o.Report.Reason != "no-place" {
					t.Errorf("%s: %+v", name, o.Report)
				}
				continue
			}
			if strings.Contains(out, "all:initial") {
				firm++
			}
			if why := hiddenIn(b, out); why != "" {
				t.Errorf("%s: %s\n%s", name, why, out)
			}
		}
		t.Logf("%s: %d are deferred, %d have a firm block", file, deferred, firm)
	}
}

// withBlock is a page with a block as it is put in first, and whether it counts as seen.
func withBlock(page string) (string, bool) {
	block := insert.Block{Kind: insert.Disclaimer, Name: "0a1b2c3d", HTML: "<p>" + seenLegal + "</p>"}
	html := `<div id="` + block.ID() + `" class="` + block.ID() + `" style="white-space:normal">` + block.HTML + "\n</div>"
	page = strings.ReplaceAll(page, "{B}", html)
	return page, seen.Look([]byte(page), []seen.Block{{ID: block.ID(), HTML: html}}, nil)[0].Hidden == ""
}

func htmlMail(page string) string {
	return "From: Alice Muster <alice@contoso.com>\nTo: ben@example.net\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + page
}

// enforcing is a signer of a rule that enforces a disclaimer: it returns the outcome and
// the body.
func enforcing(t *testing.T) func(t *testing.T, raw string) (engine.Outcome, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"people.csv": "mail,displayName,jobTitle\nalice@contoso.com,Alice Muster,Head of Sales\n",
		"sig.html":   "<p>{{.displayName}}<br>{{.jobTitle}}</p>", "legal.html": "<p>" + seenLegal + "</p>",
		"sigmilter.toml": "state = \"none.db\"\n[tenant.contoso]\ndomains = [\"contoso.com\"]\ndirectory.path = \"people.csv\"\n" +
			"[template.sig]\nhtml = \"sig.html\"\n[template.legal]\nhtml = \"legal.html\"\n" +
			"[[rule]]\nname = \"all\"\nsignature = \"sig\"\ndisclaimer = \"legal\"\nenforce = true\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	setup, err := offline.Open(context.Background(), filepath.Join(dir, "sigmilter.toml"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { setup.Close() })
	return func(t *testing.T, raw string) (engine.Outcome, string) {
		got, err := trial.Run(setup.Config, setup.Engine, []byte(raw), new(trial.Given).Envelope(engine.ParseFile([]byte(raw))))
		if err != nil {
			t.Fatal(err)
		}
		header, body, _ := strings.Cut(string(got.Signed), "\n\n")
		if strings.Contains(header, "quoted-printable") {
			decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			body = string(decoded)
		}
		return got.Outcome, body
	}
}
