package people

import (
	"cmp"
	"fmt"
	"slices"

	"sigmilter/sigstore/directory"
)

// record is what one source knows of a person, with the groups its source has the
// person in.
type record struct {
	part
	rank    int // of the source, 0 comes first
	person  *storedPerson
	version Version
	groups  []string
}

// String names the record for an admin.
func (r *record) String() string {
	if r.key == r.person.Address {
		return r.key
	}
	return r.person.Address + " (" + r.key + ")"
}

// union is a person made of the records of several sources.
type union struct {
	records   []*record // by rank, one a source
	addresses []string
}

// primary is the address of the record that came first.
func (u *union) primary() string { return u.records[0].person.Address }

// of names the person by the record of a source, or else by the first.
func (u *union) of(source string) *record {
	if r := u.recordOf(source); r != nil {
		return r
	}
	return u.records[0]
}

// contest is an address that a record has and its person does not get.
type contest struct {
	address string
	part
}

func contestKey(c contest) []byte {
	return []byte(c.address + "\x00" + c.source + "\x00" + c.key)
}

// unite makes people of records that are connected by their addresses.
//
// The records come in order of their sources. One that shares an address with a
// person who has no record of this source yet belongs to that person. Two records
// of one source are two people: an address that both have belongs to the one whose
// primary address it is, else to the one whose key comes first, and the second of two with
// the same primary address is left out. Each such case is told in a warning that names
// both. (Within one reading [directory.Claims] decides, by the same rule.)
func unite(records []*record) (people []*union, lost []contest, warnings []error) {
	slices.SortFunc(records, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.source, b.source), cmp.Compare(a.key, b.key))
	})
	heads := headsOf(records)
	owners := map[string]*union{}
	for _, r := range records {
		u, other := choose(owners, r, heads)
		if u == nil {
			if first := holderOf(owners, heads, r); first != nil {
				warnings = append(warnings, fmt.Errorf("source %s: %s and %s both have the address %s; the second is left out",
					r.source, first, r, r.person.Address))
				for _, a := range r.person.Addresses {
					lost = append(lost, contest{a, r.part})
				}
				continue
			}
			u = &union{}
			people = append(people, u)
		}
		u.records = append(u.records, r)
		for _, a := range r.person.Addresses {
			owner, head := owners[a], heads[headKey{r.source, a}]
			if owner == nil && (head == nil || head == r) {
				owners[a] = u
				u.addresses = append(u.addresses, a)
			} else if owner == nil {
				lost = append(lost, contest{a, r.part})
				other = head
			} else if owner != u {
				lost = append(lost, contest{a, r.part})
				other = owner.of(r.source)
			}
		}
		if other != nil && !slices.Contains(u.records, other) {
			warnings = append(warnings, fmt.Errorf("source %s: %s has an address of %s, who keeps it", r.source, r, other))
		}
	}
	return people, lost, warnings
}

// headKey names an address within a source.
type headKey struct{ source, address string }

// headsOf are, of each source, the first records with a primary address.
func headsOf(records []*record) map[headKey]*record {
	heads := make(map[headKey]*record, len(records))
	for _, r := range records {
		key := headKey{r.source, r.person.Address}
		if heads[key] == nil {
			heads[key] = r
		}
	}
	return heads
}

// holderOf returns the record that has the primary address of another, nil for none.
func holderOf(owners map[string]*union, heads map[headKey]*record, r *record) *record {
	if u := owners[r.person.Address]; u != nil {
		return u.of(r.source)
	}
	if head := heads[headKey{r.source, r.person.Address}]; head != r {
		return head
	}
	return nil
}

// choose returns the person a record belongs to, nil for a new one, and the record of
// its source that has an address of it.
func choose(owners map[string]*union, r *record, heads map[headKey]*record) (u *union, other *record) {
	for _, a := range r.person.Addresses {
		owner := owners[a]
		if owner == nil {
			continue
		}
		if head := heads[headKey{r.source, a}]; head != nil && head != r {
			other = head
			continue
		}
		if same := owner.recordOf(r.source); same != nil {
			other = same
			continue
		}
		if u == nil {
			u = owner
		}
	}
	return u, other
}

// recordOf returns the record of a source, nil if there is none.
func (u *union) recordOf(source string) *record {
	for _, r := range u.records {
		if r.source == source {
			return r
		}
	}
	return nil
}

// whole reports whether a person is the record of the one source as it is.
func (u *union) whole() bool {
	r := u.records[0]
	return len(u.records) == 1 && len(r.groups) == 0 && len(u.addresses) == len(r.person.Addresses)
}

// entry is what is stored of a person.
func (u *union) entry(plan Plan) (storedEntry, error) {
	e := storedEntry{version: u.records[0].version}
	for _, r := range u.records {
		e.parts = append(e.parts, r.part)
	}
	if u.whole() {
		return e, nil
	}
	p, _ := u.merge(plan)
	value, version, err := p.encode()
	if err == nil {
		e.version, e.text = version, value[len(version):]
	}
	return e, err
}

// The names by which a precedence may have what is no attribute.
const (
	photoValue = "photo"
	readyValue = "signature"
)

// merge makes one person of the records, and tells where each attribute is from.
// The primary address is that of the first source, groups are those of all, and of
// everything else the value of the source that comes first counts.
func (u *union) merge(plan Plan) (p storedPerson, origins map[string]string) {
	first := u.records[0]
	p.Person = directory.Person{Address: u.primary(), Addresses: u.addresses, Key: first.person.Key, Attributes: map[string]string{}}
	origins = map[string]string{}
	for _, r := range u.records {
		for name := range r.person.Attributes {
			if _, done := origins[name]; done {
				continue
			}
			from := u.first(plan, name, func(r *record) bool { return r.person.Attributes[name] != "" })
			if from != nil {
				p.Attributes[name], origins[name] = from.person.Attributes[name], from.source
			}
		}
		for _, g := range slices.Concat(r.person.Groups, r.groups) {
			if !slices.Contains(p.Groups, g) {
				p.Groups = append(p.Groups, g)
			}
		}
	}
	if from := u.first(plan, photoValue, func(r *record) bool { return r.person.PhotoHash != "" }); from != nil {
		p.PhotoHash, origins[photoValue] = from.person.PhotoHash, from.source
	}
	if from := u.first(plan, readyValue, func(r *record) bool { return r.person.Ready != nil }); from != nil {
		p.Ready, origins[readyValue] = from.person.Ready, from.source
	}
	return p, origins
}

// first returns the record that comes first for a value among those that have it.
func (u *union) first(plan Plan, name string, has func(*record) bool) *record {
	for _, source := range plan.Precedence[name] {
		for _, r := range u.records {
			if r.source == source && has(r) {
				return r
			}
		}
	}
	for _, r := range u.records {
		if has(r) {
			return r
		}
	}
	return nil
}
