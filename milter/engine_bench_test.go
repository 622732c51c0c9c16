package milter

import (
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

// benchEngine signs for Alice, who writes the workloads.
func benchEngine() engineSigner {
	return newEngine(func(e *engine.Engine, s *shelf) {
		s.Person = &policy.Person{
			Address: "alice@contoso.com", Addresses: []string{"alice@contoso.com"},
			Attributes: map[string]string{"displayName": "Alice Muster", "jobTitle": "Head of Testing", "businessPhones": "+49 30 5550 101"},
		}
		s.Signature = insert.Block{
			HTML: `<table><tr><td><b>Alice Muster</b><br>Head of Testing<br><a href="tel:+49305550101">+49 30 5550 101</a></td></tr></table>`,
			Text: "Alice Muster\nHead of Testing\n+49 30 5550 101",
		}
	})
}

// signOnce takes a message through the engine, which signs it.
func signOnce(t testing.TB, e engineSigner, file *engine.File) {
	m := file.Message("alice@contoso.com", []string{"ben@fabrikam.example"}, entity.Limits{})
	job := e.Begin(m)
	job.Head()
	if o := job.Finish(); o.Report.Action != engine.Signed {
		t.Fatal(o.Report)
	}
}

// BenchmarkEngine is a message through the engine, its header being read already.
func BenchmarkEngine(b *testing.B) {
	e := benchEngine()
	for _, w := range miltertest.Workloads[:3] {
		b.Run(w.Name, func(b *testing.B) {
			file := engine.ParseFile(w.Make())
			b.ReportAllocs()
			for b.Loop() {
				signOnce(b, e, file)
			}
		})
	}
}

// What a message allocates in the engine does not creep up again. With a change that is
// meant to need fewer, the limits go down.
func TestAllocationsOfAMessage(t *testing.T) {
	limits := map[string]float64{"text-2k": 100, "reply-50k": 200, "new-50k": 205} // with the race detector, which adds some
	e := benchEngine()
	for _, w := range miltertest.Workloads[:len(limits)] {
		file := engine.ParseFile(w.Make())
		if got := testing.AllocsPerRun(50, func() { signOnce(t, e, file) }); got > limits[w.Name] {
			t.Errorf("%s: %.0f allocations, at most %.0f", w.Name, got, limits[w.Name])
		}
	}
}
