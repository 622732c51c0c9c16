package milter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

// Every reason of this package has a remedy, so that none is answered by accident.
func TestEveryReasonHasARemedy(t *testing.T) {
	for name, reason := range reasonsOf(t, ".", "policy", "insert") {
		if _, ok := remedies[reason]; !ok && strings.HasPrefix(name, "failure.go") {
			t.Errorf("%s, %q is not in the failure policy", name, reason)
		}
	}
}

func enforced(e *Engine, _ *shelf) { e.Policy.Rules[0].Enforce = true }

// hollow are the reasons whose messages pass for their label alone without enforce.
var hollow = []policy.Reason{policy.SMIME, policy.SignedPart}

// A message that an enforced rule applies to never passes without its blocks, for
// whatever reason; what no rule applies to passes as ever.
func TestEnforce(t *testing.T) {
	for reason, c := range reasonCases {
		if c.change == nil {
			c.change = func(*Engine, *shelf) {}
		}
		if c.message == nil {
			c.message = func(*Message) {}
		}
		pass := func(e *Engine, _ *shelf) { e.OnError, e.OnRender, e.OnLoop = Continue, Continue, Continue }
		t.Run(string(reason), func(t *testing.T) {
			tr := tryMessage(t, newEngine(c.change, pass), c.raw, c.limits, c.message)
			if (tr.Reply == Continue) != (remedies[reason] != deferred) {
				t.Errorf("reply %d without enforce", tr.Reply)
			}
			_, fails := remedies[reason]
			tr = tryMessage(t, newEngine(c.change, pass, func(e *Engine, s *shelf) {
				if len(e.Policy.Rules) > 0 {
					enforced(e, s)
				}
			}), c.raw, c.limits, c.message)
			fails = fails || slices.Contains(hollow, reason)
			if deferred := tr.Reply == Tempfail; deferred != fails || deferred && tr.Report.Action != Failed {
				t.Errorf("reply %d, %s because of %s", tr.Reply, tr.Report.Action, tr.Report.Reason)
			}
		})
	}
}

// Only a rule that gives the message a block binds it.
func TestEnforceIsOfTheRuleThatApplies(t *testing.T) {
	for name, c := range map[string]struct {
		rules []policy.RuleSpec
		want  Reply
	}{
		"a later rule, not reached": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection, Stop: true}, {Name: "legal", Disclaimer: "legal", Enforce: true},
		}, Continue},
		"a later rule that adds": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection}, {Name: "legal", Disclaimer: "legal", Enforce: true},
		}, Tempfail},
		"a later rule that adds nothing": {[]policy.RuleSpec{
			{Name: "all", Signature: "corporate", Place: allSelection}, {Name: "more", Signature: "other", Enforce: true},
		}, Continue},
		"a later rule that says none": {[]policy.RuleSpec{
			{Name: "legal", Disclaimer: "legal", Place: allSelection}, {Name: "none", Signature: policy.NoTemplate, Enforce: true},
		}, Continue},
	} {
		e := newEngine(func(e *Engine, _ *shelf) { e.Policy.Rules = c.rules })
		tr := try(t, e, letter("Content-Type: text/plain; charset=x-klingon", "Hell\xf6\n"))
		if tr.Reply != c.want {
			t.Errorf("%s: reply %d", name, tr.Reply)
		}
	}
}

// A tenant's on_error goes before that of all, also when all that is known of the
// message is the tenant it claims.
func TestOnErrorOfTenant(t *testing.T) {
	for _, own := range []Reply{Tempfail, Continue} {
		for name, broken := range map[string]func(*Engine, *shelf){
			"store": func(_ *Engine, s *shelf) { s.err = errors.New("no") },
			"panic": func(_ *Engine, s *shelf) { s.find = func() { panic("boom") } },
		} {
			e := newEngine(broken, func(e *Engine, _ *shelf) {
				e.OnError, e.OnErrorOf = 1-own, map[string]Reply{"contoso": own, "other": 1 - own}
			})
			if tr := try(t, e, hello); tr.Reply != own || tr.Report.Action != Failed {
				t.Errorf("%s: reply %d, want %d", name, tr.Reply, own)
			}
		}
	}
}

// With on_error = "pass" a message that the session could not keep goes out as it
// came, with the guard and without the routing code; what may be wrong by then is
// deferred all the same.
func TestSessionFaultsPass(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	contradicts := Outcome{Fields: []entity.FieldEdit{{Op: entity.AddField, Name: "A:B"}}}
	for name, c := range map[string]struct {
		opts   Options
		finish func(*Message, Outcome) Outcome // of the engine's outcome
		reason policy.Reason
		passes bool
	}{
		"spool":  {opts: Options{TempDir: missing, MemoryBytes: 3}, reason: reasonSpool, passes: true},
		"edit":   {finish: func(*Message, Outcome) Outcome { return contradicts }, reason: reasonEdit, passes: true},
		"header": {opts: Options{HeaderBytes: 60}, reason: reasonHeaderBig},
		"replay": {finish: func(m *Message, o Outcome) Outcome { m.Body = lostBody{m.Body}; return o }, reason: reasonReplay},
		"panic":  {finish: func(*Message, Outcome) Outcome { panic("boom") }, reason: reasonPanic},
	} {
		for _, enforce := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " enforced ", enforce), func(t *testing.T) {
				log := &logBuffer{}
				e := newEngine(requiring("routing"), func(e *Engine, _ *shelf) {
					e.OnError, e.Policy.Rules[0].Enforce = Continue, enforce
					e.Log = slog.New(slog.NewTextHandler(log, nil))
				})
				h := start(t, altered{e, c.finish}, c.opts)
				mta := h.dial()
				raw := route + ": " + code + "\n" + guard + ": No\n" + hello
				result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com", QueueID: "4XQ1"}, raw)
				h.quit(mta)
				got := h.only()
				if got.outcome.Report.Action != Failed || got.outcome.Report.Reason != string(c.reason) {
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
	*Engine
	alter func(*Message, Outcome) Outcome
}

func (a altered) Finish(m *Message) Outcome {
	o := a.Engine.Finish(m)
	if a.alter != nil {
		return a.alter(m, o)
	}
	return o
}

// No limit of the sessions' header: at the limit a message is collected, above it
// never goes out, since a guard or a routing code could be in the rest.
func TestHeaderLimits(t *testing.T) {
	fields, bytes := 0, 0
	for _, f := range ParseFile([]byte(crlf(hello))).Header() {
		fields, bytes = fields+1, bytes+len(f.Name)+len(strings.TrimLeft(f.Value, " "))
	}
	for d, signed := range map[int]bool{-1: false, 0: true, 1: true} {
		for name, opts := range map[string]Options{"fields": {HeaderFields: fields + d}, "bytes": {HeaderBytes: bytes + d}} {
			h := start(t, newEngine(func(e *Engine, _ *shelf) { e.OnError = Continue }), opts)
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
			h.quit(mta)
			if got := h.only().outcome.Report; result.Tempfailed == signed || (got.Action == Signed) != signed || !signed && got.Reason != string(reasonHeaderBig) {
				t.Errorf("%s %+d: tempfailed %v, %+v", name, d, result.Tempfailed, got)
			}
		}
	}
}

// A message of the limit on lines is signed, one above passes.
func TestLineLimit(t *testing.T) {
	raw := letter(textPlain, "Hello\n"+strings.Repeat("x", 100)+"\nyou\n")
	for d, want := range map[int64]policy.Reason{-1: reasonLine, 0: policy.Rule, 1: policy.Rule} {
		tr := try(t, newEngine(func(e *Engine, _ *shelf) { e.LineBytes = 100 + d }), raw)
		if tr.Report.Reason != string(want) {
			t.Errorf("%+d: %s", d, tr.Report.Reason)
		}
	}
}

// Bodies share memory: what does not fit goes to a file, and comes back when a
// message has ended. Files share the limit on disk.
func TestBodiesShareMemoryAndDisk(t *testing.T) {
	memory, disk := &budget{}, &budget{}
	memory.limit.Store(20) // of which bodies may have half
	disk.limit.Store(20)
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
		if errors.Is(err, errSpoolFull) != step.full || err != nil && !step.full || memory.used.Load() != step.memory || disk.used.Load() != step.disk {
			t.Fatalf("%d bytes: %v, memory %d, disk %d; want %+v", step.n, err, memory.used.Load(), disk.used.Load(), step)
		}
	}
	if whole, err := io.ReadAll(io.NewSectionReader(second, 0, second.Size())); err != nil || len(whole) != 20 {
		t.Errorf("%d bytes, %v", len(whole), err)
	}
	for _, b := range []*bodyStore{first, second, third, third} {
		b.Close()
	}
	if memory.used.Load() != 0 || disk.used.Load() != 0 {
		t.Errorf("memory %d and disk %d are still taken", memory.used.Load(), disk.used.Load())
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
			return h.server.memory.used.Load()+h.server.disk.used.Load() == []int64{6, 13, 13}[i] || i > 0 && h.server.disk.used.Load() >= 7
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
	eventually(t, "all is given back", func() bool { return h.server.memory.used.Load()+h.server.disk.used.Load() == 0 })
	if got := h.messages()[0].outcome.Report.Reason; got != string(reasonSpool) {
		t.Errorf("reason %s", got)
	}
}

// Below the limit on time a message is signed.
func TestTimeLimit(t *testing.T) {
	for limit, want := range map[time.Duration]policy.Reason{0: policy.Rule, time.Hour: policy.Rule, 1: reasonTime} {
		tr := try(t, newEngine(func(e *Engine, _ *shelf) { e.MaxTime = limit }), hello)
		if tr.Report.Reason != string(want) {
			t.Errorf("%v: %s", limit, tr.Report.Reason)
		}
	}
}
