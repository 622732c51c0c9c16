package decisions

import (
	"slices"
	"testing"
)

// mailPath is all that a message waits for.
func mailPath(r *Recorder, d Decision, recipients []string) {
	d.MessageID = HashMessageID("<AM0PR0402MB3937A1B2C3D4E5F60718293A4B5C6@AM0PR0402MB3937.eurprd04.prod.outlook.com>")
	d.Domains = DomainsOf(recipients)
	r.Add(d)
}

// unread returns a recorder that nobody writes the decisions of, so that only the mail
// path is counted; so many decisions wait in it.
func unread(waiting int) *Recorder {
	r := &Recorder{some: make(chan struct{}, 1), waiting: make([]Decision, waiting, waitingRoom)}
	r.limits.Store(&Limits{Days: 7})
	return r
}

// What is kept of a message is its Message-ID's hash and its recipients' domains, one
// allocation each; to keep it takes none, whether or not there is room.
func TestAllocationsOfTheMailPath(t *testing.T) {
	recipients := []string{"ben@example.net", "eva@customer1.example", "max@example.net"}
	for _, waiting := range []int{waitingRoom, 0} {
		r, d := unread(waiting), sample(1)
		if got := testing.AllocsPerRun(100, func() { mailPath(r, d, recipients) }); got > 2 {
			t.Errorf("%d wait: %v allocations, want 2", waiting, got)
		}
		if got := testing.AllocsPerRun(100, func() { r.Add(d) }); got > 0 {
			t.Errorf("%d wait: Add alone makes %v allocations", waiting, got)
		}
	}
}

// To wake the writing goroutine costs many times what the rest does: it is done for the
// first decision that waits and for half of what may. What has no room is counted.
func TestWriterWoken(t *testing.T) {
	r, d, woken := unread(0), sample(1), []int{}
	for i := range waitingRoom + 3 {
		r.Add(d)
		if len(r.some) > 0 {
			<-r.some
			woken = append(woken, i)
		}
	}
	if want := []int{0, halfFull}; !slices.Equal(woken, want) {
		t.Errorf("woken at %d, want %d", woken, want)
	}
	if n := r.lost.Load(); n != 3 || len(r.waiting) != waitingRoom {
		t.Errorf("%d wait and %d are lost", len(r.waiting), n)
	}
}

func BenchmarkMailPath(b *testing.B) {
	recipients := []string{"ben@example.net", "eva@customer1.example", "max@example.net"}
	r, d := unread(0), sample(1)
	b.ReportAllocs()
	for b.Loop() {
		mailPath(r, d, recipients)
		r.waiting = r.waiting[:0]
	}
}
