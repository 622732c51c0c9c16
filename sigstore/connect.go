package sigstore

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"go.etcd.io/bbolt"
)

// listSources finds the sources whose records make the people.
func (r *rebuild) listSources() error {
	names := map[string]bool{}
	if r.intake != nil {
		names[r.intake.source] = true
	}
	err := r.store.view(func(tx *bbolt.Tx) error {
		t, ok := readTenant(tx, r.tenant)
		if !ok {
			return nil
		}
		return t.sources.ForEachBucket(func(name []byte) error {
			names[string(name)] = true
			return nil
		})
	})
	for name := range names {
		if !slices.Contains(r.obsolete, name) {
			r.sources = append(r.sources, name)
		}
	}
	slices.Sort(r.sources)
	return err
}

// in opens a bucket of a source, the staged one where there is one.
func (r *rebuild) in(source string, bucket []byte) opener {
	if r.intake != nil && source == r.intake.source && (string(bucket) == string(recordsBucket) || r.setsMembers()) {
		return func(tx *bbolt.Tx) *bbolt.Bucket {
			if staging := tx.Bucket(stagingBucket); staging != nil {
				return staging.Bucket(bucket)
			}
			return nil
		}
	}
	return (&Intake{tenant: r.tenant, source: source}).in(bucket)
}

// mix makes people of the records of all sources. Most records share no address with
// another: those make people as they come. The others are sorted by what connects them.
func (r *rebuild) mix() error {
	groups, err := r.connections()
	if err != nil {
		return err
	}
	shared := sorter{folder: r.store.folder(), memory: r.store.limits.sorter}
	defer shared.reset()
	err = r.eachRecord(func(n uint32, p part, value []byte) error {
		if group, connected := groups.of(n); connected {
			key := binary.BigEndian.AppendUint32(nil, group)
			return shared.add(key, []byte(p.source+"\x00"+p.key))
		}
		return r.addAlone(p, value)
	})
	if err != nil {
		return err
	}
	return r.addShared(&shared)
}

// eachRecord goes through all records, in the same order each time, and numbers them.
func (r *rebuild) eachRecord(each func(n uint32, p part, value []byte) error) error {
	n := uint32(0)
	for _, source := range r.sources {
		for p, err := range r.store.scan(r.in(source, recordsBucket), bbolt.MaxValueSize) {
			if err == nil {
				err = each(n, part{source, p.key}, p.value)
			}
			if err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// bareRecord is what says who is connected.
type bareRecord struct {
	Address   string   `json:"address"`
	Addresses []string `json:"addresses"`
}

func decodeBare(value []byte) (b bareRecord, version personVersion, err error) {
	if version, err = storedVersion(value); err == nil {
		err = json.Unmarshal(addressesOf(value[len(version):]), &b)
	}
	return b, version, err
}

// addressesOf cuts the JSON of a person behind the addresses, which come first: to read
// all of it takes most of the time of a rebuild.
func addressesOf(text []byte) []byte {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return append(text[:i+1:i+1], '}')
		}
	}
	return text
}

// connections finds the records that are connected by their addresses.
func (r *rebuild) connections() (*connections, error) {
	var c connections
	err := r.eachRecord(func(n uint32, p part, value []byte) error {
		b, _, err := decodeBare(value)
		if err != nil {
			return fmt.Errorf("%w: record %s of source %s: %w", ErrDamaged, p.key, p.source, err)
		}
		c.add(n, b.Addresses)
		return nil
	})
	c.join()
	return &c, err
}

// connections are groups of numbered records that share addresses, directly or by way of
// others. For a million records it takes some forty megabytes, as addresses are kept as
// hashes: two that have the same put records together that have nothing to do with each
// other, which [unite] finds out.
type connections struct {
	holders []holder
	parent  []uint32 // of each record
	shared  []bool   // that the record is not alone
}

type holder struct {
	address uint64 // hash
	record  uint32
}

var addressSeed = maphash.MakeSeed()

func (c *connections) add(n uint32, addresses []string) {
	c.parent = append(c.parent, n)
	for _, a := range addresses {
		c.holders = append(c.holders, holder{maphash.String(addressSeed, a), n})
	}
}

func (c *connections) join() {
	slices.SortFunc(c.holders, func(a, b holder) int { return cmp.Compare(a.address, b.address) })
	c.shared = make([]bool, len(c.parent))
	for i := 1; i < len(c.holders); i++ {
		a, b := c.holders[i-1], c.holders[i]
		if a.address == b.address && a.record != b.record {
			c.parent[c.root(b.record)] = c.root(a.record)
			c.shared[a.record], c.shared[b.record] = true, true
		}
	}
	c.holders = nil
}

func (c *connections) root(n uint32) uint32 {
	for c.parent[n] != n {
		c.parent[n] = c.parent[c.parent[n]]
		n = c.parent[n]
	}
	return n
}

// of returns the group of a record, and false for one that is alone.
func (c *connections) of(n uint32) (group uint32, connected bool) {
	return c.root(n), c.shared[n]
}

// addAlone makes a person of a record that is connected with no other.
func (r *rebuild) addAlone(p part, value []byte) error {
	groups, err := r.store.get(r.in(p.source, membersBucket), p.key)
	if err != nil {
		return err
	}
	b, version, err := decodeBare(value)
	if err != nil {
		return fmt.Errorf("%w: record %s of source %s: %w", ErrDamaged, p.key, p.source, err)
	}
	if groups == nil && distinct(b.Addresses) {
		return r.addPerson(b.Address, b.Addresses, entry{version: version, parts: []part{p}})
	}
	rec, err := r.decodeRecord(p, value, groups)
	if err != nil {
		return err
	}
	return r.add([]*record{rec})
}

// distinct says that no text is there twice.
func distinct(list []string) bool {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			return false
		}
	}
	return true
}

func (r *rebuild) decodeRecord(p part, value, groups []byte) (*record, error) {
	person, version, err := decodePerson(value)
	rec := &record{part: p, rank: r.plan.rank(p.source), person: &person, version: version}
	if err == nil && groups != nil {
		err = json.Unmarshal(groups, &rec.groups)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: record %s of source %s: %w", ErrDamaged, p.key, p.source, err)
	}
	return rec, nil
}

// addShared makes people of the records that are connected.
func (r *rebuild) addShared(shared *sorter) error {
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
			if len(connected) > 0 {
				if err := r.add(connected); err != nil {
					return err
				}
			}
			group, connected = key, nil
		}
		if err == io.EOF {
			return nil
		}
		rec, err := r.load(value)
		if err != nil {
			return err
		}
		connected = append(connected, rec)
	}
}

func (r *rebuild) load(name []byte) (*record, error) {
	i := slices.Index(name, 0)
	p := part{string(name[:i]), string(name[i+1:])}
	value, err := r.store.get(r.in(p.source, recordsBucket), p.key)
	if err != nil {
		return nil, err
	}
	groups, err := r.store.get(r.in(p.source, membersBucket), p.key)
	if err != nil {
		return nil, err
	}
	return r.decodeRecord(p, value, groups)
}
