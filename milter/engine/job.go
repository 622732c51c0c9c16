package engine

import (
	"sigmilter/milter/policy"
)

// Job is the work of an engine on one message. None of its methods returns an error: what
// goes wrong inside is an outcome with its reason.
type Job struct {
	engine   *Engine
	message  *Message
	cost     *Cost
	facts    policy.Facts
	decision policy.Decision // first at end-of-headers
	failure  *Failure        // what went wrong since
	whole    bool            // leaves are read to their end
}

// Begin begins with a message of which, as in a session at MAIL, nothing but the sender
// may be known yet.
func (e *Engine) Begin(m *Message) *Job {
	m.Cost.maxTime = e.MaxTime
	return &Job{engine: e, message: m, cost: m.Cost}
}

// do does a part of the work. It returns what ended it: a limit, or a fault of the program.
func (j *Job) do(part func()) (fault *Failure) {
	defer func() {
		if v := recover(); v != nil {
			fault = &Failure{ReasonPanic, Panicked(v)}
		}
	}()
	return j.cost.Do(part)
}

// Head is asked at end-of-headers, with envelope, macros and header.
func (j *Job) Head() Stage {
	if fault := j.do(j.decideFirst); fault != nil {
		j.failure = fault
	}
	if j.failure != nil {
		return SkipBody
	}
	if j.decision.Verdict == policy.Handled {
		if len(j.engine.Policy.WithoutRoutingFields(j.message.Header)) > 0 {
			return SkipBody
		}
		return AcceptNow
	}
	if j.decision.Verdict == policy.Sign || j.decision.Pending || j.optedOut() {
		return WantBody
	}
	return SkipBody
}

// decideFirst decides by what is known at end-of-headers.
func (j *Job) decideFirst() {
	j.cost.meter.Look()
	j.facts = j.headFacts()
	j.decide()
}

// Finish is asked at end-of-message, or at once when Head answered AcceptNow.
func (j *Job) Finish() Outcome {
	defer j.cost.Release()
	var o Outcome
	if fault := j.do(func() { o = j.outcome() }); fault != nil {
		o = j.fail(fault.Reason, fault.Err)
	}
	o.Report.Micros = j.cost.spent.Microseconds()
	return o
}

// outcome is what becomes of the message.
func (j *Job) outcome() Outcome {
	j.cost.meter.Look()
	if j.failure == nil && j.decision.Pending {
		j.complete()
		j.decide()
	}
	if j.failure != nil {
		return j.fail(j.failure.Reason, j.failure.Err)
	}
	why := j.decision.Reason
	if why == policy.Loop {
		return j.loop()
	}
	switch j.decision.Verdict {
	case policy.Handled:
		return j.withoutSecrets(Outcome{Report: j.report(Handled, why)})
	case policy.Refuse:
		return Outcome{Reply: Reject, Report: j.report(Refused, why)}
	case policy.Defer:
		return Outcome{Reply: Tempfail, Report: j.report(Deferred, why)}
	case policy.Pass:
		return j.pass(why)
	}
	return j.sign()
}

// pass leaves a message as it is but for the guard.
func (j *Job) pass(why policy.Reason) Outcome {
	return j.stamped(Outcome{Report: j.report(Skipped, why)})
}

func (j *Job) report(a Action, why policy.Reason) Report {
	d := &j.decision
	r := Report{Action: a, Reason: string(why), Tenant: d.Tenant, Author: d.Author, Rule: d.Rule, Missing: d.Missing}
	if d.ForeignGuard {
		r.Guard = ForeignGuard
	}
	return r
}
