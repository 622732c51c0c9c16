package engine

import (
	"cmp"
	"slices"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// edit turns the placements into the outcome. The error is that of writing a text.
func (j *Job) edit(texts []form, amp *entity.Part, person *insert.Person) (Outcome, error) {
	if err := j.promise(texts); err != nil {
		return j.fail(promiseReason(err), err), nil
	}
	o := Outcome{Report: j.report(Signed, j.decision.Reason)}
	if amp != nil {
		c, err := entity.Remove(amp)
		if err != nil {
			return j.fail(reasonAMP, err), nil
		}
		o.Splices = c.Before
	}
	if err := j.write(&o, texts); err != nil {
		j.letGo(texts)
		return Outcome{}, err
	}
	for _, p := range orphans(j.message.Tree, texts, j.cost.meter) {
		if s, ok := entity.Unhang(p); ok {
			o.Splices = append(o.Splices, s)
		}
	}
	j.learn(texts, person)
	return j.changed(o), nil
}

// write adds to the outcome what the blocks change in the texts.
func (j *Job) write(o *Outcome, texts []form) error {
	have := contentIDs(j.message.Tree)
	addHTML := j.decision.AddHTML && len(texts) == 1 && texts[0].whole
	for _, t := range texts {
		j.cost.meter.Look()
		for _, l := range t.leaves {
			if len(l.placed) == 0 {
				continue
			}
			c, splices, err := l.edited(j, have, addHTML)
			if err != nil {
				return err
			}
			o.Splices = slices.Concat(o.Splices, c.Before, splices, c.After)
			o.Fields = append(o.Fields, c.Fields...)
			o.Report.Blocks = append(o.Report.Blocks, l.report(&j.decision)...)
		}
	}
	return nil
}

// changed completes the outcome of a message whose body changes, if it does.
func (j *Job) changed(o Outcome) Outcome {
	slices.SortStableFunc(o.Splices, func(a, b entity.Splice) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	if len(o.Splices) > 0 || len(o.Fields) > 0 {
		o.Fields = append(o.Fields, withoutDKIM(j.message.Header)...)
		j.withToken(&o)
	}
	return j.stamped(o)
}

// edited is change, with the memory that writing a leaf anew and reading it back
// takes for a while.
func (l *leaf) edited(j *Job, have map[string]bool, addHTML bool) (entity.Composition, []entity.Splice, error) {
	const copies = 4
	n := copies * int64(len(l.Text))
	if err := j.cost.memory.Take(n); err != nil {
		return entity.Composition{}, nil, err
	}
	defer j.cost.memory.Give(n)
	j.cost.meter.Spend(copies * len(l.Text))
	return l.change(have, addHTML)
}

// change works out what the blocks of a leaf change: splices within it, and the
// parts that come beside it: pictures, unless the message has them, and the HTML
// form of a plain text.
func (l *leaf) change(have map[string]bool, addHTML bool) (entity.Composition, []entity.Splice, error) {
	if l.IsStart() && slices.ContainsFunc(l.placed, atEnd) {
		return entity.Composition{}, nil, entity.ErrStart
	}
	splices, fields, err := l.Apply(l.edits())
	if err != nil {
		return entity.Composition{}, nil, err
	}
	c := entity.Composition{Fields: fields}
	if len(splices) == 0 && len(fields) == 0 { // it is all there already
		return c, nil, nil
	}
	if l.Part.Media.Type == "text/html" {
		if parts := pictures(l.placed, have); len(parts) > 0 {
			c, err = entity.Relate(l.Part, parts, related(l.Text), fields, l.LineEnd())
		}
	} else if addHTML {
		html := htmlForm(l.reading.AsHTML(l.placed), l.placed, have)
		c, err = entity.Wrap(l.Part, nil, []entity.Addition{html}, alternative(l.Text), fields, l.LineEnd())
	}
	return c, splices, err
}

// atEnd reports whether a block stands at the end of a text. In what a part begins with
// that is no end: the other form has moved that of the newest text.
func atEnd(p insert.PlacedBlock) bool { return p.Placement.Placed == insert.AtEnd }

func placements(placed []insert.PlacedBlock) []insert.Placement {
	all := make([]insert.Placement, 0, len(placed))
	for _, p := range placed {
		all = append(all, p.Placement)
	}
	return all
}

// report says where the blocks of a leaf went.
func (l *leaf) report(d *policy.Decision) []BlockReport {
	var reports []BlockReport
	blocks := d.Blocks()
	for _, p := range l.placed {
		i := slices.IndexFunc(blocks, func(b policy.Block) bool { return b.Kind == p.Block.Kind })
		reports = append(reports, BlockReport{
			Block: string(p.Block.Kind), Template: blocks[i].Template, Part: l.Part.ID, Type: l.Part.Media.Type,
			Placed: p.Placement.Placed, Separator: p.Placement.Separator, Beaten: p.Placement.Beaten, By: p.Placement.By, Removed: p.Placement.Removed,
		})
	}
	return reports
}

// withoutDKIM deletes the signatures that the change of the body breaks, the
// last first so that the indexes hold.
func withoutDKIM(h entity.Header) []entity.FieldEdit {
	const field = "DKIM-Signature"
	var edits []entity.FieldEdit
	for i := h.Count(field); i > 0; i-- {
		edits = append(edits, entity.FieldEdit{Op: entity.DeleteField, Name: field, Index: i})
	}
	return edits
}
