package milter

import (
	"maps"
	"net"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

func TestUnproven(t *testing.T) {
	for verdict, want := range map[policy.Verdict]struct {
		action engine.Action
		reply  engine.Reply
		wire   miltertest.Reply
	}{
		policy.Pass:   {engine.Skipped, engine.Continue, miltertest.Continue},
		policy.Refuse: {engine.Refused, engine.Reject, miltertest.Reject},
		policy.Defer:  {engine.Deferred, engine.Tempfail, miltertest.Tempfail},
	} {
		h := start(t, newEngine(requiring("routing"), unproven(verdict)), Options{})
		mta := h.dial()
		result := h.send(mta, fromAnna, hello)
		if last := result.Replies[len(result.Replies)-1].Reply; last != want.wire || result.Accepted != (want.reply == engine.Continue) {
			t.Errorf("%s: replied %s", want.action, last)
		}
		// The session goes on.
		if result := h.send(mta, fromAnna, route+": "+code+"\n"+hello); !result.Accepted || strings.Contains(string(result.Raw), code) {
			t.Errorf("%s: then %+v", want.action, result)
		}
		h.quit(mta)
		o := h.messages()[0].outcome
		if o.Reply != want.reply || o.Report.Action != want.action || o.Report.Reason != string(policy.Unproven) || want.reply != engine.Continue && len(o.Fields) > 0 {
			t.Errorf("%+v", o)
		}
	}
}

// The listener of a session is a proof, and no other is.
func TestListenerOfASession(t *testing.T) {
	h := start(t, newEngine(requiring("listener")), Options{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln, "unix:/own.sock") }()
	t.Cleanup(func() { ln.Close(); <-served })
	for _, c := range []struct {
		addr   string
		action engine.Action
	}{{h.addr, engine.Skipped}, {ln.Addr().String(), engine.Signed}} {
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

// requiring lets the tenant be proven by its code, by a listener or by a signature.
func requiring(kinds ...string) func(*engine.Engine, *shelf) {
	return func(e *engine.Engine, _ *shelf) { e.Policy.Tenants[0].Proof = enginetest.Requiring(kinds...) }
}

// unproven lets unproven messages have a verdict.
func unproven(v policy.Verdict) func(*engine.Engine, *shelf) {
	return func(e *engine.Engine, _ *shelf) { e.Policy.Tenants[0].Proof.Unproven = v }
}
