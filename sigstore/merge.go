package sigstore

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
	version personVersion
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
	for _, r := range u.records {
		if r.source == source {
			return r
		}
	}
	return u.records[0]
}

// contest is an address that a record has and its person does not get.
type contest struct {
	address string
	part
}

// unite makes people of records that are connected by their addresses.
//
// The records come in order of their sources. One that shares an address with a
// person who has no record of this source yet belongs to that person. Two records
// of one source are two people: the address both have is that of the first, and
// the second is left out when it is the primary one. Each such case is told in a
// warning that names both.
func unite(records []*record) (people []*union, lost []contest, warnings []error) {
	slices.SortFunc(records, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.source, b.source), cmp.Compare(a.key, b.key))
	})
	owners := map[string]*union{}
	for _, r := range records {
		u, other := choose(owners, r)
		if u == nil {
			if taken := owners[r.person.Address]; taken != nil {
				warnings = append(warnings, fmt.Errorf("source %s: %s and %s both have the address %s; the second is left out",
					r.source, taken.of(r.source), r, r.person.Address))
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
			switch owners[a] {
			case nil:
				owners[a] = u
				u.addresses = append(u.addresses, a)
			case u:
			default:
				lost = append(lost, contest{a, r.part})
				other = owners[a]
			}
		}
		if other != nil && other != u {
			warnings = append(warnings, fmt.Errorf("source %s: %s has an address of %s, who keeps it", r.source, r, other.of(r.source)))
		}
	}
	return people, lost, warnings
}

// choose returns the person a record belongs to, nil for a new one, and one who
// has an address of it and another record of its source.
func choose(owners map[string]*union, r *record) (u, other *union) {
	for _, a := range r.person.Addresses {
		owner := owners[a]
		switch {
		case owner == nil:
		case slices.ContainsFunc(owner.records, func(q *record) bool { return q.source == r.source }):
			other = owner
		case u == nil:
			u = owner
		}
	}
	return u, other
}

// whole says whether a person is the record of the one source as it is.
func (u *union) whole() bool {
	r := u.records[0]
	return len(u.records) == 1 && len(r.groups) == 0 && len(u.addresses) == len(r.person.Addresses)
}

// entry is what is stored of a person.
func (u *union) entry(plan Plan) (entry, error) {
	e := entry{version: u.records[0].version}
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

// components groups records that share addresses, directly or by way of others.
func components(records []*record) [][]*record {
	type holder struct {
		address string
		record  int32
	}
	holders := make([]holder, 0, 2*len(records))
	parent := make([]int32, len(records))
	for i, r := range records {
		parent[i] = int32(i)
		for _, a := range r.person.Addresses {
			holders = append(holders, holder{a, int32(i)})
		}
	}
	root := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	slices.SortFunc(holders, func(a, b holder) int { return cmp.Compare(a.address, b.address) })
	for i := 1; i < len(holders); i++ {
		if holders[i].address == holders[i-1].address {
			parent[root(holders[i].record)] = root(holders[i-1].record)
		}
	}
	order := make([]int32, len(records))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(root(a), root(b)) })
	// The groups are slices of one list: most have one record.
	sorted := make([]*record, len(order))
	for i, n := range order {
		sorted[i] = records[n]
	}
	var groups [][]*record
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && root(order[end]) == root(order[start]) {
			end++
		}
		groups = append(groups, sorted[start:end])
		start = end
	}
	return groups
}
