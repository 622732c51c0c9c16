package people

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

// arrival is what a reading says of one key.
type arrival struct {
	key     string
	gone    bool // else a person with:
	primary string
	version Version
	text    []byte // JSON of a storedPerson; nil when the one in the file has the version
	photo   []byte
	// photoUnknown says that the photo in the file stays.
	photoUnknown bool
}

func newArrival(p *directory.Person, records *statefile.Bucket) (arrival, error) {
	var before []byte
	if records != nil {
		before = records.Get([]byte(keyOf(p)))
	}
	who, err := storedLike(p, before)
	if err != nil {
		return arrival{}, err
	}
	value, version, err := who.encode()
	if err != nil {
		return arrival{}, err
	}
	a := arrival{key: keyOf(p), primary: p.Address, version: version}
	if old, err := storedVersion(before); err != nil || old != version {
		a.text, a.photo, a.photoUnknown = value[len(version):], p.Photo, p.PhotoUnknown
	}
	return a, nil
}

// What the first byte of an encoded arrival may have set.
const (
	arrivalGone = 1 << iota
	arrivalPhotoUnknown
)

// encode returns what there is besides the key: a byte of flags, the version, then
// primary address and text, each after its length as in [binary.AppendUvarint], and the
// photo.
func (a arrival) encode() []byte {
	if a.gone {
		return []byte{arrivalGone}
	}
	flags := byte(0)
	if a.photoUnknown {
		flags = arrivalPhotoUnknown
	}
	b := make([]byte, 0, 32+len(a.primary)+len(a.text)+len(a.photo))
	b = append(append(b, flags), a.version[:]...)
	b = append(binary.AppendUvarint(b, uint64(len(a.primary))), a.primary...)
	b = append(binary.AppendUvarint(b, uint64(len(a.text))), a.text...)
	return append(b, a.photo...)
}

// decodeArrival is the inverse of encode, for bytes that no one else had.
func decodeArrival(key, b []byte) arrival {
	a := arrival{key: string(key), gone: b[0]&arrivalGone != 0, photoUnknown: b[0]&arrivalPhotoUnknown != 0}
	if a.gone {
		return a
	}
	b = b[1+copy(a.version[:], b[1:]):]
	piece := func() []byte {
		n, size := binary.Uvarint(b)
		p := b[size : size+int(n)]
		b = b[size+int(n):]
		return p
	}
	a.primary = string(piece())
	if text := piece(); len(text) > 0 {
		a.text = text
	}
	if len(b) > 0 {
		a.photo = b
	}
	return a
}

// arrivals goes through what was taken, by key, one for each key: of two people with the
// same one the first counts, and a person counts more than that one is gone.
type arrivals struct {
	*Intake
	lost  map[string][]string
	warn  func(error)
	items *sortedItems
	ahead *arrival // nil at the end
}

// arrivals begins with the first. warn may be nil.
func (i *Intake) arrivals(lost map[string][]string, warn func(error)) (*arrivals, error) {
	items, err := i.sorter.sorted()
	if err != nil {
		return nil, err
	}
	if warn == nil {
		warn = func(error) {}
	}
	all := &arrivals{Intake: i, lost: lost, warn: warn, items: items}
	return all, all.read()
}

func (l *arrivals) read() error {
	key, value, err := l.items.item()
	if err == io.EOF {
		l.ahead = nil
		return nil
	}
	if err != nil {
		return err
	}
	a := decodeArrival(key, value)
	l.ahead = &a
	return nil
}

// next returns nil after the last.
func (l *arrivals) next() (*arrival, error) {
	a := l.ahead
	if a == nil {
		return nil, nil
	}
	for {
		if err := l.read(); err != nil {
			return nil, err
		}
		if l.ahead == nil || l.ahead.key != a.key {
			break
		}
		if !l.ahead.gone {
			l.warn(fmt.Errorf("source %s: %s and %s are both %s; the second is left out", l.source, a.primary, l.ahead.primary, a.key))
		}
	}
	if lost := l.lost[a.primary]; lost != nil && !a.gone {
		return a, l.take(a, lost)
	}
	return a, nil
}

// take takes addresses away that turned out to be others'.
func (l *arrivals) take(a *arrival, lost []string) error {
	text := a.text
	if text == nil {
		value, err := l.register.storedRecord(l.tenant, part{l.source, a.key})
		if err != nil {
			return err
		}
		text = value[min(len(a.version), len(value)):]
	}
	who, _, err := decodePerson(append(a.version[:], text...))
	if err != nil {
		return fmt.Errorf("person %s: %w", a.primary, err)
	}
	who.Addresses = slices.DeleteFunc(who.Addresses, func(address string) bool { return slices.Contains(lost, address) })
	value, version, err := who.encode()
	if err != nil {
		return err
	}
	if a.text == nil {
		a.photoUnknown = true // it was not taken along
	}
	a.version, a.text = version, value[len(version):]
	return nil
}

// storedRecord returns a copy of what is stored of a part.
func (r *Register) storedRecord(tenant string, p part) (value []byte, err error) {
	err = r.file.View(func(tx *statefile.Tx) error {
		t, ok := findTenant(tx, tenant)
		if !ok {
			return errMoved
		}
		found, err := t.record(p)
		value = slices.Clone(found)
		return err
	})
	return value, err
}
