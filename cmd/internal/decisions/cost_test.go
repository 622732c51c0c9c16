package decisions

import "testing"

// mailPath is all that a message waits for.
func mailPath(r *Recorder, d Decision, recipients []string) {
	d.MessageID = HashMessageID("<AM0PR0402MB3937A1B2C3D4E5F60718293A4B5C6@AM0PR0402MB3937.eurprd04.prod.outlook.com>")
	d.Domains = DomainsOf(recipients)
	r.Add(d)
}

// unread returns a recorder that nobody writes the decisions of, so that only the mail
// path is counted.
func unread(room int) *Recorder {
	r := &Recorder{queue: make(chan Decision, room)}
	r.limits.Store(&Limits{Days: 7})
	return r
}

// What is kept of a message is its Message-ID's hash and its recipients' domains, one
// allocation each; to keep it takes none, whether or not there is room.
func TestAllocationsOfTheMailPath(t *testing.T) {
	recipients := []string{"ben@example.net", "eva@customer1.example", "max@example.net"}
	for _, room := range []int{0, 1000} {
		r, d := unread(room), sample(1)
		if got := testing.AllocsPerRun(100, func() { mailPath(r, d, recipients) }); got > 2 {
			t.Errorf("room for %d: %v allocations, want 2", room, got)
		}
		if got := testing.AllocsPerRun(100, func() { r.Add(d) }); got > 0 {
			t.Errorf("room for %d: Add alone makes %v allocations", room, got)
		}
	}
}

func BenchmarkMailPath(b *testing.B) {
	recipients := []string{"ben@example.net", "eva@customer1.example", "max@example.net"}
	r, d := unread(1), sample(1)
	b.ReportAllocs()
	for b.Loop() {
		mailPath(r, d, recipients)
		<-r.queue
	}
}
