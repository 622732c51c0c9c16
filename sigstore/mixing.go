package sigstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mixing makes people anew of records that changed and of all that are connected
// with these by addresses. First the people who are concerned are taken out of the
// file and their records become loose, then the loose ones are put together.
type mixing struct {
	tenantTx
	plan      Plan
	changed   func(part) bool // says whether a record is not to be taken from the file
	dissolved map[string]personVersion
	loose     map[part]*record
	visits    []string // addresses still to be looked at
}

func newMixing(t tenantTx, plan Plan) *mixing {
	return &mixing{
		tenantTx: t, plan: plan, changed: func(part) bool { return false },
		dissolved: map[string]personVersion{}, loose: map[part]*record{},
	}
}

// touch takes out the people who have one of the addresses, and all who are
// connected with them.
func (m *mixing) touch(addresses []string) error {
	m.visits = append(m.visits, addresses...)
	for len(m.visits) > 0 {
		a := m.visits[len(m.visits)-1]
		m.visits = m.visits[:len(m.visits)-1]
		if primary := m.addresses.Get([]byte(a)); primary != nil {
			if err := m.dissolve(string(primary)); err != nil {
				return err
			}
		}
		if err := m.looseContests(a); err != nil {
			return err
		}
	}
	return nil
}

// dissolve takes a person out; what was rendered stays until it is known whether
// the person comes back as before.
func (m *mixing) dissolve(primary string) error {
	e, err := decodeEntry(m.people.Get([]byte(primary)))
	if err != nil {
		return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
	}
	m.dissolved[primary] = e.version
	for _, p := range e.parts {
		value, err := m.record(p)
		if err != nil {
			return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
		}
		person, _, err := decodePerson(value)
		if err != nil {
			return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
		}
		for _, a := range person.Addresses {
			if string(m.addresses.Get([]byte(a))) != primary {
				continue
			}
			if err := m.addresses.Delete([]byte(a)); err != nil {
				return err
			}
		}
		m.visits = append(m.visits, person.Addresses...)
		if err := m.loosen(p); err != nil {
			return err
		}
	}
	return m.people.Delete([]byte(primary))
}

// looseContests loosens the records that did not get an address.
func (m *mixing) looseContests(address string) error {
	prefix := []byte(address + "\x00")
	var parts []part
	cursor := m.contested.Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		source, of, _ := strings.Cut(string(key[len(prefix):]), "\x00")
		parts = append(parts, part{source, of})
	}
	for _, p := range parts {
		if err := m.contested.Delete(contestKey(contest{address, p})); err != nil {
			return err
		}
		if err := m.loosen(p); err != nil {
			return err
		}
	}
	return nil
}

func contestKey(c contest) []byte {
	return []byte(c.address + "\x00" + c.source + "\x00" + c.key)
}

// loosen adds a stored record to those that are put together again.
func (m *mixing) loosen(p part) error {
	if m.loose[p] != nil || m.changed(p) {
		return nil
	}
	value, err := m.record(p)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	person, version, err := decodePerson(value)
	if err != nil {
		return fmt.Errorf("%w: record %s of source %s: %w", ErrDamaged, p.key, p.source, err)
	}
	m.loose[p] = &record{part: p, rank: m.plan.rank(p.source), person: &person, version: version}
	m.visits = append(m.visits, person.Addresses...)
	return nil
}

// settle makes people of the loose records and others, and writes them. All of
// them must be in the file.
func (m *mixing) settle(others []*record) (Diff, []error, error) {
	records := others
	for _, r := range m.loose {
		records = append(records, r)
	}
	for _, r := range records {
		if err := m.addGroups(r); err != nil {
			return Diff{}, nil, err
		}
	}
	var w writing
	for _, connected := range components(records) {
		people, lost, warnings := unite(connected)
		w.contests = append(w.contests, lost...)
		w.warnings = append(w.warnings, warnings...)
		for _, u := range people {
			if err := w.add(u, m.plan); err != nil {
				return Diff{}, nil, err
			}
		}
	}
	diff, err := m.write(&w)
	return diff, w.warnings, err
}

func (m *mixing) addGroups(r *record) error {
	s, ok := m.source(r.source)
	if !ok {
		return nil
	}
	text := s.members.Get([]byte(r.key))
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, &r.groups)
}

// writing collects what is to be written, to be put in the order of the file:
// within a transaction bbolt keeps new keys in one sorted list, where only the end
// is cheap to add to.
type writing struct {
	people   []pair
	routes   []pair
	contests []contest
	warnings []error
}

type pair struct {
	key   string
	value []byte
}

func (w *writing) add(u *union, plan Plan) error {
	e, err := u.entry(plan)
	if err != nil {
		return err
	}
	primary := u.primary()
	w.people = append(w.people, pair{primary, e.encode()})
	for _, a := range u.addresses {
		w.routes = append(w.routes, pair{a, []byte(primary)})
	}
	return nil
}

func (m *mixing) write(w *writing) (diff Diff, err error) {
	byKey := func(a, b pair) int { return strings.Compare(a.key, b.key) }
	slices.SortFunc(w.people, byKey)
	slices.SortFunc(w.routes, byKey)
	for _, p := range w.people {
		before, known := m.dissolved[p.key]
		version, _ := storedVersion(p.value)
		switch {
		case !known:
			diff.Added++
		case before != version:
			diff.Changed++
		}
		if known && before == version {
			delete(m.dissolved, p.key)
		} else if known {
			if err := m.dropRendered(p.key); err != nil {
				return diff, err
			}
			delete(m.dissolved, p.key)
		}
		if err := m.people.Put([]byte(p.key), p.value); err != nil {
			return diff, err
		}
	}
	for primary := range m.dissolved {
		diff.Removed++
		if err := errors.Join(m.dropRendered(primary), m.dropLearned(primary)); err != nil {
			return diff, err
		}
	}
	for _, r := range w.routes {
		if err := m.addresses.Put([]byte(r.key), r.value); err != nil {
			return diff, err
		}
	}
	for _, c := range w.contests {
		if err := m.contested.Put(contestKey(c), []byte{0}); err != nil {
			return diff, err
		}
	}
	count, err := readCount(m.Bucket)
	if err != nil {
		return diff, err
	}
	return diff, m.Put(countKey, []byte(strconv.Itoa(count+diff.Added-diff.Removed)))
}

func (m *mixing) dropRendered(primary string) error {
	prefix := renderedKey(primary, "")
	var keys [][]byte
	cursor := m.rendered.Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		keys = append(keys, key)
	}
	for _, key := range keys {
		if err := m.rendered.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
