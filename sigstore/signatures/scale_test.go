package signatures

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/render"
	"sigmilter/sigstore/statefile"
)

// The organisation of the figures in README.md.
const (
	manyPeople = 1_000_000
	manySender = 100_000 // of whom a signature is rendered
	manyReader = 8
)

// employee is a person with what a directory has of one.
func employee(n int) directory.Person {
	address := fmt.Sprintf("first.last%07d@contoso.com", n)
	return directory.Person{
		Key: fmt.Sprintf("%08x-0000-4000-8000-%012x", n*2654435761%(1<<32), n), Address: address,
		Addresses: []string{address, fmt.Sprintf("f%07d@contoso.com", n)},
		Attributes: map[string]string{
			"displayName": fmt.Sprintf("First Last%07d", n), "givenName": "First", "surname": fmt.Sprintf("Last%07d", n), "mail": address,
			"jobTitle": "Senior Application Engineer", "department": "Research & Development", "companyName": "Contoso Ltd.",
			"businessPhones": fmt.Sprintf("+49 30 5550 %d", n), "streetAddress": "Musterstraße 12", "city": "Berlin", "postalCode": "10115",
		},
	}
}

// manySignature is about 4 kB.
func manySignature(n int) Signature {
	html := fmt.Sprintf("<p>First Last%07d</p>", n)
	for len(html) < 3500 {
		html += "<p><a href=\"https://contoso.com\">Contoso Ltd., Musterstraße 12, 10115 Berlin</a></p>\n"
	}
	return Signature{HTML: html, Text: fmt.Sprintf("First Last%07d\nContoso Ltd., Musterstraße 12, 10115 Berlin\n", n)}
}

// putMany stores rendered signatures in the order of the file.
func putMany(b *testing.B, s *store, version string) {
	expires := time.Now().Add(24 * time.Hour)
	for start := 0; start < manySender; start += 5000 {
		err := s.file.Update(func(tx *statefile.Tx) error {
			for n := start; n < start+5000; n++ {
				p := employee(n * (manyPeople / manySender))
				t, ok := people.OpenTenant(tx, "contoso")
				if !ok {
					return errors.New("no tenant")
				}
				person, _ := t.Version(p.Address)
				r := rendering{person: person, template: version, expires: expires, Signature: manySignature(n)}
				if err := s.write(tx, signatureName{"contoso", p.Address, "card"}, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMillion fills a store with a million people, and has eight readers look
// for rendered signatures, each of a person at random, while syncs of a hundred
// changes are written. Run it once: -bench Million -benchtime 1x.
func BenchmarkMillion(b *testing.B) {
	path := b.TempDir() + "/state.db"
	s := mustOpen(b, path)
	all := make([]directory.Person, manyPeople)
	for n := range all {
		all[n] = employee(n)
	}
	began := time.Now()
	if diff := peopletest.Replace(b, s.Register, "contoso", all); diff.Added != manyPeople {
		b.Fatalf("%+v", diff)
	}
	imported := time.Since(began)
	all = nil
	tmpl, err := render.Parse("card", "<p>{{.displayName}}</p>", "")
	if err != nil {
		b.Fatal(err)
	}
	putMany(b, s, tmpl.Version())
	s.Close()

	began = time.Now()
	if s, err = opened(statefile.Open(path, people.Layout(dependents))); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	opened := time.Since(began)
	book := NewCache(s.Shelf, Options{TTL: 24 * time.Hour, Templates: func(string) (*render.Template, bool) { return tmpl, true }})
	for b.Loop() {
		readWhileWriting(b, s, book)
	}
	b.ReportMetric(imported.Seconds(), "s-first-import")
	b.ReportMetric(opened.Seconds()*1000, "ms-open")
}

func readWhileWriting(b *testing.B, s *store, book *Cache) {
	done := make(chan struct{})
	var syncs []time.Duration
	var writer sync.WaitGroup
	writer.Go(func() {
		for round := 0; ; round++ {
			select {
			case <-done:
				return
			default:
			}
			var changed []directory.Person
			for n := range 100 {
				p := employee((round*100+n)*7919%manyPeople | 1) // none of those who are read
				p.Attributes["jobTitle"] = "Title " + strconv.Itoa(round)
				changed = append(changed, p)
			}
			began := time.Now()
			peopletest.Apply(b, s.Register, "contoso", "csv", changed, people.Reading{})
			syncs = append(syncs, time.Since(began))
		}
	})
	var mu sync.Mutex
	var all []time.Duration
	var readers sync.WaitGroup
	for i := range manyReader {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			times := make([]time.Duration, 0, 50_000)
			for range cap(times) {
				address := employee(r.IntN(manySender) * (manyPeople / manySender)).Address
				began := time.Now()
				sig, err := book.Signature("contoso", address, "card")
				times = append(times, time.Since(began))
				if err != nil || len(sig.HTML) < 3500 {
					b.Errorf("%s: %v, %d bytes", address, err, len(sig.HTML))
					return
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
		})
	}
	readers.Wait()
	close(done)
	writer.Wait()
	slices.Sort(all)
	slices.Sort(syncs)
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	b.ReportMetric(micros(all[len(all)/2]), "µs-median")
	b.ReportMetric(micros(all[len(all)*99/100]), "µs-p99")
	b.ReportMetric(micros(syncs[len(syncs)/2])/1000, "ms-sync-of-100")
}
