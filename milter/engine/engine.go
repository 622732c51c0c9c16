package engine

import (
	"errors"
	"io"
	"log/slog"
	"time"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// Store is what the engine asks of the store of people and signatures. It is
// called from many goroutines and answers from memory or the local file; an
// implementation never waits for the network.
type Store interface {
	policy.People
	// Block is the rendered template of a person, who may be one that only the
	// message knows ([policy.Person.Unlisted]). Its error is [ErrRender] when the
	// template failed for this person, else that of the store.
	Block(tenant string, p *policy.Person, template string) (insert.Block, error)
}

// Memory is what is known of how the mails of people end, so that their signatures
// are known too. It is called from many goroutines and never waits for the network,
// nor for a write.
type Memory interface {
	// Recall is what is remembered of a person's mails; false when nothing can be.
	Recall(tenant string, p *policy.Person) (insert.Memory, bool)
	// Learn has the endings of one mail remembered, in each of its forms.
	Learn(tenant string, p *policy.Person, endings []insert.Ending)
}

// ErrRender says that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Engine decides on messages and works out their edits. It is not changed after
// it was made; a message keeps the engine it began with.
type Engine struct {
	Policy    *policy.Policy
	Store     Store
	TextBytes int64  // a larger text part passes unsigned; 0 for no limit
	LineBytes int64  // likewise with a longer line in it
	Memory    Memory // nil: nothing is learned
	Known     *Known // nil: nothing is kept of people and blocks
	OnError   Reply  // Tempfail, or Continue to pass the message unsigned
	// OnErrorOf has, by name, the tenants that have another OnError.
	OnErrorOf map[string]Reply
	OnRender  Reply // likewise, when a template failed for the author
	OnLoop    Reply // likewise for a message that goes in circles
	// OnHidden is likewise for a block that must be seen and would not be.
	OnHidden Reply
	// AddText gives a message that is only attachments a text with its blocks;
	// else it passes.
	AddText bool
	// DropAMP takes the AMP form (text/x-amp-html) out of a message that is
	// signed, since no block can be put into it; else the message passes.
	DropAMP bool
	// DKIM verifies signatures for tenants that are proven by one; nil when none is.
	// See [policy.Facts]. It is called with the whole body, at end-of-message.
	DKIM func(h entity.Header, body *io.SectionReader, domains []string) (s policy.Signature, why string, err error)
	// MaxTime is how long the work on one message may take; 0 for no limit.
	MaxTime time.Duration
	// Now tells the time for rules that have one, and for seals; nil is [time.Now].
	Now func() time.Time
	Log *slog.Logger
}

// Head is asked at end-of-headers, with envelope, macros and header.
func (e *Engine) Head(m *Message) (stage Stage) {
	defer m.Pause()
	defer e.recovered(m, func(why policy.Reason, err error) { m.failure, stage = &Failure{why, err}, SkipBody })
	e.begin(m)
	m.facts = e.facts(m)
	e.decide(m)
	switch d := &m.decision; {
	case m.failure != nil:
		return SkipBody
	case d.Verdict == policy.Handled:
		if len(e.Policy.WithoutRoutingFields(m.Header)) > 0 {
			return SkipBody
		}
		return AcceptNow
	case d.Verdict == policy.Sign, d.Pending, optedOut(m):
		return WantBody
	}
	return SkipBody
}

// begin begins with the work on a message, or goes on with it.
func (e *Engine) begin(m *Message) {
	m.maxTime = e.MaxTime
	m.Begin()
	if m.work == nil { // no session has seen it come in
		m.Allow(int(headerSize(m.Header) + m.Size))
	}
	m.work.Look()
}

// Finish is asked at end-of-message, or at once when Head answered AcceptNow.
func (e *Engine) Finish(m *Message) (o Outcome) {
	defer func() {
		m.memory.Close()
		m.Pause()
		o.Report.Micros = m.spent.Microseconds()
	}()
	defer e.recovered(m, func(why policy.Reason, err error) { o = e.fail(m, why, err) })
	e.begin(m)
	if m.failure == nil && m.decision.Pending {
		e.complete(m)
		e.decide(m)
	}
	switch {
	case m.failure != nil:
		return e.fail(m, m.failure.Reason, m.failure.Err)
	case m.decision.Reason == policy.Loop:
		return e.loop(m)
	case m.decision.Verdict == policy.Handled:
		return e.withoutSecrets(m, Outcome{Report: e.report(m, Handled, m.decision.Reason)})
	case m.decision.Verdict == policy.Refuse:
		return Outcome{Reply: Reject, Report: e.report(m, Refused, m.decision.Reason)}
	case m.decision.Verdict == policy.Defer:
		return Outcome{Reply: Tempfail, Report: e.report(m, Deferred, m.decision.Reason)}
	case m.decision.Verdict == policy.Pass:
		return e.pass(m, m.decision.Reason)
	}
	return e.sign(m)
}

// pass leaves a message as it is but for the guard.
func (e *Engine) pass(m *Message, why policy.Reason) Outcome {
	return e.stamped(m, Outcome{Report: e.report(m, Skipped, why)})
}

func (e *Engine) report(m *Message, a Action, why policy.Reason) Report {
	d := &m.decision
	r := Report{Action: a, Reason: string(why), Tenant: d.Tenant, Author: d.Author, Rule: d.Rule, Missing: d.Missing}
	if d.ForeignGuard {
		r.Guard = ForeignGuard
	}
	return r
}

// stamped adds the guard field: every message that goes back to Microsoft 365
// carries it, or it would come round again.
func (e *Engine) stamped(m *Message, o Outcome) Outcome {
	withoutOptOut(m, &o)
	for i := m.Header.Count(e.Policy.Guard); i > 0; i-- { // one that says nothing, another thing than Yes, or is not ours
		o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.DeleteField, Name: e.Policy.Guard, Index: i})
	}
	value := e.Policy.GuardValue(&m.decision, textLeft(m, &o), m.facts.Now)
	o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.AddField, Name: e.Policy.Guard, Index: 1, Value: value})
	return e.withoutSecrets(m, o)
}

// withoutSecrets is the last step of every message that leaves: it removes the
// routing fields.
func (e *Engine) withoutSecrets(m *Message, o Outcome) Outcome {
	o.Fields = append(o.Fields, e.Policy.WithoutRoutingFields(m.Header)...)
	for _, f := range o.Fields {
		o.Report.Fields = append(o.Report.Fields, FieldReport{Op: string(f.Op), Name: f.Name, Index: f.Index})
	}
	return o
}

// sign puts the block into the texts of a message.
func (e *Engine) sign(m *Message) Outcome {
	if why := unreadable(m); why != "" {
		return e.fail(m, why, nil)
	}
	if o, left := e.leave(m); left {
		return o
	}
	amp := ampPart(m.Tree)
	if amp != nil && !e.DropAMP {
		return e.fail(m, reasonAMP, nil)
	}
	texts, why, err := e.texts(m)
	if err != nil {
		return e.fail(m, bodyReason(err), err)
	}
	if why == reasonNoText && m.decision.Enforced && policy.PassParts(m.Tree) != "" {
		why = reasonHollow
	}
	if _, fails := remedies[why]; why != "" && !fails {
		return e.leaveAs(m, why) // a kind that must pass, as only the text shows
	}
	if why != "" && !(why == reasonNoText && e.AddText) {
		return e.fail(m, why, nil)
	}
	blocks, err := e.blocks(&m.decision)
	if err != nil {
		return e.fail(m, blockReason(err), err)
	}
	if len(texts) == 0 {
		return e.addText(m, blocks)
	}
	if m.decision.Enforced {
		name := newName()
		for i := range blocks {
			blocks[i].Name = name
		}
	}
	person := e.author(m)
	switch why := place(texts, blocks, &m.decision, person); why {
	case "":
	case insert.NoPlace:
		return e.fail(m, policy.Reason(why), nil)
	default:
		return e.pass(m, policy.Reason(why))
	}
	if m.decision.Enforced {
		if err := unsignedForm(m.Tree, texts, amp); err != nil {
			return e.fail(m, reasonForm, err)
		}
	}
	return e.edit(m, texts, amp, person)
}

// blocks are the rendered blocks of a decision.
func (e *Engine) blocks(d *policy.Decision) ([]insert.Block, error) {
	var blocks []insert.Block
	for _, want := range d.Blocks() {
		b, err := e.Store.Block(d.Tenant, d.Person, want.Template)
		if err != nil {
			return nil, err
		}
		b.Kind, b.Shown = want.Kind, e.Known.shownLines(b.HTML)
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func blockReason(err error) policy.Reason {
	if errors.Is(err, ErrRender) {
		return reasonRender
	}
	return reasonStore
}

// unreadable says why the tree of a message cannot be worked on, "" if it can.
func unreadable(m *Message) policy.Reason {
	switch {
	case errors.Is(m.TreeErr, entity.ErrTooManyParts):
		return reasonParts
	case errors.Is(m.TreeErr, entity.ErrTooDeep):
		return reasonDepth
	case errors.Is(m.TreeErr, entity.ErrTooManyFields):
		return reasonFields
	case m.TreeErr != nil:
		return reasonHeader
	case m.Body == nil || m.Tree == nil:
		return reasonTooLarge
	case m.Tree.IsMultipart() && len(m.Tree.Children) == 0:
		return reasonMalformed
	}
	return ""
}
