package policy

import (
	"slices"

	"sigmilter/milter/entity"
)

// Answer is what becomes of a message of a kind that by convention is left alone.
type Answer int

// The answers.
const (
	AnswerPass  Answer = iota // it passes as it is
	AnswerSign                // it is signed as any other
	AnswerDefer               // it waits
)

// Handling is what becomes of the messages of one kind.
type Handling struct {
	Otherwise Answer // where no rule with enforce takes the message
	Enforced  Answer // where one does
}

// DefaultHandling is that of a kind without a setting: left alone, but no word of the
// author's takes a message out of a rule with enforce.
var DefaultHandling = Handling{Otherwise: AnswerPass, Enforced: AnswerSign}

// Conventions are the kinds of messages that are left alone by convention, or by a
// label that anybody can write, and not because nobody may change them.
var Conventions = []Reason{Automatic, Calendar, Journal, NullSender, Patch, Probe, Recall, Report, Rights, TNEF, Voice}

// HandlingOf is that of the kinds of some lists: those to be signed always, and those
// that are not signed where a rule enforces, but pass, or wait, which beats it.
func HandlingOf(sign, enforcedPass, enforcedDefer []Reason) map[Reason]Handling {
	kinds := map[Reason]Handling{}
	for _, k := range Conventions {
		h := DefaultHandling
		if slices.Contains(sign, k) {
			h.Otherwise = AnswerSign
		}
		if slices.Contains(enforcedPass, k) {
			h.Enforced = AnswerPass
		}
		if slices.Contains(enforcedDefer, k) {
			h.Enforced = AnswerDefer
		}
		kinds[k] = h
	}
	return kinds
}

// Answer is what becomes of a message of a kind, as far as its label goes.
func (p *Policy) Answer(kind Reason, enforced bool) Answer {
	h, set := p.Kinds[kind]
	if !set || !slices.Contains(Conventions, kind) {
		h = DefaultHandling
	}
	if enforced {
		return h.Enforced
	}
	return h.Otherwise
}

// enforces reports whether any rule forbids that a message leaves without its blocks.
func (p *Policy) enforces() bool {
	return slices.ContainsFunc(p.Rules, func(r RuleSpec) bool { return r.Enforce })
}

// ofServers are the kinds of messages that mail servers make, beside reports, and that
// are proven to be of a tenant though nobody of it wrote them.
var ofServers = []Reason{Calendar, Journal, Probe, Recall}

// madeByServer reports whether a message of a kind may be a tenant's without an author
// of it: servers make it, and say in one From field that they did. Bounces (RFC 3464 2)
// and receipts (RFC 8098 3) are reports without an envelope sender, whatever else they
// say of themselves.
func (m *message) madeByServer(kind Reason) bool {
	h := m.facts.Header
	if h.Count("From") != 1 || h.Get("From") == "" || m.doubt != "" {
		return false
	}
	report := m.facts.Sender == "" && entity.TypeOf(h.Get("Content-Type")) == "multipart/report"
	return report || slices.Contains(ofServers, kind)
}

// ofKind decides on a message whose header says that it is of a kind that is left
// alone. What the rules say of it counts only where they beat the kind.
func (p *Policy) ofKind(d Decision, m *message, people People, kind Reason, evidence string) (Decision, error) {
	left := d
	left.Reason = kind
	trace := m.facts.Trace
	if !p.enforces() && p.Answer(kind, false) == AnswerPass {
		trace.step("kind", false, "%s: %s says so", kind, evidence)
		return left, nil
	}
	trace.step("kind", true, "%s: %s says so, which a rule may overrule", kind, evidence)
	ruled, err := p.sign(d, m, people)
	if err != nil || ruled.Pending {
		return ruled, err
	}
	if m.tenant == nil && ruled.Verdict != Pass && !m.madeByServer(kind) {
		return ruled, nil
	}
	answer := AnswerPass
	if ruled.Verdict == Sign {
		answer = p.Answer(kind, ruled.Enforced)
	}
	switch answer {
	case AnswerSign:
		return ruled, nil
	case AnswerDefer:
		ruled.Verdict, ruled.Reason = Defer, kind
		return ruled, nil
	}
	trace.step("kind", false, "%s: no rule overrules it", kind)
	return left, nil
}
