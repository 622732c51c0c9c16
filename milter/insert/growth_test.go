package insert

import (
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// trap makes texts of any size: a prefix, one unit again and again, a suffix.
type trap struct {
	name                 string
	kind                 Kind
	prefix, unit, suffix string
}

// text is the trap in about n bytes, and those of prefix and suffix.
func (t *trap) text(n int) []byte {
	return []byte(t.prefix + strings.Repeat(t.unit, max(1, n/max(1, len(t.unit)))) + t.suffix)
}

// grows says what of the work on the trap grows faster than the text, "" for nothing.
func (t *trap) grows(n int) string {
	return miltertest.Growth(n, func(n int) func() {
		text := t.text(n)
		return func() { readAndPlace(text, t.kind) }
	})
}

func TestWorkIsLinear(t *testing.T) {
	for i := range traps {
		t.Run(traps[i].name, func(t *testing.T) {
			if fault := traps[i].grows(16 << 10); fault != "" {
				t.Error(fault)
			}
		})
	}
}

// TestWorkIsLittle holds the factor: no text costs far more than the worst of ordinary
// ones of its size, which is lines of a few characters.
func TestWorkIsLittle(t *testing.T) {
	const n, most = 32 << 10, 16
	if miltertest.Raced {
		t.Skip("the race detector costs more than the texts")
	}
	ordinary := trap{"", Kind{Reply: true}, "", "1 b\n", ""}
	least := func(text trap, enough float64) float64 {
		b := text.text(n)
		cost := miltertest.CostOf(func() { readAndPlace(b, text.kind) }).CPU.Seconds()
		for try := 0; try < 10 && cost > enough; try++ {
			cost = min(cost, miltertest.CostOf(func() { readAndPlace(b, text.kind) }).CPU.Seconds())
		}
		return cost
	}
	letter := least(ordinary, 0) // always all tries
	for i := range traps {
		if cost := least(traps[i], most*letter); cost > most*letter {
			t.Errorf("%s: %.0f ms, a letter costs %.0f", traps[i].name, 1000*cost, 1000*letter)
		}
	}
}

// FuzzGrowth looks for texts whose cost grows faster than they do.
func FuzzGrowth(f *testing.F) {
	for i := 0; i < len(traps); i += 4 { // the others are found soon
		bits := byte(0)
		for b, is := range []bool{traps[i].kind.HTML, traps[i].kind.Reply, traps[i].kind.Forward, traps[i].kind.Flowed} {
			if is {
				bits |= 1 << b
			}
		}
		f.Add(traps[i].prefix, traps[i].unit, traps[i].suffix, bits)
	}
	f.Fuzz(func(t *testing.T, prefix, unit, suffix string, bits byte) {
		const longest, n = 4 << 10, 8 << 10
		if unit == "" || len(prefix)+len(unit)+len(suffix) > longest {
			return
		}
		text := trap{"", Kind{HTML: bits&1 != 0, Reply: bits&2 != 0, Forward: bits&4 != 0, Flowed: bits&8 != 0}, prefix, unit, suffix}
		if fault := text.grows(n); fault != "" && text.grows(4*n) != "" { // what is bounded ends to grow
			t.Fatal(fault)
		}
	})
}

// BenchmarkGrowth reads each trap in eight small pieces and in one eight times as
// large. The metric growth is the ratio of the CPU times: about 1 when the time
// grows with the size, 8 when with its square.
func BenchmarkGrowth(b *testing.B) {
	const n, times = 16 << 10, 8
	for i := range traps {
		b.Run(strings.ReplaceAll(traps[i].name, " ", "-"), func(b *testing.B) {
			small, large := traps[i].text(n), traps[i].text(n*times)
			var pieces, whole float64
			for b.Loop() {
				pieces += miltertest.CostOf(func() {
					for range times {
						readAndPlace(small, traps[i].kind)
					}
				}).CPU.Seconds()
				whole += miltertest.CostOf(func() { readAndPlace(large, traps[i].kind) }).CPU.Seconds()
			}
			b.ReportMetric(whole/pieces, "growth")
			b.ReportMetric(whole/float64(b.N)/n/times*(1<<20), "s/MiB")
		})
	}
}

// readAndPlace does with a text what is done with one form of a message: it is read and
// looked at, blocks are placed in it, what was found serves the other form.
func readAndPlace(text []byte, kind Kind) {
	p := alice
	p.Memory = &Memory{Hash: testHash}
	r := Read(text, kind)
	r.Untouchable(false)
	r.Sealing()
	r.Marked(all.Marker)
	r.Newest()
	r.Quotes()
	r.Ended()
	other := Read([]byte("Hello Ben,\n\nthanks.\n\nOn 4 Apr 2026 at 10:15, Ben <ben@example.net> wrote:\n> Hello\n"), Kind{Reply: true})
	Agree(r, other)
	pl, _ := r.Place(testBlock, &all, &p, false)
	r.Ending(&p)
	disclaimer, banner := testBlock, testBlock
	disclaimer.Kind, banner.Kind = Disclaimer, Banner
	below, _ := r.AtEdge(disclaimer)
	above, _ := r.AtEdge(banner)
	r.Merge(pl, below, above)
	if !kind.HTML {
		r.AsHTML([]PlacedBlock{{testBlock, pl}})
	}
	p.Other = &pl.Old
	r.Place(testBlock, &all, &p, true)
}
