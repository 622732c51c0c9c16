package milter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// With on_error = "pass" a message that the session could not keep goes out as it
// came, with the guard and without the routing code; what may be wrong by then is
// deferred all the same.
func TestSessionFaultsPass(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	contradicts := engine.Outcome{Fields: []entity.FieldEdit{{Op: entity.AddField, Name: "A:B"}}}
	for name, c := range map[string]struct {
		opts   Options
		finish func(*engine.Message, engine.Outcome) engine.Outcome // of the engine's outcome
		reason policy.Reason
		passes bool
	}{
		"spool":  {opts: Options{TempDir: missing, MemoryBytes: 3}, reason: engine.ReasonSpool, passes: true},
		"edit":   {finish: func(*engine.Message, engine.Outcome) engine.Outcome { return contradicts }, reason: engine.ReasonEdit, passes: true},
		"header": {opts: Options{HeaderBytes: 60}, reason: engine.ReasonHeaderBig},
		"replay": {finish: func(m *engine.Message, o engine.Outcome) engine.Outcome {
			m.Body = enginetest.LostBody{Body: m.Body}
			return o
		}, reason: engine.ReasonReplay},
		"panic": {finish: func(*engine.Message, engine.Outcome) engine.Outcome { panic("boom") }, reason: engine.ReasonPanic},
	} {
		for _, enforce := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " enforced ", enforce), func(t *testing.T) {
				log := &logBuffer{}
				e := newEngine(requiring("routing"), func(e *engine.Engine, _ *shelf) {
					e.OnError, e.Policy.Rules[0].Enforce = engine.Continue, enforce
					e.Log = slog.New(slog.NewTextHandler(log, nil))
				})
				h := start(t, altered{e, c.finish}, c.opts)
				mta := h.dial()
				raw := route + ": " + code + "\n" + guard + ": No\n" + hello
				result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com", QueueID: "4XQ1"}, raw)
				h.quit(mta)
				got := h.only()
				if got.outcome.Report.Action != engine.Failed || got.outcome.Report.Reason != string(c.reason) {
					t.Fatalf("%+v", got.outcome.Report)
				}
				passes := c.passes && !enforce
				if result.Tempfailed == passes {
					t.Fatalf("tempfailed: %v", result.Tempfailed)
				}
				want := crlf(strings.Replace(hello, "\n\n", "\n"+guard+": Yes\n\n", 1))
				if passes && string(result.Raw) != want {
					t.Errorf("passed on %q, want %q", result.Raw, want)
				}
				said := log.String() + h.log.String()
				if n := strings.Count(said, "level=ERROR"); n != 1 || !strings.Contains(said, "session="+got.Session+" queue=4XQ1 reason="+string(c.reason)) {
					t.Errorf("%d lines of error: %s", n, said)
				}
			})
		}
	}
}

// altered is an engine whose outcomes something changes.
type altered struct {
	engineSigner
	alter func(*engine.Message, engine.Outcome) engine.Outcome
}

func (a altered) begin(m *engine.Message) Work { return alteredWork{a.Begin(m), m, a.alter} }

type alteredWork struct {
	*engine.Job
	message *engine.Message
	alter   func(*engine.Message, engine.Outcome) engine.Outcome
}

func (w alteredWork) Finish() engine.Outcome {
	o := w.Job.Finish()
	if w.alter != nil {
		return w.alter(w.message, o)
	}
	return o
}

// No limit of the sessions' header: at the limit a message is collected, above it
// never goes out, since a guard or a routing code could be in the rest.
func TestHeaderLimits(t *testing.T) {
	fields, bytes := 0, 0
	for _, f := range engine.ParseFile([]byte(crlf(hello))).Header() {
		fields, bytes = fields+1, bytes+len(f.Name)+len(strings.TrimLeft(f.Value, " "))
	}
	for d, signed := range map[int]bool{-1: false, 0: true, 1: true} {
		for name, opts := range map[string]Options{"fields": {HeaderFields: fields + d}, "bytes": {HeaderBytes: bytes + d}} {
			h := start(t, newEngine(func(e *engine.Engine, _ *shelf) { e.OnError = engine.Continue }), opts)
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
			h.quit(mta)
			if got := h.only().outcome.Report; result.Tempfailed == signed || (got.Action == engine.Signed) != signed || !signed && got.Reason != string(engine.ReasonHeaderBig) {
				t.Errorf("%s %+d: tempfailed %v, %+v", name, d, result.Tempfailed, got)
			}
		}
	}
}

// Bodies share memory: what does not fit goes to a file, and comes back when a
// message has ended. Files share the limit on disk.
func TestBodiesShareMemoryAndDisk(t *testing.T) {
	memory, disk := &work.Budget{}, &work.Budget{}
	memory.SetLimit(20) // of which bodies may have half
	disk.SetLimit(20)
	body := func() *bodyStore {
		b := newBodyStore(8, t.TempDir())
		b.memory, b.disk = memory, disk
		return b
	}
	keep := func(b *bodyStore, n int) error { return b.Keep(bytes.Repeat([]byte("x"), n)) }
	first, second, third := body(), body(), body()
	for _, step := range []struct {
		b            *bodyStore
		n            int
		memory, disk int64
		full         bool
	}{
		{first, 8, 8, 0, false},
		{second, 2, 10, 0, false},   // at the limit
		{second, 1, 8, 3, false},    // above, the whole of it goes to a file
		{third, 2, 10, 3, false},    // in its place
		{second, 17, 10, 20, false}, // the disk at its limit
		{second, 1, 10, 20, true},   // above
		{first, 1, 2, 20, true},     // also for what was in memory
	} {
		err := keep(step.b, step.n)
		if errors.Is(err, errSpoolFull) != step.full || err != nil && !step.full || memory.Used() != step.memory || disk.Used() != step.disk {
			t.Fatalf("%d bytes: %v, memory %d, disk %d; want %+v", step.n, err, memory.Used(), disk.Used(), step)
		}
	}
	if whole, err := io.ReadAll(io.NewSectionReader(second, 0, second.Size())); err != nil || len(whole) != 20 {
		t.Errorf("%d bytes, %v", len(whole), err)
	}
	for _, b := range []*bodyStore{first, second, third, third} {
		b.Close()
	}
	if memory.Used() != 0 || disk.Used() != 0 {
		t.Errorf("memory %d and disk %d are still taken", memory.Used(), disk.Used())
	}
}

// Messages of several sessions at a time, in memory or above: all come out whole,
// and what they took is given back however they end.
func TestSharedLimitsInSessions(t *testing.T) {
	h := start(t, script{}, Options{AllMemory: 12, SpoolBytes: 12, TempDir: t.TempDir()})
	a, b, c := h.dial(), h.dial(), h.dial()
	for _, mta := range []*miltertest.MTA{a, b, c} {
		h.begin(mta, "a@example.org")
		h.want(miltertest.Continue)(mta.EndOfHeaders())
	}
	for i, mta := range []*miltertest.MTA{a, b, c} {
		h.want(miltertest.NoReply)(mta.Body([]byte("0123456789")[:6+i]))
		h.flush(mta)
		eventually(t, "the chunk is taken", func() bool {
			return h.server.memory.Used()+h.server.disk.Used() == []int64{6, 13, 13}[i] || i > 0 && h.server.disk.Used() >= 7
		})
	}
	for _, end := range []struct {
		mta  *miltertest.MTA
		want miltertest.Reply
	}{{c, miltertest.Tempfail}, {a, miltertest.Continue}} {
		_, reply, err := end.mta.EndOfMessage()
		h.want(end.want)(reply, err)
	}
	if err := b.Abort(); err != nil {
		t.Fatal(err)
	}
	for _, mta := range []*miltertest.MTA{a, b, c} {
		h.quit(mta)
	}
	eventually(t, "all is given back", func() bool { return h.server.memory.Used()+h.server.disk.Used() == 0 })
	if got := h.messages()[0].outcome.Report.Reason; got != string(engine.ReasonSpool) {
		t.Errorf("reason %s", got)
	}
}
