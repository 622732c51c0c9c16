package milter

import (
	"errors"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// text is one form of a message, HTML or plain, as its leaves in order.
type text struct {
	leaves []*leaf
	newest *leaf // where the author's newest text ends
	whole  bool  // it is one leaf, not a row of them
}

// leaf is an opened leaf and what is put into it.
type leaf struct {
	*entity.Leaf
	reading *insert.Reading
	placed  []insert.PlacedBlock
}

// put notes a block; a banner stands first also where all go to one place.
func (l *leaf) put(b insert.Block, pl insert.Placement) {
	at := len(l.placed)
	if b.Kind == insert.Banner {
		at = 0
	}
	l.placed = slices.Insert(l.placed, at, insert.PlacedBlock{Block: b, Placement: pl})
}

// shows says whether a reader sees anything of the leaf.
func (l *leaf) shows() bool { return !l.reading.Blank() || l.reading.Quotes() }

// texts opens and reads what a reader sees as the message. The error is that of
// reading the body; whatever is wrong with the message itself is a reason.
func (e *Engine) texts(m *Message) ([]text, policy.Reason, error) {
	var texts []text
	for _, doc := range entity.Documents(m.Tree) {
		t, why, err := e.open(m, doc)
		if err != nil || why != "" {
			return nil, why, err
		}
		texts = append(texts, t)
	}
	switch len(texts) {
	case 0:
		return nil, reasonNoText, nil
	case 2:
		insert.Agree(texts[0].newest.reading, texts[1].newest.reading)
	}
	return texts, "", nil
}

// open reads the leaves of one document until quoted mail begins, or all of them
// when something is to go below it. The newest text ends in the leaf with the
// quote, or else in the last in which the author wrote anything.
func (e *Engine) open(m *Message, doc entity.Document) (text, policy.Reason, error) {
	t := text{whole: len(doc.Leaves) == 1}
	ended := false
	for i, p := range doc.Leaves {
		l, why, err := e.openLeaf(m, p, i > 0)
		if err != nil || why != "" {
			return t, why, err
		}
		t.leaves = append(t.leaves, l)
		if ended {
			continue
		}
		if why := l.reading.Untouchable(); why != "" {
			return t, policy.Reason(why), nil
		}
		if t.newest == nil || l.shows() {
			t.newest = l
		}
		ended = l.reading.Quotes() || l.reading.Marked(m.decision.Place.Marker)
		if ended && m.decision.Disclaimer == "" {
			break
		}
	}
	return t, "", nil
}

// edge is the leaf in which a block that goes above or below everything stands.
func (t *text) edge(kind insert.BlockKind) *leaf {
	if kind == insert.Banner {
		return t.leaves[0]
	}
	for _, l := range slices.Backward(t.leaves) {
		if l.shows() {
			return l
		}
	}
	return t.newest
}

func leafReason(err error) policy.Reason {
	switch {
	case errors.Is(err, entity.ErrEncoding):
		return reasonEncoding
	case errors.Is(err, entity.ErrCharset):
		return reasonCharset
	}
	return reasonDamaged
}

// kindOf is how a text part is to be read.
func kindOf(m *Message, p *entity.Part, later bool) insert.Kind {
	d := &m.decision
	return insert.Kind{
		HTML:    p.Media.Type == "text/html",
		Flowed:  strings.EqualFold(p.Media.Params["format"], "flowed"),
		DelSp:   strings.EqualFold(p.Media.Params["delsp"], "yes"),
		Reply:   d.Reply,
		Forward: d.Forward,
		Later:   later,

		Recipients: m.Recipients,
	}
}
