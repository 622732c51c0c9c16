package insert

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// traps are texts on which a careless reader takes time that grows with the square
// of their size.
var traps = []struct {
	name string
	kind Kind
	make func(n int) string
}{
	{"openings of OpenPGP", Kind{Reply: true}, func(n int) string { return strings.Repeat("-----BEGIN PGP MESSAGE-----\nQUJD\n", n) }},
	{"openings of signed OpenPGP", Kind{Reply: true}, func(n int) string {
		return strings.Repeat("-----BEGIN PGP SIGNED MESSAGE-----\nx\n-----BEGIN PGP SIGNATURE-----\nQUJD\n", n) + "-----END PGP SIGNATURE-----\n"
	}},
	{"nested div", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<div>x", n) }},
	{"nested div, closed", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<div>x", n) + strings.Repeat("y</div>", n) }},
	{"nested span", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<span>x", n) + strings.Repeat("</b>", n) }},
	{"nested blockquote", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<blockquote><p>x", n) }},
	{"nested table", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<table><tr><td>x", n) }},
	{"end tags of nothing", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<i>", n) + strings.Repeat("</p>x", n) }},
	{"one attribute", Kind{HTML: true, Reply: true}, func(n int) string { return `<p style="` + strings.Repeat("a:b; ", n) + `">x` }},
	{"one class of many", Kind{HTML: true, Reply: true}, func(n int) string { return `<p class="` + strings.Repeat("x_ ", n) + `">x` }},
	{"attributes", Kind{HTML: true, Reply: true}, func(n int) string { return `<p ` + strings.Repeat("a=b ", n) + `>x` }},
	{"prefixed id", Kind{HTML: true, Reply: true}, func(n int) string { return `<p id="` + strings.Repeat("x_", n) + `">x` }},
	{"open tags", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<", n) }},
	{"comments", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<!--", n) }},
	{"ampersands", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("&amp", n) }},
	{"hr", Kind{HTML: true, Reply: true}, func(n int) string { return strings.Repeat("<hr>", n) + "x" }},
	{"one line", Kind{Reply: true}, func(n int) string { return strings.Repeat("word ", n) }},
	{"wrote:", Kind{Reply: true}, func(n int) string { return strings.Repeat("On 3 Feb 2020, Bob wrote: ", n) }},
	{"lines that open", Kind{Reply: true}, func(n int) string { return strings.Repeat("On 3 Feb 2020, Bob <bob@example.net>\n", n) }},
	{"labels", Kind{Reply: true}, func(n int) string { return strings.Repeat("From: 3@x\nTo: b\n", n) }},
	{"own labels", Kind{Reply: true}, func(n int) string { return strings.Repeat("From: bob\nSent: later\n\n", n) }},
	{"prefixes", Kind{Reply: true}, func(n int) string { return strings.Repeat("> ", n) + "x" }},
	{"quoted and not", Kind{Reply: true}, func(n int) string { return strings.Repeat("> a\nb\n", n) }},
	{"delimiters", Kind{Reply: true}, func(n int) string { return strings.Repeat("-- \nAlice Muster\n", n) }},
	{"dashes", Kind{Reply: true}, func(n int) string { return strings.Repeat("-----\n", n) }},
	{"sign-offs", Kind{Reply: true}, func(n int) string { return strings.Repeat("Sent from my iPhone\n\n", n) }},
	{"markers", Kind{Reply: true}, func(n int) string { return strings.Repeat("{EMAILSIGNATURE} ", n) }},
	{"names", Kind{Reply: true}, func(n int) string { return strings.Repeat("Alice Muster\n", n) }},
	{"brackets", Kind{Reply: true}, func(n int) string { return strings.Repeat("<a\n", n) }},
	{"armour that is none", Kind{}, func(n int) string { return strings.Repeat("-----BEGIN PGP MESSAGE-----\n", n) }},
	{"armour without end", Kind{}, func(n int) string { return strings.Repeat("-----BEGIN PGP MESSAGE-----\nQUJD\n", n) }},
	{"signed without end", Kind{}, func(n int) string { return strings.Repeat("-----BEGIN PGP SIGNED MESSAGE-----\n", n) }},
	{"diffs", Kind{}, func(n int) string { return strings.Repeat("---\ndiff --git a b\n", n) }},
	{"combining", Kind{Reply: true}, func(n int) string { return "a" + strings.Repeat("\u0301", n) }},
}

// BenchmarkGrowth reads each trap in eight small pieces and in one eight times as
// large. The metric growth is the ratio of the CPU times: about 1 when the time
// grows with the size, 8 when with its square.
func BenchmarkGrowth(b *testing.B) {
	const n, times = 2000, 8
	for _, trap := range traps {
		b.Run(strings.ReplaceAll(trap.name, " ", "-"), func(b *testing.B) {
			small, large := []byte(trap.make(n)), []byte(trap.make(n*times))
			var pieces, whole time.Duration
			for b.Loop() {
				pieces += cpuOf(func() {
					for range times {
						readAndPlace(small, trap.kind)
					}
				})
				whole += cpuOf(func() { readAndPlace(large, trap.kind) })
			}
			b.ReportMetric(float64(whole)/float64(pieces), "growth")
			b.ReportMetric(float64(whole.Microseconds())/float64(b.N)/n/times, "us/item")
		})
	}
}

func readAndPlace(text []byte, kind Kind) {
	r := Read(text, kind)
	r.Untouchable(false)
	r.Sealing()
	r.Place(testBlock, &all, &alice, false)
}

// cpuOf is the CPU time a function takes, with what the collector does meanwhile.
func cpuOf(f func()) time.Duration {
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := now()
	f()
	return now() - began
}
