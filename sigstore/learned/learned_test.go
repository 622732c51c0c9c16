package learned

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/statefile"
)

// store is a state file with people and what was learned of them.
type store struct {
	*people.Register
	*Memory
	file *statefile.File
}

var dependents = []people.Dependent{OfPeople}

func mustOpen(t testing.TB, path string) *store {
	t.Helper()
	file, err := statefile.Open(path, people.Layout(dependents))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	register := people.New(file, dependents)
	return &store{register, NewMemory(file, register), file}
}

// statePath returns the path of a state file that is not there yet.
func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

// remembering is a write of the endings of a mail.
func remembering(tenant, address string, mail []Ending) statefile.Write {
	return func(tx *statefile.Tx) error { return remember(tx, tenant, address, mail) }
}

// storedEndings are those of a person in the file.
func storedEndings(t testing.TB, s *store, address string) (endings []Ending) {
	t.Helper()
	r, _, err := s.Recollection("contoso", address)
	if err != nil {
		t.Fatal(err)
	}
	return r.Endings
}

// A value that does not decode counts as absent, and is learned again.
func TestDamageInFile(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(2))
	if err := s.KeepLearned([]string{"contoso"}); err != nil {
		t.Fatal(err)
	}
	put := func(value []byte) {
		t.Helper()
		err := s.file.Update(func(tx *statefile.Tx) error {
			of, _ := people.OpenTenant(tx, "contoso")
			b, err := of.MakeBucket(learnedBucket)
			if err != nil {
				return err
			}
			return b.Put([]byte("p00001@contoso.com"), value)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(encode([]Ending{counted(ended(1, 1, 2, 3), 1), counted(ended(2, 1, 2, 4), 1)}))
	if got := storedEndings(t, s, "alias00001@contoso.com"); len(got) != 2 {
		t.Fatalf("%v", got)
	}
	put([]byte("garbage"))
	if got := storedEndings(t, s, "p00001@contoso.com"); len(got) != 0 {
		t.Errorf("garbage: %v", got)
	}
	if err := s.file.Update(remembering("contoso", "p00001@contoso.com", []Ending{ended(3, 1, 2, 3)})); err != nil {
		t.Fatal(err)
	}
	if got := storedEndings(t, s, "p00001@contoso.com"); len(got) != 1 || got[0].First != 3 {
		t.Errorf("after garbage: %v", got)
	}
}

// Without tenants the file has nothing of it, whatever was there before; what is
// still on its way is not written.
func TestLearnedOff(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
	if err := s.KeepLearned([]string{"contoso"}); err != nil {
		t.Fatal(err)
	}
	if err := s.file.Update(remembering("contoso", "p00001@contoso.com", []Ending{ended(1, 1, 2, 3)})); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepLearned(nil); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Recollection("contoso", "p00001@contoso.com"); ok || err != nil {
		t.Errorf("recalled after it was taken off, %v", err)
	}
	if err := s.file.Update(remembering("contoso", "p00001@contoso.com", []Ending{ended(2, 1, 2, 3)})); err != nil {
		t.Fatal(err)
	}
	err := s.file.View(func(tx *statefile.Tx) error {
		if statefile.Meta(tx).Get(learnKey) != nil {
			t.Error("there is a key")
		}
		if people.OpenIn("contoso", learnedBucket)(tx) != nil {
			t.Error("there is a bucket")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A person who leaves, a tenant that is taken out and whoever is forgotten take with
// them what was learned; a changed person keeps it.
func TestLearnedIsDropped(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(20))
	if err := s.KeepLearned([]string{"contoso"}); err != nil {
		t.Fatal(err)
	}
	for _, p := range directorytest.Persons(20) {
		if err := s.file.Update(remembering("contoso", p.Address, []Ending{ended(1, 1, 2, 3)})); err != nil {
			t.Fatal(err)
		}
	}
	all := directorytest.Persons(18) // two left
	all[1].Attributes["jobTitle"] = "Head of Sales"
	all[2].Attributes["jobTitle"] = "Head of Purchasing"
	peopletest.Replace(t, s.Register, "contoso", all)
	if k, err := s.Forget("contoso", "ALIAS00005@contoso.com"); err != nil || k.Remembered != 1 {
		t.Errorf("forgotten: %+v, %v", k, err)
	}
	if _, err := s.Forget("contoso", "nobody@contoso.com"); !errors.Is(err, people.ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(20)) // they are back
	for n, p := range directorytest.Persons(20) {
		want := 1
		if n == 5 || n >= 18 {
			want = 0
		}
		if got := len(storedEndings(t, s, p.Address)); got != want {
			t.Errorf("%s: %d endings, want %d", p.Address, got, want)
		}
	}
	if err := s.KeepLearned([]string{"fabrikam"}); err != nil {
		t.Fatal(err)
	}
	if got := storedEndings(t, s, "p00001@contoso.com"); got != nil {
		t.Errorf("of a tenant that is gone: %v", got)
	}
}

// An older file has none of it and opens as it is.
func TestLearnedInOldFiles(t *testing.T) {
	for _, name := range []string{"v1.db", "v2.db"} {
		raw, err := os.ReadFile("../../testdata/db/" + name)
		if err != nil {
			t.Fatal(err)
		}
		path := statePath(t)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, path)
		names, err := s.Tenants()
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		if err := s.KeepLearned(names); err != nil {
			t.Error(err)
		}
		address, _, err := s.AnyPerson(names[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := s.file.Update(remembering(names[0], address, []Ending{ended(1, 1, 2, 3)})); err != nil {
			t.Error(err)
		}
		if k, err := s.Learned(names[0], address); err != nil || k.Remembered != 1 {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
}
