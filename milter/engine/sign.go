package engine

import (
	"errors"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// sign puts the blocks into the texts of a message.
func (j *Job) sign() Outcome {
	if why := unreadable(j.message); why != "" {
		return j.fail(why, nil)
	}
	if o, left := j.leave(); left {
		return o
	}
	amp := ampPart(j.message.Tree)
	if amp != nil && !j.engine.DropAMP {
		return j.fail(reasonAMP, nil)
	}
	o, err := j.signTexts(amp)
	if errors.Is(err, entity.ErrStart) { // what a block takes lies behind the start that was read
		j.whole = true
		o, err = j.signTexts(amp)
	}
	if err != nil {
		return j.fail(leafReason(err), err)
	}
	return o
}

// signTexts puts the blocks into the texts of a message, as far as they are read. The
// error is that of writing a text.
func (j *Job) signTexts(amp *entity.Part) (Outcome, error) {
	texts, why, err := j.texts()
	if err != nil {
		return j.fail(bodyReason(err), err), nil
	}
	if why == reasonNoText && j.decision.Enforced && policy.PassParts(j.message.Tree) != "" {
		why = reasonHollow
	}
	addsText := why == reasonNoText && j.engine.AddText
	if why != "" && !addsText {
		return j.unsigned(why), nil
	}
	blocks, err := j.blocks()
	if err != nil {
		return j.fail(blockReason(err), err), nil
	}
	if addsText {
		return j.addText(blocks), nil
	}
	if j.decision.Enforced {
		giveName(blocks)
	}
	person := j.author()
	switch why := place(texts, blocks, &j.decision, person); why {
	case "":
	case insert.NoPlace:
		return j.fail(policy.Reason(why), nil), nil
	default:
		return j.pass(policy.Reason(why)), nil
	}
	if j.decision.Enforced {
		if err := unsignedForm(j.message.Tree, texts, amp); err != nil {
			return j.fail(reasonForm, err), nil
		}
	}
	return j.edit(texts, amp, person)
}

// unsigned answers for a message whose text says why it is not signed.
func (j *Job) unsigned(why policy.Reason) Outcome {
	if _, fails := remedies[why]; fails {
		return j.fail(why, nil)
	}
	return j.leaveAs(why) // a kind that must pass, as only the text shows
}

// addText gives a message that is only attachments a text with its blocks.
func (j *Job) addText(blocks []insert.Block) Outcome {
	d := &j.decision
	if !d.Place.Selects(d.Reply) {
		return j.pass(policy.Reason(insert.NotSelected))
	}
	text, html, pics := insert.Join(blocks)
	placed := []insert.PlacedBlock{{Block: insert.Block{Pictures: pics}, Placement: insert.Placement{Edits: make([]entity.Edit, 1)}}}
	end, err := lineEnd(j.message.Body)
	if err != nil {
		return j.fail(reasonBody, err)
	}
	form := alternative([]byte(html)).Addition(entity.TextPart("text/plain", text), htmlForm(html, placed, contentIDs(j.message.Tree)))

	var c entity.Composition
	root := j.message.Tree
	if root.Media.Type == "multipart/mixed" {
		c, err = entity.Prepend(root, form, end)
	} else if !root.IsMultipart() {
		mixed := entity.Multipart{Subtype: "mixed", Boundary: boundary("m", []byte(html))}
		c, err = entity.Wrap(root, []entity.Addition{form}, nil, mixed, nil, end)
	} else {
		return j.fail(reasonNoText, nil)
	}
	if err != nil {
		return j.fail(leafReason(err), err)
	}
	o := Outcome{Fields: c.Fields, Splices: append(c.Before, c.After...), Report: j.report(Signed, d.Reason)}
	for _, b := range d.Blocks() {
		o.Report.Blocks = append(o.Report.Blocks, BlockReport{Block: string(b.Kind), Template: b.Template, Part: "1", Type: "multipart/alternative", Placed: insert.Added})
	}
	return j.changed(o)
}

// blocks are the rendered blocks of the decision.
func (j *Job) blocks() ([]insert.Block, error) {
	d := &j.decision
	var blocks []insert.Block
	for _, want := range d.Blocks() {
		b, err := j.engine.Store.Block(d.Tenant, d.Person, want.Template)
		if err != nil {
			return nil, err
		}
		b.Kind, b.Shown = want.Kind, j.engine.Known.shownLines(b.HTML)
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
	if errors.Is(m.TreeErr, entity.ErrTooManyParts) {
		return reasonParts
	}
	if errors.Is(m.TreeErr, entity.ErrTooDeep) {
		return reasonDepth
	}
	if errors.Is(m.TreeErr, entity.ErrTooManyFields) {
		return reasonFields
	}
	if m.TreeErr != nil {
		return reasonHeader
	}
	if m.Body == nil || m.Tree == nil {
		return reasonTooLarge
	}
	if m.Tree.IsMultipart() && len(m.Tree.Children) == 0 {
		return reasonMalformed
	}
	return ""
}
