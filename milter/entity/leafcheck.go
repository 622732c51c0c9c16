package entity

import (
	"bytes"
	"fmt"
	"slices"
)

// check makes sure that the part, rewritten, reads as the text with the edits
// and does not hold a line that is taken for a boundary.
func (l *Leaf) check(r rewriting, edits []Edit) error {
	from, to := l.changedLines(r.body)
	lines := patchPiece(l.raw[from:to], from, r.body)
	if err := l.checkBoundaries(lines); err != nil {
		return err
	}
	var same bool
	var err error
	if r.decoded != nil && l.transfer.size != nil && l.charset.plain() && r.charset.plain() {
		same, err = l.linesRead(r, lines) // the others are as they were
	} else {
		same, err = l.reads(r, edits)
	}
	if err != nil || same {
		return err
	}
	return fmt.Errorf("%w: the new text would be read together with the author's", ErrCharset)
}

// changedLines are the whole lines of raw that hold all changes.
func (l *Leaf) changedLines(changes []change) (from, to int) {
	from, to = changes[0].start, changes[len(changes)-1].end
	from = bytes.LastIndexByte(l.raw[:from], '\n') + 1
	if i := bytes.IndexByte(l.raw[to:], '\n'); i >= 0 {
		return from, to + i + 1
	}
	return from, len(l.raw)
}

// changed are the lines that hold all changes with these carried out, and the changes
// there.
func (l *Leaf) changed(changes []change) ([]byte, []change) {
	from, to := l.changedLines(changes)
	there := moved(changes, -from)
	return patch(l.raw[from:to], there), there
}

// reads says whether the whole part, rewritten, reads as the text with the edits.
func (l *Leaf) reads(r rewriting, edits []Edit) (bool, error) {
	decoded, err := r.transfer.decode(patch(l.raw, r.body), l.Part.work)
	return bytes.Equal(r.charset.decodeAll(decoded), patch(l.Text, textChanges(edits))), err
}

// linesRead is reads for a part of which only some lines change, and whose decoded
// bytes are its text.
func (l *Leaf) linesRead(r rewriting, lines []byte) (bool, error) {
	from, to := l.changedLines(r.body)
	before := l.decodedBefore(from)
	old := l.decoded[before : before+l.transfer.size(l.raw[from:to])]
	now, err := l.transfer.decode(lines, l.Part.work)
	return bytes.Equal(now, patchPiece(old, before, r.decoded)), err
}

// decodedBefore is how many decoded bytes stand before a line, counted from the nearer
// end.
func (l *Leaf) decodedBefore(line int) int {
	if line <= len(l.raw)/2 {
		return l.transfer.size(l.raw[:line])
	}
	return len(l.decoded) - l.transfer.size(l.raw[line:])
}

// moved are changes of the same bytes counted from another place.
func moved(changes []change, by int) []change {
	all := slices.Clone(changes)
	for i := range all {
		all[i].start += by
		all[i].end += by
	}
	return all
}

// checkBoundaries looks for a boundary of a multipart around the part in lines.
func (l *Leaf) checkBoundaries(lines []byte) error {
	if !bytes.HasPrefix(lines, []byte("--")) && !bytes.Contains(lines, []byte("\n--")) { // nearly always
		return nil
	}
	var boundaries [][]byte
	for p := l.Part.Parent; p != nil; p = p.Parent {
		boundaries = append(boundaries, []byte(p.boundary()))
	}
	for line := range bytes.Lines(lines) {
		if len(boundaries) == 0 || !bytes.HasPrefix(line, []byte("--")) {
			continue
		}
		for _, boundary := range boundaries {
			if found, _ := matchBoundary(line, boundary); found {
				return fmt.Errorf("%w: the new text would hold a boundary", ErrDamaged)
			}
		}
	}
	return nil
}
