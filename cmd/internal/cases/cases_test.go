package cases

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/laws"
	"sigmilter/milter/engine"
)

func ref(s string) *string { return &s }

const signed = "Subject: Meters\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\nJ=FCrgen\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PHN0eWxlPnAge2NvbG9yOnJlZH08L3N0eWxlPjxwPkhlbGxvPC9wPjxwPkomdXVtbDtyZ2VuPC9wPg==\r\n--b--\r\n"

// observed is a message signed in two parts.
func observed() Observed {
	return Observed{
		Report: engine.Report{
			Action: engine.Signed, Reason: "rule", Tenant: "contoso", Author: "alice@contoso.com", Rule: "outside",
			Blocks: []engine.BlockReport{
				{Block: "signature", Template: "corporate", Part: "1", Placed: "replaced", Separator: "attribution", Removed: []string{"Sent from my iPhone"}},
				{Block: "disclaimer", Template: "legal", Part: "1", Placed: "end"},
			},
			Fields: []engine.FieldReport{{Op: "delete", Name: "DKIM-Signature"}, {Op: "add", Name: "X-Guard"}},
		},
		Signed: []byte(signed),
		Places: []laws.Place{{Part: "1", Block: "signature", Before: "Hello, dear Ben, it is fine with me", After: "On Monday you wrote: is it fine"}},
	}
}

// wanted is a case that looks at everything of it.
func wanted() *config.Case {
	return &config.Case{
		Action: "signed", Reason: "rule", Tenant: "contoso", Author: "Alice@contoso.com", Rule: "outside", Removed: []string{"Sent from my iPhone"},
		Parts: []config.CasePart{
			{ID: "1", Block: "signature", Template: "corporate", Placed: "replaced", Separator: "attribution", After: ref("fine\nwith me"), Before: ref("On Monday")},
			{ID: "1", Block: "disclaimer", Placed: "end"},
		},
		Contains: []string{"Jürgen", "Hello"}, Lacks: []string{"color", "Ben"}, HTML: []string{"<style>", "<p>Hello"},
		Shape: "alternative(text/plain text/html)", AddedFields: []string{"x-guard"}, RemovedFields: []string{"dkim-signature"},
	}
}

func TestCompare(t *testing.T) {
	if found := Compare(wanted(), observed()); found != nil {
		t.Errorf("differences from itself: %v", found)
	}
	if found := Compare(&config.Case{Action: "signed"}, observed()); found != nil {
		t.Errorf("what is not said was looked at: %v", found)
	}
	for name, tc := range map[string]struct {
		change func(*config.Case, *Observed)
		want   string
	}{
		"action":    {func(c *config.Case, _ *Observed) { c.Action = "skipped" }, "action: got signed, want skipped"},
		"reason":    {func(c *config.Case, _ *Observed) { c.Reason = "calendar" }, "reason: got rule, want calendar"},
		"tenant":    {func(_ *config.Case, o *Observed) { o.Report.Tenant = "" }, "tenant: got none, want contoso"},
		"author":    {func(c *config.Case, _ *Observed) { c.Author = "b@contoso.com" }, "author: got alice@contoso.com, want b@contoso.com"},
		"rule":      {func(c *config.Case, _ *Observed) { c.Rule = "inside" }, "rule: got outside, want inside"},
		"blocks":    {func(c *config.Case, _ *Observed) { c.Parts = c.Parts[:1] }, "blocks: got signature in part 1, disclaimer in part 1, want signature in part 1"},
		"order":     {func(c *config.Case, _ *Observed) { c.Parts[1].ID = "2" }, "block 2: got disclaimer in part 1, want disclaimer in part 2"},
		"template":  {func(c *config.Case, _ *Observed) { c.Parts[1].Template = "other" }, "disclaimer in part 1: template: got legal, want other"},
		"placed":    {func(c *config.Case, _ *Observed) { c.Parts[1].Placed = "top" }, "disclaimer in part 1: placed: got end, want top"},
		"separator": {func(c *config.Case, _ *Observed) { c.Parts[0].Separator = "" }, "signature in part 1: separator: got attribution, want none"},
		"removed":   {func(c *config.Case, _ *Observed) { c.Removed = nil }, `signature in part 1: removed: got "Sent from my iPhone", want none`},
		"none removed": {func(c *config.Case, _ *Observed) { c.Parts[0].Removed = []string{} },
			`signature in part 1: removed: got "Sent from my iPhone", want none`},
		"after": {func(c *config.Case, _ *Observed) { c.Parts[0].After = ref("") },
			`signature in part 1: after: got "Hello, dear Ben, it is fine with me", want ""`},
		"before": {func(c *config.Case, _ *Observed) { c.Parts[0].Before = ref("you wrote") },
			`signature in part 1: before: got "On Monday you wrote: is it fine", want "you wrote"`},
		"no place":       {func(_ *config.Case, o *Observed) { o.Places = nil }, "signature in part 1: place: got none, it is not in the text, want one"},
		"added field":    {func(c *config.Case, _ *Observed) { c.AddedFields = []string{"X-Other"} }, "added fields: got X-Guard, want X-Other"},
		"removed field":  {func(c *config.Case, _ *Observed) { c.RemovedFields = []string{"X-Guard"} }, "removed fields: got DKIM-Signature, want X-Guard"},
		"shape":          {func(c *config.Case, _ *Observed) { c.Shape = "text/plain" }, "shape: got alternative(text/plain text/html), want text/plain"},
		"html":           {func(c *config.Case, _ *Observed) { c.HTML = []string{"Hello", "<style>"} }, `html: got not there, or not behind the pieces before it, want "<style>"`},
		"contains":       {func(c *config.Case, _ *Observed) { c.Contains = []string{"red"} }, `contains: got not in the plain text, want "red"; contains: got not in the HTML, want "red"`},
		"lacks":          {func(c *config.Case, _ *Observed) { c.Lacks = []string{"lo Jü"} }, `lacks: got it is in the plain text, want no "lo Jü"; lacks: got it is in the HTML, want no "lo Jü"`},
		"no text at all": {func(_ *config.Case, o *Observed) { o.Signed = []byte("Content-Type: image/gif\n\n") }, `shape: got image/gif, want alternative(text/plain text/html); html: got not there, or not behind the pieces before it, want "<style>"; contains: got no text at all, want "Jürgen"`},
		"laws":           {func(_ *config.Case, o *Observed) { o.Breaches = []laws.Breach{{Law: 2, What: "bytes differ"}} }, "laws: got law 2: bytes differ, want kept"},
	} {
		t.Run(name, func(t *testing.T) {
			c, o := wanted(), observed()
			tc.change(c, &o)
			var got []string
			for _, d := range Compare(c, o) {
				got = append(got, d.String())
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), tc.want)
			}
		})
	}
}

// What Observe says and Format writes is read back as the same case, which the
// message passes.
func TestObserve(t *testing.T) {
	before := &config.Case{
		About: "a \"reply\"\nof two lines", From: ref(""), To: []string{"ben@example.net"}, At: time.Date(2026, 12, 24, 9, 0, 0, 0, time.UTC),
		Action: "skipped", Contains: []string{"Jürgen"}, Lacks: []string{"Ben"}, HTML: []string{"<p>"}, Shape: "text/plain",
		Parts: []config.CasePart{{ID: "7", Block: "banner", Placed: "top"}},
	}
	seen := Observe(before, observed())
	if found := Compare(seen, observed()); found != nil {
		t.Errorf("differences from what was seen: %v", found)
	}
	text, err := Format(seen)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.toml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.LoadCase(path)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	want := *seen
	want.Author = "alice@contoso.com"
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("read back\n%+v\nwant\n%+v\nof\n%s", *got, want, text)
	}
	if got.About != before.About || *got.From != "" || !got.At.Equal(before.At) || *got.Parts[0].After != "Ben, it is fine with me" || *got.Parts[0].Before != "On Monday you wrote: is it" {
		t.Errorf("got\n%s", text)
	}
	if before.Action != "skipped" || len(before.Parts) != 1 {
		t.Error("Observe changed the case it was given")
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.eml", "Subject: b\n\n")
	write("b.toml", "action = \"signed\"\n")
	write("sub/a.eml", "Subject: a\n\n")
	write("README.md", "not a case")
	all := func(string) bool { return true }

	entries, err := Folder(dir, all, true)
	if err != nil || len(entries) != 2 || entries[0].Name != "b" || entries[0].Case.Action != "signed" || entries[1].Name != filepath.Join("sub", "a") || entries[1].Case != nil {
		t.Errorf("%+v, %v", entries, err)
	}
	write("c.toml", "action = \"signed\"\n")
	write("d.eml", "")
	write("d.toml", "action = 1\nresson = 2\n")
	_, err = Folder(dir, all, false)
	var faults config.Faults
	if !errors.As(err, &faults) || len(faults) != 4 {
		t.Errorf("want the faults of c, two of d, and of sub/a: %v", err)
	}
	if entries, err = Folder(dir, func(name string) bool { return name == "b" }, false); err != nil || len(entries) != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err = Folder(filepath.Join(dir, "absent"), all, false); err == nil {
		t.Error("no error for a folder that is not there")
	}
}
