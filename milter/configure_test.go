package milter

import (
	"sync/atomic"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/miltertest"
)

// Each message that ends without an end-of-message is told of once, and no other.
func TestAborted(t *testing.T) {
	var aborted atomic.Int32
	h := start(t, at(engine.WantBody), Options{Aborted: func(m *engine.Message) {
		if m.Sender != "gone@example.org" {
			t.Errorf("aborted: %q", m.Sender)
		}
		aborted.Add(1)
	}})
	mta := h.dial()
	h.send(mta, miltertest.Envelope{Sender: "done@example.org"}, "Subject: x\n\nbody\n")
	h.begin(mta, "gone@example.org")
	if err := mta.Abort(); err != nil {
		t.Fatal(err)
	}
	h.begin(mta, "gone@example.org")
	h.send(mta, miltertest.Envelope{Sender: "done@example.org"}, "Subject: x\n\nbody\n")
	h.begin(mta, "gone@example.org")
	mta.Close()
	h.sessions(0)
	if n := aborted.Load(); n != 3 {
		t.Errorf("%d messages aborted, want 3", n)
	}
	if n := len(h.messages()); n != 2 {
		t.Errorf("%d messages done, want 2", n)
	}
}

// New options are for the sessions that begin after.
func TestConfigure(t *testing.T) {
	h := start(t, at(engine.SkipBody), Options{MaxSessions: 1})
	first := h.dial()
	opts := *h.server.opts.Load()
	opts.MaxSessions = 2
	h.server.Configure(opts)
	h.dial()
	h.sessions(2)
	h.send(first, miltertest.Envelope{}, "Subject: x\n\nbody\n")
	if refused := h.server.Stats().Refused; refused != 0 {
		t.Errorf("%d sessions refused under the new limit of 2", refused)
	}
}
