package signatures

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/statefile"
)

var renderedBucket = []byte("rendered")

// OfPeople is what a shelf keeps of people: a rendering goes when its person changes.
var OfPeople = people.Dependent{
	Bucket: renderedBucket, Required: true,
	Keeps: func(value []byte, person *people.Version) bool {
		const header = 1 // the format
		end := header + len(people.Version{})
		return person != nil && len(value) >= end && people.Version(value[header:end]) == *person
	},
}

// Shelf keeps rendered signatures in the state file.
type Shelf struct {
	file   *statefile.File
	people *people.Register
}

// NewShelf makes a shelf for the people of a register.
func NewShelf(file *statefile.File, people *people.Register) *Shelf { return &Shelf{file, people} }

// signatureName is what a signature is known by.
type signatureName struct{ tenant, address, template string }

func renderedKey(primary, template string) []byte {
	return []byte(primary + "\x00" + template)
}

// lookup is what the shelf has on an address: that there is a person, and either
// the rendering, if it may be used, or the person.
type lookup struct {
	known    bool
	who      directory.Person // when there is no rendering; with the photo if it is wanted
	rendered bool
	rendering
}

func (s *Shelf) lookup(of signatureName, tmpl wanted, now time.Time) (l lookup, err error) {
	err = s.people.Find(of.tenant, of.address, func(f people.Found) (err error) {
		l.known = true
		r, err := decodeRendering(f.Bucket(renderedBucket).Get(renderedKey(f.Primary, of.template)))
		l.rendered = err == nil && r.fits(f.Version, tmpl.version, now)
		if l.rendered {
			l.rendering = r
			return nil
		}
		l.person = f.Version
		if tmpl.UsesPhoto() {
			l.who, err = f.PersonWithPhoto()
		} else {
			l.who, err = f.Person()
		}
		return err
	})
	return l, err
}

// put stores a rendering later, if the person it was made of is still the one in the
// file. The address is the primary one.
func (s *Shelf) put(of signatureName, r rendering) {
	s.file.Later(func(tx *statefile.Tx) error { return s.write(tx, of, r) })
}

func (s *Shelf) write(tx *statefile.Tx, of signatureName, r rendering) error {
	t, ok := people.OpenTenant(tx, of.tenant)
	if !ok {
		return nil
	}
	if now, ok := t.Version(of.address); !ok || now != r.person {
		return nil
	}
	return t.Bucket(renderedBucket).Put(renderedKey(of.address, of.template), r.encode())
}

// openRendered finds the renderings of a tenant.
func openRendered(tenant string) statefile.Opener { return people.OpenIn(tenant, renderedBucket) }

// Cached counts rendered signatures.
type Cached struct {
	Stored  int   `json:"stored"`  // of people and templates that the file has one of
	Expired int   `json:"expired"` // of those, run out: made again when asked for
	Bytes   int64 `json:"bytes"`   // what they take in the file
}

// Cached counts the rendered signatures of a tenant in the file. It goes through
// all of them.
func (s *Shelf) Cached(tenant string, now time.Time) (c Cached, err error) {
	err = s.file.View(func(tx *statefile.Tx) error {
		rendered := openRendered(tenant)(tx)
		if rendered == nil {
			return nil
		}
		return rendered.ForEach(func(key, value []byte) error {
			c.Stored++
			c.Bytes += int64(len(key) + len(value))
			if r, err := decodeRendering(value); err != nil || !now.Before(r.expires) {
				c.Expired++
			}
			return nil
		})
	})
	return c, err
}

// DropCached forgets the rendered signatures of a tenant, in the file and in every
// [Cache]: of the person who has the address, or of everybody if it is empty.
// It returns how many the file had. An address nobody has is [ErrUnknown].
func (s *Shelf) DropCached(tenant, address string) (dropped int, err error) {
	if address == "" {
		err = s.prune(context.Background(), []string{tenant}, func([]byte) bool {
			dropped++
			return true
		})
	} else {
		dropped, err = s.dropOf(tenant, address)
	}
	s.people.Outdate()
	return dropped, err
}

func (s *Shelf) dropOf(tenant, address string) (dropped int, err error) {
	primary, err := s.people.Primary(tenant, address)
	if err != nil {
		return 0, err
	}
	err = s.file.Update(func(tx *statefile.Tx) (err error) {
		if rendered := openRendered(tenant)(tx); rendered != nil {
			dropped, err = statefile.DropPrefix(rendered, renderedKey(primary, ""))
		}
		return err
	})
	return dropped, err
}

// prune goes through the renderings of tenants, page by page, until ctx ends.
func (s *Shelf) prune(ctx context.Context, tenants []string, drop func(key []byte) bool) error {
	return s.file.Prune(ctx, tenants, func(tx *statefile.Tx, tenant string) (*statefile.Bucket, func(key, value []byte) bool) {
		return openRendered(tenant)(tx), func(key, _ []byte) bool { return drop(key) }
	})
}

// templatesKey holds, in [Meta], the names of the templates that something may be rendered
// of, as JSON.
var templatesKey = []byte("templates")

// KeepTemplates drops what was rendered of templates other than these. It goes
// through the file only when the names are others than the last time, and gives up when
// ctx ends: the next time tells.
func (s *Shelf) KeepTemplates(ctx context.Context, names []string) error {
	names = slices.Sorted(slices.Values(names))
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("names of templates: %w", err)
	}
	same := false
	err = s.file.View(func(tx *statefile.Tx) error {
		same = bytes.Equal(statefile.Meta(tx).Get(templatesKey), text)
		return nil
	})
	if err != nil || same {
		return err
	}
	tenants, err := s.people.Tenants()
	if err != nil {
		return err
	}
	err = s.prune(ctx, tenants, func(key []byte) bool {
		_, template, _ := bytes.Cut(key, []byte{0})
		_, kept := slices.BinarySearch(names, string(template))
		return !kept
	})
	if err != nil {
		return err
	}
	return s.file.Update(func(tx *statefile.Tx) error { return statefile.Meta(tx).Put(templatesKey, text) })
}
