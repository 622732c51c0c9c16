package sigstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
)

const (
	// intakePage and intakeBytes are how many people, and about how many bytes of them,
	// are compared with the file in one transaction.
	intakePage  = 256
	intakeBytes = 1 << 20
	// intakeTrim is after how many pages mapped pages of the file are given back: in an
	// order that is not the file's, each person may have mapped 64 kB.
	intakeTrim = 4
)

// errMoved says that records are not those that the reading was compared with.
var errMoved = errors.New("its records were changed while it was read; the next reading tells")

// Intake is a [directory.Sink] that takes what is read of a source on its way into the
// store. Each person is compared at once with what is stored, so that of one who is as
// before only the key and the version are kept. What does not go into a few megabytes
// is in a temporary file without a name beside the state file.
//
// An Intake belongs to one goroutine. One source has one at a time.
type Intake struct {
	store          *Store
	tenant, source string
	sorter         sorter
	page           []directory.Person
	bytes          int // of the page, about
	pages          int
	people         int
	warnings       []error
}

// Intake begins a reading of a source. It must be closed.
func (s *Store) Intake(tenant, source string) *Intake {
	return &Intake{store: s, tenant: tenant, source: source, sorter: sorter{folder: s.folder(), memory: s.limits.sorter}}
}

// Close gives up what was taken and not applied. Closing again does nothing.
func (i *Intake) Close() { i.Restart() }

// Restart implements [directory.Sink].
func (i *Intake) Restart() {
	i.sorter.reset()
	i.page, i.bytes, i.people, i.warnings = nil, 0, 0, nil
}

// Len is how many people were taken.
func (i *Intake) Len() int { return i.people }

// Add implements [directory.Sink]. A record without a primary address among its
// addresses, or with one that is not in lower case, is left out, with a warning that
// comes with [Intake.Apply]. The error is that of the disk.
func (i *Intake) Add(p directory.Person) error {
	i.people++
	if err := storable(&p); err != nil {
		i.warnings = append(i.warnings, err)
		return nil
	}
	i.page = append(i.page, p)
	i.bytes += len(p.Photo) + 1<<10
	if r := p.Ready; r != nil {
		i.bytes += len(r.HTML) + len(r.Text)
		for _, image := range r.Images {
			i.bytes += len(image.Data)
		}
	}
	if len(i.page) < intakePage && i.bytes < intakeBytes {
		return nil
	}
	return i.takePage()
}

// keyOf is what a record is stored under.
func keyOf(p *directory.Person) string {
	if p.Key != "" {
		return p.Key
	}
	return p.Address
}

func storable(p *directory.Person) error {
	if p.Address == "" || !slices.Contains(p.Addresses, p.Address) {
		return fmt.Errorf("person %q: the primary address is not among the addresses; left out", p.Address)
	}
	for _, a := range append([]string{keyOf(p)}, p.Addresses...) {
		if a == "" || len(a) > bbolt.MaxKeySize/4 || strings.Contains(a, "\x00") {
			return fmt.Errorf("person %s: %.100q cannot be stored; left out", p.Address, a)
		}
	}
	for _, a := range p.Addresses {
		if a != strings.ToLower(a) {
			return fmt.Errorf("person %s: address %.100q is not in lower case; left out", p.Address, a)
		}
	}
	return nil
}

// takePage compares the page with the file and has it sorted.
func (i *Intake) takePage() error {
	var list []arrival
	err := i.store.view(func(tx *bbolt.Tx) error {
		var records *bbolt.Bucket
		if t, ok := findTenant(tx, i.tenant); ok {
			if of, ok := t.source(i.source); ok {
				records = of.records
			}
		}
		for n := range i.page {
			a, err := newArrival(&i.page[n], records)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.page, i.bytes = i.page[:0], 0
	if i.pages++; i.pages%intakeTrim == 0 {
		i.store.trim() // an error: memory stays mapped
	}
	for _, a := range list {
		if err := i.sorter.add([]byte(a.key), a.encode()); err != nil {
			return err
		}
	}
	return nil
}

// arrival is what a reading says of one key.
type arrival struct {
	key     string
	gone    bool // else a person with:
	primary string
	version personVersion
	text    []byte // JSON of a storedPerson; nil when the one in the file has the version
	photo   []byte
	// photoUnknown says that the photo in the file stays.
	photoUnknown bool
}

func newArrival(p *directory.Person, records *bbolt.Bucket) (arrival, error) {
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
	switch {
	case err == io.EOF:
		l.ahead = nil
		return nil
	case err != nil:
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
		value, err := l.store.storedRecord(l.tenant, part{l.source, a.key})
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
func (s *Store) storedRecord(tenant string, p part) (value []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
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

// lockTenant lets one reading of a tenant at a time into the file.
func (s *Store) lockTenant(tenant string) (unlock func()) {
	lock, _ := s.applying.LoadOrStore(tenant, &sync.Mutex{})
	lock.(*sync.Mutex).Lock()
	return lock.(*sync.Mutex).Unlock
}
