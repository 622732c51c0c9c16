package engine

import (
	"fmt"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// leave answers for a message that its tree says to leave as it is: it is of a kind
// that must pass, or readers do not agree on what it is.
func (j *Job) leave() (Outcome, bool) {
	enforced := j.decision.Enforced
	label := policy.PassParts(j.message.Tree)
	if !enforced && label != "" && j.engine.Policy.Answer(label, false) == policy.AnswerPass {
		return j.pass(label), true
	}
	if p, what := entity.Ambiguous(j.message.Tree); what != "" && (enforced || !what.Minor()) {
		return j.fail(reasonAmbiguous, fmt.Errorf("part %q: %s", p.ID, what)), true
	}
	if !enforced {
		return Outcome{}, false
	}
	kind, err := j.protected()
	if err != nil {
		return j.fail(bodyReason(err), err), true
	}
	if kind != "" {
		return j.pass(kind), true
	}
	if label == "" {
		return Outcome{}, false
	}
	if j.engine.Policy.Answer(label, true) == policy.AnswerSign {
		return Outcome{}, false
	}
	return j.leaveAs(label), true
}

// leaveAs answers for a message of a kind that is not signed.
func (j *Job) leaveAs(kind policy.Reason) Outcome {
	if j.engine.Policy.Answer(kind, j.decision.Enforced) == policy.AnswerDefer {
		return Outcome{Reply: Tempfail, Report: j.report(Deferred, kind)}
	}
	return j.pass(kind)
}

// protected names the kind of a message that nobody may change, by what is in it and
// not by its labels; "" for none.
func (j *Job) protected() (policy.Reason, error) {
	var failed error
	found, ok := policy.Protected(j.message.Tree, func(p *entity.Part) ([]byte, bool) {
		const most = 64 << 10
		size := p.BodyEnd - p.BodyStart
		raw, err := readLeaf(j.message.Body, p, min(size, most))
		if err != nil {
			failed = err
		}
		return entity.Content(p, raw), size <= most
	})
	if failed != nil || !ok {
		return "", failed
	}
	if found.Wraps {
		return found.Reason, nil
	}
	texts, why, err := j.openDocuments(entity.Beside(j.message.Tree, found.Part))
	if err != nil {
		return "", err
	}
	if why != "" || firstShown(texts) >= 0 {
		return "", nil // a letter with something protected beside it
	}
	return found.Reason, nil
}

// besideProtected is the body of a message whose text stands only behind something
// signed or encrypted, where it is mostly the footer of a list; nil for any other.
func (j *Job) besideProtected() []entity.Body {
	if j.decision.Enforced && policy.PassParts(j.message.Tree) != "" {
		if documents := entity.Further(j.message.Tree, entity.Body{}); len(documents) > 0 {
			return []entity.Body{{Documents: documents}}
		}
	}
	return nil
}

// sealing says why the texts of a message must stay as they are: OpenPGP stands in
// them. Where a rule enforces its blocks, that has to be all of them, and decode.
func sealing(texts []form) policy.Reason {
	leaves, whole, partly := 0, 0, 0
	for _, t := range texts {
		for _, l := range t.leaves {
			if !l.shows {
				continue
			}
			leaves++
			switch l.sealing {
			case insert.Sealed:
				whole++
			case insert.PartlySealed:
				partly++
			}
		}
	}
	if leaves > 0 && whole == leaves {
		return policy.PGP
	}
	if partly > 0 {
		return reasonSealed
	}
	return ""
}

// unsignedForm tells which part a reader may show as the message without a block; nil
// for none. An AMP form that is going to be taken out is none.
func unsignedForm(tree *entity.Part, texts []form, amp *entity.Part) error {
	carries := map[*entity.Part]bool{}
	if amp != nil {
		carries[amp] = true
	}
	for _, t := range texts {
		for _, l := range t.leaves {
			if len(l.placed) > 0 {
				carries[l.Part] = true
			}
		}
	}
	if bare := entity.Bare(tree, func(p *entity.Part) bool { return carries[p] }); len(bare) > 0 {
		return fmt.Errorf("part %q is a form of the message that has no block", bare[0].ID)
	}
	return nil
}
