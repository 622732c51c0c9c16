package milter

import (
	"time"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// Reasons of messages that fail in the session, beside the engine's own panic.
const (
	reasonSpool    policy.Reason = "spool"    // the body could not be written to its temporary file
	reasonReplay   policy.Reason = "replay"   // the edits could not be sent, or contradict themselves
	reasonSequence policy.Reason = "sequence" // end-of-message without end-of-headers
)

// transaction is the message in hand and all that belongs to it: a new MAIL
// starts from an empty one, so that nothing of one message gets into the next.
type transaction struct {
	message Message
	signer  Signer
	asked   bool // Head has been called
	told    bool // what became of it was reported
	body    *bodyStore
	scanner *entity.Scanner
	fault   policy.Reason // why the message will be refused for now, if not empty
	waited  time.Duration // how long the MTA has waited for us
}

// close gives the body back.
func (t *transaction) close() {
	t.scanner = nil
	t.message.Body = nil
	if t.body != nil {
		t.body.Close()
		t.body = nil
	}
}

// refused is the outcome of a message that the session could not handle.
func refused(why policy.Reason) Outcome {
	return Outcome{Reply: Tempfail, Report: Report{Action: Failed, Reason: string(why)}}
}

// head asks the signer at end-of-headers and reports whether the message is
// accepted there. Finish then only says what to report.
func (s *session) head(t *transaction) bool {
	if t.asked || t.fault != "" {
		return false
	}
	t.asked = true
	began := time.Now()
	switch t.signer.Head(&t.message) {
	case AcceptNow:
		outcome := t.signer.Finish(&t.message)
		t.waited = time.Since(began)
		s.report(t, Outcome{Reply: Continue, Report: outcome.Report})
		return true
	case WantBody:
		t.body = newBodyStore(s.opts.MemoryBytes, s.opts.TempDir)
		t.scanner = entity.NewScanner(t.message.Header, s.opts.Limits)
	}
	t.waited = time.Since(began)
	return false
}

// collect takes one chunk of the body: to the store and the scanner while the
// body is wanted and not too large, otherwise only its size.
func (s *session) collect(t *transaction, chunk []byte) {
	t.message.Size += int64(len(chunk))
	if t.body == nil {
		return
	}
	if t.message.Size > s.opts.MaxBytes {
		t.close()
		return
	}
	// QUIRK: the library reads each packet into memory of its own, so that the
	// body can be kept without copying it.
	if err := t.body.Keep(chunk); err != nil {
		s.log.Error("body not kept", "queue", t.message.QueueID, "error", err)
		t.fault = reasonSpool
		t.close()
		return
	}
	// A limit that is hit comes back from the scanner's Finish.
	_, _ = t.scanner.Write(chunk)
}

// finish asks the signer at end-of-message and sends its edits to the MTA.
func (s *session) finish(t *transaction, m *gomilter.Modifier) Outcome {
	if t.fault == "" && !t.asked {
		t.fault = reasonSequence
	}
	if t.fault != "" {
		return refused(t.fault)
	}
	if t.body != nil {
		t.message.Body = t.body
		t.message.Tree, t.message.TreeErr = t.scanner.Finish()
		if t.message.TreeErr != nil {
			t.message.Tree = nil
		}
	}
	outcome := t.signer.Finish(&t.message)
	if outcome.Reply != Continue {
		return outcome
	}
	if err := replay(m, s.conn, t.message.Body, outcome); err != nil {
		s.log.Error("edits not sent", "queue", t.message.QueueID, "error", err)
		failed := refused(reasonReplay)
		failed.Report.Tenant = outcome.Report.Tenant
		failed.Report.Author = outcome.Report.Author
		failed.Report.Rule = outcome.Report.Rule
		failed.Report.Micros = outcome.Report.Micros
		return failed
	}
	return outcome
}

// report hands the message and its outcome to Done.
func (s *session) report(t *transaction, o Outcome) {
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
func (r Reply) response() gomilter.Response {
	switch r {
	case Continue:
		return gomilter.RespContinue
	case Reject:
		return gomilter.RespReject
	default:
		return gomilter.RespTempFail
	}
}
