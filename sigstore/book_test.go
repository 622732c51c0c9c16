package sigstore

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/render"
)

// Sessions ask while a sync changes everybody: none gets a signature or a person
// of a sync before the last one that was over when it asked.
func TestBookBesideReplace(t *testing.T) {
	s := mustOpen(t, statePath(t))
	edition := func(n int) string { return fmt.Sprintf("Edition %03d", n) }
	replace := func(n int) {
		all := directorytest.Persons(5)
		for i := range all {
			all[i].Attributes["displayName"] = edition(n)
		}
		peopletest.Replace(t, s.Register, "contoso", all)
	}
	replace(0)
	b, _, _ := newBook(t, s)
	var over struct {
		sync.Mutex
		n int
	}
	done := make(chan struct{})
	var sessions sync.WaitGroup
	for i := range 4 {
		sessions.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				over.Lock()
				oldest := edition(over.n)
				over.Unlock()
				sig, err := b.Signature("contoso", directorytest.Person(i).Address, "card")
				p, known, perr := b.Person("contoso", directorytest.Person(i).Address)
				if err != nil || perr != nil || !known || sig.Text < oldest || p.Attributes["displayName"] < oldest {
					t.Errorf("%q of %q, oldest %q, %v, %v", sig.Text, p.Attributes["displayName"], oldest, err, perr)
					return
				}
			}
		})
	}
	for n := range 30 {
		replace(n + 1)
		over.Lock()
		over.n = n + 1
		over.Unlock()
	}
	close(done)
	sessions.Wait()
}

func TestBookPerson(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(1))
	b, _, clock := newBook(t, s)
	find := func(address string) bool {
		t.Helper()
		p, known, err := b.Person("contoso", address)
		if err != nil || known && p.Address != strings.ToLower(address) {
			t.Fatalf("%+v, %v", p, err)
		}
		return known
	}
	if find("P00001@contoso.com") || !find("P00000@contoso.com") {
		t.Error("not as in the store")
	}
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(2))
	if !find("p00001@contoso.com") {
		t.Error("an unknown author is remembered beyond a change of the people")
	}
	find("p00002@contoso.com")
	find("p00000@contoso.com")
	s.Close()
	*clock = noon.Add(unknownTTL - 1)
	if find("p00002@contoso.com") || !find("p00000@contoso.com") {
		t.Error("not as remembered")
	}
	*clock = noon.Add(unknownTTL)
	if _, _, err := b.Person("contoso", "p00002@contoso.com"); err == nil {
		t.Error("an unknown author is remembered too long")
	}
}

// Of the photos that several sources have, one counts, by the order of sources or
// by a precedence; none is lost by a reading that does not bring it.
func TestPhotosOfSources(t *testing.T) {
	s := mustOpen(t, statePath(t))
	plan := func(plan people.Plan) {
		t.Helper()
		if err := s.SetPlans(t.Context(), map[string]people.Plan{"contoso": plan}); err != nil {
			t.Fatal(err)
		}
	}
	apply := func(source string, all []directory.Person, batch directory.Batch) people.Applied {
		t.Helper()
		return peopletest.Apply(t, s.Register, "contoso", source, all, people.Reading{Batch: batch})
	}
	plan(people.Plan{Sources: []string{"ldap", "hr"}})
	b, setTemplate, _ := newBook(t, s)
	setTemplate(`<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`)
	fromLDAP, other, fromHR := directorytest.Portrait(t, 10, 8), directorytest.Portrait(t, 20, 8), directorytest.Portrait(t, 30, 8)
	alice := func(key string, photo []byte, attributes ...string) []directory.Person {
		p := directory.Person{
			Key: key, Address: "alice@contoso.com", Addresses: []string{"alice@contoso.com"},
			Attributes: map[string]string{"displayName": "Alice"},
		}
		for i := 0; i < len(attributes); i += 2 {
			p.Attributes[attributes[i]] = attributes[i+1]
		}
		p.Photo = photo
		return []directory.Person{p}
	}
	photoOf := func(address string) []byte {
		t.Helper()
		photo, err := s.Photo("contoso", address)
		if err != nil {
			t.Fatal(err)
		}
		return photo
	}
	detailsOf := func(address string) people.Details {
		t.Helper()
		d, _, err := s.Details("contoso", address)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	check := func(what string, want []byte, origin string) {
		t.Helper()
		if got := photoOf("alice@contoso.com"); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", what, len(got), len(want))
		}
		if got := detailsOf("alice@contoso.com").Origins["photo"]; got != origin {
			t.Errorf("%s: the photo is from %q, want %q", what, got, origin)
		}
		html := "<p>Alice</p>"
		if want != nil {
			html = `<p>Alice<img src="cid:` + render.ContentID(want) + `" alt=""></p>`
		}
		if got := htmlOf(t, b, "alice@contoso.com"); got != html {
			t.Errorf("%s: %s, want %s", what, got, html)
		}
	}
	apply("ldap", alice("guid", nil), directory.Batch{Full: true})
	check("none", nil, "")
	apply("hr", alice("7", fromHR), directory.Batch{Full: true})
	check("of the second", fromHR, "hr")
	apply("ldap", alice("guid", fromLDAP), directory.Batch{})
	check("of both", fromLDAP, "ldap")
	apply("ldap", nil, directory.Batch{})
	apply("hr", alice("7", fromHR, "room", "8"), directory.Batch{Full: true})
	check("after a reading of nothing, and of another attribute", fromLDAP, "ldap")
	apply("ldap", nil, directory.Batch{Groups: []directory.Group{{Name: "Sales", Members: []string{"guid"}}}})
	check("in another group", fromLDAP, "ldap")
	plan(people.Plan{Sources: []string{"ldap", "hr"}, Precedence: map[string][]string{"photo": {"hr"}}})
	check("by precedence", fromHR, "hr")
	plan(people.Plan{Sources: []string{"ldap", "hr"}})
	check("by the order of sources", fromLDAP, "ldap")
	if applied := apply("ldap", alice("guid", other), directory.Batch{}); applied.Diff != (people.Diff{Changed: 1}) {
		t.Errorf("another photo: %+v", applied.Diff)
	}
	check("another", other, "ldap")
	if applied := apply("hr", alice("7", other, "room", "8"), directory.Batch{}); applied.Diff != (people.Diff{}) {
		t.Errorf("another photo that is not used: %+v", applied.Diff)
	}
	apply("ldap", alice("guid", nil), directory.Batch{})
	check("the first has none any more", other, "hr")
	apply("hr", nil, directory.Batch{Gone: []string{"7"}})
	check("who had it left", nil, "")
}

// BenchmarkBookHit is a person who wrote lately.
func BenchmarkBookHit(b *testing.B) {
	s := mustOpen(b, b.TempDir()+"/state.db")
	peopletest.Replace(b, s.Register, "contoso", directorytest.Persons(10))
	book, _, _ := newBook(b, s)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := book.Signature("contoso", "p00007@contoso.com", "card"); err != nil {
				b.Error(err)
			}
		}
	})
}
