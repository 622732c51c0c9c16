package engine

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/seen"
)

// giveName gives the elements of one message's blocks a name that nobody can guess.
func giveName(blocks []insert.Block) {
	var random [8]byte
	rand.Read(random[:]) // never fails
	for i := range blocks {
		blocks[i].Name = hex.EncodeToString(random[:])
	}
}

// promise makes the blocks of a message seen that must be: it changes how and where
// they stand until no element or style of the mail hides them. The error is what does.
func (j *Job) promise(texts []form) error {
	if !j.decision.Enforced {
		return nil
	}
	plain := slices.ContainsFunc(texts, func(t form) bool { return t.newest.Part.Media.Type != "text/html" })
	for _, t := range texts {
		for _, l := range t.leaves {
			if l.Part.Media.Type != "text/html" || len(l.placed) == 0 {
				continue
			}
			hidden, err := l.show(j)
			if err != nil {
				return err
			}
			seenInText := j.decision.EnforcedByText && plain
			if hidden == "" || seenInText {
				continue
			}
			return hiddenError(hidden)
		}
	}
	return nil
}

// hiddenError says what hides a block: an element or a property, by names that are not
// the mail's own.
type hiddenError string

func (h hiddenError) Error() string { return "the block would not be seen: " + string(h) }

func promiseReason(err error) policy.Reason {
	if errors.As(err, new(hiddenError)) {
		return reasonHidden
	}
	return leafReason(err)
}

// standing is how a block stands in a leaf, of the ways that are tried.
type standing struct {
	block   insert.Block
	first   insert.Placement // where it belongs
	against []string
	tried   int
}

// show makes the blocks of a leaf seen, and says what hides one, "" for nothing. A block
// for which there is no such place stands at the top. The error says that there is no
// memory to look.
func (l *leaf) show(j *Job) (string, error) {
	ways := make([]standing, len(l.placed))
	for i, p := range l.placed {
		ways[i] = standing{block: p.Block, first: p.Placement}
	}
	hidden := ""
	for {
		again := false
		verdicts, err := l.look(j)
		if err != nil {
			return "", err
		}
		for i, v := range verdicts {
			if v.Hidden == "" {
				continue
			}
			if v.Beyond {
				return v.Hidden, nil
			}
			pl, ok := ways[i].next(l.reading, v.Against)
			if !ok {
				hidden = v.Hidden
				continue
			}
			l.placed[i].Placement, again = pl, true
		}
		if !again {
			return hidden, nil
		}
		hidden = ""
	}
}

// look reads the finished page back, with the memory that its tree takes for a while.
func (l *leaf) look(j *Job) ([]seen.Verdict, error) {
	page := l.finished()
	n := seen.Memory(page)
	if err := j.cost.memory.Take(n); err != nil {
		return nil, err
	}
	defer j.cost.memory.Give(n)
	return seen.Look(page, l.elements(), j.cost.meter), nil
}

// furtherPlaces are where a block goes when it is not seen where it belongs.
var furtherPlaces = map[insert.BlockKind][]string{
	insert.Signature:  {insert.AboveQuote, insert.AtEnd, insert.AtTop},
	insert.Disclaimer: {insert.AtEnd, insert.AtTop},
	insert.Banner:     {insert.AtTop},
}

// next is the next way for a block to stand, false when all were tried: in firm form,
// once more with what has been found out about style sheets, then at other places.
func (s *standing) next(r *insert.Reading, against []string) (insert.Placement, bool) {
	learned := false
	for _, p := range against {
		if !slices.Contains(s.against, p) {
			s.against, learned = append(s.against, p), true
		}
	}
	for {
		s.tried++
		others := furtherPlaces[s.block.Kind]
		if s.tried <= 2 {
			if s.first.Here.ID == "" && (s.tried == 1 || learned) {
				return s.first.Firm(&s.block, s.against), true
			}
		} else if s.tried-3 < len(others) {
			if pl, ok := r.Elsewhere(s.block, s.first, others[s.tried-3]); ok {
				return pl.Firm(&s.block, s.against), true
			}
		} else {
			return insert.Placement{}, false
		}
	}
}

// elements are the elements of the blocks of a leaf.
func (l *leaf) elements() []seen.Block {
	var all []seen.Block
	for i := range l.placed {
		e := l.placed[i].Placement.Put(&l.placed[i].Block)
		all = append(all, seen.Block{ID: e.ID, HTML: e.HTML})
	}
	return all
}

// finished is the text of a leaf as it will be.
func (l *leaf) finished() []byte {
	var b bytes.Buffer
	at := 0
	for _, e := range l.edits() {
		b.Write(l.Text[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(l.Text[at:])
	return b.Bytes()
}
