package sigstore

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"sigmilter/sigstore/render"
)

// newBook returns a book over a store of ten people, with a template "card" that
// can be exchanged and a clock that can be set.
func newBook(t testing.TB, s *Store) (b *Book, setTemplate func(html string), clock *time.Time) {
	t.Helper()
	templates := map[string]*render.Template{}
	setTemplate = func(html string) {
		tmpl, err := render.Parse("card", html, "")
		if err != nil {
			t.Fatal(err)
		}
		templates["card"] = tmpl
	}
	setTemplate("<p>{{.displayName}}</p>")
	clock = new(time.Time)
	*clock = noon
	return NewBook(s, Options{
		Templates: func(name string) (*render.Template, bool) { tmpl, ok := templates[name]; return tmpl, ok },
		TTL:       20 * time.Minute,
		Now:       func() time.Time { return *clock },
	}, false), setTemplate, clock
}

func htmlOf(t testing.TB, b *Book, address string) string {
	t.Helper()
	sig, err := b.Signature("contoso", address, "card")
	if err != nil {
		t.Fatal(err)
	}
	return sig.HTML
}

func TestBook(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(10))
	b, setTemplate, _ := newBook(t, s)

	sig, err := b.Signature("contoso", "ALIAS00003@contoso.com", "card")
	if err != nil || sig.HTML != "<p>Person 3</p>" || sig.Text != "Person 3" {
		t.Fatalf("got %+v, %v", sig, err)
	}

	setTemplate("<b>{{.displayName}}</b>")
	if got := htmlOf(t, b, "alias00003@contoso.com"); got != "<b>Person 3</b>" {
		t.Errorf("after a change of the template: %s", got)
	}

	people := persons(10)
	people[3].Attributes["displayName"] = "Third Person"
	mustReplace(t, s, "contoso", people)
	if got := htmlOf(t, b, "alias00003@contoso.com"); got != "<b>Third Person</b>" {
		t.Errorf("after a change of the person: %s", got)
	}

	mustReplace(t, s, "contoso", people[:3])
	if _, err := b.Signature("contoso", "alias00003@contoso.com", "card"); !errors.Is(err, ErrUnknown) {
		t.Errorf("after the person left: %v", err)
	}
}

func TestBookErrors(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(2)
	people[1].Attributes["jobTitle"] = "x"
	mustReplace(t, s, "contoso", people)
	b, setTemplate, _ := newBook(t, s)
	setTemplate("{{if ne .jobTitle `x`}}ok{{else}}" + strings.Repeat("x", render.MaxOutput) + "y{{end}}")
	tests := []struct {
		name, tenant, address, template string
		is                              error
		says                            []string
	}{
		{"nobody", "contoso", "x@contoso.com", "card", ErrUnknown, []string{"x@contoso.com", "contoso"}},
		{"other tenant", "fabrikam", "p00000@contoso.com", "card", ErrUnknown, []string{"fabrikam"}},
		{"no template", "contoso", "p00000@contoso.com", "nil", nil, []string{"p00000@contoso.com", "no template nil"}},
		{"render", "contoso", "alias00001@contoso.com", "card", render.ErrTooLarge, []string{"p00001@contoso.com", "template card"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				sig, err := b.Signature(test.tenant, test.address, test.template)
				if err == nil || test.is != nil && !errors.Is(err, test.is) || sig.HTML != "" {
					t.Fatalf("got %+v, %v", sig, err)
				}
				for _, text := range test.says {
					if !strings.Contains(err.Error(), text) {
						t.Errorf("%v does not say %s", err, text)
					}
				}
			}
		})
	}
	if got := htmlOf(t, b, "p00000@contoso.com"); got != "ok" {
		t.Errorf("the other person: %s", got)
	}
	s.Close()
	if _, err := b.Signature("contoso", "p00001@contoso.com", "card"); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("closed store: %v", err)
	}
}

// What was asked for lately needs no store.
func TestBookHitNeedsNoTransaction(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(10))
	b, _, clock := newBook(t, s)
	want := htmlOf(t, b, "p00001@contoso.com")
	s.Close()
	*clock = noon.Add(b.TTL - 1)
	if got := htmlOf(t, b, "P00001@contoso.com"); got != want {
		t.Errorf("got %s", got)
	}
	*clock = noon.Add(b.TTL)
	if _, err := b.Signature("contoso", "p00001@contoso.com", "card"); err == nil {
		t.Error("used after its time")
	}
}

// A stored signature is used after a restart, as long as it may be.
func TestBookAfterRestart(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", persons(10))
	b, _, _ := newBook(t, s)
	htmlOf(t, b, "p00001@contoso.com")
	tmpl, _ := b.Templates("card")
	stored := Signature{HTML: "stored", Text: "stored"}
	if err := putSignature(s, "contoso", person(2), "card", tmpl.Version(), stored, noon.Add(b.TTL)); err != nil {
		t.Fatal(err)
	}
	s.Close()

	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, ok, err := storedSignature(s, "contoso", "p00001@contoso.com", "card", tmpl.Version(), noon); !ok || err != nil {
		t.Errorf("what the first book rendered is not stored: %v", err)
	}
	b, setTemplate, clock := newBook(t, s)
	if got := htmlOf(t, b, "p00002@contoso.com"); got != "stored" {
		t.Errorf("got %s", got)
	}
	*clock = noon.Add(b.TTL)
	if got := htmlOf(t, b, "p00002@contoso.com"); got != "<p>Person 2</p>" {
		t.Errorf("run out: got %s", got)
	}
	*clock = noon
	setTemplate("<b>{{.displayName}}</b>")
	if got := htmlOf(t, b, "p00002@contoso.com"); got != "<b>Person 2</b>" {
		t.Errorf("other template: got %s", got)
	}
}

func TestBookWithoutTTL(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", persons(10))
	b, _, _ := newBook(t, s)
	b.TTL = 0
	htmlOf(t, b, "p00001@contoso.com")
	if _, ok := b.memory.Get(name{"contoso", "p00001@contoso.com", "card"}); ok {
		t.Error("kept in memory")
	}
	s.Close()
	s, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tmpl, _ := b.Templates("card")
	if _, ok, err := storedSignature(s, "contoso", "p00001@contoso.com", "card", tmpl.Version(), time.Time{}); ok || err != nil {
		t.Errorf("stored, %v", err)
	}
}

// Sessions ask while a sync changes everybody: none gets a signature or a person
// of a sync before the last one that was over when it asked.
func TestBookBesideReplace(t *testing.T) {
	s := mustOpen(t, statePath(t))
	edition := func(n int) string { return fmt.Sprintf("Edition %03d", n) }
	replace := func(n int) {
		people := persons(5)
		for i := range people {
			people[i].Attributes["displayName"] = edition(n)
		}
		mustReplace(t, s, "contoso", people)
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
				sig, err := b.Signature("contoso", person(i).Address, "card")
				p, known, perr := b.Person("contoso", person(i).Address)
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

// The memory of signatures goes by their sizes, pictures included.
func TestMemoryIsBounded(t *testing.T) {
	memory := newMemory()
	html := strings.Repeat("x", 100<<10)
	for n := range 1000 {
		memory.Put(name{"contoso", fmt.Sprintf("p%d@contoso.com", n), "card"},
			&entryInMemory{signature: Signature{HTML: html, Images: []Image{{Data: []byte(html)}}}})
	}
	total := 0
	for range memory.All {
		total += 200 << 10
	}
	if total > maxMemory || total < maxMemory/2 {
		t.Errorf("%d bytes", total)
	}
}

func BenchmarkBookHit(b *testing.B) {
	book := benchmarkBook(b)
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

// BenchmarkBookStored is the first message of a person after a restart.
func BenchmarkBookStored(b *testing.B) {
	book := benchmarkBook(b)
	b.ReportAllocs()
	for b.Loop() {
		book.memory = newMemory()
		if _, err := book.Signature("contoso", "p00007@contoso.com", "card"); err != nil {
			b.Error(err)
		}
	}
}

func benchmarkBook(b *testing.B) *Book {
	s := mustOpen(b, b.TempDir()+"/state.db")
	mustReplace(b, s, "contoso", persons(20000))
	book, _, _ := newBook(b, s)
	tmpl, _ := book.Templates("card")
	sig := Signature{HTML: strings.Repeat("x", 4000), Text: strings.Repeat("x", 500)}
	if err := putSignature(s, "contoso", person(7), "card", tmpl.Version(), sig, noon.Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	return book
}

// BenchmarkReplace is a sync of 100,000 people of whom 100 changed.
func BenchmarkReplace(b *testing.B) {
	s := mustOpen(b, b.TempDir()+"/state.db")
	people := persons(100000)
	mustReplace(b, s, "contoso", people)
	round := 0
	for b.Loop() {
		round++
		for n := range 100 {
			people[n*997].Attributes["jobTitle"] = fmt.Sprint(round)
		}
		mustReplace(b, s, "contoso", people)
	}
}

func BenchmarkFirstImport(b *testing.B) {
	people := persons(100000)
	for b.Loop() {
		s := mustOpen(b, b.TempDir()+"/state.db")
		mustReplace(b, s, "contoso", people)
		s.Close()
	}
}

// TestBookUnlisted: a block of attributes that nobody in the store has, of which
// nothing stays.
func TestBookUnlisted(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(10))
	b, setTemplate, _ := newBook(t, s)
	for _, name := range []string{"Scanner", "<b>Scanner\r\n"} {
		sig, err := b.Unlisted(map[string]string{"mail": person(3).Address, "displayName": name}, "card")
		if want := "<p>" + strings.NewReplacer("<", "&lt;", ">", "&gt;", "\r\n", "").Replace(name) + "</p>"; err != nil || sig.HTML != want {
			t.Errorf("got %+v, %v", sig, err)
		}
	}
	if got := htmlOf(t, b, person(3).Address); got != "<p>Person 3</p>" {
		t.Errorf("the person of that address has %s", got)
	}
	setTemplate(`<p>{{slice .displayName 0 9}}</p>`)
	if _, err := b.Unlisted(map[string]string{"mail": "x@y.z"}, "card"); !errors.Is(err, ErrRender) || !strings.Contains(err.Error(), "x@y.z by template card") {
		t.Errorf("got %v", err)
	}
	if _, err := b.Signature("contoso", person(3).Address, "card"); !errors.Is(err, ErrRender) {
		t.Errorf("got %v", err)
	}
	if _, err := b.Unlisted(nil, "none"); err == nil || errors.Is(err, ErrRender) {
		t.Errorf("no template: %v", err)
	}
}
