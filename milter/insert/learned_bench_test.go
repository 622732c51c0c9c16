package insert

import "testing"

// What learning adds to a mail of a person of whom all is remembered that may be.
func BenchmarkLearned(b *testing.B) {
	text := []byte("Hello Bob,\n\nthe samples are here.\nWe meet at nine.\nPlease bring the keys.\n\nKind regards\n\nAlice Muster\nHead of Testing\n+49 30 12345678\n\nRegister court Berlin 4711\nManaging director Carl Nowak\nVAT DE 123\n")
	for _, learns := range []bool{false, true} {
		name := "off"
		if learns {
			name = "on"
		}
		b.Run(name, func(b *testing.B) {
			p := newPupil()
			if learns {
				for day := range 16 {
					e, _ := Read(text, Kind{}).Ending(&p.person)
					e.First, e.Last = day, day
					e.Lines[6] += LineHash(day + 1)
					p.memory.Endings = append(p.memory.Endings, e)
				}
				p.memory.Today = 20
			} else {
				p.person.Memory = nil
			}
			for b.Loop() {
				r := Read(text, Kind{})
				r.Place(testBlock, &all, &p.person, false)
				r.Ending(&p.person)
			}
		})
	}
}
