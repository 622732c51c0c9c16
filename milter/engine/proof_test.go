package engine

import (
	"errors"
	"io"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// TestTheSecretStays: whatever becomes of a message, it leaves without routing
// field, also one that is not the tenant's or has a wrong code.
func TestTheSecretStays(t *testing.T) {
	secret := route + ": " + code + "\n"
	for name, c := range map[string]struct {
		raw    string
		action Action
		reason policy.Reason
		change func(*Engine, *shelf)
	}{
		"signed":           {secret + hello, Signed, policy.Rule, nil},
		"in small letters": {strings.ToLower(route) + ":" + code + "\n" + hello, Signed, policy.Rule, nil},
		"folded":           {route + ":\n " + code + "\n" + hello, Signed, policy.Rule, nil},
		"skipped":          {secret + with("Auto-Submitted: auto-replied"), Skipped, policy.Automatic, nil},
		"twice":            {secret + secret + hello, Skipped, policy.Unproven, nil},
		"of another":       {secret + strings.Replace(hello, "anna@contoso.com", "anna@partner.example", 1), Skipped, policy.NoTenant, nil},
		"wrong":            {route + ": guess\n" + hello, Skipped, policy.Unproven, nil},
		"handled":          {secret + with(guard+": Yes"), Handled, policy.Guarded, nil},
		"other guard":      {secret + with("X-Other-Handled: Yes"), Skipped, policy.OtherGuard, nil},
		"failed and passed": {secret + hello, Failed, reasonStore, func(e *Engine, s *shelf) {
			e.OnError, s.FindErr = Continue, errors.New("no")
		}},
		"Panicked and passed": {secret + hello, Failed, ReasonPanic, func(e *Engine, s *shelf) {
			e.OnError, s.OnFind = Continue, func() { panic("boom") }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			changes := []func(*Engine, *shelf){requiring("routing")}
			if c.change != nil {
				changes = append(changes, c.change)
			}
			e := newEngine(changes...)
			f := ParseFile([]byte(c.raw))
			m := f.Message("anna@contoso.com", []string{"c@partner.example"}, entity.Limits{})
			job := e.Begin(m)
			if stage := job.Head(); stage == AcceptNow {
				t.Fatal("accepted with the field in it")
			}
			o := job.Finish()
			out, err := f.Apply(o)
			if err != nil {
				t.Fatal(err)
			}
			if o.Report.Action != c.action || o.Report.Reason != string(c.reason) {
				t.Errorf("%s because of %s", o.Report.Action, o.Report.Reason)
			}
			if text := strings.ToLower(string(out)); strings.Contains(text, code) || strings.Contains(text, strings.ToLower(route)) {
				t.Errorf("it leaves with the message: %s", out)
			}
			if n := strings.Count(string(out), guard+": Yes"); n != 1 {
				t.Errorf("%d guards: %s", n, out)
			}
			if n := len(o.Report.Fields); n != len(o.Fields) || n == 0 {
				t.Errorf("%d edits, %d reported", len(o.Fields), n)
			}
		})
	}
}

// A handled message without the field is accepted at end-of-headers as ever.
func TestHandledWithoutTheField(t *testing.T) {
	tr := try(t, newEngine(requiring("routing")), with(guard+": Yes"))
	tr.want(t, Handled, policy.Guarded)
	if tr.stage != AcceptNow || len(tr.Fields) > 0 {
		t.Errorf("stage %v, %+v", tr.stage, tr.Fields)
	}
}

// verifier answers for signatures and notes what it was given.
type verifier struct {
	domain string
	err    error
	body   string
}

func (v *verifier) verify(h entity.Header, body *io.SectionReader, _ []string) (policy.Signature, string, error) {
	text, _ := io.ReadAll(body)
	v.body = string(text)
	return policy.Signature{Domain: v.domain, Covers: h}, "it is not valid", v.err
}

func TestProvenBySignature(t *testing.T) {
	signed := with("DKIM-Signature: v=1; d=contoso.com; b=")
	for _, c := range []struct {
		name   string
		raw    string
		v      verifier
		action Action
		reason policy.Reason
		asked  bool
	}{
		{"valid", signed, verifier{domain: "contoso.com"}, Signed, policy.Rule, true},
		{"valid, of a kind that passes", "Auto-Submitted: auto-replied\n" + signed, verifier{domain: "contoso.com"}, Skipped, policy.Automatic, true},
		{"not valid", signed, verifier{}, Skipped, policy.Unproven, true},
		{"none", hello, verifier{domain: "contoso.com"}, Skipped, policy.Unproven, false},
		{"handled", guard + ": Yes\n" + signed, verifier{domain: "contoso.com"}, Handled, policy.Guarded, false},
		{"silent DNS", signed, verifier{err: errors.New("no answer")}, Failed, reasonProof, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := try(t, newEngine(requiring("dkim"), func(e *Engine, _ *shelf) { e.DKIM = c.v.verify }), c.raw)
			tr.want(t, c.action, c.reason)
			if (c.v.body != "") != c.asked || c.asked && (tr.stage != WantBody || c.v.body != "Hello,\nsee you.\n") {
				t.Errorf("stage %v, verified %q", tr.stage, c.v.body)
			}
		})
	}
}

// Without a body, or a verifier, nothing is proven and nothing breaks.
func TestNothingToVerify(t *testing.T) {
	signed := with("DKIM-Signature: v=1; d=contoso.com; b=")
	v := verifier{domain: "contoso.com"}
	tr := tryMessage(t, newEngine(requiring("dkim"), func(e *Engine, _ *shelf) { e.DKIM = v.verify }), signed, entity.Limits{}, func(m *Message) { m.Body, m.Tree = nil, nil })
	tr.want(t, Skipped, policy.Unproven)
	tr = try(t, newEngine(requiring("dkim")), signed)
	tr.want(t, Skipped, policy.Unproven)
}
