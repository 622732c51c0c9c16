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

// BenchmarkEngine is a message through the engine, the tree being there already.
func BenchmarkEngine(b *testing.B) {
	e := benchEngine()
	for _, w := range miltertest.Workloads[:3] {
		b.Run(w.Name, func(b *testing.B) {
			file := engine.ParseFile(w.Make())
			b.ReportAllocs()
			for b.Loop() {
				m := file.Message("alice@contoso.com", []string{"ben@fabrikam.example"}, entity.Limits{})
				job := e.Begin(m)
				job.Head()
				if o := job.Finish(); o.Report.Action != engine.Signed {
					b.Fatal(o.Report)
				}
			}
		})
	}
}
