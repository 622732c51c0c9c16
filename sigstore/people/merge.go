package people

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"sigmilter/sigstore/statefile"
)

// merge makes people of records: of those that a few changes concern, or of all that a
// tenant has. It takes little memory for any number of them, since what is to be merged
// and what comes of it are sorted in files.
type merge struct {
	register *Register
	plan     Plan
	records  recordSource
	merged   sorter // by kind and key, see addMerged
	warnings []error
}

// recordSource has the records that people are made of.
type recordSource interface {
	// each goes through them, in the same order each time.
	each(do func(p part, value []byte) error) error
	record(p part) ([]byte, error)
	// groups is the JSON list of the groups that a record is in, nil for none.
	groups(p part) ([]byte, error)
}

// target is where merged people go.
type target interface {
	// put has a key of a tenant's bucket written. Those of a bucket come in order.
	put(bucket, key, value []byte) error
	// differs is called for people who are not as before, with nil for who left.
	differs(primary string, now *Version) error
}

func newMerge(r *Register, plan Plan, of recordSource) *merge {
	return &merge{register: r, plan: plan, records: of, merged: r.newSorter()}
}

// reset gives up what was merged.
func (m *merge) reset() { m.merged.reset() }

// run merges. Most records share no address with another: those make people as they
// come. The others are sorted by what connects them.
func (m *merge) run() error {
	groups, err := m.connect()
	if err != nil {
		return err
	}
	shared := m.register.newSorter()
	defer shared.reset()
	n := uint32(0)
	err = m.records.each(func(p part, value []byte) error {
		group, connected := groups.of(n)
		n++
		if connected {
			key := binary.BigEndian.AppendUint32(nil, group)
			return shared.add(key, []byte(p.source+"\x00"+p.key))
		}
		return m.addAlone(p, value)
	})
	if err != nil {
		return err
	}
	return m.addShared(&shared)
}

// connect finds the records that are connected by their addresses.
func (m *merge) connect() (*connections, error) {
	var c connections
	err := m.records.each(func(p part, value []byte) error {
		b, _, err := decodeBare(value)
		if err != nil {
			return fmt.Errorf("%w: record %s of source %s: %w", statefile.ErrDamaged, p.key, p.source, err)
		}
		c.add(b.Addresses)
		return nil
	})
	c.join()
	return &c, err
}

// addAlone makes a person of a record that is connected with no other.
func (m *merge) addAlone(p part, value []byte) error {
	groups, err := m.records.groups(p)
	if err != nil {
		return err
	}
	b, version, err := decodeBare(value)
	if err != nil {
		return fmt.Errorf("%w: record %s of source %s: %w", statefile.ErrDamaged, p.key, p.source, err)
	}
	if groups == nil && allDifferent(b.Addresses) {
		return m.addPerson(b.Address, b.Addresses, storedEntry{version: version, parts: []part{p}})
	}
	rec, err := m.decodeRecord(p, value, groups)
	if err != nil {
		return err
	}
	return m.addConnected([]*record{rec})
}

// allDifferent reports whether no text is there twice.
func allDifferent(list []string) bool {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			return false
		}
	}
	return true
}

func (m *merge) decodeRecord(p part, value, groups []byte) (*record, error) {
	person, version, err := decodePerson(value)
	rec := &record{part: p, rank: m.plan.rank(p.source), person: &person, version: version}
	if err == nil && groups != nil {
		err = json.Unmarshal(groups, &rec.groups)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: record %s of source %s: %w", statefile.ErrDamaged, p.key, p.source, err)
	}
	return rec, nil
}

// addShared makes people of the records that are connected.
func (m *merge) addShared(shared *sorter) error {
	items, err := shared.sorted()
	if err != nil {
		return err
	}
	var group []byte
	var connected []*record
	for {
		key, value, err := items.item()
		if err != nil && err != io.EOF {
			return err
		}
		if string(key) != string(group) {
			if err := m.addConnected(connected); err != nil {
				return err
			}
			group, connected = key, nil
		}
		if err == io.EOF {
			return nil
		}
		rec, err := m.loadRecord(value)
		if err != nil {
			return err
		}
		connected = append(connected, rec)
	}
}

func (m *merge) loadRecord(name []byte) (*record, error) {
	i := slices.Index(name, 0)
	p := part{string(name[:i]), string(name[i+1:])}
	value, err := m.records.record(p)
	if err != nil {
		return nil, err
	}
	groups, err := m.records.groups(p)
	if err != nil {
		return nil, err
	}
	return m.decodeRecord(p, value, groups)
}

// addConnected adds the people that connected records make.
func (m *merge) addConnected(connected []*record) error {
	people, lost, warnings := unite(connected)
	m.warnings = append(m.warnings, warnings...)
	for _, u := range people {
		e, err := u.entry(m.plan)
		if err != nil {
			return err
		}
		if err := m.addPerson(u.primary(), u.addresses, e); err != nil {
			return err
		}
	}
	for _, c := range lost {
		if err := m.addMerged(mergedContest, string(contestKey(c)), []byte{0}); err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) addPerson(primary string, addresses []string, e storedEntry) error {
	if err := m.addMerged(mergedPerson, primary, e.encode()); err != nil {
		return err
	}
	for _, a := range addresses {
		if err := m.addMerged(mergedAddress, a, []byte(primary)); err != nil {
			return err
		}
	}
	return nil
}

// What was merged is sorted by its kind, then by key: bbolt is quick with keys of a bucket
// that come in order.
const (
	mergedAddress = iota
	mergedContest
	mergedPerson
)

var mergedBuckets = [][]byte{addressesBucket, contestedBucket, peopleBucket}

func (m *merge) addMerged(kind byte, key string, value []byte) error {
	return m.merged.add(append([]byte{kind}, key...), value)
}

// write writes what was merged, and counts what is different from before: primary
// addresses with the versions of people. It returns how many people there are.
func (m *merge) write(before *statefile.Walk, to target) (diff Diff, people int, err error) {
	items, err := m.merged.sorted()
	if err != nil {
		return diff, 0, err
	}
	removed := func(p statefile.Pair) error {
		diff.Removed++
		return to.differs(p.Key, nil)
	}
	for {
		key, value, err := items.item()
		if err == io.EOF {
			return diff, people, before.Rest(removed)
		}
		if err != nil {
			return diff, people, err
		}
		kind, key := key[0], key[1:]
		if kind == mergedPerson {
			people++
			old, err := before.To(string(key), removed)
			if err != nil {
				return diff, people, err
			}
			if err := diff.count(string(key), old, value, to); err != nil {
				return diff, people, err
			}
		}
		if err := to.put(mergedBuckets[kind], key, value); err != nil {
			return diff, people, err
		}
	}
}

// count counts a person with the version of before, nil for none, and the entry now.
func (d *Diff) count(primary string, old, entry []byte, to target) error {
	if old == nil {
		d.Added++
		return nil
	}
	now, err := storedVersion(entry)
	if err != nil || string(old) == string(now[:]) {
		return err
	}
	d.Changed++
	return to.differs(primary, &now)
}
