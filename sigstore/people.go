package sigstore

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

// viewPerson calls f for the person of a tenant who has the address, primary or not, in
// any case, with the primary address and the stored entry; it does nothing when there is
// none.
func (s *Store) viewPerson(tenant, address string, f func(t tenantTx, primary string, value []byte) error) error {
	return s.viewReader(func(r *reader) error {
		t, ok := r.tenant(tenant)
		if !ok {
			return nil
		}
		primary := t.addresses.Get([]byte(strings.ToLower(address)))
		if primary == nil {
			return nil
		}
		if err := f(t, string(primary), t.people.Get(primary)); err != nil {
			return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
		}
		return nil
	})
}

// Person returns the person of a tenant who has the address, primary or not, in
// any case, and whether there is one.
func (s *Store) Person(tenant, address string) (p directory.Person, ok bool, err error) {
	err = s.viewPerson(tenant, address, func(t tenantTx, _ string, value []byte) error {
		ok = true
		found, _, err := t.person(value)
		p = found.Person
		return err
	})
	return p, ok && err == nil, err
}

// peoplePage is how many people are read in one transaction.
const peoplePage = 256

// People goes through the people of a tenant by primary address. It ends after
// an error. No transaction is open while the loop's body runs, so that it may
// take its time; who changes meanwhile comes as before or as after.
func (s *Store) People(tenant string) iter.Seq2[directory.Person, error] {
	return func(yield func(directory.Person, error) bool) {
		last := ""
		for {
			page, err := s.peopleAfter(tenant, last)
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
				last = p.Address
			}
			if err != nil {
				yield(directory.Person{}, err)
			}
			if err != nil || len(page) < peoplePage {
				return
			}
		}
	}
}

// peopleAfter returns the people whose primary addresses come next, as many as go
// into a page, and those before a damaged one with an error.
func (s *Store) peopleAfter(tenant, last string) (page []directory.Person, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t, ok := readTenant(tx, tenant)
		if !ok {
			return nil
		}
		cursor := t.people.Cursor()
		primary, value := cursor.Seek([]byte(last))
		if string(primary) == last {
			primary, value = cursor.Next()
		}
		for ; primary != nil && len(page) < peoplePage; primary, value = cursor.Next() {
			p, _, err := t.person(value)
			if err != nil {
				return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
			}
			page = append(page, p.Person)
		}
		return nil
	})
	return page, err
}

// Count returns how many people a tenant has, without going through them.
func (s *Store) Count(tenant string) (n int, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if t, ok := readTenant(tx, tenant); ok {
			n, err = readCount(t.Bucket)
		}
		return err
	})
	return n, err
}

// readCount reads the number that a tenant or a source keeps of its people.
func readCount(b *bbolt.Bucket) (int, error) {
	text := b.Get(countKey)
	if text == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return 0, fmt.Errorf("%w: number of people: %w", ErrDamaged, err)
	}
	return n, nil
}

// Details are a person and where the data are from.
type Details struct {
	directory.Person
	Sources []string // those that know the person, in order of precedence
	// Origins are sources by the names of attributes; "photo" and "signature" stand
	// for what is no attribute.
	Origins map[string]string
}

// Details returns the person of a tenant who has the address, primary or not, in
// any case, with the origin of each value, and whether there is one.
func (s *Store) Details(tenant, address string) (d Details, ok bool, err error) {
	err = s.viewPerson(tenant, address, func(t tenantTx, _ string, value []byte) (err error) {
		ok = true
		d, err = t.details(value)
		return err
	})
	return d, ok && err == nil, err
}

func (t tenantTx) details(value []byte) (d Details, err error) {
	p, e, err := t.person(value)
	if err != nil {
		return d, err
	}
	d.Person = p.Person
	plan, err := t.plan()
	if err != nil {
		return d, err
	}
	u := &union{addresses: p.Addresses}
	for _, of := range e.parts {
		value, err := t.record(of)
		if err != nil {
			return d, err
		}
		person, version, err := decodePerson(value)
		if err != nil {
			return d, err
		}
		u.records = append(u.records, &record{part: of, rank: plan.rank(of.source), person: &person, version: version})
		d.Sources = append(d.Sources, of.source)
	}
	_, d.Origins = u.merge(plan)
	return d, nil
}
