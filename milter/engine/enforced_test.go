package engine

import (
	"log/slog"
	"strings"
	"testing"

	"sigmilter/milter/policy"
)

// TestKindsBySetting: what a setting says of a kind that only the parts or the text
// tell.
func TestKindsBySetting(t *testing.T) {
	const diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
	messages := map[policy.Reason]string{
		policy.TNEF:   multi("--b\n\nHello\n--b\nContent-Type: application/ms-tnef\n\nx\n--b--\n"),
		policy.Rights: multi("--b\n\nHello\n--b\nContent-Disposition: attachment; filename=message.rpmsg\n\nx\n--b--\n"),
		policy.Patch:  letter(textPlain, diff),
	}
	for kind, raw := range messages {
		for _, c := range []struct {
			enforce  bool
			handling policy.Handling
			want     Action
		}{
			{false, policy.DefaultHandling, Skipped},
			{true, policy.DefaultHandling, Signed},
			{false, policy.Handling{Otherwise: policy.AnswerSign}, Signed},
			{true, policy.Handling{Enforced: policy.AnswerPass}, Skipped},
			{true, policy.Handling{Enforced: policy.AnswerDefer}, Deferred},
		} {
			e := newEngine(func(e *Engine, _ *shelf) {
				e.Policy.Rules[0].Enforce = c.enforce
				e.Policy.Kinds = map[policy.Reason]policy.Handling{kind: c.handling}
			})
			want := policy.Rule
			if c.want != Signed {
				want = kind
			}
			tr := try(t, e, raw)
			tr.want(t, c.want, want)
			if (tr.Reply == Tempfail) != (c.want == Deferred) {
				t.Errorf("%s: reply %d", kind, tr.Reply)
			}
		}
	}
}

// TestFurtherFormsWithoutEnforce: what a reader shows as HTML is signed, or the message
// is not said to be; another plain text stays as it is.
func TestFurtherFormsWithoutEnforce(t *testing.T) {
	const text, page = "--b\n" + textPlain + "\n\nHello\n", "--b\n" + textHTML + "\n\n<p>Hello</p>\n"
	for parts, want := range map[string]string{
		text + page:               "1 2",
		text + page + page:        "1 2 3",
		text + text + page:        "1 3",
		text + page + page + page: "1 2 3 4",
	} {
		tr := try(t, newEngine(), letter("Content-Type: multipart/alternative; boundary=b", parts+"--b--\n"))
		var got []string
		for _, b := range tr.Report.Blocks {
			got = append(got, b.Part)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: parts %q, want %s", parts, got, want)
		}
	}
}

// TestMinorAmbiguities: where only one part is read in two ways, the message is signed
// unless a rule enforces.
func TestMinorAmbiguities(t *testing.T) {
	for name, raw := range map[string]string{
		"charset twice": letter("Content-Type: text/plain; charset=utf-8; charset=us-ascii", "Hello\n"),
		"uuencode":      letter(textPlain, "Hello\nbegin 644 a.txt\n#0V%T\n`\nend\n"),
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, newEngine(), raw)
			tr.want(t, Signed, policy.Rule)
			tr = try(t, newEngine(enforced), raw)
			tr.want(t, Failed, reasonAmbiguous)
		})
	}
}

// TestAmbiguityInLog: the log tells the part and what is wrong, and nothing of the text.
func TestAmbiguityInLog(t *testing.T) {
	var log strings.Builder
	e := newEngine(enforced, func(e *Engine, _ *shelf) { e.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	try(t, e, multi("--b\nContent-Type: text/html\nContent-Type: secret/word\n\nHello\n--b--\n"))
	if got := log.String(); !strings.Contains(got, "two types") || strings.Contains(got, "secret") || strings.Contains(got, "Hello") {
		t.Errorf("%s", got)
	}
}
