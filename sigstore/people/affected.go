package people

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"sigmilter/sigstore/statefile"
)

// affected are the people whom changes concern, and all who are connected with them by
// addresses. They are taken out of the file, and the records that they were made of are
// to be merged again.
type affected struct {
	tenant  *tenantTx
	people  map[string]Version // who were taken out, by primary address
	records map[part]bool      // to be merged
	visits  []string           // addresses still to be looked at
}

func newAffected(t *tenantTx) *affected {
	return &affected{tenant: t, people: map[string]Version{}, records: map[part]bool{}}
}

// touch takes out the people who have one of the addresses, and all who are
// connected with them.
func (f *affected) touch(addresses []string) error {
	f.visits = append(f.visits, addresses...)
	for len(f.visits) > 0 {
		last := len(f.visits) - 1
		address := f.visits[last]
		f.visits = f.visits[:last]
		if primary := f.tenant.addresses().Get([]byte(address)); primary != nil {
			if err := f.takeOut(string(primary)); err != nil {
				return err
			}
		}
		if err := f.freeContested(address); err != nil {
			return err
		}
	}
	return nil
}

// takeOut takes a person out; what dependents keep stays until it is known whether
// the person comes back as before.
func (f *affected) takeOut(primary string) error {
	e, err := decodeEntry(f.tenant.people().Get([]byte(primary)))
	if err != nil {
		return fmt.Errorf("%w: person %s: %w", statefile.ErrDamaged, primary, err)
	}
	f.people[primary] = e.version
	for _, p := range e.parts {
		addresses, err := f.addressesOf(p)
		if err != nil {
			return err
		}
		for _, a := range addresses {
			if string(f.tenant.addresses().Get([]byte(a))) != primary {
				continue
			}
			if err := f.tenant.addresses().Delete([]byte(a)); err != nil {
				return err
			}
		}
		if err := f.free(p); err != nil {
			return err
		}
	}
	return f.tenant.people().Delete([]byte(primary))
}

// freeContested frees the records that did not get an address.
func (f *affected) freeContested(address string) error {
	prefix := []byte(address + "\x00")
	var parts []part
	cursor := f.tenant.contested().Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		source, of, _ := strings.Cut(string(key[len(prefix):]), "\x00")
		parts = append(parts, part{source, of})
	}
	for _, p := range parts {
		if err := f.tenant.contested().Delete(contestKey(contest{address, p})); err != nil {
			return err
		}
		if err := f.free(p); err != nil {
			return err
		}
	}
	return nil
}

// free adds a stored record to those that are to be merged.
func (f *affected) free(p part) error {
	if f.records[p] {
		return nil
	}
	f.records[p] = true
	addresses, err := f.addressesOf(p)
	f.visits = append(f.visits, addresses...)
	return err
}

func (f *affected) addressesOf(p part) ([]string, error) {
	value, err := f.tenant.record(p)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", statefile.ErrDamaged, err)
	}
	b, _, err := decodeBare(value)
	if err != nil {
		return nil, fmt.Errorf("%w: record %s of source %s: %w", statefile.ErrDamaged, p.key, p.source, err)
	}
	return b.Addresses, nil
}

// walk goes through who was taken out, with their versions.
func (f *affected) walk() (*statefile.Walk, error) {
	var pairs iter.Seq2[statefile.Pair, error] = func(yield func(statefile.Pair, error) bool) {
		for _, primary := range slices.Sorted(maps.Keys(f.people)) {
			version := f.people[primary]
			if !yield(statefile.Pair{Key: primary, Value: version[:]}, nil) {
				return
			}
		}
	}
	return statefile.NewWalk(pairs)
}

// each implements [recordSource].
func (f *affected) each(do func(p part, value []byte) error) error {
	parts := slices.SortedFunc(maps.Keys(f.records), func(a, b part) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.key, b.key))
	})
	for _, p := range parts {
		value, err := f.record(p)
		if err != nil {
			return fmt.Errorf("%w: %w", statefile.ErrDamaged, err)
		}
		if err := do(p, value); err != nil {
			return err
		}
	}
	return nil
}

// record implements [recordSource].
func (f *affected) record(p part) ([]byte, error) { return f.tenant.record(p) }

// groups implements [recordSource].
func (f *affected) groups(p part) ([]byte, error) {
	s, ok := f.tenant.source(p.source)
	if !ok {
		return nil, nil
	}
	return s.members.Get([]byte(p.key)), nil
}
