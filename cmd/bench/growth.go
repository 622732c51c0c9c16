package main

import (
	"fmt"
	"slices"
	"time"

	"sigmilter/milter/miltertest"
)

// series is how the time of a message grows with a quantity.
type series struct {
	name, unit string
	key        string // in the summary
	points     []point
}

type point struct {
	n    int // of the unit
	took time.Duration
}

// each is the time for one of the unit.
func (p point) each() time.Duration { return p.took / time.Duration(max(1, p.n)) }

// growth is how much longer one of the unit takes at the largest measured than at
// about a tenth of it: 1 if the time grows with the quantity, 10 if with its square,
// zero if there is no such point.
func (s series) growth() float64 {
	if len(s.points) == 0 {
		return 0
	}
	last := s.points[len(s.points)-1]
	for _, p := range slices.Backward(s.points) {
		if p.n*8 <= last.n {
			return float64(last.each()) / float64(p.each())
		}
	}
	return 0
}

// quantity is what a series is measured with.
type quantity struct {
	series
	filter string
	from   int
	most   int
	step   int // factor from one point to the next
	make   func(n int) []byte
}

// manyParts and nestedSize bound the series of parts, with a limit raised for it, and
// of nesting, which the limits allow.
const (
	manyParts  = 10_000
	nestedSize = 256 << 10
)

var (
	sizes = []quantity{
		{series{name: "new mail", unit: "KB", key: "new"}, "sigmilter", 1, 4 << 10, 4, func(kb int) []byte { return miltertest.NewMail(kb << 10) }},
		{series{name: "attachment", unit: "KB", key: "attachment"}, "sigmilter", 1, 64 << 10, 4, func(kb int) []byte { return miltertest.AttachmentMail(kb << 10) }},
	}
	shapes = []quantity{
		{series{name: "attachments of 150 bytes", unit: "parts", key: "parts"}, "sigmilter-parts", 1, manyParts, 10, miltertest.PartsMail},
		{series{name: fmt.Sprintf("nesting around %d KB", nestedSize>>10), unit: "levels", key: "nesting"}, "sigmilter", 1, 27, 3,
			func(n int) []byte { return miltertest.NestedMail(n, nestedSize) }},
	}
)

// growth measures messages of growing sizes and shapes, one at a time.
func (b *bench) growth(r *report) (err error) {
	if r.sizes, err = b.grow(sizes); err != nil {
		return err
	}
	r.shapes, err = b.grow(shapes)
	return err
}

func (b *bench) grow(all []quantity) ([]series, error) {
	var out []series
	for _, q := range all {
		s := q.series
		for n := q.from; n <= q.most; n *= q.step {
			b.progress("%s, %d %s", q.name, n, q.unit)
			took, err := b.fastest(b.filter(q.filter), q.make(n))
			if err != nil {
				return nil, fmt.Errorf("%s, %d %s: %w", q.name, n, q.unit, err)
			}
			s.points = append(s.points, point{n, took})
		}
		out = append(out, s)
	}
	return out, nil
}

// fastest is the time of a message that nothing else disturbs.
func (b *bench) fastest(f *filter, raw []byte) (time.Duration, error) {
	messages := 20
	if len(raw) > 1<<20 {
		messages = 6
	}
	d, err := drive(f, raw, load{1, max(2, messages/b.scale), 0})
	if err != nil {
		return 0, err
	}
	return slices.Min(d.waits), nil
}
