package policy

import "fmt"

// Trace tells how a decision came about. It is what `sigmilter explain` prints.
// It has text of the message, which no log is to have.
type Trace struct {
	Steps []Step      `json:"steps"` // in order; the one that did not go on was the last
	Rules []RuleTrace `json:"rules"` // all of them, when the steps led to them
}

// Step is one step before the rules: guard, kind, tenant or author.
type Step struct {
	Step   string `json:"step"`
	GoesOn bool   `json:"goes_on"`
	Words  string `json:"words"`
}

// Outcome is what became of a rule.
type Outcome string

// The outcomes.
const (
	Applies    Outcome = "applies"
	NotMet     Outcome = "not-met"     // a condition is not met
	Excepted   Outcome = "excepted"    // one of its exceptions is
	ByKeyword  Outcome = "opt-out"     // the author took it out
	NotReached Outcome = "not-reached" // an earlier rule stops
)

// RuleTrace tells how one rule was decided on.
type RuleTrace struct {
	Rule    string           `json:"rule"`
	Outcome Outcome          `json:"outcome"`
	By      string           `json:"by,omitempty"` // the rule that stops, or the keyword
	If      []ConditionTrace `json:"if,omitempty"`
	Except  []ConditionTrace `json:"except,omitempty"`
	Takes   []string         `json:"takes,omitempty"`  // the blocks that come from it: "signature corporate"
	Thread  string           `json:"thread,omitempty"` // how a reply came to its signature
	Stops   bool             `json:"stops,omitempty"`  // later rules are not reached
}

// ConditionTrace tells what a condition asks for and what the message has.
type ConditionTrace struct {
	Condition string `json:"condition"` // its name
	Wants     string `json:"wants"`
	Found     string `json:"found"`
	Met       bool   `json:"met"`
}

// The methods below do nothing on nil, which is when no trace is wanted.

func (t *Trace) step(name string, goesOn bool, format string, args ...any) {
	if t != nil {
		t.Steps = append(t.Steps, Step{name, goesOn, fmt.Sprintf(format, args...)})
	}
}

// rule begins the trace of a rule; stopped is the earlier one that stops, if any.
func (t *Trace) rule(r *RuleSpec, stopped string) *RuleTrace {
	if t == nil {
		return nil
	}
	rt := RuleTrace{Rule: r.Name}
	if stopped != "" {
		rt.Outcome, rt.By = NotReached, stopped
	}
	t.Rules = append(t.Rules, rt)
	return &t.Rules[len(t.Rules)-1]
}

func (t *RuleTrace) conditions() *[]ConditionTrace {
	if t == nil {
		return nil
	}
	return &t.If
}

func (t *RuleTrace) exceptions() *[]ConditionTrace {
	if t == nil {
		return nil
	}
	return &t.Except
}

func (t *RuleTrace) ends(o Outcome) {
	if t != nil {
		t.Outcome = o
	}
}

func (t *RuleTrace) keyword(k string) {
	if t != nil {
		t.By = k
	}
}

// took notes what a decision has from the rule, and whether it is the last.
func (t *RuleTrace) took(before, after *Decision, stops bool) {
	if t == nil {
		return
	}
	t.Stops = stops
	for _, b := range []struct{ kind, before, after string }{
		{"signature", before.Signature, after.Signature},
		{"disclaimer", before.Disclaimer, after.Disclaimer},
		{"banner", before.Banner, after.Banner},
	} {
		if b.before != b.after {
			t.Takes = append(t.Takes, b.kind+" "+b.after)
		}
	}
}

// toldWords say how a reply came to its signature.
var toldWords = map[told]string{
	byReply:      "it is a reply",
	byToken:      "it is a reply, and a token in References says that the thread has the author's signature",
	byTokenNotIn: "it is a reply, and no token in References says that the thread has the author's signature",
	noReferences: "it is a reply, and has no References that could tell more",
}

// thread notes how a reply came to its signature, if that is from the rule.
func (t *RuleTrace) thread(before, after *Decision, how told) {
	if t != nil && before.Signature != after.Signature {
		t.Thread = toldWords[how]
	}
}
