package policy

import (
	"cmp"

	"sigmilter/milter/insert"
)

// RuleSpec is one rule of the configuration.
type RuleSpec struct {
	Name string
	Conditions
	Signature      string // template; empty leaves it to a later rule
	ReplySignature string // template for replies and forwards, see [Policy.ThreadTokens]; empty for the same
	Disclaimer     string // template; empty leaves it to a later rule
	Banner         string // likewise
	Place          insert.Settings
	Enforce        bool // a message it gives a block never leaves without
	EnforceByText  bool // the text form may make up for a block not seen in HTML
	AddHTML        bool // a message in plain text gets an HTML form beside it
	Stop           bool // no later rule is looked at
}

// NoTemplate as a rule's signature says that there is to be none.
const NoTemplate = "none"

// rule goes through the rules that apply, in order, until one stops. Each block
// comes from the first that names it.
func (p *Policy) rule(d Decision, m *message) Decision {
	stopped, marks := "", false
	for i := range p.Rules {
		r := &p.Rules[i]
		if stopped != "" && m.facts.Trace == nil {
			break
		}
		t := m.facts.Trace.rule(r, stopped)
		if stopped != "" {
			continue
		}
		if outcome := r.judge(&d, m, t); outcome != Applies {
			continue
		}
		before := d
		later, how := p.later(m, r)
		if d.take(r, later) {
			marks = !later && p.marks(r) && !m.person.Unlisted
		}
		t.took(&before, &d, r.Stop)
		t.thread(&before, &d, how)
		if r.Stop {
			stopped = r.Name
		}
	}
	if d.Signature == NoTemplate {
		d.Signature = ""
	}
	if m.person.Unlisted && d.Signature != "" {
		d.Signature = m.tenant.DefaultTemplate
	}
	d.Pending = m.pending
	switch {
	case d.Rule == "" && len(d.OptOut) > 0:
		d.Reason = OptedOut
	case d.Rule == "":
		d.Reason = NoRule
	case len(d.Blocks()) == 0:
		d.Reason = NoSignature
	default:
		d.Verdict, d.Reason = Sign, Rule
		if marks {
			d.Token = p.token(m, d.Author, d.Signature)
		}
	}
	return d
}

// judge says whether a rule applies. With a trace every condition is looked at,
// without one only until the answer is known.
func (r *RuleSpec) judge(d *Decision, m *message, t *RuleTrace) Outcome {
	outcome := Applies
	for i := range r.If {
		if !r.If[i].met(m, t.conditions()) {
			outcome = NotMet
			if t == nil {
				return outcome
			}
		}
	}
	for i := range r.Except {
		if r.Except[i].met(m, t.exceptions()) && outcome == Applies {
			outcome = Excepted
			if t == nil {
				return outcome
			}
		}
	}
	if outcome == Applies {
		outcome = r.optedOut(d, m, t)
	}
	t.ends(outcome)
	return outcome
}

// optedOut says whether the author wrote a keyword that takes the rule out, and
// notes it.
func (r *RuleSpec) optedOut(d *Decision, m *message, t *RuleTrace) Outcome {
	outcome := Applies
	for _, k := range r.OptOut {
		if hasWords(m.subject.folded, k) {
			d.OptOut = append(d.OptOut, k)
			t.keyword(k)
			outcome = ByKeyword
		}
	}
	return outcome
}

// met says whether a message meets the condition, and traces it.
func (c *Condition) met(m *message, traces *[]ConditionTrace) bool {
	met := c.kind.match(c, m)
	if traces != nil {
		*traces = append(*traces, ConditionTrace{c.Name(), c.String(), c.kind.found(c, m), met})
	}
	return met
}

// take takes from a rule what no earlier one has said, later in a thread its
// signature for replies. It reports whether the signature is from this rule.
func (d *Decision) take(r *RuleSpec, later bool) (signed bool) {
	signature := r.Signature
	if later {
		signature = r.ReplySignature
	}
	speaks := d.Signature == "" && signature != "" || d.Disclaimer == "" && r.Disclaimer != "" || d.Banner == "" && r.Banner != ""
	given := len(d.Blocks())
	if d.Rule == "" || speaks && given == 0 {
		d.Rule, d.Place = r.Name, r.Place
	}
	if d.Signature == "" && signature != "" {
		d.Signature, d.Place, signed = signature, r.Place, true
	}
	d.Disclaimer = cmp.Or(d.Disclaimer, r.Disclaimer)
	d.Banner = cmp.Or(d.Banner, r.Banner)
	d.AddHTML = d.AddHTML || r.AddHTML
	if r.Enforce && len(d.Blocks()) > given {
		d.EnforcedByText = r.EnforceByText && (d.EnforcedByText || !d.Enforced)
		d.Enforced = true
	}
	return signed
}
