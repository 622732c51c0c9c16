package people

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

// content returns everybody, and checks Count and every address on the way.
func content(t testing.TB, s *Register, tenant string) []directory.Person {
	t.Helper()
	var people []directory.Person
	for p, err := range s.People(tenant) {
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
		for _, a := range p.Addresses {
			if got, ok, err := s.Person(tenant, strings.ToUpper(a)); !ok || err != nil || got.Address != p.Address {
				t.Errorf("%s leads to %s, %v, %v; want %s", a, got.Address, ok, err, p.Address)
			}
		}
	}
	if n, err := s.Count(tenant); n != len(people) || err != nil {
		t.Errorf("count is %d, %v; want %d", n, err, len(people))
	}
	return people
}

func TestReplace(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := directorytest.Persons(600) // more than two pages of People
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{Added: 600}) {
		t.Errorf("first: %+v", diff)
	}
	if !reflect.DeepEqual(content(t, s, "contoso"), people) {
		t.Error("not what was put")
	}

	generation := s.Generation()
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{}) {
		t.Errorf("same again: %+v", diff)
	}
	if s.Generation() != generation {
		t.Error("a new generation though nothing changed")
	}

	// Out of order; one leaves, one comes, one changes, one changes address, and
	// an address goes from one to another.
	next := directorytest.Persons(601)[1:]
	next[10].Attributes["jobTitle"] = "Tester"
	next[20].Address = "new@contoso.com"
	next[20].Addresses = []string{"new@contoso.com"}
	next[30].Addresses = next[30].Addresses[:1]
	next[31].Addresses = append(next[31].Addresses, "alias00031@contoso.com")
	want := append([]directory.Person{next[20]}, append(append([]directory.Person{}, next[:20]...), next[21:]...)...)
	rand.Shuffle(len(next), func(i, j int) { next[i], next[j] = next[j], next[i] })
	if diff := mustReplace(t, s, "contoso", next); diff != (Diff{Added: 2, Changed: 3, Removed: 2}) {
		t.Errorf("changes: %+v", diff)
	}
	if s.Generation() == generation {
		t.Error("generation is as before")
	}
	if !reflect.DeepEqual(content(t, s, "contoso"), want) {
		t.Error("not what was put after the changes")
	}
	for _, gone := range []string{"p00000@contoso.com", "alias00000@contoso.com", "alias00021@contoso.com"} {
		if _, ok, err := s.Person("contoso", gone); ok || err != nil {
			t.Errorf("%s is still there, %v", gone, err)
		}
	}

	if diff := mustReplace(t, s, "contoso", nil); diff != (Diff{Removed: 600}) {
		t.Errorf("nobody: %+v", diff)
	}
	content(t, s, "contoso")
}

// What a source should not give costs that person, and is named.
func TestUnusableRecords(t *testing.T) {
	tests := []struct {
		name, want string
		spoil      func(p []directory.Person)
		left       int
	}{
		{"no primary address", "primary", func(p []directory.Person) { p[3].Address = "" }, 3},
		{"primary not among the addresses", "primary", func(p []directory.Person) { p[3].Addresses = nil }, 3},
		{"upper case", "not in lower case", func(p []directory.Person) { p[3].Addresses[1] = "A@b.c" }, 3},
		{"endless", "cannot be stored", func(p []directory.Person) { p[3].Addresses[1] = strings.Repeat("a", 100000) }, 3},
		{"a zero byte in the key", "cannot be stored", func(p []directory.Person) { p[3].Key = "a\x00b" }, 3},
		{"key twice", "p00002@contoso.com and p00003@contoso.com are both K", func(p []directory.Person) { p[2].Key, p[3].Key = "K", "K" }, 3},
		{"primary twice", "p00002@contoso.com and p00002@contoso.com (zK) both have the address p00002@contoso.com", func(p []directory.Person) {
			p[3] = p[2]
			p[3].Key = "zK" // comes second
		}, 3},
		{"address twice", "p00003@contoso.com has an address of p00001@contoso.com", func(p []directory.Person) { p[3].Addresses[1] = p[1].Addresses[1] }, 4},
		{"primary is another's address", "p00003@contoso.com has an address of p00001@contoso.com", func(p []directory.Person) { p[3].Addresses[1] = p[1].Address }, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			spoilt := directorytest.Persons(4)
			test.spoil(spoilt)
			applied, err := replace(s, "contoso", spoilt)
			if err != nil || len(applied.Warnings) != 1 || !strings.Contains(applied.Warnings[0].Error(), test.want) {
				t.Errorf("warnings are %v, want %s; %v", applied.Warnings, test.want, err)
			}
			if n := len(content(t, s, "contoso")); n != test.left {
				t.Errorf("%d people", n)
			}
		})
	}
	s := mustOpen(t, statePath(t))
	if _, err := replace(s, "", directorytest.Persons(1)); err == nil {
		t.Error("a tenant without name")
	}
}

func TestTenantsApart(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", directorytest.Persons(2))
	mustReplace(t, s, "fabrikam", directorytest.Persons(1))
	mustReplace(t, s, "fabrikam", nil)
	if n := len(content(t, s, "contoso")); n != 2 {
		t.Errorf("%d people", n)
	}
	if _, ok, err := s.Person("nobody", "p00000@contoso.com"); ok || err != nil {
		t.Errorf("unknown tenant: %v, %v", ok, err)
	}
	if n := len(content(t, s, "nobody")); n != 0 {
		t.Errorf("unknown tenant: %d people", n)
	}
	for range s.People("contoso") {
		break
	}
}

func TestSync(t *testing.T) {
	s := mustOpen(t, statePath(t))
	sync := func() SyncState {
		t.Helper()
		state, err := s.Sync("contoso", "csv")
		if err != nil {
			t.Fatal(err)
		}
		state.At, state.Success = state.At.UTC(), state.Success.UTC()
		return state
	}
	if got := sync(); got != (SyncState{Source: "csv"}) {
		t.Errorf("before the first: %+v", got)
	}
	for n := range 2 {
		at := noon.Add(time.Duration(n) * time.Minute).UTC()
		if err := s.Failed("contoso", "csv", at, errors.New("not readable")); err != nil {
			t.Fatal(err)
		}
		if got := sync(); got != (SyncState{Source: "csv", At: at, Err: "not readable", Failures: n + 1}) {
			t.Errorf("failed: %+v", got)
		}
	}
	content(t, s, "contoso") // nobody, but no fault either
	first := batch{People: directorytest.Persons(1), Cursor: "c1", Warnings: []error{errors.New("w")}}
	if applied, err := applyBatch(s, "contoso", "csv", first, Reading{At: noon}); err != nil || applied.Diff != (Diff{Added: 1}) || applied.People != 1 {
		t.Errorf("%+v, %v", applied, err)
	}
	good := SyncState{Source: "csv", At: noon.UTC(), Success: noon.UTC(), People: 1, Warnings: 1, Cursor: "c1"}
	if got := sync(); got != good {
		t.Errorf("after a good one: %+v", got)
	}
	later := noon.Add(time.Hour).UTC()
	if err := s.Failed("contoso", "csv", later, errors.New("away")); err != nil {
		t.Fatal(err)
	}
	good.At, good.Err, good.Failures = later, "away", 1
	if got := sync(); got != good {
		t.Errorf("failed again: %+v", got)
	}
}

// Random syncs, compared with a plain map of what should be there.
func TestReplaceAtRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	s := mustOpen(t, statePath(t))
	for round := range 30 {
		var want []directory.Person
		for n := range 200 {
			if r.IntN(4) == 0 {
				continue
			}
			p := directorytest.Person(n)
			p.Attributes["jobTitle"] = fmt.Sprint("Title ", r.IntN(5))
			if r.IntN(3) == 0 { // aliases go round
				p.Addresses[1] = fmt.Sprintf("shared%d-%d@contoso.com", round%3, n)
			}
			want = append(want, p)
		}
		mustReplace(t, s, "contoso", want)
		if !reflect.DeepEqual(content(t, s, "contoso"), want) {
			t.Fatalf("round %d: not what was put", round)
		}
	}
}

// A reader sees the people of one sync or of the next, never of both.
func TestReadersBesideReplace(t *testing.T) {
	s := mustOpen(t, statePath(t))
	edition := func(n int) []directory.Person {
		people := directorytest.Persons(2)
		for i := range people {
			people[i].Attributes["jobTitle"] = fmt.Sprint(n)
		}
		return people
	}
	mustReplace(t, s, "contoso", edition(0))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				page, err := s.peopleAfter("contoso", "")
				if err != nil || len(page) != 2 || page[0].Attributes["jobTitle"] != page[1].Attributes["jobTitle"] {
					t.Errorf("%+v, %v", page, err)
					return
				}
			}
		})
	}
	for n := range 30 {
		mustReplace(t, s, "contoso", edition(n+1))
	}
	close(done)
	readers.Wait()
}

// BenchmarkReplace is a sync of 100,000 people of whom 100 changed.
func BenchmarkReplace(b *testing.B) {
	s := mustOpen(b, b.TempDir()+"/state.db")
	people := directorytest.Persons(100000)
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
	people := directorytest.Persons(100000)
	for b.Loop() {
		s := mustOpen(b, b.TempDir()+"/state.db")
		mustReplace(b, s, "contoso", people)
		s.file.Close()
	}
}
