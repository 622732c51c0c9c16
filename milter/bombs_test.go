package milter

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

// bombs are messages made to cost much, and what becomes of them: all come out
// whole and with the guard, but for the one that cannot.
var bombs = map[string]struct {
	raw    func() string
	reason policy.Reason
}{
	"100,000 parts":       {func() string { return multi(strings.Repeat("--b\n\nx\n", 100_000) + "--b--\n") }, "too-many-parts"},
	"boundary flood":      {func() string { return multi(strings.Repeat("--b\n", 100_000)) }, "too-many-parts"},
	"nested multiparts":   {nested, "too-deep"},
	"header flood":        {func() string { return strings.Repeat("X-A: b\n", 20_000) + hello }, engine.ReasonHeaderBig},
	"header of 2 MB":      {func() string { return strings.Repeat("X-A: "+strings.Repeat("b", 100<<10)+"\n", 20) + hello }, engine.ReasonHeaderBig},
	"part header of 2 MB": {func() string { return multi("--b\nX-A: " + strings.Repeat("b", 2<<20) + "\n\nx\n--b--\n") }, "header-too-long"},
	"one line of 50 MB":   {func() string { return letter(textPlain, strings.Repeat("x", 50<<20)+"\n") }, "text-too-big"},
	"one line of 5 MB":    {func() string { return letter(textPlain, strings.Repeat("x", 5<<20)+"\n") }, policy.Rule},
	"base64 in base64":    {onion, policy.Rule},
	"100,000 nested tags": {func() string { return letter(textHTML, strings.Repeat("<div>", 100_000)+"x\n") }, policy.Rule},
	"attribute of 5 MB":   {func() string { return letter(textHTML, `<p style="`+strings.Repeat("a:b;", 5<<18)+"\">x</p>\n") }, policy.Rule},
	"50,000 recipients":   {func() string { return "To: " + strings.Repeat("a@x.example,\n ", 50_000) + "b@x.example\n" + hello }, policy.Rule},
}

// nested is a multipart in a multipart, a thousand deep.
func nested() string {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	return letter("Content-Type: multipart/mixed; boundary=b0", b.String())
}

// onion is a text that is base64 of base64 and so on: it is decoded once.
func onion() string {
	text := []byte("Hello\n")
	for range 20 {
		text = []byte(base64.StdEncoding.EncodeToString(text))
	}
	return letter(textPlain+"\nContent-Transfer-Encoding: base64", string(text)+"\n")
}

func TestBombs(t *testing.T) {
	h := start(t, newEngine(func(e *engine.Engine, _ *shelf) { e.TextBytes, e.LineBytes = 8<<20, 8<<20 }), Options{Limits: entity.Limits{HeaderBytes: 1 << 20}, TempDir: t.TempDir()})
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			before := len(h.messages())
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, bomb.raw())
			h.quit(mta)
			got := h.messages()[before].outcome.Report
			if got.Reason != string(bomb.reason) {
				t.Fatalf("%s because of %s", got.Action, got.Reason)
			}
			if bomb.reason == engine.ReasonHeaderBig {
				if !result.Tempfailed {
					t.Error("not deferred")
				}
				return
			}
			if !result.Accepted || strings.Count(string(result.Raw), "\r\n"+guard+": Yes\r\n") != 1 {
				t.Error("not passed on with the guard")
			}
			if signed := strings.Contains(string(result.Raw), "Head of Testing"); signed != (bomb.reason == policy.Rule) && name != "base64 in base64" {
				t.Errorf("signed: %v", signed)
			}
		})
	}
	if used := h.server.memory.Used() + h.server.disk.Used(); used != 0 {
		t.Errorf("%d bytes of bodies are still taken", used)
	}
}
