package people

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/statefile"
)

// What is damaged within a file is found when it is read whole.
func TestVerify(t *testing.T) {
	tenant := func(tx *statefile.Tx) *statefile.Bucket {
		return tx.Bucket(tenantsBucket).Bucket([]byte("contoso"))
	}
	tests := []struct {
		name string
		edit statefile.Write
	}{
		{"no tenants", func(tx *statefile.Tx) error { return tx.DeleteBucket(tenantsBucket) }},
		{"a bucket is missing", func(tx *statefile.Tx) error { return tenant(tx).DeleteBucket([]byte("rendered")) }},
		{"an address leads to nobody", func(tx *statefile.Tx) error {
			return tenant(tx).Bucket(addressesBucket).Put([]byte("x@contoso.com"), []byte("y@contoso.com"))
		}},
		{"a person is cut", func(tx *statefile.Tx) error {
			return tenant(tx).Bucket(peopleBucket).Put([]byte("p00000@contoso.com"), []byte("x"))
		}},
		{"a record is missing", func(tx *statefile.Tx) error {
			return tenant(tx).Bucket(sourcesBucket).Bucket([]byte("csv")).Bucket(recordsBucket).Delete([]byte("p00000@contoso.com"))
		}},
		{"a flipped bit", func(tx *statefile.Tx) error {
			records := tenant(tx).Bucket(sourcesBucket).Bucket([]byte("csv")).Bucket(recordsBucket)
			key, value := records.Cursor().First()
			value = bytes.Clone(value)
			value[len(value)-5] ^= 1
			return records.Put(bytes.Clone(key), value)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := statePath(t)
			s, err := open(path)
			if err != nil {
				t.Fatal(err)
			}
			mustReplace(t, s, "contoso", directorytest.Persons(50))
			if err := errors.Join(s.file.Update(test.edit), s.file.Close()); err != nil {
				t.Fatal(err)
			}
			for name, open := range map[string]func(string) (*Register, error){"Open": open, "OpenReadOnly": openReadOnly} {
				if _, err := open(path); !errors.Is(err, statefile.ErrDamaged) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// What is kept of a person goes when they change, or when they leave, whether in one
// transaction or by a rebuild.
func TestDependents(t *testing.T) {
	for name, changes := range map[string]int{"one transaction": 100, "rebuilt": 1} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			mustReplace(t, s, "contoso", directorytest.Persons(20))
			s.limits.changes = changes
			for _, p := range directorytest.Persons(20) {
				if err := keepOf(s, "contoso", p.Address); err != nil {
					t.Fatal(err)
				}
			}
			changed := directorytest.Persons(18) // two left
			changed[1].Attributes["jobTitle"] = "Head of Sales"
			changed[2].Attributes["jobTitle"] = "Head of Purchasing"
			mustReplace(t, s, "contoso", changed)
			if rendered, learned := keptOf(t, s, "contoso"); rendered != 16 || learned != 18 {
				t.Errorf("%d that follow a change are left, %d that do not", rendered, learned)
			}
		})
	}
}

// More tenants are looked up than a transaction keeps open.
func TestLookupInManyTenants(t *testing.T) {
	s := mustOpen(t, statePath(t))
	name := func(n int) string { return fmt.Sprintf("tenant%d", n) }
	for n := range 2*maxTenants + 1 {
		mustReplace(t, s, name(n), directorytest.Persons(n + 1)[n:])
	}
	for range 2 {
		for n := range 2*maxTenants + 1 {
			if p, ok, err := s.Person(name(n), directorytest.Person(n).Address); err != nil || !ok || p.Address != directorytest.Person(n).Address {
				t.Errorf("%s: %v, %v, %v", name(n), p.Address, ok, err)
			}
		}
	}
	err := s.file.Read(func(r *statefile.Reader) error {
		if kept, _ := r.Kept.(map[string]*tenantTx); len(kept) == 0 || len(kept) > maxTenants {
			t.Errorf("%d tenants are open", len(kept))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
