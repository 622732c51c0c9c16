package milter

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/miltertest"
)

// Work on a message ends when the MTA hangs up or gives it up, and when the server is
// shut down and does not wait any longer: nobody is told of an outcome, and what the
// message held is given back.
func TestWorkEndsWithTheMTA(t *testing.T) {
	for name, leave := range map[string]func(h *harness, conn net.Conn){
		"it hangs up":          func(_ *harness, conn net.Conn) { conn.Close() },
		"it says nothing more": func(_ *harness, conn net.Conn) { conn.(*net.TCPConn).CloseWrite() },
		"it aborts":            func(_ *harness, conn net.Conn) { conn.Write([]byte{0, 0, 0, 1, 'A'}) },
		"it quits":             func(_ *harness, conn net.Conn) { conn.Write([]byte{0, 0, 0, 1, 'Q'}) },
		"the server is stopped": func(h *harness, _ net.Conn) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			h.server.Shutdown(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var h *harness
			var conn net.Conn
			var aborted atomic.Int32
			signer := newEngine(func(_ *engine.Engine, s *shelf) { s.OnBlock = func() { leave(h, conn) } })
			h = start(t, signer, Options{Aborted: func(*engine.Message) { aborted.Add(1) }})
			conn, err := net.Dial("tcp", h.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			mta, err := miltertest.New(conn, miltertest.Postfix)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = mta.Send(miltertest.Envelope{Sender: "anna@contoso.com"}, []byte(hello))
			conn.Close()
			h.sessions(0)
			if n := len(h.messages()); n != 0 || aborted.Load() != 1 {
				t.Errorf("%d outcomes, %d aborted", n, aborted.Load())
			}
			if log := h.log.String(); strings.Count(log, "does not wait for it any more") != 1 || strings.Contains(log, "level=ERROR") {
				t.Errorf("log: %s", log)
			}
			if used := h.server.memory.Used(); used != 0 {
				t.Errorf("%d bytes are still taken", used)
			}
		})
	}
}

// Nothing that an MTA says in the course of a message ends the work on it.
func TestWorkGoesOn(t *testing.T) {
	var h *harness
	looked := 0
	signer := newEngine(func(_ *engine.Engine, s *shelf) {
		s.OnBlock = func() {
			looked++
			if err := h.onlyConn().gone(); err != nil {
				t.Error(err)
			}
		}
	})
	h = start(t, signer, Options{})
	mta := h.dial()
	for range 3 {
		h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
	}
	h.quit(mta)
	if n := len(h.messages()); n != 3 || looked != 3 {
		t.Errorf("%d outcomes, looked %d times", n, looked)
	}
}

// onlyConn is the connection of the one session there is.
func (h *harness) onlyConn() *conn {
	h.server.mu.Lock()
	defer h.server.mu.Unlock()
	for c := range h.server.sessions {
		return c
	}
	return nil
}

// The fields of a message count as well, until it is done.
func TestFieldsTakeMemory(t *testing.T) {
	h := start(t, newEngine(), Options{AllMemory: 200_000})
	mta := h.dial()
	many := strings.Replace(hello, "Subject: ", strings.Repeat("X-Filler: "+strings.Repeat("x", 900)+"\n", 300)+"Subject: ", 1)
	if r := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, many); !r.Tempfailed {
		t.Error("not deferred")
	}
	h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
	h.quit(mta)
	if all := h.messages(); all[0].outcome.Report.Reason != string(engine.ReasonHeaderBig) || all[1].outcome.Report.Action != engine.Signed {
		t.Errorf("%v", []engine.Report{all[0].outcome.Report, all[1].outcome.Report})
	}
	if used := h.server.memory.Used(); used != 0 {
		t.Errorf("%d bytes are still taken", used)
	}
}

// Work that is stopped while the body comes in is the message's fault, and of no other.
func TestScanIsStopped(t *testing.T) {
	h := start(t, frugal{newEngine(func(e *engine.Engine, _ *shelf) { e.OnError = engine.Continue })}, Options{})
	mta := h.dial()
	bomb := letter("Content-Type: multipart/mixed; boundary=b", strings.Repeat("--c\n", 60_000))
	h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, bomb)
	h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
	h.quit(mta)
	all := h.messages()
	if len(all) != 2 || all[0].outcome.Report.Reason != "too-complex" || all[1].outcome.Report.Action != engine.Signed {
		t.Errorf("%v, %v", all[0].outcome.Report, all[1].outcome.Report)
	}
	if used := h.server.memory.Used(); used != 0 {
		t.Errorf("%d bytes are still taken", used)
	}
}

// frugal stops the work on a multipart while its body comes in.
type frugal struct{ engineSigner }

func (f frugal) begin(m *engine.Message) Work { return frugalWork{f.Begin(m), m} }

type frugalWork struct {
	*engine.Job
	message *engine.Message
}

func (w frugalWork) Head() engine.Stage {
	if strings.Contains(w.message.Header.Get("Content-Type"), "multipart") {
		defer w.message.Cost.Meter().Allow(-1 << 40)
	}
	return w.Job.Head()
}
