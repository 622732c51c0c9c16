package people

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

// ErrUnknown means that no person of the tenant has the address.
var ErrUnknown = errors.New("no such person")

// maxTenants is how many tenants stay open in a read transaction.
const maxTenants = 16

// keptTenant is [findTenant] for look-ups: it returns the tenant that an earlier one in
// the same transaction opened.
func keptTenant(r *statefile.Reader, name string) (*tenantTx, bool) {
	kept, _ := r.Kept.(map[string]*tenantTx)
	if t, ok := kept[name]; ok {
		return t, true
	}
	t, ok := findTenant(r.Tx, name)
	if !ok {
		return nil, false
	}
	if kept == nil || len(kept) == maxTenants {
		kept = map[string]*tenantTx{}
		r.Kept = kept
	}
	kept[name] = t
	return t, true
}

// Found is a person as a look-up found one, within its transaction.
type Found struct {
	Tx      *statefile.Tx
	Primary string // address
	Version Version

	tenant *tenantTx
	value  []byte
}

// Find calls a function for the person of a tenant who has the address, primary or not,
// in any case; it does nothing when there is none. What the function returns is taken
// for damage of the file.
func (r *Register) Find(tenant, address string, found func(Found) error) error {
	return r.file.Read(func(reader *statefile.Reader) error {
		t, ok := keptTenant(reader, tenant)
		if !ok {
			return nil
		}
		primary := t.addresses().Get([]byte(strings.ToLower(address)))
		if primary == nil {
			return nil
		}
		f := Found{Tx: reader.Tx, Primary: string(primary), tenant: t, value: t.people().Get(primary)}
		var err error
		f.Version, err = storedVersion(f.value)
		if err == nil {
			err = found(f)
		}
		if err != nil {
			return fmt.Errorf("%w: person %s: %w", statefile.ErrDamaged, primary, err)
		}
		return nil
	})
}

// Bucket is that of a [Dependent], nil if there is none.
func (f Found) Bucket(name []byte) *statefile.Bucket { return f.tenant.open(name) }

// Person reads the person, without the photo.
func (f Found) Person() (directory.Person, error) {
	p, _, err := f.tenant.person(f.value)
	return p.Person, err
}

// PersonWithPhoto reads the person.
func (f Found) PersonWithPhoto() (directory.Person, error) {
	p, e, err := f.tenant.person(f.value)
	if err == nil {
		p.Photo, err = f.tenant.photo(p, e.parts)
	}
	return p.Person, err
}

// Person returns the person of a tenant who has the address, primary or not, in
// any case, and whether there is one.
func (r *Register) Person(tenant, address string) (p directory.Person, ok bool, err error) {
	err = r.Find(tenant, address, func(f Found) (err error) {
		ok = true
		p, err = f.Person()
		return err
	})
	return p, ok && err == nil, err
}

// Primary returns the primary address of the person of a tenant who has the address. One
// that nobody has is [ErrUnknown].
func (r *Register) Primary(tenant, address string) (primary string, err error) {
	err = r.Find(tenant, address, func(f Found) error {
		primary = f.Primary
		return nil
	})
	if err == nil && primary == "" {
		return "", fmt.Errorf("%s in tenant %s: %w", address, tenant, ErrUnknown)
	}
	return primary, err
}

// peoplePage is how many people are read in one transaction.
const peoplePage = 256

// People goes through the people of a tenant by primary address. It ends after
// an error. No transaction is open while the loop's body runs, so that it may
// take its time; who changes meanwhile comes as before or as after.
func (r *Register) People(tenant string) iter.Seq2[directory.Person, error] {
	return func(yield func(directory.Person, error) bool) {
		last := ""
		for {
			page, err := r.peopleAfter(tenant, last)
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
func (r *Register) peopleAfter(tenant, last string) (page []directory.Person, err error) {
	err = r.view(tenant, func(t *tenantTx) error {
		cursor := t.people().Cursor()
		primary, value := cursor.Seek([]byte(last))
		if string(primary) == last {
			primary, value = cursor.Next()
		}
		for ; primary != nil && len(page) < peoplePage; primary, value = cursor.Next() {
			p, _, err := t.person(value)
			if err != nil {
				return fmt.Errorf("%w: person %s: %w", statefile.ErrDamaged, primary, err)
			}
			page = append(page, p.Person)
		}
		return nil
	})
	return page, err
}

// AnyPerson returns the primary address of one of a tenant's people, the first,
// and whether there is one.
func (r *Register) AnyPerson(tenant string) (address string, ok bool, err error) {
	err = r.view(tenant, func(t *tenantTx) error {
		key, _ := t.people().Cursor().First()
		address, ok = string(key), key != nil
		return nil
	})
	return address, ok, err
}

// Count returns how many people a tenant has, without going through them.
func (r *Register) Count(tenant string) (n int, err error) {
	err = r.view(tenant, func(t *tenantTx) (err error) {
		n, err = readCount(t.bucket)
		return err
	})
	return n, err
}

// readCount reads the number that a tenant or a source keeps of its people.
func readCount(b *statefile.Bucket) (int, error) {
	text := b.Get(countKey)
	if text == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return 0, fmt.Errorf("%w: number of people: %w", statefile.ErrDamaged, err)
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
func (r *Register) Details(tenant, address string) (d Details, ok bool, err error) {
	err = r.Find(tenant, address, func(f Found) (err error) {
		ok = true
		d, err = f.tenant.details(f.value)
		return err
	})
	return d, ok && err == nil, err
}

func (t *tenantTx) details(value []byte) (d Details, err error) {
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
