package sigstore

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

var (
	peopleBucket    = []byte("people")
	addressesBucket = []byte("addresses")
	renderedBucket  = []byte("rendered")
	countKey        = []byte("count")
)

// personVersion changes with anything about a person.
type personVersion [sha256.Size / 2]byte

// encodePerson returns what is stored of a person, beginning with the version.
func encodePerson(p directory.Person) ([]byte, personVersion, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, personVersion{}, fmt.Errorf("encode %s: %w", p.Address, err)
	}
	version := versionOf(text)
	return append(version[:], text...), version, nil
}

func versionOf(text []byte) personVersion {
	sum := sha256.Sum256(text)
	return personVersion(sum[:len(personVersion{})])
}

// storedVersion returns the version that begins a stored person.
func storedVersion(value []byte) (personVersion, error) {
	if len(value) < len(personVersion{}) {
		return personVersion{}, errors.New("too short")
	}
	return personVersion(value[:len(personVersion{})]), nil
}

// decodePerson returns a person that shares nothing with value.
func decodePerson(value []byte) (p directory.Person, version personVersion, err error) {
	if version, err = storedVersion(value); err != nil {
		return p, version, err
	}
	text := value[len(version):]
	if versionOf(text) != version {
		return p, version, errors.New("checksum is wrong")
	}
	return p, version, json.Unmarshal(text, &p)
}

// findPerson returns the primary address and the stored value of the person with
// an address. Both are nil when there is none.
func findPerson(tx *bbolt.Tx, tenant, address string) (primary, value []byte) {
	t := tx.Bucket(tenantsBucket).Bucket([]byte(tenant))
	if t == nil {
		return nil, nil
	}
	primary = t.Bucket(addressesBucket).Get([]byte(strings.ToLower(address)))
	if primary == nil {
		return nil, nil
	}
	return primary, t.Bucket(peopleBucket).Get(primary)
}

// Person returns the person of a tenant who has the address, primary or not, in
// any case, and whether there is one.
func (s *Store) Person(tenant, address string) (p directory.Person, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		primary, value := findPerson(tx, tenant, address)
		if primary == nil {
			return nil
		}
		ok = true
		if p, _, err = decodePerson(value); err != nil {
			return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
		}
		return nil
	})
	return p, ok && err == nil, err
}

// peoplePage is how many people are read in one transaction.
const peoplePage = 256

// People goes through the people of a tenant by primary address. It ends after
// an error. No transaction is open while the loop's body runs, so that it may
// take its time; who changes meanwhile comes as before or as after.
func (s *Store) People(tenant string) iter.Seq2[directory.Person, error] {
	return func(yield func(directory.Person, error) bool) {
		last := ""
		for {
			page, err := s.peopleAfter(tenant, last)
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
				last = p.Address
			}
			if err != nil {
				yield(directory.Person{}, err)
			}
			if err != nil || len(page) < peoplePage {
				return
			}
		}
	}
}

// peopleAfter returns the people whose primary addresses come next, as many as go
// into a page, and those before a damaged one with an error.
func (s *Store) peopleAfter(tenant, last string) (page []directory.Person, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t := tx.Bucket(tenantsBucket).Bucket([]byte(tenant))
		if t == nil {
			return nil
		}
		cursor := t.Bucket(peopleBucket).Cursor()
		primary, value := cursor.Seek([]byte(last))
		if string(primary) == last {
			primary, value = cursor.Next()
		}
		for ; primary != nil && len(page) < peoplePage; primary, value = cursor.Next() {
			p, _, err := decodePerson(value)
			if err != nil {
				return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
			}
			page = append(page, p)
		}
		return nil
	})
	return page, err
}

// Count returns how many people a tenant has, without going through them.
func (s *Store) Count(tenant string) (n int, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		t := tx.Bucket(tenantsBucket).Bucket([]byte(tenant))
		if t == nil || t.Get(countKey) == nil {
			return nil
		}
		if n, err = strconv.Atoi(string(t.Get(countKey))); err != nil {
			return fmt.Errorf("%w: number of people: %w", ErrDamaged, err)
		}
		return nil
	})
	return n, err
}
