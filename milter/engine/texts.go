package engine

import (
	"errors"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/work"
)

// form is one form of a message, HTML or plain, as its leaves in order.
type form struct {
	leaves []*leaf
	newest *leaf // where the author's newest text ends
	whole  bool  // it is one leaf, not a row of them, and no other form is left out
}

// leaf is an opened leaf and what is put into it.
type leaf struct {
	*entity.Leaf
	reading *insert.Reading
	placed  []insert.PlacedBlock
	shows   bool           // a reader sees anything of it
	sealing insert.Sealing // where a rule enforces its blocks
	cost    int64          // memory that it has
}

// letGo gives back what a leaf takes that is not read any more. That it was there
// stays.
func (l *leaf) letGo(j *Job) {
	j.cost.memory.Give(l.cost)
	l.Leaf, l.reading, l.cost = &entity.Leaf{Part: l.Part}, nil, 0
}

// letGo lets go of all leaves of texts.
func (j *Job) letGo(texts []form) {
	for _, t := range texts {
		for _, l := range t.leaves {
			l.letGo(j)
		}
	}
}

// put notes a block; a banner stands first also where all go to one place.
func (l *leaf) put(b insert.Block, pl insert.Placement) {
	at := len(l.placed)
	if b.Kind == insert.Banner {
		at = 0
	}
	l.placed = slices.Insert(l.placed, at, insert.PlacedBlock{Block: b, Placement: pl})
}

// texts opens and reads what a reader sees as the message: the body in which
// something is seen first. The error is that of reading the body; whatever is wrong
// with the message itself is a reason.
func (j *Job) texts() ([]form, policy.Reason, error) {
	var best []form
	var chosen entity.Body
	var at int64 = -1 // where something is seen in it
	bodies := entity.Bodies(j.message.Tree)
	if len(bodies) == 0 {
		bodies = j.besideProtected()
	}
	for _, body := range bodies {
		if at >= 0 && (body.Named() || body.Start() >= at) {
			break
		}
		texts, why, err := j.openDocuments(body.Documents)
		if err != nil || why != "" {
			return nil, why, err
		}
		if shown := firstShown(texts); best == nil || (shown >= 0 && (at < 0 || shown < at)) {
			best, chosen, at, texts = texts, body, shown, best
		}
		j.letGo(texts)
	}
	if best == nil {
		return nil, reasonNoText, nil
	}
	more, why, err := j.openDocuments(j.further(chosen))
	if err != nil || why != "" {
		return nil, why, err
	}
	best = append(best, more...)
	if j.decision.Enforced {
		if why := sealing(best); why != "" {
			return nil, why, nil
		}
	} else {
		best = j.withWords(best)
	}
	for _, t := range best[1:] {
		insert.Agree(best[0].newest.reading, t.newest.reading)
	}
	return best, "", nil
}

// further are the documents that get the blocks besides those of a body. Where no rule
// enforces them, a reader that shows another plain text than the first sees none.
func (j *Job) further(body entity.Body) []entity.Document {
	documents := entity.Further(j.message.Tree, body)
	if j.decision.Enforced {
		return documents
	}
	return slices.DeleteFunc(documents, func(d entity.Document) bool { return !d.HTML })
}

// openDocuments opens documents, each as a text.
func (j *Job) openDocuments(documents []entity.Document) ([]form, policy.Reason, error) {
	var texts []form
	for _, doc := range documents {
		t, why, err := j.open(doc)
		if err != nil || why != "" {
			return nil, why, err
		}
		texts = append(texts, t)
	}
	return texts, "", nil
}

func shows(l *leaf) bool { return l.shows }

// firstShown is where the first leaf begins in which a reader sees anything, -1 for
// none.
func firstShown(texts []form) int64 {
	var at int64 = -1
	for _, t := range texts {
		i := slices.IndexFunc(t.leaves, shows)
		if i < 0 {
			continue
		}
		if start := t.leaves[i].Part.BodyStart; at < 0 || start < at {
			at = start
		}
	}
	return at
}

// withWords is texts without the forms that show nothing beside one that does: a
// client that writes an empty text beside its HTML has no text form, and a block
// alone is none.
func (j *Job) withWords(texts []form) []form {
	var kept []form
	for _, t := range texts {
		if slices.ContainsFunc(t.leaves, shows) {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 || len(kept) == len(texts) {
		return texts
	}
	for _, t := range texts {
		if !slices.ContainsFunc(t.leaves, shows) {
			j.letGo([]form{t})
		}
	}
	for i := range kept {
		kept[i].whole = false // the other form is there, if blank
	}
	return kept
}

// open reads the leaves of one document until quoted mail begins, or all of them
// when something is to go below it. The newest text ends in the leaf with the
// quote, or else in the last in which the author wrote anything.
func (j *Job) open(doc entity.Document) (form, policy.Reason, error) {
	t := form{whole: len(doc.Leaves) == 1}
	ended := false
	patch := policy.TitledPatch(j.message.Header)
	for i, p := range doc.Leaves {
		l, why, err := j.openLeaf(p, i > 0)
		if err != nil || why != "" {
			return t, why, err
		}
		t.leaves = append(t.leaves, l)
		if !ended {
			if why := j.untouchable(l, patch); why != "" {
				return t, why, nil
			}
			if t.newest == nil || l.shows {
				t.newest = l
			}
			ended = l.reading.Quotes() || l.reading.Marked(j.decision.Place.Marker)
		}
		t.letGoOthers(j)
		if ended && j.decision.Disclaimer == "" {
			break
		}
	}
	return t, "", nil
}

// untouchable says why the text of a leaf must stay as it is, "" if it may be edited.
// Where a rule enforces its blocks, OpenPGP is looked at once all texts are open.
func (j *Job) untouchable(l *leaf, patch bool) policy.Reason {
	enforced := j.decision.Enforced
	if enforced && l.Part.Media.Type == "text/plain" && entity.HoldsFile(l.Text, j.cost.meter) != "" {
		return reasonAmbiguous
	}
	why := policy.Reason(l.reading.Untouchable(patch))
	if why == "" || (why == policy.PGP && enforced) {
		return ""
	}
	if j.engine.Policy.Answer(why, enforced) == policy.AnswerSign {
		return ""
	}
	return why
}

// edge is the leaf in which a block that goes above or below everything stands.
func (t *form) edge(kind insert.BlockKind) *leaf {
	if kind == insert.Banner {
		return t.leaves[0]
	}
	for _, l := range slices.Backward(t.leaves) {
		if l.shows {
			return l
		}
	}
	return t.newest
}

// letGoOthers lets go of the leaves in which no block is going to stand, as far as
// the document was read.
func (t *form) letGoOthers(j *Job) {
	d := &j.decision
	for _, l := range t.leaves {
		first := d.Banner != "" && l == t.leaves[0]
		last := d.Disclaimer != "" && l == t.edge(insert.Disclaimer)
		if l.cost > 0 && l != t.newest && !first && !last {
			l.letGo(j)
		}
	}
}

func leafReason(err error) policy.Reason {
	if errors.Is(err, work.ErrMemory) {
		return reasonMemory
	}
	if errors.Is(err, entity.ErrEncoding) {
		return reasonEncoding
	}
	if errors.Is(err, entity.ErrCharset) {
		return reasonCharset
	}
	return reasonDamaged
}

// kindOf is how a text part is to be read.
func (j *Job) kindOf(p *entity.Part, later bool) insert.Kind {
	d := &j.decision
	return insert.Kind{
		HTML:    p.Media.Type == "text/html",
		Flowed:  strings.EqualFold(p.Media.Params["format"], "flowed"),
		DelSp:   strings.EqualFold(p.Media.Params["delsp"], "yes"),
		Reply:   d.Reply,
		Forward: d.Forward,
		Later:   later,

		Recipients: j.message.Recipients,
		Work:       j.cost.meter,
	}
}
