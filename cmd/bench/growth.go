package main

import (
	"slices"
	"time"

	"sigmilter/milter/miltertest"
)

// growth is the time of a message of a size.
type growth struct {
	kind string
	size int
	took time.Duration
}

// growth measures how the time of a message grows with its size, one at a time.
func (b *bench) growth(r *report) error {
	f := b.filter("sigmilter")
	for size := 1 << 10; size <= 64<<20/b.scale; size *= 4 {
		for _, kind := range []struct {
			name string
			make func(int) []byte
			most int
		}{{"new mail", miltertest.NewMail, 4 << 20}, {"attachment", miltertest.AttachmentMail, 64 << 20}} {
			if size > kind.most {
				continue
			}
			b.progress("%s of %d KB", kind.name, size>>10)
			raw := kind.make(size)
			best := time.Duration(1 << 62)
			for range 3 {
				d, err := drive(f, raw, load{1, 8, 0})
				if err != nil {
					return err
				}
				best = min(best, slices.Min(d.waits))
			}
			r.growth = append(r.growth, growth{kind.name, len(raw), best})
		}
	}
	return nil
}
