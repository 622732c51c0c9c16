package sigstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"sigmilter/sigstore/directory"
)

// personVersion changes with anything about a person.
type personVersion [sha256.Size / 2]byte

// storedPerson is a person as the file has one, with the hash of the photo in place
// of it: a person is read for every message, a photo only to render.
type storedPerson struct {
	directory.Person
	PhotoHash string `json:"photo,omitempty"` // SHA-256, in hex; empty without a photo
}

func stored(p directory.Person) storedPerson {
	return storedPerson{p, photoHash(p.Photo)}
}

// encode returns the version of a person and then the JSON: what is stored of one
// as a source has it.
func (p storedPerson) encode() ([]byte, personVersion, error) {
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

// storedVersion returns the version that begins what is stored of a person.
func storedVersion(value []byte) (personVersion, error) {
	if len(value) < len(personVersion{}) {
		return personVersion{}, errors.New("too short")
	}
	return personVersion(value[:len(personVersion{})]), nil
}

// decodePerson is the inverse of encode. What it returns shares nothing
// with value.
func decodePerson(value []byte) (p storedPerson, version personVersion, err error) {
	if version, err = storedVersion(value); err != nil {
		return p, version, err
	}
	text := value[len(version):]
	if versionOf(text) != version {
		return p, version, errors.New("checksum is wrong")
	}
	return p, version, json.Unmarshal(text, &p)
}

// part names what one source knows of a person.
type part struct{ source, key string }

// entry is what the people bucket holds of a person.
type entry struct {
	version personVersion
	parts   []part // in order of precedence, at least one
	// text is the JSON of the person, and empty when that is the record of the
	// only part: most tenants have one source, and need not keep everybody twice.
	text []byte
}

// encode returns the version, the number of parts, for each of them source and
// key, each after its length, and the text. Numbers are as in
// [binary.AppendUvarint].
func (e entry) encode() []byte {
	size := len(e.version) + 1 + len(e.text)
	for _, p := range e.parts {
		size += 4 + len(p.source) + len(p.key)
	}
	b := append(make([]byte, 0, size), e.version[:]...)
	b = binary.AppendUvarint(b, uint64(len(e.parts)))
	for _, p := range e.parts {
		b = append(binary.AppendUvarint(b, uint64(len(p.source))), p.source...)
		b = append(binary.AppendUvarint(b, uint64(len(p.key))), p.key...)
	}
	return append(b, e.text...)
}

var errEntry = errors.New("not an entry of a person")

// decodeEntry is the inverse of encode. The text shares its bytes with b.
func decodeEntry(b []byte) (e entry, err error) {
	if e.version, err = storedVersion(b); err != nil {
		return e, err
	}
	rest := b[len(e.version):]
	number := func() uint64 {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size) {
			err = errEntry
			return 0
		}
		rest = rest[size:]
		return n
	}
	text := func() string {
		n := number()
		if err != nil {
			return ""
		}
		s := string(rest[:n])
		rest = rest[n:]
		return s
	}
	for n := number(); n > 0 && err == nil; n-- {
		e.parts = append(e.parts, part{text(), text()})
	}
	if err != nil || len(e.parts) == 0 {
		return entry{}, errEntry
	}
	e.text = rest
	return e, nil
}

// person reads the person of an entry.
func (t tenantTx) person(value []byte) (p storedPerson, e entry, err error) {
	if e, err = decodeEntry(value); err != nil {
		return p, e, err
	}
	text := e.text
	if len(text) == 0 {
		if text, err = t.record(e.parts[0]); err != nil {
			return p, e, err
		}
		text = text[min(len(text), len(e.version)):]
	}
	if versionOf(text) != e.version {
		return p, e, errors.New("checksum is wrong")
	}
	return p, e, json.Unmarshal(text, &p)
}

// record returns what is stored of a part.
func (t tenantTx) record(p part) ([]byte, error) {
	s, ok := t.source(p.source)
	if !ok {
		return nil, fmt.Errorf("source %s is missing", p.source)
	}
	value := s.records.Get([]byte(p.key))
	if value == nil {
		return nil, fmt.Errorf("record %s of source %s is missing", p.key, p.source)
	}
	return value, nil
}
