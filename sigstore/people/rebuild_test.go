package people

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/statefile"
)

// tiny has every change made by a rebuild, in many transactions, sorted in files.
var tiny = limits{changes: 0, bytes: 0, chunk: 2000, sorter: 200}

// dump is everything a tenant has, by the path of its key, but for how many warnings
// there were: a rebuild warns of all that is contested, a transaction of what changed.
func dump(t *testing.T, s *Register, tenant string) map[string]string {
	t.Helper()
	all := map[string]string{}
	var walk func(path string, b *statefile.Bucket) error
	walk = func(path string, b *statefile.Bucket) error {
		return b.ForEach(func(key, value []byte) error {
			at := path + "/" + string(key)
			if value == nil {
				return walk(at, b.Bucket(key))
			}
			all[at] = string(value)
			return nil
		})
	}
	err := s.file.View(func(tx *statefile.Tx) error {
		of, ok := findTenant(tx, tenant)
		if !ok {
			return nil
		}
		err := of.sources().ForEachBucket(func(name []byte) error {
			source, _ := of.source(string(name))
			state, err := source.state()
			state.Warnings = 0
			all["state of "+string(name)] = fmt.Sprint(state)
			return err
		})
		return errors.Join(err, walk("", of.bucket))
	})
	for path := range all {
		if strings.HasSuffix(path, "/sync") {
			delete(all, path)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func hasStaging(t *testing.T, s *Register) (has bool) {
	t.Helper()
	err := s.file.View(func(tx *statefile.Tx) error {
		has = tx.Bucket(stagingBucket) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}

// randomBatch is a reading of a source with few people, who share addresses.
func randomBatch(r *rand.Rand) batch {
	b := batch{Full: r.IntN(2) == 0, Cursor: fmt.Sprint(r.IntN(100))}
	met := map[string]bool{}
	for range r.IntN(6) {
		addresses := ""
		for _, n := range r.Perm(14)[:1+r.IntN(3)] {
			addresses += fmt.Sprintf("p%d@x.y ", n)
		}
		p := known(fmt.Sprint("k", r.IntN(8)), addresses, "t", fmt.Sprint(r.IntN(3)))
		switch r.IntN(4) {
		case 0:
			p.Photo = []byte(fmt.Sprint("photo", r.IntN(3)))
		case 1:
			p.PhotoUnknown = true
		}
		if lost := p.Addresses[len(p.Addresses)-1]; len(p.Addresses) > 1 && r.IntN(4) == 0 && !met[p.Address] {
			b.Lost = map[string][]string{p.Address: {lost}}
		}
		met[p.Address] = true
		b.People = append(b.People, p)
	}
	if !b.Full {
		b.Gone = []string{fmt.Sprint("k", r.IntN(8)), "nobody", ""}
	}
	if r.IntN(3) == 0 {
		b.Groups = []directory.Group{{Name: "g", Members: []string{fmt.Sprint("k", r.IntN(8)), "k0", "k0"}}, {Name: "f", Members: []string{"k0", ""}}}
	}
	return b
}

// Whatever is read in whatever order: a rebuild leaves what one transaction does.
func TestRebuildAtRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var stores [2]*Register
	for i := range stores {
		s, err := temporary()
		if err != nil {
			t.Fatal(err)
		}
		defer s.file.Close()
		stores[i] = s
	}
	stores[1].limits = tiny
	sources := []string{"a", "b", "c"}
	for round := range 200 {
		source, b := sources[r.IntN(3)], randomBatch(r)
		plan := Plan{Sources: sources, Precedence: map[string][]string{"t": {sources[r.IntN(3)]}}}
		if r.IntN(10) == 0 {
			plan.Sources = sources[:2] // the third is dropped once both were read
		}
		change, shown := r.IntN(10) == 0 || round == 0, fmt.Sprintf("p%d@x.y", r.IntN(14))
		limit := []float64{0, 0.2, 1}[r.IntN(3)]
		var applied [2]Applied
		var errs [2]error
		for i, s := range stores {
			if change {
				mustPlan(t, s, plan)
			}
			if err := keepOf(s, "contoso", shown); err != nil {
				t.Fatal(err)
			}
			applied[i], errs[i] = applyBatch(s, "contoso", source, b, Reading{At: noon, MaxVanish: limit})
			applied[i].Warnings = nil
			if hasStaging(t, s) {
				t.Fatal("a staging bucket is left")
			}
			if err := s.file.Check(); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(applied[0], applied[1]) || fmt.Sprint(errs[0]) != fmt.Sprint(errs[1]) {
			t.Fatalf("round %d: %+v, %v and %+v, %v", round, applied[0], errs[0], applied[1], errs[1])
		}
		want, got := dump(t, stores[0], "contoso"), dump(t, stores[1], "contoso")
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("round %d, %+v:\none transaction %q\nrebuilt         %q", round, b, want, got)
		}
	}
}

// A reading that is given up, too many who vanished and a disk that takes nothing change
// nothing, whether in one transaction or by a rebuild.
func TestReadingGivenUp(t *testing.T) {
	for name, limits := range map[string]limits{"one transaction": {changes: 100, bytes: 1 << 20, sorter: 100}, "rebuilt": tiny} {
		t.Run(name, func(t *testing.T) {
			path := statePath(t)
			s := mustOpen(t, path)
			mustReplace(t, s, "contoso", directorytest.Persons(20))
			s.limits = limits
			before, generation := dump(t, s, "contoso"), s.Generation()
			check := func(what string) {
				t.Helper()
				if !reflect.DeepEqual(dump(t, s, "contoso"), before) || s.Generation() != generation || hasStaging(t, s) {
					t.Errorf("%s: the state is another one", what)
				}
				if files, err := os.ReadDir(filepath.Dir(path)); len(files) != 1 || err != nil {
					t.Errorf("%s: files %v, %v", what, files, err)
				}
			}
			in := s.Intake("contoso", "csv")
			for n := range 1000 {
				p := directorytest.Person(n)
				p.Attributes["displayName"] = "New"
				if err := in.Add(p); err != nil {
					t.Fatal(err)
				}
			}
			check("half way")
			in.Close()
			check("given up")
			_, err := applyBatch(s, "contoso", "csv", batch{Full: true, People: directorytest.Persons(3)}, Reading{At: noon, MaxVanish: 0.2})
			if !errors.As(err, new(ErrVanished)) {
				t.Error(err)
			}
			check("vanished")
			in = s.Intake("contoso", "csv")
			defer in.Close()
			in.sorter.folder = filepath.Join(t.TempDir(), "absent")
			for n := 0; err == nil || errors.As(err, new(ErrVanished)); n++ {
				err = in.Add(directorytest.Person(20 + n))
			}
			if !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
			check("no room")
		})
	}
}

// half prepares a rebuild that makes directorytest.Persons(n) the people, and does not finish it.
func half(t *testing.T, s *Register, n int) {
	t.Helper()
	in := s.Intake("contoso", "csv")
	defer in.Close()
	for _, p := range directorytest.Persons(n) {
		p.Attributes["displayName"] = "New"
		if err := in.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	c, err := in.compare(Reading{Batch: directory.Batch{Full: true}})
	if err != nil {
		t.Fatal(err)
	}
	r := &rebuild{Register: s, tenant: "contoso", intake: in, compared: c}
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
}

// A process that ends in the middle of a rebuild leaves the people of before. Who opens
// the file next to write drops what is left, and the next reading does all.
func TestRebuildCutOff(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustReplace(t, s, "contoso", directorytest.Persons(60))
	before := dump(t, s, "contoso")
	half(t, s, 100)
	if !hasStaging(t, s) {
		t.Fatal("nothing was staged")
	}
	cut := filepath.Join(t.TempDir(), "cut.db")
	f, err := os.Create(cut)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.file.Snapshot(f); err != nil {
		t.Fatal(err)
	}
	f.Close()
	reader, err := openReadOnly(cut)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.file.Check(); err != nil || !reflect.DeepEqual(dump(t, reader, "contoso"), before) {
		t.Errorf("beside what is left: %v", err)
	}
	reader.file.Close()

	s = mustOpen(t, cut)
	if hasStaging(t, s) || !reflect.DeepEqual(dump(t, s, "contoso"), before) {
		t.Error("opened again: not as before")
	}
	half(t, s, 80) // what is left of a rebuild that could not clear up does not get into the next
	s.limits = tiny
	if diff := mustReplace(t, s, "contoso", directorytest.Persons(70)); diff != (Diff{Added: 10}) || hasStaging(t, s) {
		t.Errorf("the next reading: %+v", diff)
	}
	if n := len(content(t, s, "contoso")); n != 70 {
		t.Errorf("%d people", n)
	}
}

// Readers see the people of before until all is there, and then the new ones.
func TestReadersDuringRebuild(t *testing.T) {
	s := mustOpen(t, statePath(t))
	title := func(n int, title string) []directory.Person {
		people := directorytest.Persons(n)
		for i := range people {
			people[i].Attributes["jobTitle"] = title
		}
		return people
	}
	mustReplace(t, s, "contoso", title(200, "old"))
	s.limits = limits{chunk: 2000, sorter: 2000}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for reader := range 2 {
		readers.Go(func() {
			swapped := false
			for n, last := reader, false; !last; n++ {
				select {
				case <-done:
					last = true
				default:
				}
				p, ok, err := s.Person("contoso", directorytest.Person(n%200).Address)
				got := p.Attributes["jobTitle"]
				if err != nil || !ok || got == "old" && (swapped || last) || got != "old" && got != "new" {
					t.Errorf("%d: %q, %v, %v", n, got, ok, err)
					return
				}
				swapped = got == "new"
			}
		})
	}
	if diff := mustReplace(t, s, "contoso", title(200, "new")); diff != (Diff{Changed: 200}) {
		t.Errorf("%+v", diff)
	}
	close(done)
	readers.Wait()
}

// Two who share an address are warned of once, wherever the transactions end.
func TestRebuildWarnsOnce(t *testing.T) {
	s := mustOpen(t, statePath(t))
	s.limits = tiny
	people := directorytest.Persons(50)
	people[40].Addresses = append(people[40].Addresses, people[3].Addresses[1])
	applied, err := replace(s, "contoso", append(people, people[7]))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"source csv: p00007@contoso.com and p00007@contoso.com are both p00007@contoso.com; the second is left out",
		"source csv: p00040@contoso.com has an address of p00003@contoso.com, who keeps it",
	}
	if fmt.Sprint(applied.Warnings) != fmt.Sprint(want) || applied.People != 50 {
		t.Errorf("%d people, warnings %q", applied.People, applied.Warnings)
	}
}

// The addresses are read of the beginning of a record alone, whatever is in them.
func TestDecodeBare(t *testing.T) {
	for _, address := range []string{"a@x.y", `"]"@x.y`, `"\\"@x.y`, `"\"]"@x.y`, "ü]{@x.y"} {
		p := directory.Person{
			Address: address, Addresses: []string{address, "b" + address}, Groups: []string{"not", "these"},
			Attributes: map[string]string{"addresses": "nor this"},
		}
		value, version, err := stored(p).encode()
		if err != nil {
			t.Fatal(err)
		}
		b, got, err := decodeBare(value)
		if err != nil || got != version || b.Address != address || !slices.Equal(b.Addresses, p.Addresses) {
			t.Errorf("%s: %+v, %v", address, b, err)
		}
		if text := addressesOf(value[len(version):]); len(text) > 6*len(address)+60 {
			t.Errorf("%s: cut to %s", address, text)
		}
	}
	if _, _, err := decodeBare([]byte("0123456789abcdef{")); err == nil {
		t.Error("no JSON, no error")
	}
}
