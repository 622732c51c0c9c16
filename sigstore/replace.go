package sigstore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

// Diff is what a sync changed, in people.
type Diff struct {
	Added, Changed, Removed int
}

func (d Diff) none() bool { return d == Diff{} }

// errUnchanged takes back a transaction that would change nothing.
var errUnchanged = errors.New("nothing changed")

// Replace makes these the people of a tenant, in one transaction: all of it is
// done, or nothing. Only who is new or different is written; signatures rendered
// for people who changed or left are dropped with it.
//
// Each person must have a primary address that is among the addresses, in lower
// case, and no address may belong to two people: otherwise nothing is done. No
// people at all is accepted, and leaves the tenant without.
func (s *Store) Replace(tenant string, people []directory.Person) (Diff, error) {
	sorted, err := sortPeople(people)
	if err != nil {
		return Diff{}, fmt.Errorf("replace people of %s: %w", tenant, err)
	}
	var diff Diff
	err = s.update(func(tx *bbolt.Tx) error {
		t, err := tenantBuckets(tx, tenant)
		if err != nil {
			return err
		}
		c, err := t.compare(sorted)
		if err != nil {
			return err
		}
		if diff = c.diff; diff.none() && t.Get(countKey) != nil {
			return errUnchanged
		}
		return t.apply(c, len(sorted))
	})
	switch {
	case errors.Is(err, errUnchanged):
		return Diff{}, nil
	case err != nil:
		return Diff{}, fmt.Errorf("replace people of %s: %w", tenant, err)
	}
	// After the commit: who sees the new number sees the new people.
	s.generation.Add(1)
	return diff, nil
}

// sortPeople puts people into the order of the file and checks each by itself.
func sortPeople(people []directory.Person) ([]*directory.Person, error) {
	sorted := make([]*directory.Person, len(people))
	for i := range people {
		p := &people[i]
		if p.Address == "" || !slices.Contains(p.Addresses, p.Address) {
			return nil, fmt.Errorf("person %q: the primary address is not among the addresses", p.Address)
		}
		for _, a := range p.Addresses {
			if a == "" || len(a) > bbolt.MaxKeySize/2 || a != strings.ToLower(a) {
				return nil, fmt.Errorf("person %s: address %.100q cannot be stored", p.Address, a)
			}
		}
		sorted[i] = p
	}
	slices.SortFunc(sorted, func(a, b *directory.Person) int { return strings.Compare(a.Address, b.Address) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Address == sorted[i-1].Address {
			return nil, fmt.Errorf("two people have the address %s", sorted[i].Address)
		}
	}
	return sorted, nil
}

// tenantTx is a tenant within a write transaction.
type tenantTx struct {
	*bbolt.Bucket
	people, addresses, rendered *bbolt.Bucket
}

func tenantBuckets(tx *bbolt.Tx, tenant string) (t tenantTx, err error) {
	if t.Bucket, err = tx.Bucket(tenantsBucket).CreateBucketIfNotExists([]byte(tenant)); err != nil {
		return t, err
	}
	for name, b := range map[string]**bbolt.Bucket{
		string(peopleBucket): &t.people, string(addressesBucket): &t.addresses, string(renderedBucket): &t.rendered,
	} {
		if *b, err = t.CreateBucketIfNotExists([]byte(name)); err != nil {
			return t, err
		}
	}
	return t, nil
}

// comparison is what is to be done to get from the stored people to others.
type comparison struct {
	diff  Diff
	old   []string            // primary addresses of who changed or left
	write []*directory.Person // who is new or different
}

// compare goes through the stored people and the others side by side, both in
// order. It changes nothing: a bbolt cursor does not survive that.
func (t tenantTx) compare(sorted []*directory.Person) (c comparison, err error) {
	cursor := t.people.Cursor()
	primary, value := cursor.First()
	leave := func() {
		c.diff.Removed++
		c.old = append(c.old, string(primary))
		primary, value = cursor.Next()
	}
	for _, p := range sorted {
		for primary != nil && string(primary) < p.Address {
			leave()
		}
		if string(primary) != p.Address {
			c.diff.Added++
			c.write = append(c.write, p)
			continue
		}
		encoded, _, err := encodePerson(*p)
		if err != nil {
			return c, err
		}
		if !bytes.Equal(value, encoded) {
			c.diff.Changed++
			c.old = append(c.old, p.Address)
			c.write = append(c.write, p)
		}
		primary, value = cursor.Next()
	}
	for primary != nil {
		leave()
	}
	return c, nil
}

// apply takes out everything old before it writes anything new, since an address
// may have gone from one person to another.
func (t tenantTx) apply(c comparison, count int) error {
	for _, primary := range c.old {
		if err := t.remove(primary); err != nil {
			return err
		}
	}
	for _, p := range c.write {
		value, _, err := encodePerson(*p)
		if err != nil {
			return err
		}
		if err := t.people.Put([]byte(p.Address), value); err != nil {
			return err
		}
	}
	if err := t.putAddresses(c.write); err != nil {
		return err
	}
	return t.Put(countKey, []byte(strconv.Itoa(count)))
}

func (t tenantTx) remove(primary string) error {
	p, _, err := decodePerson(t.people.Get([]byte(primary)))
	if err != nil {
		return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
	}
	for _, a := range p.Addresses {
		if err := t.addresses.Delete([]byte(a)); err != nil {
			return err
		}
	}
	if err := t.dropRendered(primary); err != nil {
		return err
	}
	return t.people.Delete([]byte(primary))
}

func (t tenantTx) dropRendered(primary string) error {
	prefix := renderedKey(primary, "")
	var keys [][]byte
	cursor := t.rendered.Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if err := t.rendered.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// putAddresses goes by address, as apply goes by person: within a transaction
// bbolt keeps new keys in one sorted list, where only the end is cheap to add to.
func (t tenantTx) putAddresses(people []*directory.Person) error {
	type route struct{ address, primary string }
	var routes []route
	for _, p := range people {
		for _, a := range p.Addresses {
			routes = append(routes, route{a, p.Address})
		}
	}
	slices.SortFunc(routes, func(a, b route) int { return strings.Compare(a.address, b.address) })
	for _, r := range routes {
		if other := t.addresses.Get([]byte(r.address)); other != nil && string(other) != r.primary {
			return fmt.Errorf("%s and %s both have the address %s", other, r.primary, r.address)
		}
		if err := t.addresses.Put([]byte(r.address), []byte(r.primary)); err != nil {
			return err
		}
	}
	return nil
}
