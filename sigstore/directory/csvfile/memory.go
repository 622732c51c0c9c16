package csvfile

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
)

// maxChangedRows is how many rows may be different for a reading to bring these alone.
const maxChangedRows = 4000

// Memory is what a [Source] remembers of the rows of its last reading, so that the next
// one takes apart only those that are new or different: of a large file, to find the
// rows and to compare them costs less than a tenth of making people of them all. It
// takes some fifty bytes a person. The zero value remembers nothing.
type Memory struct {
	cursor string // of the reading, empty for none
	header uint64
	// rows are those that made a person, by text. Rows with a problem are there with 0
	// for their text, so that each reading finds them different and names the problem.
	rows      []rowMark
	addresses []rowMark // all addresses of all people, by text
}

// rowMark stands for a text, and for the primary address of the person whose it is.
type rowMark struct{ text, person uint64 }

var seed = maphash.MakeSeed()

func markOf(s string) uint64 { return maphash.String(seed, s) }

func byText(a, b rowMark) int { return cmp.Compare(a.text, b.text) }

func (m *Memory) sort() {
	slices.SortFunc(m.rows, byText)
	slices.SortFunc(m.addresses, byText)
}

// owner is whose the address was, 0 for nobody.
func (m *Memory) owner(address string) uint64 {
	if i, found := slices.BinarySearchFunc(m.addresses, rowMark{text: markOf(address)}, byText); found {
		return m.addresses[i].person
	}
	return 0
}

// round compares the rows of one reading with those of the reading before.
type round struct {
	before *Memory
	same   []bool // the rows of before that there are still
	row    uint64 // the one that is taken apart
	alone  bool   // only new and different rows are taken apart
	after  Memory
}

func newRound(before *Memory) *round {
	return &round{before: before, same: make([]bool, len(before.rows))}
}

// knows says whether a row is one of before. Of equal rows each counts once.
func (r *round) knows(text string) bool {
	r.row = markOf(text)
	rows := r.before.rows
	i, _ := slices.BinarySearchFunc(rows, rowMark{text: r.row}, byText)
	for ; i < len(rows) && rows[i].text == r.row && r.row != 0; i++ {
		if !r.same[i] {
			r.same[i] = true
			return true
		}
	}
	return false
}

// took notes the person of the row that was taken apart.
func (r *round) took(p directory.Person, problems bool) {
	row := rowMark{r.row, markOf(p.Address)}
	if problems {
		row.text = 0
	}
	r.after.rows = append(r.after.rows, row)
	for _, a := range p.Addresses {
		r.after.addresses = append(r.after.addresses, rowMark{markOf(a), row.person})
	}
}

// gone are the people whose rows are not there as they were; nil for too many.
func (r *round) gone() map[uint64]bool {
	gone := map[uint64]bool{}
	for i, row := range r.before.rows {
		if !r.same[i] {
			gone[row.person] = true
		}
		if len(gone) > maxChangedRows {
			return nil
		}
	}
	return gone
}

// complete says whether the people of the new and different rows are all that is
// different: none has an address of somebody else, and nobody has left.
func (r *round) complete(people []directory.Person, gone map[uint64]bool) bool {
	came := map[uint64]bool{}
	for _, p := range people {
		mine := markOf(p.Address)
		came[mine] = true
		for _, a := range p.Addresses {
			if of := r.before.owner(a); of != 0 && !(of == mine && gone[mine]) {
				return false
			}
		}
	}
	for person := range gone {
		if !came[person] {
			return false
		}
	}
	return true
}

// merge makes the memory of before that of the reading.
func (r *round) merge(gone map[uint64]bool, cursor string) {
	left := func(m rowMark) bool { return gone[m.person] }
	m := r.before
	m.rows = append(slices.DeleteFunc(m.rows, left), r.after.rows...)
	m.addresses = append(slices.DeleteFunc(m.addresses, left), r.after.addresses...)
	m.cursor = cursor
	m.sort()
}

var errWhole = errors.New("more is different than single rows tell")

// readChanged brings the people of new and different rows alone, where that is known to
// be all. It is false where the file must be read as a whole, and nothing was added
// then.
//
// A person who left, an address that went from one row to another, and two rows with
// one address want that, and so do photos, which change without any row.
func (r *reading) readChanged(ctx context.Context, add func(directory.Person) error, cursor string) (bool, error) {
	m := r.Memory
	var changed []directory.Person
	r.round = newRound(m)
	r.round.alone = true
	err := r.read(ctx, func(p directory.Person) error {
		changed = append(changed, p)
		if len(changed) > maxChangedRows || p.Attributes[photoColumn] != "" {
			return errWhole
		}
		return nil
	})
	if err != nil || r.round.after.header != m.header {
		return false, nil // the whole reading tells
	}
	gone := r.round.gone()
	if gone == nil || !r.round.complete(changed, gone) {
		return false, nil
	}
	for _, p := range changed {
		if err := add(p); err != nil {
			return false, err
		}
	}
	r.round.merge(gone, cursor)
	return true, nil
}

// remember is for a whole reading, after it. Photos that a column names are not
// remembered with the rows, nor is then anything.
func (r *reading) remember(cursor string, photos bool) {
	if r.Memory == nil || photos {
		return
	}
	*r.Memory = r.round.after
	r.Memory.cursor = cursor
	r.Memory.lose(r.unique.Lost)
	r.Memory.sort()
}

// lose takes addresses away from who was read with them and lost them to a later row.
// The row of each counts as one with a problem.
func (m *Memory) lose(lost map[string][]string) {
	if len(lost) == 0 {
		return
	}
	gone := map[rowMark]bool{}
	losers := map[uint64]bool{}
	for primary, addresses := range lost {
		losers[markOf(primary)] = true
		for _, a := range addresses {
			gone[rowMark{markOf(a), markOf(primary)}] = true
		}
	}
	m.addresses = slices.DeleteFunc(m.addresses, func(a rowMark) bool { return gone[a] })
	for i := range m.rows {
		if losers[m.rows[i].person] {
			m.rows[i].text = 0
		}
	}
}

func headerMark(header []string, separator rune) uint64 {
	return markOf(strings.Join(append(header, string(separator)), "\x00"))
}
