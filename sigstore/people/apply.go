package people

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
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
// and the state of the sync. Only people who are new or different are written, and only
// people who share an address with them are merged again, in one transaction, which
// readings of other sources may share; what dependents keep of people who changed or left
// is dropped. For more changes than are good for memory, a [rebuild] is made. A reading
// that changes nothing writes nothing but how it went, and that later.
//
// The error is [ErrVanished] when too many are gone. An Intake is applied once.
func (i *Intake) Apply(reading Reading) (result Applied, err error) {
	r := i.register
	defer r.lockTenant(i.tenant)()
	err = r.file.Trimmed(func() error {
		result, err = i.apply(reading)
		return err
	})
	if err != nil {
		return Applied{}, fmt.Errorf("take over the people of source %s: %w", i.source, err)
	}
	if i.pages >= intakeTrim {
		r.file.Trim() // an error: memory stays mapped
	}
	r.freshness.Delete(i.tenant)
	if result.Diff != (Diff{}) {
		r.changed(i.tenant)
	}
	return result, nil
}

func (i *Intake) apply(reading Reading) (result Applied, err error) {
	c, err := i.compare(reading)
	if err != nil {
		return Applied{}, err
	}
	if c.tooManyGone(reading.MaxVanish) {
		return Applied{}, ErrVanished{c.gone, c.known}
	}
	plan, obsolete, err := i.register.planAfter(i.tenant, i.source)
	if err != nil {
		return Applied{}, err
	}
	if c.many || len(obsolete) > 0 {
		return i.rebuild(c, plan, obsolete)
	}
	if before, err := i.register.Sync(i.tenant, i.source); err == nil && c.number == 0 && !before.Success.IsZero() {
		result = Applied{People: c.peopleLeft(), Warnings: c.warnings}
		i.register.keepState(sourceKey{i.tenant, i.source}, c.state(result))
		return result, nil
	}
	err = i.register.update(i.tenant, c.bytes, func(t *tenantTx) error {
		of, err := t.makeSource(i.source)
		if err != nil {
			return err
		}
		i.register.states.forget(sourceKey{i.tenant, i.source})
		a := &application{compared: c, register: i.register, tenant: t, source: of, name: i.source, plan: plan}
		result, err = a.run()
		return err
	})
	return result, err
}

// application is a reading on its way into the file, in one transaction.
type application struct {
	compared *comparison
	register *Register
	tenant   *tenantTx
	source   sourceTx
	name     string
	plan     Plan
}

func (a *application) run() (Applied, error) {
	concerned := newAffected(a.tenant)
	if err := a.takeOut(concerned); err != nil {
		return Applied{}, err
	}
	for _, of := range a.compared.members {
		if err := a.putMember(concerned, of.Key, of.Value); err != nil {
			return Applied{}, err
		}
	}
	if err := a.putRecords(concerned); err != nil {
		return Applied{}, err
	}
	diff, warnings, err := a.merge(concerned)
	if err != nil {
		return Applied{}, err
	}
	result := Applied{Diff: diff, People: a.compared.peopleLeft(), Warnings: append(a.compared.warnings, warnings...)}
	return result, a.source.putState(a.compared.state(result))
}

// takeOut takes out everybody whom a change concerns.
func (a *application) takeOut(concerned *affected) error {
	if first, _ := a.tenant.addresses().Cursor().First(); first == nil {
		return nil // nobody is there
	}
	for _, c := range a.compared.changes {
		if value := a.source.records.Get([]byte(c.key)); value != nil {
			if err := a.touchRecord(concerned, c.key, value); err != nil {
				return err
			}
		}
		if c.person == nil {
			continue
		}
		if err := concerned.touch(c.person.Addresses); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) touchRecord(concerned *affected, key string, value []byte) error {
	old, _, err := decodeBare(value)
	if err != nil {
		return fmt.Errorf("%w: record %s: %w", statefile.ErrDamaged, key, err)
	}
	return concerned.touch(old.Addresses)
}

// putMember stores the groups of a person, nil for none.
func (a *application) putMember(concerned *affected, key string, groups []byte) error {
	var err error
	if groups == nil {
		err = a.source.members.Delete([]byte(key))
	} else {
		err = a.source.members.Put([]byte(key), groups)
	}
	value := a.source.records.Get([]byte(key))
	if err != nil || value == nil || a.isChanged(key) {
		return err
	}
	return a.touchRecord(concerned, key, value)
}

func (a *application) isChanged(key string) bool {
	_, found := slices.BinarySearchFunc(a.compared.changes, key, func(c change, key string) int { return strings.Compare(c.key, key) })
	return found
}

// putRecords puts the changed records into the file.
func (a *application) putRecords(concerned *affected) error {
	for _, c := range a.compared.changes {
		key, name := []byte(c.key), part{a.name, c.key}
		if c.person == nil {
			delete(concerned.records, name)
			if err := errors.Join(a.source.records.Delete(key), a.source.putPhoto(key, nil)); err != nil {
				return err
			}
			continue
		}
		concerned.records[name] = true
		if err := errors.Join(a.source.records.Put(key, c.value), a.source.putPhotoOf(key, c.person)); err != nil {
			return err
		}
	}
	return a.source.bucket.Put(countKey, []byte(strconv.Itoa(a.compared.peopleLeft())))
}

// merge makes people of the records that are concerned.
func (a *application) merge(concerned *affected) (Diff, []error, error) {
	m := newMerge(a.register, a.plan, concerned)
	defer m.reset()
	if err := m.run(); err != nil {
		return Diff{}, nil, err
	}
	before, err := concerned.walk()
	if err != nil {
		return Diff{}, nil, err
	}
	defer before.Stop()
	diff, _, err := m.write(before, inPlace{a.tenant, a.register.dependents})
	if err != nil {
		return Diff{}, nil, err
	}
	count, err := readCount(a.tenant.bucket)
	if err != nil {
		return Diff{}, nil, err
	}
	return diff, m.warnings, a.tenant.bucket.Put(countKey, []byte(strconv.Itoa(count+diff.Added-diff.Removed)))
}

// inPlace puts people into a tenant as it is.
type inPlace struct {
	tenant     *tenantTx
	dependents []Dependent
}

func (p inPlace) put(bucket, key, value []byte) error { return p.tenant.open(bucket).Put(key, value) }

func (p inPlace) differs(primary string, now *Version) error {
	for _, d := range p.dependents {
		if err := d.drop(p.tenant, primary, now); err != nil {
			return err
		}
	}
	return nil
}
