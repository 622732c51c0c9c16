package insert

import (
	"testing"

	"sigmilter/milter/insert/known"
)

// TestPieceKinds: each kind of pieces decides in its own sample, so that none is hidden by
// one above it.
func TestPieceKinds(t *testing.T) {
	for i := range pieceKinds {
		if kind := &pieceKinds[i]; !decides(kind, "hannah") && !decides(kind, "yuki") {
			t.Errorf("row %d decides on no piece of its sample %q", i, kind.sample)
		}
	}
}

// decides reports whether a kind is that of a piece of its sample, for a person.
func decides(kind *pieceKind, who string) bool {
	l := know(people[who]).dataLine(kind.sample, known.PlainForm(kind.sample))
	for _, piece := range l.pieces() {
		if l.kindOf(piece) == kind {
			return true
		}
		l.piece(piece)
	}
	return false
}
