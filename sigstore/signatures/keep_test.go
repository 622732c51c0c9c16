package signatures

import (
	"fmt"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/statefile"
)

// Templates of many tenants are dropped in few transactions.
func TestKeepTemplatesOfMany(t *testing.T) {
	const tenants = 300
	s := mustOpen(t, statePath(t))
	p := directorytest.Persons(1)[0]
	plans := map[string]people.Plan{}
	name := func(i int) string { return fmt.Sprintf("tenant%04d", i) }
	for i := range tenants {
		plans[name(i)] = people.Plan{Sources: []string{"hr"}}
	}
	if err := s.SetPlans(t.Context(), plans); err != nil {
		t.Fatal(err)
	}
	err := s.file.Update(func(tx *statefile.Tx) error {
		for i := range tenants {
			for _, template := range []string{"a", "b"} {
				if err := openRendered(name(i))(tx).Put(renderedKey(p.Address, template), []byte("x")); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	writes := func() (n int) {
		t.Helper()
		err := s.file.View(func(tx *statefile.Tx) error {
			n = tx.ID()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := writes()
	if err := s.KeepTemplates(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if got := writes() - before; got > 10 {
		t.Errorf("%d transactions for %d tenants", got, tenants)
	}
	for i := range tenants {
		if c, err := s.Cached(name(i), noon); err != nil || c.Stored != 1 {
			t.Fatalf("tenant %d has %d, %v", i, c.Stored, err)
		}
	}
}
