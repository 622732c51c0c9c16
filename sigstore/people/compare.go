package people

import (
	"fmt"
	"slices"

	"sigmilter/sigstore/statefile"
)

// comparison is what a reading changes in the records of its source.
type comparison struct {
	reading            Reading
	known, gone, added int // records before, and of these who left, and who came
	// many says that there are more changes than go into one transaction. Then changes
	// and members are not filled in.
	many     bool
	changes  []change         // by key
	members  []statefile.Pair // by key, the groups of who is in other ones than before
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
	version Version
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
	c := &comparison{reading: r, limits: i.register.limits, warnings: i.warnings}
	err := i.register.file.View(func(tx *statefile.Tx) (err error) {
		if t, ok := findTenant(tx, i.tenant); ok {
			if of, ok := t.source(i.source); ok {
				c.known, err = readCount(of.bucket)
			}
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

// versionOnly is as much of a record as its version takes.
const versionOnly = len(Version{})

func (i *Intake) compareRecords(c *comparison) error {
	all, err := i.arrivals(c.reading.Lost, func(w error) { c.warnings = append(c.warnings, w) })
	if err != nil {
		return err
	}
	leave := func(p statefile.Pair) error {
		c.gone++
		c.add(change{key: p.Key}, len(p.Key))
		return nil
	}
	if !c.reading.Full {
		return c.compareAll(all, i.storedVersion, leave)
	}
	w, err := i.register.file.Walk(i.bucket(recordsBucket), versionOnly)
	if err != nil {
		return err
	}
	defer w.Stop()
	before := func(key string) ([]byte, error) { return w.To(key, leave) }
	if err := c.compareAll(all, before, leave); err != nil {
		return err
	}
	return w.Rest(leave)
}

// compareAll compares arrivals with the versions of before, nil for none.
func (c *comparison) compareAll(all *arrivals, before func(key string) ([]byte, error), leave func(statefile.Pair) error) error {
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
			err = leave(statefile.Pair{Key: a.key})
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
	err = i.register.file.View(func(tx *statefile.Tx) error {
		if b := i.bucket(recordsBucket)(tx); b != nil {
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
	c.count(size)
	if !c.many {
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

// peopleLeft is how many people the source has afterwards.
func (c *comparison) peopleLeft() int { return c.known + c.added - c.gone }

// tooManyGone reports whether more are gone than may be.
func (c *comparison) tooManyGone(maxVanish float64) bool {
	if c.gone == 0 || maxVanish >= 1 {
		return false
	}
	if c.gone == c.known && c.peopleLeft() == 0 {
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
