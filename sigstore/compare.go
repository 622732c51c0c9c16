package sigstore

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

// comparison is what a reading changes in the records of its source.
type comparison struct {
	reading            Reading
	known, gone, added int // records before, and of these who left, and who came
	// many says that there are more changes than go into one transaction. Then changes
	// and members are not filled in.
	many     bool
	changes  []change // by key
	members  []pair   // by key, the groups of who is in other ones than before
	warnings []error

	limits limits
	number int // of changes
	bytes  int // of changes
}

// change is a record that is new, different, or gone.
type change struct {
	key     string
	person  *storedPerson // nil: gone
	value   []byte
	version personVersion
}

// compare finds the changes. It writes nothing, and holds no transaction for long.
func (i *Intake) compare(r Reading) (*comparison, error) {
	if err := i.takePage(); err != nil {
		return nil, err
	}
	if !r.Full {
		for _, key := range r.Gone {
			if err := i.sorter.add([]byte(key), arrival{gone: true}.encode()); err != nil {
				return nil, err
			}
		}
	}
	c := &comparison{reading: r, limits: i.store.limits, warnings: i.warnings}
	err := i.store.view(func(tx *bbolt.Tx) (err error) {
		if b := i.bucket(tx); b != nil {
			c.known, err = readCount(b)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := i.compareRecords(c); err != nil {
		return nil, err
	}
	return c, i.compareMembers(c)
}

// bucket is that of the source, nil if there is none.
func (i *Intake) bucket(tx *bbolt.Tx) *bbolt.Bucket {
	if t, ok := findTenant(tx, i.tenant); ok {
		if of, ok := t.source(i.source); ok {
			return of.Bucket
		}
	}
	return nil
}

// in opens a bucket of the source.
func (i *Intake) in(name []byte) opener {
	return func(tx *bbolt.Tx) *bbolt.Bucket {
		if b := i.bucket(tx); b != nil {
			return b.Bucket(name)
		}
		return nil
	}
}

// versionOnly is as much of a record as its version takes.
const versionOnly = len(personVersion{})

func (i *Intake) compareRecords(c *comparison) error {
	all, err := i.arrivals(c.reading.Lost, func(w error) { c.warnings = append(c.warnings, w) })
	if err != nil {
		return err
	}
	leave := func(p pair) error {
		c.gone++
		c.add(change{key: p.key}, len(p.key))
		return nil
	}
	if !c.reading.Full {
		return c.compareAll(all, i.storedVersion, leave)
	}
	w, err := i.store.walk(i.in(recordsBucket), versionOnly)
	if err != nil {
		return err
	}
	defer w.stop()
	before := func(key string) ([]byte, error) { return w.to(key, leave) }
	if err := c.compareAll(all, before, leave); err != nil {
		return err
	}
	return w.rest(leave)
}

// compareAll compares arrivals with the versions of before, nil for none.
func (c *comparison) compareAll(all *arrivals, before func(key string) ([]byte, error), leave func(pair) error) error {
	for {
		a, err := all.next()
		if err != nil || a == nil {
			return err
		}
		old, err := before(a.key)
		if err != nil {
			return err
		}
		switch {
		case a.gone && old != nil:
			err = leave(pair{a.key, nil})
		case a.gone:
		case old == nil:
			c.added++
			err = c.put(a)
		case string(old) != string(a.version[:]):
			err = c.put(a)
		}
		if err != nil {
			return err
		}
	}
}

// storedVersion returns the version of a record, nil for none.
func (i *Intake) storedVersion(key string) (version []byte, err error) {
	err = i.store.view(func(tx *bbolt.Tx) error {
		if b := i.in(recordsBucket)(tx); b != nil {
			if value := b.Get([]byte(key)); len(value) >= versionOnly {
				version = slices.Clone(value[:versionOnly])
			}
		}
		return nil
	})
	return version, err
}

// put notes a record that is new or different.
func (c *comparison) put(a *arrival) error {
	if a.text == nil {
		return errMoved
	}
	if c.many {
		return nil
	}
	value := append(a.version[:], a.text...)
	who, _, err := decodePerson(value)
	if err != nil {
		return fmt.Errorf("person %s: %w", a.primary, err)
	}
	who.Photo, who.PhotoUnknown = a.photo, a.photoUnknown
	c.add(change{a.key, &who, value, a.version}, len(value)+len(a.photo))
	return nil
}

func (c *comparison) add(one change, size int) {
	if c.count(size); !c.many {
		c.changes = append(c.changes, one)
	}
}

// count counts a change, and gives the changes up when there are too many.
func (c *comparison) count(size int) {
	c.number++
	c.bytes += size
	if c.number > c.limits.changes || c.bytes > c.limits.bytes {
		c.many, c.changes, c.members = true, nil, nil
	}
}

// setsMembers says whether the reading tells who is in which group.
func (c *comparison) setsMembers() bool { return c.reading.Groups != nil || c.reading.Full }

// compareMembers finds the people who are in other groups than before.
func (i *Intake) compareMembers(c *comparison) error {
	if c.many || !c.setsMembers() {
		return nil
	}
	w, err := i.store.walk(i.in(membersBucket), bbolt.MaxValueSize)
	if err != nil {
		return err
	}
	defer w.stop()
	set := func(p pair) {
		if c.count(len(p.key) + len(p.value)); !c.many {
			c.members = append(c.members, p)
		}
	}
	leave := func(p pair) error {
		set(pair{p.key, nil})
		return nil
	}
	for key, groups := range memberships(c.reading.Groups) {
		before, err := w.to(key, leave)
		if err != nil {
			return err
		}
		if string(before) != string(groups) {
			set(pair{key, groups})
		}
	}
	return w.rest(leave)
}

// memberships goes through the members of groups by key, with the JSON list of the
// groups each is in.
func memberships(groups []directory.Group) iter.Seq2[string, []byte] {
	type membership struct{ key, group string }
	var all []membership
	for _, g := range groups {
		for _, key := range g.Members {
			if key != "" && len(key) <= bbolt.MaxKeySize/4 {
				all = append(all, membership{key, g.Name})
			}
		}
	}
	slices.SortFunc(all, func(a, b membership) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(a.group, b.group)
	})
	all = slices.Compact(all)
	return func(yield func(string, []byte) bool) {
		for len(all) > 0 {
			key := all[0].key
			var names []string
			for len(all) > 0 && all[0].key == key {
				names = append(names, all[0].group)
				all = all[1:]
			}
			text, err := json.Marshal(names)
			if err != nil {
				panic(err) // strings always have a JSON form
			}
			if !yield(key, text) {
				return
			}
		}
	}
}

// left is how many people the source has afterwards.
func (c *comparison) left() int { return c.known + c.added - c.gone }

// tooMany says whether more are gone than may be.
func (c *comparison) tooMany(maxVanish float64) bool {
	switch {
	case c.gone == 0 || maxVanish >= 1:
		return false
	case c.gone == c.known && c.left() == 0:
		return true
	}
	return c.gone > alwaysVanish && float64(c.gone) > maxVanish*float64(c.known)
}

// state is how the source stands after the reading.
func (c *comparison) state(result Applied) SyncState {
	return SyncState{
		At: c.reading.At, Success: c.reading.At, People: result.People, Full: c.reading.Full,
		Warnings: len(c.reading.Warnings) + len(result.Warnings), Cursor: c.reading.Cursor,
	}
}
