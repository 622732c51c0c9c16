package sigstore

import (
	"bytes"
	"encoding/json"
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

// Apply takes over what was read of a source, in one transaction: all of it is
// done, or nothing. With it go the cursor and the state of the sync. Only who is
// new or different is written, and only people with an address of theirs are mixed
// anew; signatures rendered for people who changed or left are dropped.
//
// A record without a primary address among its addresses, or with one that is not
// in lower case, is left out. The error is [ErrVanished] when too many are gone.
func (s *Store) Apply(tenant, source string, r Reading) (Applied, error) {
	var result Applied
	err := s.update(func(tx *bbolt.Tx) (err error) {
		t, err := writeTenant(tx, tenant)
		if err != nil {
			return err
		}
		of, err := t.makeSource(source)
		if err != nil {
			return err
		}
		plan, err := t.plan()
		if err != nil {
			return err
		}
		a := &application{sourceTx: of, tenant: t, name: source, plan: plan, reading: r}
		result, err = a.run()
		return err
	})
	if err != nil {
		return Applied{}, fmt.Errorf("take over the people of source %s: %w", source, err)
	}
	s.freshness.Delete(tenant)
	if result.Diff != (Diff{}) {
		s.changed(tenant)
	}
	return result, nil
}

// application is a reading on its way into the file.
type application struct {
	sourceTx
	tenant  tenantTx
	name    string
	plan    Plan
	reading Reading

	changes []change // by key
	known   int      // records before
	gone    int
	result  Applied
}

// change is a record that is new, different, or gone.
type change struct {
	key     string
	person  *storedPerson // nil: gone
	value   []byte
	version personVersion
}

func (a *application) run() (Applied, error) {
	sorted := a.sort()
	if err := a.compare(sorted); err != nil {
		return Applied{}, err
	}
	if a.tooMany() {
		return Applied{}, ErrVanished{a.gone, a.known}
	}
	m := newMixing(a.tenant, a.plan)
	m.changed = func(p part) bool { return p.source == a.name && a.find(p.key) }
	if err := a.touch(m); err != nil {
		return Applied{}, err
	}
	if err := a.setMembers(m); err != nil {
		return Applied{}, err
	}
	if err := a.write(); err != nil {
		return Applied{}, err
	}
	var err error
	var warnings []error
	a.result.Diff, warnings, err = m.settle(a.records())
	if err != nil {
		return Applied{}, err
	}
	a.result.Warnings = append(a.result.Warnings, warnings...)
	if err := a.finish(); err != nil {
		return Applied{}, err
	}
	return a.result, a.dropOthers()
}

// keyOf is what a record is stored under.
func keyOf(p *directory.Person) string {
	if p.Key != "" {
		return p.Key
	}
	return p.Address
}

// sort puts people into the order of the file and leaves out who cannot be stored.
func (a *application) sort() []*directory.Person {
	sorted := make([]*directory.Person, 0, len(a.reading.People))
	for i := range a.reading.People {
		p := &a.reading.People[i]
		if err := storable(p); err != nil {
			a.result.Warnings = append(a.result.Warnings, err)
			continue
		}
		sorted = append(sorted, p)
	}
	slices.SortStableFunc(sorted, func(x, y *directory.Person) int { return strings.Compare(keyOf(x), keyOf(y)) })
	return slices.CompactFunc(sorted, func(second, first *directory.Person) bool {
		if keyOf(second) != keyOf(first) {
			return false
		}
		a.result.Warnings = append(a.result.Warnings, fmt.Errorf("source %s: %s and %s are both %s; the second is left out", a.name, first.Address, second.Address, keyOf(first)))
		return true
	})
}

func storable(p *directory.Person) error {
	if p.Address == "" || !slices.Contains(p.Addresses, p.Address) {
		return fmt.Errorf("person %q: the primary address is not among the addresses; left out", p.Address)
	}
	for _, a := range append([]string{keyOf(p)}, p.Addresses...) {
		if a == "" || len(a) > bbolt.MaxKeySize/4 || strings.Contains(a, "\x00") {
			return fmt.Errorf("person %s: %.100q cannot be stored; left out", p.Address, a)
		}
	}
	for _, a := range p.Addresses {
		if a != strings.ToLower(a) {
			return fmt.Errorf("person %s: address %.100q is not in lower case; left out", p.Address, a)
		}
	}
	return nil
}

// compare finds the changes. It writes nothing: a bbolt cursor does not survive
// that.
func (a *application) compare(sorted []*directory.Person) (err error) {
	if a.known, err = readCount(a.Bucket); err != nil {
		return err
	}
	if a.reading.Full {
		return a.compareFull(sorted)
	}
	named := make(map[string]bool, len(sorted))
	for _, p := range sorted {
		named[keyOf(p)] = true
		if err := a.compareOne(p, a.sourceTx.records.Get([]byte(keyOf(p)))); err != nil {
			return err
		}
	}
	for _, key := range a.reading.Gone {
		if key != "" && !named[key] && a.sourceTx.records.Get([]byte(key)) != nil {
			named[key] = true
			a.leave(key)
		}
	}
	slices.SortFunc(a.changes, func(x, y change) int { return strings.Compare(x.key, y.key) })
	return nil
}

func (a *application) compareFull(sorted []*directory.Person) error {
	cursor := a.sourceTx.records.Cursor()
	key, value := cursor.First()
	for _, p := range sorted {
		for key != nil && string(key) < keyOf(p) {
			a.leave(string(key))
			key, value = cursor.Next()
		}
		var before []byte
		if string(key) == keyOf(p) {
			before = value
			key, value = cursor.Next()
		}
		if err := a.compareOne(p, before); err != nil {
			return err
		}
	}
	for ; key != nil; key, _ = cursor.Next() {
		a.leave(string(key))
	}
	return nil
}

func (a *application) leave(key string) {
	a.gone++
	a.changes = append(a.changes, change{key: key})
}

func (a *application) compareOne(p *directory.Person, before []byte) error {
	who, err := storedLike(p, before)
	if err != nil {
		return err
	}
	value, version, err := who.encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(value, before) {
		a.changes = append(a.changes, change{keyOf(p), &who, value, version})
	}
	return nil
}

func (a *application) tooMany() bool {
	switch {
	case a.gone == 0 || a.reading.MaxVanish >= 1:
		return false
	case a.gone == a.known && a.left() == 0:
		return true
	}
	return a.gone > alwaysVanish && float64(a.gone) > a.reading.MaxVanish*float64(a.known)
}

// left is how many people the source has afterwards.
func (a *application) left() int {
	n := a.known - a.gone
	for _, c := range a.changes {
		if c.person != nil && a.sourceTx.records.Get([]byte(c.key)) == nil {
			n++
		}
	}
	return n
}

func (a *application) find(key string) bool {
	_, found := slices.BinarySearchFunc(a.changes, key, func(c change, key string) int { return strings.Compare(c.key, key) })
	return found
}

// touch takes out everybody whom a change concerns.
func (a *application) touch(m *mixing) error {
	if first, _ := a.tenant.addresses.Cursor().First(); first == nil {
		return nil // nobody is there
	}
	for _, c := range a.changes {
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

// setMembers stores who is in which group, and takes out everybody for whom that
// is different.
func (a *application) setMembers(m *mixing) error {
	if a.reading.Groups == nil && !a.reading.Full {
		return nil
	}
	groups := map[string][]string{}
	for _, g := range a.reading.Groups {
		for _, key := range g.Members {
			if key != "" && len(key) <= bbolt.MaxKeySize/4 && !slices.Contains(groups[key], g.Name) {
				groups[key] = append(groups[key], g.Name)
			}
		}
	}
	texts := make(map[string][]byte, len(groups))
	for key, names := range groups {
		slices.Sort(names)
		text, err := json.Marshal(names)
		if err != nil {
			return err
		}
		texts[key] = text
	}
	var different []string
	err := a.members.ForEach(func(key, value []byte) error {
		if bytes.Equal(texts[string(key)], value) {
			delete(texts, string(key))
		} else if texts[string(key)] == nil {
			different = append(different, string(key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for key := range texts {
		different = append(different, key)
	}
	slices.Sort(different)
	for _, key := range different {
		if err := a.setMember(m, key, texts[key]); err != nil {
			return err
		}
	}
	return nil
}

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
	added := 0
	for _, c := range a.changes {
		key := []byte(c.key)
		if c.person == nil {
			if err := errors.Join(a.sourceTx.records.Delete(key), a.putPhoto(key, nil)); err != nil {
				return err
			}
			continue
		}
		if a.sourceTx.records.Get(key) == nil {
			added++
		}
		if err := errors.Join(a.sourceTx.records.Put(key, c.value), a.putPhotoOf(key, c.person)); err != nil {
			return err
		}
	}
	a.result.People = a.known + added - a.gone
	return a.Put(countKey, []byte(strconv.Itoa(a.result.People)))
}

// records are the changed ones that are there.
func (a *application) records() []*record {
	list := make([]record, 0, len(a.changes))
	pointers := make([]*record, 0, len(a.changes))
	rank := a.plan.rank(a.name)
	for _, c := range a.changes {
		if c.person != nil {
			list = append(list, record{part: part{a.name, c.key}, rank: rank, person: c.person, version: c.version})
			pointers = append(pointers, &list[len(list)-1])
		}
	}
	return pointers
}

func (a *application) finish() error {
	return a.putState(SyncState{
		At: a.reading.At, Success: a.reading.At, People: a.result.People, Full: a.reading.Full,
		Warnings: len(a.reading.Warnings) + len(a.result.Warnings), Cursor: a.reading.Cursor,
	})
}

// dropOthers drops the sources that are no longer configured, once all others were
// read: until then their people may be the only ones there are.
func (a *application) dropOthers() error {
	for _, name := range a.plan.Sources {
		s, ok := a.tenant.source(name)
		if !ok {
			return nil
		}
		if state, err := s.state(); err != nil || state.Success.IsZero() {
			return err
		}
	}
	var others [][]byte
	err := a.tenant.sources.ForEachBucket(func(name []byte) error {
		if len(a.plan.Sources) > 0 && !slices.Contains(a.plan.Sources, string(name)) {
			others = append(others, slices.Clone(name))
		}
		return nil
	})
	if err != nil || len(others) == 0 {
		return err
	}
	for _, name := range others {
		if err := a.tenant.sources.DeleteBucket(name); err != nil {
			return err
		}
	}
	diff, warnings, err := a.tenant.remix(a.plan)
	a.result.Warnings = append(a.result.Warnings, warnings...)
	if diff != (Diff{}) && a.result.Diff == (Diff{}) {
		a.result.Diff = diff
	}
	return errors.Join(err)
}
