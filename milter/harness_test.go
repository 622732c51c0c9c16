package milter

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sigmilter/milter/engine"
	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

func TestMain(m *testing.M) {
	log.SetOutput(&libraryLog)
	goleak.VerifyTestMain(m) // a session that has ended leaves no goroutine
}

// libraryLog takes what the library logs, which goes to the standard logger.
var libraryLog panicWatch

// panicWatch drops all lines but remembers a panic that got as far as the library.
type panicWatch struct{ panicked atomic.Bool }

func (w *panicWatch) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("panic")) {
		w.panicked.Store(true)
	}
	return len(p), nil
}

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// signer is what the server under test asks about messages.
type signer interface{ begin(*engine.Message) Work }

// script is a signer that does what a test says. What is left out: WantBody,
// and an outcome without edits.
type script struct {
	head   func(*engine.Message) engine.Stage
	finish func(*engine.Message) engine.Outcome
}

func (s script) begin(m *engine.Message) Work { return scripted{s, m} }

// scripted is the work on one message by a script.
type scripted struct {
	script
	message *engine.Message
}

func (s scripted) Head() engine.Stage {
	if s.head == nil {
		return engine.WantBody
	}
	return s.head(s.message)
}

func (s scripted) Finish() engine.Outcome {
	if s.finish == nil {
		return engine.Outcome{Report: engine.Report{Action: engine.Skipped, Reason: "script"}}
	}
	return s.finish(s.message)
}

// Fail defers every message.
func (s scripted) Fail(why policy.Reason, _ error) engine.Outcome {
	return engine.Outcome{Reply: engine.Tempfail, Report: engine.Report{Action: engine.Failed, Reason: string(why)}}
}

// at is a signer that answers Head with stage.
func at(stage engine.Stage) script {
	return script{head: func(*engine.Message) engine.Stage { return stage }}
}

// finished is a copy of a message as Done got it.
type finished struct {
	engine.Message
	body    []byte
	outcome engine.Outcome
}

// harness is a server under test and what its Done was told.
type harness struct {
	t      *testing.T
	server *Server
	addr   string
	log    *logBuffer

	mu   sync.Mutex
	done []finished
}

// newServer makes a server without a listener; opts.Done and opts.Log are the
// harness's unless they are set.
func newServer(t *testing.T, signer signer, opts Options) *harness {
	t.Helper()
	h := &harness{t: t, log: &logBuffer{}}
	if opts.Begin == nil {
		opts.Begin = signer.begin
	}
	if opts.Done == nil {
		opts.Done = h.note
	}
	opts.Log = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.server = New(opts)
	return h
}

// start serves on a port of the kernel's choice until the test ends.
func start(t *testing.T, signer signer, opts Options) *harness {
	t.Helper()
	h := newServer(t, signer, opts)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln, "") }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		h.server.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return h
}

func (h *harness) note(m *engine.Message, o engine.Outcome, _ time.Duration) {
	s := finished{Message: *m, outcome: o}
	s.Macros = maps.Clone(m.Macros)
	if m.Body != nil {
		s.body, _ = io.ReadAll(io.NewSectionReader(m.Body, 0, m.Body.Size()))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, s)
}

// messages returns what Done was told; a message is in it before its reply is.
func (h *harness) messages() []finished {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.done)
}

// only returns the one message Done was told of.
func (h *harness) only() finished {
	h.t.Helper()
	all := h.messages()
	if len(all) != 1 {
		h.t.Fatalf("Done was told of %d messages, want 1", len(all))
	}
	return all[0]
}

// dial connects a fake MTA; the test closes it.
func (h *harness) dial() *miltertest.MTA {
	h.t.Helper()
	mta, err := miltertest.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { mta.Close() })
	return mta
}

// send plays a message and wants the milter to keep all rules.
func (h *harness) send(mta *miltertest.MTA, e miltertest.Envelope, raw string) *miltertest.Result {
	h.t.Helper()
	result, err := mta.Send(e, []byte(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	return result
}

// quit ends a session and wants it to end in order.
func (h *harness) quit(mta *miltertest.MTA) {
	h.t.Helper()
	if err := mta.Quit(); err != nil {
		h.t.Error(err)
	}
}

// want fails the test on an unexpected reply; it takes a call of the fake MTA.
func (h *harness) want(want miltertest.Reply) func(miltertest.Reply, error) {
	return func(got miltertest.Reply, err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
		if got != want {
			h.t.Fatalf("reply %q, want %q", got, want)
		}
	}
}

// flush sends what would wait for a packet with a reply.
func (h *harness) flush(mta *miltertest.MTA) {
	h.t.Helper()
	if err := mta.Flush(); err != nil {
		h.t.Fatal(err)
	}
}

// begin plays a message up to its RCPT.
func (h *harness) begin(mta *miltertest.MTA, sender string) {
	h.t.Helper()
	h.want(miltertest.NoReply)(mta.Mail(sender))
	h.want(miltertest.NoReply)(mta.Rcpt("to@example.net"))
}

// complete plays the rest of it.
func (h *harness) complete(mta *miltertest.MTA, body string) {
	h.t.Helper()
	h.want(miltertest.NoReply)(mta.Header("Subject", "rest"))
	h.want(miltertest.Continue)(mta.EndOfHeaders())
	h.want(miltertest.NoReply)(mta.Body([]byte(body)))
	_, reply, err := mta.EndOfMessage()
	h.want(miltertest.Continue)(reply, err)
}

// eventually waits for a condition nobody signals.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	look, limit := time.NewTicker(time.Millisecond), time.After(patience)
	defer look.Stop()
	for !condition() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("still not: %s", what)
		}
	}
}

// stamp is an outcome that adds the guard field and puts text before the body.
func stamp(splices ...entity.Splice) engine.Outcome {
	return engine.Outcome{
		Fields:  []entity.FieldEdit{{Op: entity.AddField, Name: "X-Guard", Value: "Yes"}},
		Splices: splices,
		Report:  engine.Report{Action: engine.Signed, Reason: "script"},
	}
}

// logBuffer collects log lines of several goroutines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type shelf = enginetest.Shelf

const (
	guard     = enginetest.Guard
	route     = enginetest.Route
	code      = enginetest.Code
	textPlain = enginetest.TextPlain
	textHTML  = enginetest.TextHTML
)

var (
	letter      = enginetest.Letter
	hello       = enginetest.Hello
	both        = enginetest.Both
	multi       = enginetest.Mixed
	received    = enginetest.Received
	stampedOnly = enginetest.Stamped
	crlf        = enginetest.CRLF
)

// engineSigner is a signer of production.
type engineSigner struct{ *engine.Engine }

func (s engineSigner) begin(m *engine.Message) Work { return s.Begin(m) }

// newEngine is an engine for Anna, with changes made to it and to its store.
func newEngine(change ...func(*engine.Engine, *shelf)) engineSigner {
	s := enginetest.Anna()
	e := &engine.Engine{Policy: enginetest.Policy(), Store: s, Known: new(engine.Known), OnError: engine.Tempfail, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(e, s)
	}
	e.Policy.Prepare()
	return engineSigner{e}
}
