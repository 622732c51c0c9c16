// Package peopletest is for tests of what stands on people: it makes some.
package peopletest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

// Person is the person of a number.
func Person(n int) directory.Person {
	address := fmt.Sprintf("p%05d@contoso.com", n)
	return directory.Person{
		Address:    address,
		Addresses:  []string{address, fmt.Sprintf("alias%05d@contoso.com", n)},
		Attributes: map[string]string{"displayName": fmt.Sprintf("Person %d", n), "mail": address},
		Groups:     []string{"staff@contoso.com"},
	}
}

// Persons are the first people.
func Persons(n int) []directory.Person {
	all := make([]directory.Person, n)
	for i := range all {
		all[i] = Person(i)
	}
	return all
}

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

// Portrait is a JPEG of one grey.
func Portrait(t testing.TB, grey uint8, side int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = grey
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
