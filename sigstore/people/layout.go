package people

import (
	"fmt"

	"sigmilter/sigstore/statefile"
)

// schema is that of the layout in the package comment.
const schema = 2

// Layout is the layout of a state file with people and what depends on them.
func Layout(dependents []Dependent) statefile.Layout {
	return statefile.Layout{
		Version: schema,
		Make: func(tx *statefile.Tx) error {
			_, err := tx.CreateBucket(tenantsBucket)
			return err
		},
		Found: func(tx *statefile.Tx) error {
			if tx.Bucket(tenantsBucket) == nil {
				return fmt.Errorf("%w: no tenants", statefile.ErrDamaged)
			}
			return nil
		},
		Migrate: func(tx *statefile.Tx) error { return migrateFrom1(tx, dependents) },
		Verify:  func(tx *statefile.Tx) error { return verifyTenants(tx, dependents) },
	}
}

// verifyTenants reads every person, and checks that every address leads to one.
func verifyTenants(tx *statefile.Tx, dependents []Dependent) error {
	for name := range tenantNames(tx) {
		t, ok := findTenant(tx, name)
		if !ok {
			return fmt.Errorf("%w: tenant %s is no bucket", statefile.ErrDamaged, name)
		}
		if err := t.verify(dependents); err != nil {
			return fmt.Errorf("%w: tenant %s: %w", statefile.ErrDamaged, name, err)
		}
	}
	return nil
}

func (t *tenantTx) verify(dependents []Dependent) error {
	for _, name := range requiredBuckets(dependents) {
		if t.open(name) == nil {
			return fmt.Errorf("the bucket %s is missing", name)
		}
	}
	if err := t.sources().ForEachBucket(t.verifySource); err != nil {
		return err
	}
	err := t.people().ForEach(func(address, value []byte) error {
		if _, _, err := t.person(value); err != nil {
			return fmt.Errorf("person %s: %w", address, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.addresses().ForEach(func(address, primary []byte) error {
		if t.people().Get(primary) == nil {
			return fmt.Errorf("address %s leads to nobody", address)
		}
		return nil
	})
}

func (t *tenantTx) verifySource(name []byte) error {
	s, _ := t.source(string(name))
	if s.records == nil || s.members == nil {
		return fmt.Errorf("source %s: a bucket is missing", name)
	}
	return s.records.ForEach(func(key, value []byte) error {
		if _, _, err := decodePerson(value); err != nil {
			return fmt.Errorf("source %s: record %s: %w", name, key, err)
		}
		return nil
	})
}
