package people

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

// batch is a reading with its people.
type batch struct {
	Full     bool
	People   []directory.Person
	Gone     []string
	Lost     map[string][]string
	Groups   []directory.Group
	Cursor   string
	Warnings []error
}

// apply takes a whole reading over.
func applyBatch(s *Register, tenant, source string, b batch, r Reading) (Applied, error) {
	in := s.Intake(tenant, source)
	defer in.Close()
	for _, p := range b.People {
		if err := in.Add(p); err != nil {
			return Applied{}, err
		}
	}
	r.Batch = directory.Batch{Full: b.Full, Gone: b.Gone, Lost: b.Lost, Groups: b.Groups, Cursor: b.Cursor, Warnings: b.Warnings}
	return in.Apply(r)
}

func mustApply(t testing.TB, s *Register, source string, b batch) Applied {
	t.Helper()
	applied, err := applyBatch(s, "contoso", source, b, Reading{At: noon, MaxVanish: 1})
	if err != nil {
		t.Fatal(err)
	}
	return applied
}

func mustPlan(t testing.TB, s *Register, plan Plan) {
	t.Helper()
	if err := s.SetPlans(t.Context(), map[string]Plan{"contoso": plan}); err != nil {
		t.Fatal(err)
	}
}

// known makes a person with attributes, name and value in turn.
func known(key, addresses string, attributes ...string) directory.Person {
	p := directory.Person{Key: key, Addresses: strings.Fields(addresses), Attributes: map[string]string{}}
	p.Address = p.Addresses[0]
	for i := 0; i < len(attributes); i += 2 {
		p.Attributes[attributes[i]] = attributes[i+1]
	}
	return p
}

func mustDetails(t testing.TB, s *Register, address string) Details {
	t.Helper()
	d, ok, err := s.Details("contoso", address)
	if err != nil || !ok {
		t.Fatalf("%s: %v, %v", address, ok, err)
	}
	return d
}

func TestSourcesMixed(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustPlan(t, s, Plan{Sources: []string{"ldap", "hr"}, Precedence: map[string][]string{"mobilePhone": {"hr", "ldap"}}})
	mustApply(t, s, "hr", batch{Full: true, People: []directory.Person{
		known("", "alice@contoso.com", "jobTitle", "Engineer (HR)", "mobilePhone", "1-hr", "room", "7"),
		known("", "zoe@contoso.com", "displayName", "Zoe"),
	}})
	ready := &directory.Ready{HTML: "<p>made</p>"}
	ldap := known("guid-1", "a.muster@contoso.com alice@contoso.com", "displayName", "Alice", "jobTitle", "Engineer", "mobilePhone", "1-ldap")
	ldap.Ready = ready
	if applied := mustApply(t, s, "ldap", batch{Full: true, People: []directory.Person{ldap}, Groups: []directory.Group{
		{Name: "sales@contoso.com", Members: []string{"guid-1", "guid-9"}},
	}}); applied.Diff != (Diff{Added: 1, Removed: 1}) { // the primary address is another
		t.Errorf("diff %+v", applied.Diff)
	}
	d := mustDetails(t, s, "ALICE@contoso.com")
	want := Details{
		Person: directory.Person{
			Address: "a.muster@contoso.com", Addresses: ldap.Addresses, Key: "guid-1", Ready: ready, Groups: []string{"sales@contoso.com"},
			Attributes: map[string]string{"displayName": "Alice", "jobTitle": "Engineer", "mobilePhone": "1-hr", "room": "7"},
		},
		Sources: []string{"ldap", "hr"},
		Origins: map[string]string{"displayName": "ldap", "jobTitle": "ldap", "mobilePhone": "hr", "room": "hr", "signature": "ldap"},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
	if d := mustDetails(t, s, "zoe@contoso.com"); !reflect.DeepEqual(d.Sources, []string{"hr"}) || d.Origins["displayName"] != "hr" {
		t.Errorf("who is in one source alone: %+v", d)
	}
	content(t, s, "contoso")

	// Another order, another result, without reading anything.
	generation := s.Generation()
	mustPlan(t, s, Plan{Sources: []string{"hr", "ldap"}})
	d = mustDetails(t, s, "alice@contoso.com")
	if d.Address != "alice@contoso.com" || d.Attributes["jobTitle"] != "Engineer (HR)" || s.Generation() == generation {
		t.Errorf("after a change of the order: %+v", d)
	}
	mustPlan(t, s, Plan{Sources: []string{"hr", "ldap"}})

	// A change of a group alone.
	applied := mustApply(t, s, "ldap", batch{Groups: []directory.Group{{Name: "board", Members: []string{"guid-1"}}}, Cursor: "2"})
	if d = mustDetails(t, s, "alice@contoso.com"); !reflect.DeepEqual(d.Groups, []string{"board"}) || applied.Diff != (Diff{Changed: 1}) {
		t.Errorf("groups %v, %+v", d.Groups, applied)
	}
	// Changes without groups leave them; who is gone from one source stays by the other.
	mustApply(t, s, "hr", batch{Gone: []string{"alice@contoso.com", "nobody"}})
	if d = mustDetails(t, s, "alice@contoso.com"); !reflect.DeepEqual(d.Groups, []string{"board"}) || d.Attributes["room"] != "" {
		t.Errorf("gone from one source: %+v", d)
	}
	// The address changes, the key does not.
	applied = mustApply(t, s, "ldap", batch{People: []directory.Person{known("guid-1", "alice.new@contoso.com", "displayName", "Alice")}})
	if d = mustDetails(t, s, "alice.new@contoso.com"); applied.People != 1 || d.Key != "guid-1" {
		t.Errorf("renamed: %+v, %+v", applied, d)
	}
	if _, ok, _ := s.Person("contoso", "alice@contoso.com"); ok {
		t.Error("the old address is still there")
	}
}

// An address that two records of a source have goes to the second when the first
// gives it up.
func TestContestedAddressIsGivenOn(t *testing.T) {
	s := mustOpen(t, statePath(t))
	all := []directory.Person{known("1", "a@x.y info@x.y"), known("2", "b@x.y info@x.y"), known("3", "c@x.y info@x.y")}
	applied := mustApply(t, s, "ldap", batch{Full: true, People: all})
	if len(applied.Warnings) != 2 || applied.Diff.Added != 3 || applied.People != 3 {
		t.Fatalf("%+v", applied)
	}
	mustApply(t, s, "ldap", batch{People: []directory.Person{known("1", "a@x.y")}})
	if p, _, _ := s.Person("contoso", "info@x.y"); p.Address != "b@x.y" {
		t.Errorf("info is of %s", p.Address)
	}
	mustApply(t, s, "ldap", batch{Gone: []string{"2"}})
	if p, _, _ := s.Person("contoso", "info@x.y"); p.Key != "3" {
		t.Errorf("info is of %+v", p)
	}
	content(t, s, "contoso")
}

// An address belongs to the one whose primary address it is, also when others had it
// before: a reading of changes leaves what a full one does.
func TestPrimaryAddressComesFirst(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustApply(t, s, "ldap", batch{Full: true, People: []directory.Person{known("1", "a@x.y info@x.y"), known("2", "b@x.y info@x.y")}})
	applied := mustApply(t, s, "ldap", batch{People: []directory.Person{known("3", "info@x.y")}})
	if len(applied.Warnings) != 2 || applied.Diff != (Diff{Added: 1, Changed: 1}) {
		t.Errorf("%+v", applied)
	}
	if p, _, _ := s.Person("contoso", "info@x.y"); p.Key != "3" {
		t.Errorf("info is of %+v", p)
	}
	if n := len(content(t, s, "contoso")); n != 3 {
		t.Errorf("%d people", n)
	}
	mustApply(t, s, "ldap", batch{Gone: []string{"3"}})
	if p, _, _ := s.Person("contoso", "info@x.y"); p.Address != "a@x.y" {
		t.Errorf("info is of %s", p.Address)
	}
}

func TestVanished(t *testing.T) {
	tests := []struct {
		name          string
		before, after int
		share         float64
		refused       bool
	}{
		{"a few of many", 100, 81, 0.2, false},
		{"just so", 100, 80, 0.2, false},
		{"too many", 100, 79, 0.2, true},
		{"ten of fifteen", 15, 5, 0.2, false},
		{"all of three", 3, 0, 0.2, true},
		{"nothing may, eleven do", 100, 89, 0, true},
		{"all may", 100, 0, 1, false},
		{"nobody was there", 0, 0, 0.2, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			mustApply(t, s, "ldap", batch{Full: true, People: directorytest.Persons(test.before), Cursor: "old"})
			generation := s.Generation()
			for _, b := range []batch{
				{Full: true, People: directorytest.Persons(test.after), Cursor: "new"},
				{Gone: keys(directorytest.Persons(test.before)[test.after:]), Cursor: "new"},
			} {
				_, err := applyBatch(s, "contoso", "ldap", b, Reading{At: noon, MaxVanish: test.share})
				var vanished ErrVanished
				if errors.As(err, &vanished) != test.refused || !test.refused && err != nil {
					t.Fatalf("full %v: %v", b.Full, err)
				}
				if !test.refused {
					break
				}
				state, _ := s.Sync("contoso", "ldap")
				if vanished != (ErrVanished{test.before - test.after, test.before}) || state.Cursor != "old" || s.Generation() != generation {
					t.Errorf("%+v, %+v", vanished, state)
				}
				if n := len(content(t, s, "contoso")); n != test.before {
					t.Errorf("%d people", n)
				}
			}
		})
	}
}

func keys(people []directory.Person) (keys []string) {
	for _, p := range people {
		keys = append(keys, keyOf(&p))
	}
	return keys
}

// A source that is no longer configured serves until all others were read.
func TestRenamedSource(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustPlan(t, s, Plan{Sources: []string{"csv"}})
	mustApply(t, s, "csv", batch{Full: true, People: directorytest.Persons(3)})
	mustPlan(t, s, Plan{Sources: []string{"ldap", "hr"}})
	mustApply(t, s, "ldap", batch{Full: true, People: directorytest.Persons(1)})
	if n := len(content(t, s, "contoso")); n != 3 {
		t.Errorf("%d people while hr was not read", n)
	}
	if since, err := s.Fresh("contoso"); !since.IsZero() || err != nil {
		t.Errorf("fresh since %v, %v", since, err)
	}
	mustApply(t, s, "hr", batch{Full: true, People: directorytest.Persons(2)})
	if n := len(content(t, s, "contoso")); n != 2 {
		t.Errorf("%d people after all were read", n)
	}
	if since, err := s.Fresh("contoso"); !since.Equal(noon) || err != nil {
		t.Errorf("fresh since %v, %v", since, err)
	}
}

// Whatever changes in which order: the people are those that the same records
// make at once.
func TestMixingAtRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	plan := Plan{Sources: []string{"a", "b", "c"}, Precedence: map[string][]string{"t": {"c"}}}
	s := mustOpen(t, statePath(t))
	mustPlan(t, s, plan)
	now := map[string]map[string]directory.Person{"a": {}, "b": {}, "c": {}}
	groups := map[string][]directory.Group{}
	random := func() directory.Person {
		addresses := ""
		for _, n := range r.Perm(12)[:1+r.IntN(3)] {
			addresses += fmt.Sprintf("p%d@x.y ", n)
		}
		return known(fmt.Sprint("k", r.IntN(6)), addresses, "t", fmt.Sprint(r.IntN(3)))
	}
	for round := range 150 {
		source := plan.Sources[r.IntN(3)]
		b := batch{Full: r.IntN(3) == 0}
		if b.Full {
			clear(now[source])
			groups[source] = nil
		}
		for range r.IntN(4) {
			p := random()
			if slices.Contains(keys(b.People), p.Key) {
				continue
			}
			b.People = append(b.People, p)
			now[source][p.Key] = p
		}
		if gone := fmt.Sprint("k", r.IntN(6)); !b.Full && !slices.Contains(keys(b.People), gone) {
			b.Gone = []string{gone}
			delete(now[source], gone)
		}
		if r.IntN(3) == 0 {
			b.Groups = []directory.Group{{Name: "g", Members: []string{fmt.Sprint("k", r.IntN(6)), "k0"}}}
			groups[source] = b.Groups
		}
		mustApply(t, s, source, b)

		fresh, err := temporary()
		if err != nil {
			t.Fatal(err)
		}
		mustPlan(t, fresh, plan)
		for _, name := range []string{"c", "a", "b"} {
			mustApply(t, fresh, name, batch{Full: true, People: slices.Collect(maps.Values(now[name])), Groups: groups[name]})
		}
		got, want := content(t, s, "contoso"), content(t, fresh, "contoso")
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d:\ngot  %+v\nwant %+v", round, got, want)
		}
		fresh.file.Close()
	}
}

func TestFreshFollowsReadings(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustPlan(t, s, Plan{Sources: []string{"a", "b"}})
	for _, at := range []struct {
		source string
		at     time.Time
		want   time.Time
	}{{"a", noon, time.Time{}}, {"b", noon.Add(time.Hour), noon}, {"a", noon.Add(2 * time.Hour), noon.Add(time.Hour)}} {
		if _, err := applyBatch(s, "contoso", at.source, batch{}, Reading{At: at.at}); err != nil {
			t.Fatal(err)
		}
		if since, err := s.Fresh("contoso"); !since.Equal(at.want) || err != nil {
			t.Errorf("fresh since %v, %v; want %v", since, err, at.want)
		}
	}
}
