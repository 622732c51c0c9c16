// Package roster answers questions about the people in a state file, with the types of
// control: for the daemon, and for verbs while no daemon runs.
package roster

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

// Roster is the people of some tenants.
type Roster struct {
	store   *sigstore.Store
	tenants []string
}

// New returns the roster of tenants in a store.
func New(store *sigstore.Store, tenants []string) *Roster { return &Roster{store, tenants} }

// People yields the people with match in an address or the display name, in any case.
func (r *Roster) People(match string) iter.Seq2[control.Person, error] {
	match = strings.ToLower(match)
	return func(yield func(control.Person, error) bool) {
		for _, tenant := range r.tenants {
			for p, err := range r.store.People(tenant) {
				if err == nil && !personMatches(p, match) {
					continue
				}
				if !yield(personOf(tenant, p), err) {
					return
				}
			}
		}
	}
}

func personMatches(p directory.Person, match string) bool {
	return strings.Contains(strings.ToLower(p.Attributes["displayName"]), match) ||
		slices.ContainsFunc(p.Addresses, func(a string) bool { return strings.Contains(a, match) }) ||
		strings.Contains(p.Address, match)
}

func personOf(tenant string, p directory.Person) control.Person {
	return control.Person{Tenant: tenant, Address: p.Address, Addresses: p.Addresses, Attributes: p.Attributes, Groups: p.Groups}
}

// Person returns the person who has the address, with the source of each value.
func (r *Roster) Person(address string) (control.Person, error) {
	for _, tenant := range r.tenants {
		details, ok, err := r.store.Details(tenant, address)
		if err != nil || ok {
			p := personOf(tenant, details.Person)
			p.Sources, p.Origins = details.Sources, details.Origins
			if err == nil {
				p.Learned, err = r.learnedOf(tenant, address)
			}
			return p, err
		}
	}
	return control.Person{}, control.Errorf(control.NotFound, "nobody has the address %s; look for a typo, or in the source of people", address)
}

// learnedOf is what was learned about a person, nil for nothing.
func (r *Roster) learnedOf(tenant, address string) (*control.Learned, error) {
	known, err := r.store.Learned(tenant, address)
	if err != nil || known.Remembered == 0 {
		return nil, err
	}
	l := learnedAs(known)
	return &l, nil
}

func learnedAs(k sigstore.Known) control.Learned {
	l := control.Learned{Lines: k.Lines, Mails: k.Mails, Remembered: k.Remembered}
	if k.Lines > 0 {
		l.Since = k.Since.Format(time.DateOnly)
	}
	return l
}

// Forget drops what was learned about the person who has the address.
func (r *Roster) Forget(address string) (all []control.Forgotten, err error) {
	for _, tenant := range r.tenants {
		known, err := r.store.Forget(tenant, address)
		if errors.Is(err, people.ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, control.Forgotten{Tenant: tenant, Address: strings.ToLower(address), Learned: learnedAs(known)})
	}
	if len(all) == 0 {
		return nil, control.Errorf(control.NotFound, "nobody has the address %s; look for a typo, or in the source of people", address)
	}
	return all, nil
}
