// Package peopletest is for tests of what stands on people: it stores some, and has a
// template for them.
package peopletest

import (
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/render"
)

// Replace makes these the people of a source named csv.
func Replace(t testing.TB, register *people.Register, tenant string, all []directory.Person) people.Diff {
	t.Helper()
	applied := Apply(t, register, tenant, "csv", all, people.Reading{Batch: directory.Batch{Full: true}})
	for _, w := range applied.Warnings {
		t.Error(w)
	}
	return applied.Diff
}

// Apply takes over a reading of a source, whoever vanishes.
func Apply(t testing.TB, register *people.Register, tenant, source string, all []directory.Person, reading people.Reading) people.Applied {
	t.Helper()
	intake := register.Intake(tenant, source)
	defer intake.Close()
	for _, p := range all {
		if err := intake.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	reading.At, reading.MaxVanish = time.Unix(1700000000, 0), 1
	applied, err := intake.Apply(reading)
	if err != nil {
		t.Fatal(err)
	}
	return applied
}

// Card is a template "card" as caches ask for it, and a function that exchanges it.
func Card(t testing.TB, html string) (templates func(name string) (*render.Template, bool), set func(html string)) {
	t.Helper()
	var card *render.Template
	set = func(html string) {
		tmpl, err := render.Parse("card", html, "")
		if err != nil {
			t.Fatal(err)
		}
		card = tmpl
	}
	set(html)
	return func(name string) (*render.Template, bool) { return card, name == "card" }, set
}
