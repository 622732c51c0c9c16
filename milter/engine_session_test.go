package milter

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

var fromAnna = miltertest.Envelope{Sender: "anna@contoso.com", Recipients: []string{"c@partner.example"}}

// mailbag are messages that a session treats in every way there is.
var mailbag = []struct {
	name   string
	raw    string
	action engine.Action
	reason policy.Reason
}{
	{"signed text", "DKIM-Signature: v=1\n" + hello, engine.Signed, policy.Rule},
	{"signed HTML", letter(textHTML, "<p>Hello</p>\n"), engine.Signed, policy.Rule},
	{"signed alternative", both("Hello", "<p>Hello</p>"), engine.Signed, policy.Rule},
	{"signed reply", strings.Replace(letter(textPlain, "Hello\n\nOn Monday, Bob Meier wrote:\n> Hi\n"), "Subject: ", "In-Reply-To: <1@x.y>\nSubject: Re: ", 1), engine.Signed, policy.Rule},
	{"signed, recoded", letter("Content-Type: text/plain", "Hello\n"), engine.Signed, policy.Rule},
	{"handled", guard + ": Yes\n" + hello, engine.Handled, policy.Guarded},
	{"untrue guard", guard + ": No\n" + guard + ": no\n" + hello, engine.Signed, policy.Rule},
	{"automatic", guard + ": No\nAuto-Submitted: auto-replied\n" + hello, engine.Skipped, policy.Automatic},
	{"calendar", multi("--b\n\nHello\n--b\nContent-Type: text/calendar; method=REQUEST\n\nx\n--b--\n"), engine.Skipped, policy.Calendar},
	{"unknown author", strings.Replace(hello, "anna@", "ghost@", 1), engine.Skipped, policy.UnknownAuthor},
	{"malformed", multi("Hello\n"), engine.Skipped, "malformed"},
	{"empty body", letter(textPlain, ""), engine.Signed, policy.Rule},
	{"too large", letter(textPlain, strings.Repeat("0123456789abcde\n", 100)), engine.Skipped, "message-too-big"},
}

// mailbagOptions let the last message of the bag be too large.
var mailbagOptions = Options{MaxBytes: 1000}

// german gives Anna a signature that not every charset has.
func german(_ *engine.Engine, s *shelf) {
	s.Signature = insert.Block{HTML: "<p>Anna Müster</p>", Text: "Anna Müster"}
}

// offline is what `sigmilter sign` would make of a message, with the last line ended as
// in any message an MTA sends.
func offline(t *testing.T, e engineSigner, raw string) string {
	t.Helper()
	f := engine.ParseFile([]byte(raw))
	m := f.Message(fromAnna.Sender, fromAnna.Recipients, entity.Limits{})
	if m.Size > mailbagOptions.MaxBytes {
		m.Body, m.Tree = nil, nil
	}
	job := e.Begin(m)
	job.Head()
	out, err := f.Apply(job.Finish())
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\r\n") + "\r\n"
}

// TestSessionsAndFiles: a message leaves an MTA as it leaves `sigmilter sign`.
func TestSessionsAndFiles(t *testing.T) {
	for _, c := range mailbag {
		t.Run(c.name, func(t *testing.T) {
			h := start(t, newEngine(german), mailbagOptions)
			mta := h.dial()
			result := h.send(mta, fromAnna, c.raw)
			h.quit(mta)
			if got := h.only().outcome.Report; got.Action != c.action || got.Reason != string(c.reason) {
				t.Errorf("%s because of %s", got.Action, got.Reason)
			}
			if want := offline(t, newEngine(german), crlf(c.raw)); !result.Accepted || string(result.Raw) != want {
				t.Errorf("accepted %v\n%q\n%q", result.Accepted, result.Raw, want)
			}
			bodyReplaced := false
			for _, m := range result.Modifications {
				bodyReplaced = bodyReplaced || m.Op == miltertest.ReplaceBody
			}
			if bodyReplaced != (c.action == engine.Signed) {
				t.Errorf("body replaced: %v", bodyReplaced)
			}
			if c.action == engine.Handled && len(result.Modifications) > 0 {
				t.Errorf("handled already, but changed: %v", result.Modifications)
			}
			if c.action == engine.Skipped && string(result.Raw) != crlf(stampedOnly(c.raw)) {
				t.Errorf("changed: %q", result.Raw)
			}
		})
	}
}

// TestNothingLeaks: whatever message came before on the connection, the next is
// treated as if it were alone.
func TestNothingLeaks(t *testing.T) {
	h := start(t, newEngine(german), mailbagOptions)
	want := map[string]string{}
	for _, c := range mailbag {
		want[c.name] = offline(t, newEngine(german), crlf(c.raw))
	}
	mta := h.dial()
	for _, first := range mailbag {
		for _, second := range mailbag {
			for _, c := range []struct{ name, raw string }{{first.name, first.raw}, {second.name, second.raw}} {
				if result := h.send(mta, fromAnna, c.raw); string(result.Raw) != want[c.name] {
					t.Fatalf("%s after %s: %q", second.name, first.name, result.Raw)
				}
			}
		}
	}
	h.quit(mta)
	for i, got := range h.messages() {
		c := mailbag[(i/2)/len(mailbag)]
		if i%2 == 1 {
			c = mailbag[(i/2)%len(mailbag)]
		}
		if r := got.outcome.Report; r.Action != c.action || r.Reason != string(c.reason) {
			t.Errorf("message %d, %s: %s because of %s", i, c.name, r.Action, r.Reason)
		}
	}
}

// TestRefusedThenSigned: a message that fails says nothing of the next one, and
// the same message is signed when it comes again.
func TestRefusedThenSigned(t *testing.T) {
	for name, fail := range map[string]func(*shelf){
		"store":           func(s *shelf) { s.FindErr = errors.New("no") },
		"render":          func(s *shelf) { s.BlockErr = engine.ErrRender },
		"panic in Find":   func(s *shelf) { s.OnFind = func() { panic("boom") } },
		"panic in render": func(s *shelf) { s.OnBlock = func() { panic("boom") } },
	} {
		for _, onError := range []engine.Reply{engine.Tempfail, engine.Continue} {
			t.Run(fmt.Sprintf("%s, reply %d", name, onError), func(t *testing.T) {
				broken := newEngine(func(e *engine.Engine, s *shelf) { fail(s); e.OnError, e.OnRender = onError, onError })
				engines := []signer{broken, newEngine(german)}
				h := start(t, nil, Options{Begin: func(m *engine.Message) Work {
					s := engines[0]
					engines = engines[1:]
					return s.begin(m)
				}})
				mta := h.dial()
				first, second := h.send(mta, fromAnna, hello), h.send(mta, fromAnna, hello)
				h.quit(mta)
				if onError == engine.Tempfail && (!first.Tempfailed || len(first.Modifications) > 0) {
					t.Errorf("first: %+v", first)
				}
				if onError == engine.Continue && string(first.Raw) != crlf(stampedOnly(hello)) {
					t.Errorf("first: %q", first.Raw)
				}
				if string(second.Raw) != offline(t, newEngine(german), crlf(hello)) {
					t.Errorf("second: %q", second.Raw)
				}
				if got := h.messages()[0].outcome.Report.Action; got != engine.Failed {
					t.Errorf("first: %s", got)
				}
			})
		}
	}
}

// TestOneEngineForAll: sessions share an engine.
func TestOneEngineForAll(t *testing.T) {
	h := start(t, newEngine(german), mailbagOptions)
	want := make([]string, len(mailbag))
	for i, c := range mailbag {
		want[i] = offline(t, newEngine(german), crlf(c.raw))
	}
	var sessions sync.WaitGroup
	for n := range 4 {
		mta := h.dial()
		sessions.Go(func() {
			for i := range mailbag {
				i = (i + 3*n) % len(mailbag)
				result, err := mta.Send(fromAnna, []byte(mailbag[i].raw))
				if err != nil {
					t.Errorf("%s: %v", mailbag[i].name, err)
					return
				}
				if !bytes.Equal(result.Raw, []byte(want[i])) {
					t.Errorf("%s: %q", mailbag[i].name, result.Raw)
				}
			}
			if err := mta.Quit(); err != nil {
				t.Error(err)
			}
		})
	}
	sessions.Wait()
}
