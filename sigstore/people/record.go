package people

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"sigmilter/sigstore/directory"
)

// Version changes with anything about a person.
type Version [sha256.Size / 2]byte

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
func (p storedPerson) encode() ([]byte, Version, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, Version{}, fmt.Errorf("encode %s: %w", p.Address, err)
	}
	version := versionOf(text)
	return append(version[:], text...), version, nil
}

func versionOf(text []byte) Version {
	sum := sha256.Sum256(text)
	return Version(sum[:len(Version{})])
}

// storedVersion returns the version that begins what is stored of a person.
func storedVersion(value []byte) (Version, error) {
	if len(value) < len(Version{}) {
		return Version{}, errors.New("too short")
	}
	return Version(value[:len(Version{})]), nil
}

// decodePerson is the inverse of encode. What it returns shares nothing
// with value.
func decodePerson(value []byte) (p storedPerson, version Version, err error) {
	version, err = storedVersion(value)
	if err != nil {
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

// storedEntry is what the people bucket holds of a person.
type storedEntry struct {
	version Version
	parts   []part // in order of precedence, at least one
	// text is the JSON of the person, and empty when that is the record of the
	// only part: most tenants have one source, and need not keep everybody twice.
	text []byte
}

// encode returns the version, the number of parts, for each of them source and
// key, each after its length, and the text. Numbers are as in
// [binary.AppendUvarint].
func (e storedEntry) encode() []byte {
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
func decodeEntry(b []byte) (e storedEntry, err error) {
	e.version, err = storedVersion(b)
	if err != nil {
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
		return storedEntry{}, errEntry
	}
	e.text = rest
	return e, nil
}

// person reads the person of an entry.
func (t *tenantTx) person(value []byte) (p storedPerson, e storedEntry, err error) {
	e, err = decodeEntry(value)
	if err != nil {
		return p, e, err
	}
	text := e.text
	if len(text) == 0 {
		text, err = t.record(e.parts[0])
		if err != nil {
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
func (t *tenantTx) record(p part) ([]byte, error) {
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

// bareRecord is what says who is connected.
type bareRecord struct {
	Address   string   `json:"address"`
	Addresses []string `json:"addresses"`
}

func decodeBare(value []byte) (b bareRecord, version Version, err error) {
	version, err = storedVersion(value)
	if err == nil {
		err = json.Unmarshal(addressesOf(value[len(version):]), &b)
	}
	return b, version, err
}

// addressesOf cuts the JSON of a person behind the addresses, which come first: to read
// all of it takes most of the time of a rebuild.
func addressesOf(text []byte) []byte {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++ // there are none outside of texts
		case '"':
			quoted = !quoted
		case ']':
			if !quoted {
				return append(text[:i+1:i+1], '}')
			}
		}
	}
	return text
}
