package milter

import (
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

const (
	route = "X-Sigmilter-Route"
	code  = "0123456789abcdef0123456789abcdef"
)

// requiring lets the tenant be proven by its code, by a listener or by a signature.
func requiring(kinds ...string) func(*Engine, *shelf) {
	return func(e *Engine, _ *shelf) {
		p := policy.Proof{RoutingField: route, RoutingCodes: []policy.Code{policy.NewCode(code)}, Listeners: []string{"unix:/own.sock"}}
		for _, k := range kinds {
			p.Require = append(p.Require, []string{k})
		}
		e.Policy.Tenants[0].Proof = p
	}
}

// unproven lets unproven messages have a verdict.
func unproven(v policy.Verdict) func(*Engine, *shelf) {
	return func(e *Engine, _ *shelf) { e.Policy.Tenants[0].Proof.Unproven = v }
}

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
			e.OnError, s.err = Continue, errors.New("no")
		}},
		"panicked and passed": {secret + hello, Failed, reasonPanic, func(e *Engine, s *shelf) {
			e.OnError, s.find = Continue, func() { panic("boom") }
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
			if stage := e.Head(m); stage == AcceptNow {
				t.Fatal("accepted with the field in it")
			}
			o := e.Finish(m)
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

func TestUnproven(t *testing.T) {
	for verdict, want := range map[policy.Verdict]struct {
		action Action
		reply  Reply
		wire   miltertest.Reply
	}{
		policy.Pass:   {Skipped, Continue, miltertest.Continue},
		policy.Refuse: {Refused, Reject, miltertest.Reject},
		policy.Defer:  {Deferred, Tempfail, miltertest.Tempfail},
	} {
		h := start(t, newEngine(requiring("routing"), unproven(verdict)), Options{})
		mta := h.dial()
		result := h.send(mta, fromAnna, hello)
		if last := result.Replies[len(result.Replies)-1].Reply; last != want.wire || result.Accepted != (want.reply == Continue) {
			t.Errorf("%s: replied %s", want.action, last)
		}
		// The session goes on.
		if result := h.send(mta, fromAnna, route+": "+code+"\n"+hello); !result.Accepted || strings.Contains(string(result.Raw), code) {
			t.Errorf("%s: then %+v", want.action, result)
		}
		h.quit(mta)
		o := h.messages()[0].outcome
		if o.Reply != want.reply || o.Report.Action != want.action || o.Report.Reason != string(policy.Unproven) || want.reply != Continue && len(o.Fields) > 0 {
			t.Errorf("%+v", o)
		}
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

// The listener of a session is a proof, and no other is.
func TestListenerOfASession(t *testing.T) {
	h := start(t, newEngine(requiring("listener")), Options{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- h.server.ServeNamed(ln, "unix:/own.sock") }()
	t.Cleanup(func() { ln.Close(); <-served })
	for _, c := range []struct {
		addr   string
		action Action
	}{{h.addr, Skipped}, {ln.Addr().String(), Signed}} {
		mta, err := miltertest.Dial("tcp", c.addr)
		if err != nil {
			t.Fatal(err)
		}
		h.send(mta, fromAnna, hello)
		h.quit(mta)
		all := h.messages()
		if got := all[len(all)-1].outcome.Report; got.Action != c.action {
			t.Errorf("%s because of %s, want %s", got.Action, got.Reason, c.action)
		}
	}
}

// What proves a client is asked for where the MTA lets a milter choose, and only
// there.
func TestMacrosAreAskedFor(t *testing.T) {
	h := start(t, newEngine(), Options{})
	mta := h.dial()
	h.quit(mta)
	for stage, macros := range map[uint32][]string{
		0: {"j", "{client_addr}"},
		1: {"{cert_subject}", "{cert_issuer}", "{cn_subject}", "{verify}"},
		2: {"{auth_authen}", "{client_addr}", "{cert_subject}", "{cert_issuer}"},
		5: {"i"}, 6: {"i"},
	} {
		for _, name := range macros {
			if !slices.Contains(strings.Fields(mta.Wanted[stage]), name) {
				t.Errorf("stage %d: %q has no %s", stage, mta.Wanted[stage], name)
			}
		}
	}
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	old := miltertest.Postfix
	old.Actions &= 1<<8 - 1
	if mta, err = miltertest.New(conn, old); err != nil {
		t.Fatal(err)
	}
	h.quit(mta)
	if len(mta.Wanted) > 0 || mta.Agreed.Actions > old.Actions {
		t.Errorf("asked of an MTA that does not let us: %+v, %v", mta.Agreed, mta.Wanted)
	}
}

// Macros are read from whatever stage they come in. Those of the connection hold
// for all its messages, those of a message for no other, and a client that Postfix
// is told of later has nothing of the one before.
func TestMacrosOfEveryStage(t *testing.T) {
	h := start(t, newEngine(), Options{})
	mta := h.dial()
	say := func(stage miltertest.Stage, pairs ...string) {
		t.Helper()
		if err := mta.Macros(stage, pairs...); err != nil {
			t.Fatal(err)
		}
	}
	say(miltertest.AtConnect, "j", "relay.example", "{client_addr}", "40.92.0.1")
	h.want(miltertest.NoReply)(mta.Connect("a.example", "192.0.2.1", 25))
	say(miltertest.AtHelo, "{cert_subject}", "a.example")
	h.want(miltertest.NoReply)(mta.Helo("a.example"))
	say(miltertest.AtMail, "{auth_authen}", "anna")
	h.want(miltertest.NoReply)(mta.Mail("anna@contoso.com"))
	h.want(miltertest.NoReply)(mta.Rcpt("to@example.net"))
	say(miltertest.AtEndOfHeaders, "i", "Q1", "{cert_issuer}", "CA")
	h.complete(mta, "one\r\n")
	h.begin(mta, "anna@contoso.com")
	h.complete(mta, "two\r\n")
	h.want(miltertest.NoReply)(mta.Connect("b.example", "192.0.2.9", 25))
	h.begin(mta, "anna@contoso.com")
	h.complete(mta, "three\r\n")
	h.quit(mta)
	for i, want := range []map[string]string{
		{"j": "relay.example", "client_name": "a.example", "client_addr": "40.92.0.1", "client_port": "25", "cert_subject": "a.example", "s": "a.example", "auth_authen": "anna", "i": "Q1", "cert_issuer": "CA"},
		{"j": "relay.example", "client_name": "a.example", "client_addr": "40.92.0.1", "client_port": "25", "cert_subject": "a.example", "s": "a.example"},
		{"client_name": "b.example", "client_addr": "192.0.2.9", "client_port": "25"},
	} {
		if got := h.messages()[i].Macros; !maps.Equal(got, want) {
			t.Errorf("message %d: %v\nwant %v", i+1, got, want)
		}
	}
}
