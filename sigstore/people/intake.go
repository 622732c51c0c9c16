package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
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
	register       *Register
	tenant, source string
	sorter         sorter
	page           []directory.Person
	bytes          int // of the page, about
	pages          int
	people         int
	warnings       []error
}

// Intake begins a reading of a source. It must be closed.
func (r *Register) Intake(tenant, source string) *Intake {
	return &Intake{register: r, tenant: tenant, source: source, sorter: r.newSorter()}
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
		if a == "" || len(a) > statefile.MaxKey/4 || strings.Contains(a, "\x00") {
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

// bucket opens a bucket of the source.
func (i *Intake) bucket(name []byte) statefile.Opener { return openInSource(i.tenant, i.source, name) }

// takePage compares the page with the file and has it sorted.
func (i *Intake) takePage() error {
	var list []arrival
	err := i.register.file.View(func(tx *statefile.Tx) error {
		records := i.bucket(recordsBucket)(tx)
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
	i.pages++
	if i.pages%intakeTrim == 0 {
		i.register.file.Trim() // an error: memory stays mapped
	}
	for _, a := range list {
		if err := i.sorter.add([]byte(a.key), a.encode()); err != nil {
			return err
		}
	}
	return nil
}
