package people

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/statefile"
)

// writes is how many write transactions the file has had.
func (r *Register) writes(t *testing.T) (n int) {
	t.Helper()
	err := r.file.View(func(tx *statefile.Tx) error {
		n = tx.ID()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A reading that brings what there is writes nothing, nor does one that fails; how they
// went is known at once, and kept over a restart.
func TestUnchangedReadingIsNoTransaction(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	mustPlan(t, s, Plan{Sources: []string{"hr"}})
	read := func(at time.Time, b batch) {
		t.Helper()
		if _, err := applyBatch(s, "contoso", "hr", b, Reading{At: at, MaxVanish: 1}); err != nil {
			t.Fatal(err)
		}
	}
	read(noon, batch{People: directorytest.Persons(3), Full: true, Cursor: "1"})
	before := s.writes(t)
	read(noon.Add(time.Hour), batch{People: directorytest.Persons(3), Full: true, Cursor: "2"})
	read(noon.Add(2*time.Hour), batch{Cursor: "3"})
	if err := s.Failed("contoso", "hr", noon.Add(3*time.Hour), errors.New("away")); err != nil {
		t.Fatal(err)
	}
	if got := s.writes(t) - before; got != 0 {
		t.Errorf("%d transactions", got)
	}
	for name, open := range map[string]func(){"at once": func() {}, "after a restart": func() {
		if err := errors.Join(s.Save(), s.file.Close()); err != nil {
			t.Fatal(err)
		}
		s = mustOpen(t, path)
	}} {
		open()
		state, err := s.Sync("contoso", "hr")
		if err != nil || !state.Success.Equal(noon.Add(2*time.Hour)) || !state.At.Equal(noon.Add(3*time.Hour)) || state.Cursor != "3" || state.Err != "away" || state.People != 3 {
			t.Errorf("%s: %+v, %v", name, state, err)
		}
		if since, err := s.Fresh("contoso"); err != nil || !since.Equal(noon.Add(2*time.Hour)) {
			t.Errorf("%s: fresh since %v, %v", name, since, err)
		}
	}
	read(noon.Add(4*time.Hour), batch{People: directorytest.Persons(4), Full: true})
	if state, err := s.Sync("contoso", "hr"); err != nil || state.People != 4 || state.Err != "" {
		t.Errorf("after a change: %+v, %v", state, err)
	}
}

// The states of many sources are saved in few transactions.
func TestStatesAreSavedTogether(t *testing.T) {
	s := mustOpen(t, statePath(t))
	for i := range maxStates + 1 {
		if err := s.Failed(fmt.Sprint("tenant", i), "hr", noon, errors.New("away")); err != nil {
			t.Fatal(err)
		}
	}
	before := s.writes(t)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if got := s.writes(t) - before; got != 2 {
		t.Errorf("%d transactions for %d states", got, maxStates+1)
	}
	if state, err := s.Sync("tenant1", "hr"); err != nil || state.Err != "away" {
		t.Errorf("%+v, %v", state, err)
	}
}

// The sources of many tenants are set in few transactions, and once they are, in none.
func TestSetPlansOfMany(t *testing.T) {
	s := mustOpen(t, statePath(t))
	plans := map[string]Plan{}
	for i := range planPage + 1 {
		plans[fmt.Sprint("tenant", i)] = Plan{Sources: []string{"hr"}, Precedence: map[string][]string{}}
	}
	for _, want := range []int{2, 0} {
		before := s.writes(t)
		if err := s.SetPlans(t.Context(), plans); err != nil {
			t.Fatal(err)
		}
		if got := s.writes(t) - before; got != want {
			t.Errorf("%d transactions, want %d", got, want)
		}
	}
}
