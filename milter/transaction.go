package milter

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// transaction is the message in hand and all that belongs to it: a new MAIL
// starts from an empty one, so that nothing of one message gets into the next.
type transaction struct {
	message engine.Message
	work    Work
	asked   bool // Head has been called
	told    bool // what became of it was reported
	body    *bodyStore
	scanner *entity.Scanner
	fault   *engine.Failure // why the message could not be collected
	fields  int             // bytes of the header so far
	texts   strings.Builder // of its fields, as many as one piece of memory has room for
	header  work.Account    // what it takes
	waited  time.Duration   // how long the MTA has waited for us
}

// close gives the body back.
func (t *transaction) close() {
	t.scanner = nil
	t.message.Body = nil
	t.message.Cost.Release()
	if t.body != nil {
		t.body.Close()
		t.body = nil
	}
}

// head asks at end-of-headers and reports whether the message is
// accepted there. Finish then only says what to report.
func (s *session) head(t *transaction) bool {
	if t.asked || t.fault != nil {
		return false
	}
	t.asked = true
	began := time.Now()
	switch t.work.Head() {
	case engine.AcceptNow:
		outcome := t.work.Finish()
		t.waited = time.Since(began)
		s.report(t, engine.Outcome{Reply: engine.Continue, Report: outcome.Report})
		return true
	case engine.WantBody:
		t.body = newBodyStore(s.opts.MemoryBytes, s.opts.TempDir)
		t.body.memory, t.body.disk = s.memory, s.disk
		t.scanner = entity.NewScanner(t.message.Header, s.opts.Limits)
		t.scanner.Work = t.message.Cost.Meter()
	}
	t.waited = time.Since(began)
	return false
}

// collect takes one chunk of the body: to the store and the scanner while the
// body is wanted and not too large, otherwise only its size.
func (s *session) collect(t *transaction, data []byte) {
	t.message.Size += int64(len(data))
	t.message.Cost.Allow(len(data))
	if t.body == nil {
		return
	}
	if t.message.Size > s.opts.MaxBytes {
		t.close()
		return
	}
	// The body can be kept without copying it: what the store keeps has come into memory of
	// its own, from [session.bodyRoom] or, as for each packet that it reads, from the library.
	if err := t.body.Keep(data); err != nil {
		t.fault = &engine.Failure{Reason: engine.ReasonSpool, Err: err}
		t.close()
		return
	}
	// A limit that is hit comes back from the scanner's Finish.
	t.scan(func() { _, _ = t.scanner.Write(data) })
}

// scan runs a step of the scanner. When the work on the message is stopped in it, that
// is its fault.
func (t *transaction) scan(step func()) {
	if stopped := t.message.Cost.Do(step); stopped != nil {
		t.fault = stopped
		t.close()
	}
}

// fieldText is the data of a field as a string, which lies beside those of other fields.
func (t *transaction) fieldText(data []byte) string {
	const piece = 4 << 10
	if t.texts.Cap()-t.texts.Len() < len(data) {
		t.texts = strings.Builder{} // the strings so far keep the memory of the other
		t.texts.Grow(max(piece, len(data)))
	}
	t.texts.Write(data)
	return t.texts.String()[t.texts.Len()-len(data):]
}

// addField notes a field of the header, unless there are too many.
func (s *session) addField(t *transaction, f entity.Field) {
	if t.fault != nil {
		return
	}
	t.fields += len(f.Name) + len(f.Value)
	t.message.Cost.Allow(len(f.Name) + len(f.Value))
	if n := len(t.message.Header); n >= s.opts.HeaderFields || t.fields > s.opts.HeaderBytes {
		t.fault = &engine.Failure{Reason: engine.ReasonHeaderBig, Err: fmt.Errorf("%d fields and %d bytes of header have come, and the limits are %d and %d",
			n+1, t.fields, s.opts.HeaderFields, s.opts.HeaderBytes)}
		return
	}
	const overhead = 64 // bytes of a field beside its text
	if err := t.header.Take(int64(overhead + len(f.Name) + len(f.Value))); err != nil {
		t.fault = &engine.Failure{Reason: engine.ReasonHeaderBig, Err: err} // never to be passed, as fields are missing
		return
	}
	if t.message.Header == nil {
		const usual = 48 // fields
		t.message.Header = make(entity.Header, 0, usual)
	}
	t.message.Header = append(t.message.Header, f)
}

// finish asks at end-of-message and sends its edits to the MTA.
func (s *session) finish(t *transaction) engine.Outcome {
	outcome := s.outcome(t)
	if outcome.Reply != engine.Continue {
		return outcome
	}
	if err := outcome.Validate(t.message.Body); err != nil {
		// The guard can still be stamped, if the configuration lets the message pass.
		outcome = t.work.Fail(engine.ReasonEdit, err)
		if outcome.Reply != engine.Continue {
			return outcome
		}
		if err := outcome.Validate(nil); err != nil {
			return giveUp(s.opts.Log, &t.message, engine.ReasonReplay, err, outcome.Report)
		}
	}
	if err := replay(s.conn, t.message.Body, outcome); err != nil {
		return giveUp(s.opts.Log, &t.message, engine.ReasonReplay, err, outcome.Report)
	}
	return outcome
}

// outcome is what is to become of a message, or of what went wrong with it.
func (s *session) outcome(t *transaction) engine.Outcome {
	if t.fault == nil && !t.asked {
		t.fault = &engine.Failure{Reason: engine.ReasonSequence}
	}
	if t.fault == nil && t.body != nil {
		t.scan(func() { t.message.Tree, t.message.TreeErr = t.scanner.Finish() })
	}
	if t.fault != nil && t.fault.Reason == engine.ReasonPanic { // what the session has of the message may be wrong
		return giveUp(s.opts.Log, &t.message, engine.ReasonPanic, t.fault.Err, engine.Report{})
	}
	if t.fault != nil {
		return t.work.Fail(t.fault.Reason, t.fault.Err)
	}
	if t.body != nil {
		t.message.Body = t.body
		if t.message.TreeErr != nil {
			t.message.Tree = nil
		}
	}
	return t.work.Finish()
}

// report hands the message and its outcome to Done.
func (s *session) report(t *transaction, o engine.Outcome) {
	t.told = true
	if s.opts.Done == nil {
		return
	}
	s.protect("done", func() { s.opts.Done(&t.message, o, t.waited) })
}

// abandoned tells of a message that nothing came of.
func (s *session) abandoned(t *transaction) {
	if !t.told && s.opts.Aborted != nil {
		s.protect("aborted", func() { s.opts.Aborted(&t.message) })
	}
}

// response is the last word on a message. It is continue rather than accept
// because the library then keeps its handler; after tempfail it asks for a new
// one and gets the same session. A reply nobody knows must not become silence.
func response(r engine.Reply) gomilter.Response {
	switch r {
	case engine.Continue:
		return gomilter.RespContinue
	case engine.Reject:
		return gomilter.RespReject
	default:
		return gomilter.RespTempFail
	}
}

// giveUp is the answer where there is nothing to ask: it Panicked, or part of its
// edits has left.
func giveUp(log *slog.Logger, m *engine.Message, why policy.Reason, err error, r engine.Report) engine.Outcome {
	engine.LogFailure(log, m, why, err)
	return engine.Outcome{Reply: engine.Tempfail, Report: engine.Report{
		Action: engine.Failed, Reason: string(why), Tenant: r.Tenant, Author: r.Author, Rule: r.Rule, Micros: r.Micros,
	}}
}
