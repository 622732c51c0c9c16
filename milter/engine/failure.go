package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// The reasons of engine and session, beside those of policy and insert.
const (
	reasonStore     policy.Reason = "store"            // the store failed
	reasonStale     policy.Reason = "stale"            // the people of the tenant are too old
	reasonReading   policy.Reason = "first-reading"    // the people of the tenant are not all read yet
	reasonProof     policy.Reason = "proof-lookup"     // DNS does not answer for the key of a DKIM signature
	reasonRender    policy.Reason = "render"           // the template failed for this person
	ReasonPanic     policy.Reason = "panic"            // a fault of the program
	reasonBody      policy.Reason = "body"             // the collected body could not be read
	reasonTime      policy.Reason = "too-slow"         // the engine needs longer than its limit
	reasonMemory    policy.Reason = "memory"           // the limit on memory of all messages is reached
	reasonComplex   policy.Reason = "too-complex"      // it takes more work or memory than its size allows
	ReasonEdit      policy.Reason = "edit"             // the edits contradict themselves; none was sent
	ReasonSpool     policy.Reason = "spool"            // the body could not be kept: the disk, or the limit on it
	ReasonReplay    policy.Reason = "replay"           // the edits could not be sent
	ReasonSequence  policy.Reason = "sequence"         // end-of-message without end-of-headers
	ReasonHeaderBig policy.Reason = "header-too-big"   // more fields or bytes of header than the limit
	reasonTooLarge  policy.Reason = "message-too-big"  // larger than the limit for messages
	reasonPartLarge policy.Reason = "text-too-big"     // a text part is larger than its limit
	reasonLine      policy.Reason = "line-too-long"    // a line of a text part is longer than the limit
	reasonParts     policy.Reason = "too-many-parts"   // more parts than the limit
	reasonDepth     policy.Reason = "too-deep"         // nested deeper than the limit
	reasonHeader    policy.Reason = "header-too-long"  // a part's header is longer than the limit
	reasonFields    policy.Reason = "too-many-fields"  // the parts have too many fields, or a field too many parameters
	reasonMalformed policy.Reason = "malformed"        // a multipart without a part
	reasonNoText    policy.Reason = "no-text"          // nothing a reader sees as the message
	reasonAMP       policy.Reason = "amp"              // has an AMP form, which takes no block
	reasonHidden    policy.Reason = "hidden"           // a block that must be seen would not be
	reasonEncoding  policy.Reason = "unknown-encoding" // a transfer encoding nobody knows
	reasonCharset   policy.Reason = "charset"          // unknown, or the block cannot be written in it without risk
	reasonDamaged   policy.Reason = "undecodable"      // a text part does not decode
	reasonAmbiguous policy.Reason = "ambiguous"        // two readers take two things for the message
	reasonForm      policy.Reason = "unsigned-form"    // a reader may show a form that takes no block
	reasonSealed    policy.Reason = "sealed-in-part"   // a signature of OpenPGP stands beside other words
	reasonHollow    policy.Reason = "hollow"           // a signature or ciphertext by its label only, and no text beside it
)

// remedy is what decides between the answers to a failure: a temporary failure,
// or the message as it came with the guard.
type remedy int

const (
	byOnError  remedy = iota // on_error, of the tenant or of all
	byOnRender               // on_render_error
	byOnLoop                 // guard.on_loop
	byOnHidden               // on_hidden
	byOnStale                // the tenant's on_stale
	deferred                 // nothing else is safe: a field could be missed, or half an edit is out
	passed                   // the message is like that: nothing failed, and trying again does not help
)

// remedies is the failure policy, whole: each reason for which a message that was
// to be signed is not. A rule with enforce turns every pass into a temporary
// failure, but for that of on_hidden, which is asked for with enforce only.
var remedies = map[policy.Reason]remedy{
	reasonStore:  byOnError,
	reasonProof:  byOnError,
	ReasonPanic:  byOnError,
	reasonBody:   byOnError,
	reasonTime:   byOnError,
	reasonMemory: byOnError,
	ReasonEdit:   byOnError,
	ReasonSpool:  byOnError,
	reasonRender: byOnRender,
	reasonHidden: byOnHidden,
	policy.Loop:  byOnLoop,
	reasonStale:  byOnStale,

	reasonReading:   deferred,
	ReasonReplay:    deferred,
	ReasonSequence:  deferred,
	ReasonHeaderBig: deferred,

	reasonTooLarge:                passed,
	reasonPartLarge:               passed,
	reasonComplex:                 passed,
	reasonLine:                    passed,
	reasonParts:                   passed,
	reasonDepth:                   passed,
	reasonHeader:                  passed,
	reasonFields:                  passed,
	reasonMalformed:               passed,
	reasonNoText:                  passed,
	reasonAMP:                     passed,
	reasonEncoding:                passed,
	reasonCharset:                 passed,
	reasonDamaged:                 passed,
	reasonAmbiguous:               passed,
	reasonForm:                    passed,
	reasonSealed:                  passed,
	reasonHollow:                  passed,
	policy.Reason(insert.NoPlace): passed,
}

// Failure is why a message that was to be signed is not.
type Failure struct {
	Reason policy.Reason
	Err    error // what happened, for the log; nil when the reason says it all
}

// fail is the one place where a failure, a limit and what a message is like become
// an answer. What passes because the message is like that was skipped, all else
// has failed and is logged here, once.
func (j *Job) fail(why policy.Reason, err error) Outcome {
	j.failure = &Failure{why, err}
	if j.cost.gone != nil { // nobody waits for an answer
		return Outcome{Reply: Tempfail, Report: j.report(Failed, why)}
	}
	reply, action := j.remedy(why, err), Failed
	switch remedies[why] {
	case byOnLoop, byOnStale, byOnHidden, passed:
		if reply == Continue {
			action = Skipped
		}
	}
	if reply == Continue && remedies[why] != byOnHidden && j.enforced() {
		reply, action = Tempfail, Failed
	}
	if action == Failed || why == policy.Loop {
		LogFailure(j.engine.Log, j.message, why, err)
	}
	if reply == Tempfail {
		return Outcome{Reply: Tempfail, Report: j.report(Failed, why)}
	}
	o := j.pass(why)
	o.Report.Action = action
	return o
}

// remedy is the answer to a failure but for rules with enforce.
func (j *Job) remedy(why policy.Reason, err error) Reply {
	switch remedies[why] {
	case byOnError:
		tenant := j.decision.Tenant
		if tenant == "" {
			tenant = j.engine.Policy.Claimed(j.message.Header)
		}
		if reply, own := j.engine.OnErrorOf[tenant]; own {
			return reply
		}
		return j.engine.OnError
	case byOnRender:
		return j.engine.OnRender
	case byOnLoop:
		return j.engine.OnLoop
	case byOnHidden:
		return j.engine.OnHidden
	case byOnStale:
		if stale := (Stale{}); errors.As(err, &stale) && !stale.Defer {
			return Continue
		}
	case passed:
		return Continue
	}
	return Tempfail
}

// enforced says whether a rule forbids that the message goes out without its
// blocks. Where it is not known which rules apply, any rule may.
func (j *Job) enforced() bool {
	d := &j.decision
	if d.Pending || d.Reason == "" || d.Reason == policy.Loop {
		return slices.ContainsFunc(j.engine.Policy.Rules, func(r policy.RuleSpec) bool { return r.Enforce })
	}
	return d.Verdict == policy.Sign && d.Enforced
}

// Fail is asked in place of Finish for a message that could not be collected, and once
// more after it when its edits contradict themselves; nothing has been sent. The outcome
// is without splices.
func (j *Job) Fail(why policy.Reason, err error) Outcome { return j.fail(why, err) }

// loop holds a message that goes in circles, which stops it, or passes it
// unsigned, and says how often it came.
func (j *Job) loop() Outcome {
	return j.fail(policy.Loop, loopError{
		"field", j.engine.Policy.Guard, "relay", j.facts.Relay,
		"passes", policy.Passes(j.message.Header, j.facts.Relay) + 1, "most", j.engine.Policy.MaxPasses,
	})
}

// loopError is what the log says of a message that goes in circles.
type loopError []any

// Error says what to look at.
func (loopError) Error() string {
	return "message goes in circles, see that the transport rule excepts the guard field"
}

func (l loopError) details() []any { return l }

// LogFailure writes the one line of a failure. No error quotes the message.
func LogFailure(log *slog.Logger, m *Message, why policy.Reason, err error) {
	attrs := []any{"session", m.Session, "queue", m.QueueID, "reason", string(why)}
	if err != nil {
		attrs = append(attrs, "error", err)
	}
	if d := detailed(nil); errors.As(err, &d) {
		attrs = append(attrs, d.details()...)
	}
	log.Error("message not signed", attrs...)
}

// detailed is an error with more to log than its text.
type detailed interface {
	error
	details() []any // names and values
}

// panicError is a panic as it may be logged.
type panicError struct {
	what  string
	stack string
}

// Error is the text of a fault of the program, only the type of anything else,
// which could hold text of the message.
func (p panicError) Error() string { return p.what }

func (p panicError) details() []any { return []any{"stack", p.stack} }

// Panicked makes an error of the value of a panic; it is to be called where that
// was recovered.
func Panicked(v any) error {
	what := fmt.Sprintf("%T", v)
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	return panicError{what, string(debug.Stack())}
}
