package signatures

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/render"
)

func TestCache(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(10))
	b, setTemplate, _ := newCache(t, s)

	sig, err := b.Signature("contoso", "ALIAS00003@contoso.com", "card")
	if err != nil || sig.HTML != "<p>Person 3</p>" || sig.Text != "Person 3" {
		t.Fatalf("got %+v, %v", sig, err)
	}

	setTemplate("<b>{{.displayName}}</b>")
	if got := htmlOf(t, b, "alias00003@contoso.com"); got != "<b>Person 3</b>" {
		t.Errorf("after a change of the template: %s", got)
	}

	all := directorytest.Persons(10)
	all[3].Attributes["displayName"] = "Third Person"
	peopletest.Replace(t, s.Register, "contoso", all)
	if got := htmlOf(t, b, "alias00003@contoso.com"); got != "<b>Third Person</b>" {
		t.Errorf("after a change of the person: %s", got)
	}

	peopletest.Replace(t, s.Register, "contoso", all[:3])
	if _, err := b.Signature("contoso", "alias00003@contoso.com", "card"); !errors.Is(err, people.ErrUnknown) {
		t.Errorf("after the person left: %v", err)
	}
}

func TestCacheErrors(t *testing.T) {
	s := mustOpen(t, statePath(t))
	all := directorytest.Persons(2)
	all[1].Attributes["jobTitle"] = "x"
	peopletest.Replace(t, s.Register, "contoso", all)
	b, setTemplate, _ := newCache(t, s)
	setTemplate("{{if ne .jobTitle `x`}}ok{{else}}" + strings.Repeat("x", render.MaxOutput) + "y{{end}}")
	tests := []struct {
		name, tenant, address, template string
		is                              error
		says                            []string
	}{
		{"nobody", "contoso", "x@contoso.com", "card", people.ErrUnknown, []string{"x@contoso.com", "contoso"}},
		{"other tenant", "fabrikam", "p00000@contoso.com", "card", people.ErrUnknown, []string{"fabrikam"}},
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
	if _, err := b.Signature("contoso", "p00001@contoso.com", "card"); err == nil || errors.Is(err, people.ErrUnknown) {
		t.Errorf("closed store: %v", err)
	}
}

// What was asked for lately needs no store.
func TestCacheHitNeedsNoTransaction(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(10))
	b, _, clock := newCache(t, s)
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
func TestCacheAfterRestart(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(10))
	b, _, _ := newCache(t, s)
	htmlOf(t, b, "p00001@contoso.com")
	tmpl, _ := b.Templates("card")
	stored := Signature{HTML: "stored", Text: "stored"}
	putSignature(t, s, signatureName{"contoso", directorytest.Person(2).Address, "card"}, versionOf(t, s, directorytest.Person(2).Address), tmpl.Version(), stored, noon.Add(b.TTL))
	s.Close()

	s, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, ok, err := storedSignature(s, "contoso", "p00001@contoso.com", "card", tmpl.Version(), noon); !ok || err != nil {
		t.Errorf("what the first book rendered is not stored: %v", err)
	}
	b, setTemplate, clock := newCache(t, s)
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

func TestCacheWithoutTTL(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(10))
	b, _, _ := newCache(t, s)
	b.TTL = 0
	htmlOf(t, b, "p00001@contoso.com")
	if _, ok := b.memory.Get(signatureName{"contoso", "p00001@contoso.com", "card"}); ok {
		t.Error("kept in memory")
	}
	s.Close()
	s, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tmpl, _ := b.Templates("card")
	if _, ok, err := storedSignature(s, "contoso", "p00001@contoso.com", "card", tmpl.Version(), time.Time{}); ok || err != nil {
		t.Errorf("stored, %v", err)
	}
}

// The memory of signatures goes by their sizes, pictures included.
func TestMemoryIsBounded(t *testing.T) {
	memory := newMemory()
	html := strings.Repeat("x", 100<<10)
	for n := range 1000 {
		memory.Put(signatureName{"contoso", fmt.Sprintf("p%d@contoso.com", n), "card"},
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

// TestCacheUnlisted: a block of attributes that nobody in the store has, of which
// nothing stays.
func TestCacheUnlisted(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(10))
	b, setTemplate, _ := newCache(t, s)
	for _, name := range []string{"Scanner", "<b>Scanner\r\n"} {
		sig, err := b.Unlisted(map[string]string{"mail": directorytest.Person(3).Address, "displayName": name}, "card")
		if want := "<p>" + strings.NewReplacer("<", "&lt;", ">", "&gt;", "\r\n", "").Replace(name) + "</p>"; err != nil || sig.HTML != want {
			t.Errorf("got %+v, %v", sig, err)
		}
	}
	if got := htmlOf(t, b, directorytest.Person(3).Address); got != "<p>Person 3</p>" {
		t.Errorf("the person of that address has %s", got)
	}
	setTemplate(`<p>{{slice .displayName 0 9}}</p>`)
	if _, err := b.Unlisted(map[string]string{"mail": "x@y.z"}, "card"); !errors.Is(err, ErrRender) || !strings.Contains(err.Error(), "x@y.z by template card") {
		t.Errorf("got %v", err)
	}
	if _, err := b.Signature("contoso", directorytest.Person(3).Address, "card"); !errors.Is(err, ErrRender) {
		t.Errorf("got %v", err)
	}
	if _, err := b.Unlisted(nil, "none"); err == nil || errors.Is(err, ErrRender) {
		t.Errorf("no template: %v", err)
	}
}

// BenchmarkCacheStored is the first message of a person after a restart.
func BenchmarkCacheStored(b *testing.B) {
	book := benchmarkCache(b)
	b.ReportAllocs()
	for b.Loop() {
		book.memory = newMemory()
		if _, err := book.Signature("contoso", "p00007@contoso.com", "card"); err != nil {
			b.Error(err)
		}
	}
}

func benchmarkCache(b *testing.B) *Cache {
	s := mustOpen(b, b.TempDir()+"/state.db")
	peopletest.Replace(b, s.Register, "contoso", directorytest.Persons(20000))
	book, _, _ := newCache(b, s)
	tmpl, _ := book.Templates("card")
	sig := Signature{HTML: strings.Repeat("x", 4000), Text: strings.Repeat("x", 500)}
	putSignature(b, s, signatureName{"contoso", directorytest.Person(7).Address, "card"}, versionOf(b, s, directorytest.Person(7).Address), tmpl.Version(), sig, noon.Add(time.Hour))
	return book
}

// A clock that steps an hour either way changes no signature: at worst one is
// rendered again, or used for as much longer; who is new is found at once.
func TestCacheWhenTheClockSteps(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
			b, setTemplate, clock := newCache(t, s)
			const author, newcomer = "p00001@contoso.com", "p00007@contoso.com"
			if got := htmlOf(t, b, author); got != "<p>Person 1</p>" {
				t.Fatal(got)
			}
			if _, err := b.Signature("contoso", newcomer, "card"); !errors.Is(err, people.ErrUnknown) {
				t.Fatal(err)
			}

			*clock = clock.Add(step)
			if got := htmlOf(t, b, author); got != "<p>Person 1</p>" {
				t.Errorf("after the step: %s", got)
			}
			all := directorytest.Persons(8)
			all[1].Attributes["displayName"] = "Another Name"
			peopletest.Replace(t, s.Register, "contoso", all)
			if got := htmlOf(t, b, author); got != "<p>Another Name</p>" {
				t.Errorf("after a change of the person: %s", got)
			}
			if got := htmlOf(t, b, newcomer); got != "<p>Person 7</p>" {
				t.Errorf("of who is new: %s", got)
			}

			*clock = clock.Add(-step)
			setTemplate("<b>{{.displayName}}</b>")
			if got := htmlOf(t, b, author); got != "<b>Another Name</b>" {
				t.Errorf("after the step back and a change of the template: %s", got)
			}
		})
	}
}

func TestDropCached(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(4))
	b, setTemplate, clock := newCache(t, s)
	// sign has everybody's signature rendered, and waits until all are in the file.
	sign := func() {
		t.Helper()
		for _, p := range directorytest.Persons(4) {
			htmlOf(t, b, p.Address)
		}
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for deadline := time.After(30 * time.Second); ; {
			c, err := s.Cached("contoso", *clock)
			if err != nil {
				t.Fatal(err)
			}
			if c.Stored == 4 {
				return
			}
			select {
			case <-deadline:
				t.Fatalf("%+v", c)
			case <-tick.C:
			}
		}
	}
	count := func(stored, expired int) {
		t.Helper()
		c, err := s.Cached("contoso", *clock)
		if err != nil || c.Stored != stored || c.Expired != expired || (c.Bytes > 0) != (stored > 0) {
			t.Errorf("got %+v, %v, want %d stored and %d expired", c, err, stored, expired)
		}
	}
	sign()
	count(4, 0)
	inMemory := 0
	for address, template := range b.InMemory("contoso") {
		if address == "" || template != "card" {
			t.Errorf("in memory: %q %q", address, template)
		}
		inMemory++
	}
	if inMemory != 4 {
		t.Errorf("%d in memory", inMemory)
	}
	before := s.Generation()
	if n, err := s.DropCached("contoso", "ALIAS00002@contoso.com"); n != 1 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	if s.Generation() == before {
		t.Error("the memory of books stays good")
	}
	count(3, 0)
	*clock = clock.Add(b.TTL + time.Minute)
	count(3, 3)
	if n, err := s.DropCached("contoso", ""); n != 3 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	count(0, 0)
	if _, err := s.DropCached("contoso", "nobody@contoso.com"); !errors.Is(err, people.ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
	if n, err := s.DropCached("fabrikam", ""); n != 0 || err != nil {
		t.Errorf("no such tenant: %d, %v", n, err)
	}
	setTemplate("<b>{{.displayName}}</b>")
	sign()
	count(4, 0)
}
