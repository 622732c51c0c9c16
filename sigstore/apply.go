package sigstore

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

// Diff is what a sync changed, in people of the tenant.
type Diff struct {
	Added, Changed, Removed int
}

// Reading is what was read of a source.
type Reading struct {
	directory.Batch
	At time.Time
	// MaxVanish is the share of the source's people, from 0 to 1, that may be gone
	// in one reading; up to ten always may, unless that is everybody. 1 allows all.
	MaxVanish float64
}

// alwaysVanish is how many people may be gone whatever share they are.
const alwaysVanish = 10

// Applied is what came of a reading.
type Applied struct {
	Diff
	People int // how many the source has now
	// Warnings are of records that could not be used, and of addresses that several
	// have. They name both.
	Warnings []error
}

// ErrVanished says that more people were gone than may be. Nothing was changed.
type ErrVanished struct{ Gone, Of int }

// Error is a sentence for an admin.
func (e ErrVanished) Error() string {
	return fmt.Sprintf("%d of %d people are gone, which is taken for a mistake: nobody was removed; if it is right, refresh the source with force, or raise max_vanish",
		e.Gone, e.Of)
}

// Apply takes over what was read: all of it is done, or nothing. With it go the cursor
// and the state of the sync. Only who is new or different is written, and only people
// with an address of theirs are mixed anew, in one transaction; signatures rendered for
// people who changed or left are dropped. Of more changes than are good for memory, a
// [rebuild] is made.
//
// The error is [ErrVanished] when too many are gone. An Intake is applied once.
func (i *Intake) Apply(r Reading) (result Applied, err error) {
	defer i.store.lockTenant(i.tenant)()
	err = i.store.trimmed(func() error {
		result, err = i.apply(r)
		return err
	})
	if err != nil {
		return Applied{}, fmt.Errorf("take over the people of source %s: %w", i.source, err)
	}
	if i.pages >= intakeTrim {
		i.store.trim() // an error: memory stays mapped
	}
	i.store.freshness.Delete(i.tenant)
	if result.Diff != (Diff{}) {
		i.store.changed(i.tenant)
	}
	return result, nil
}

func (i *Intake) apply(r Reading) (result Applied, err error) {
	c, err := i.compare(r)
	if err != nil {
		return Applied{}, err
	}
	if c.tooMany(r.MaxVanish) {
		return Applied{}, ErrVanished{c.gone, c.known}
	}
	plan, obsolete, err := i.store.planAfter(i.tenant, i.source)
	if err != nil {
		return Applied{}, err
	}
	if c.many || len(obsolete) > 0 {
		return i.store.rebuildWith(i, c, plan, obsolete)
	}
	err = i.store.update(func(tx *bbolt.Tx) error {
		t, err := writeTenant(tx, i.tenant)
		if err != nil {
			return err
		}
		of, err := t.makeSource(i.source)
		if err != nil {
			return err
		}
		a := &application{sourceTx: of, compared: c, tenant: t, name: i.source, plan: plan}
		result, err = a.run()
		return err
	})
	return result, err
}

// application is a reading on its way into the file, in one transaction.
type application struct {
	sourceTx
	compared *comparison
	tenant   tenantTx
	name     string
	plan     Plan
}

func (a *application) run() (Applied, error) {
	m := newMixing(a.tenant, a.plan)
	m.changed = func(p part) bool { return p.source == a.name && a.find(p.key) }
	if err := a.touch(m); err != nil {
		return Applied{}, err
	}
	for _, of := range a.compared.members {
		if err := a.setMember(m, of.key, of.value); err != nil {
			return Applied{}, err
		}
	}
	if err := a.write(); err != nil {
		return Applied{}, err
	}
	diff, warnings, err := m.settle(a.records())
	if err != nil {
		return Applied{}, err
	}
	result := Applied{Diff: diff, People: a.compared.left(), Warnings: append(a.compared.warnings, warnings...)}
	return result, a.putState(a.compared.state(result))
}

func (a *application) find(key string) bool {
	_, found := slices.BinarySearchFunc(a.compared.changes, key, func(c change, key string) int { return strings.Compare(c.key, key) })
	return found
}

// touch takes out everybody whom a change concerns.
func (a *application) touch(m *mixing) error {
	if first, _ := a.tenant.addresses.Cursor().First(); first == nil {
		return nil // nobody is there
	}
	for _, c := range a.compared.changes {
		if value := a.sourceTx.records.Get([]byte(c.key)); value != nil {
			old, _, err := decodePerson(value)
			if err != nil {
				return fmt.Errorf("%w: record %s: %w", ErrDamaged, c.key, err)
			}
			if err := m.touch(old.Addresses); err != nil {
				return err
			}
		}
		if c.person == nil {
			continue
		}
		if err := m.touch(c.person.Addresses); err != nil {
			return err
		}
	}
	return nil
}

// setMember stores the groups of a person, nil for none.
func (a *application) setMember(m *mixing, key string, groups []byte) error {
	var err error
	if groups == nil {
		err = a.members.Delete([]byte(key))
	} else {
		err = a.members.Put([]byte(key), groups)
	}
	value := a.sourceTx.records.Get([]byte(key))
	if err != nil || value == nil || a.find(key) {
		return err
	}
	p, _, err := decodePerson(value)
	if err != nil {
		return fmt.Errorf("%w: record %s: %w", ErrDamaged, key, err)
	}
	return m.touch(p.Addresses)
}

// write puts the changed records into the file.
func (a *application) write() error {
	for _, c := range a.compared.changes {
		key := []byte(c.key)
		if c.person == nil {
			if err := errors.Join(a.sourceTx.records.Delete(key), a.putPhoto(key, nil)); err != nil {
				return err
			}
			continue
		}
		if err := errors.Join(a.sourceTx.records.Put(key, c.value), a.putPhotoOf(key, c.person)); err != nil {
			return err
		}
	}
	return a.Put(countKey, []byte(strconv.Itoa(a.compared.left())))
}

// records are the changed ones that are there.
func (a *application) records() []*record {
	list := make([]record, 0, len(a.compared.changes))
	pointers := make([]*record, 0, len(a.compared.changes))
	rank := a.plan.rank(a.name)
	for _, c := range a.compared.changes {
		if c.person != nil {
			list = append(list, record{part: part{a.name, c.key}, rank: rank, person: c.person, version: c.version})
			pointers = append(pointers, &list[len(list)-1])
		}
	}
	return pointers
}
