package sigstore

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// ErrUnknown says that no person of the tenant has the address.
var ErrUnknown = errors.New("no such person")

// ErrRender says that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Book gives the signatures of people, at the cost of a map lookup for those who
// wrote lately. A signature comes, in this order, from memory, from the store,
// and from rendering it, after which both have it. What is in memory is good
// until the people of the store change; nothing outlives its time to live, a
// change of its person, or a change of its template.
//
// The fields are set before the first use and not changed. A Book may be used by
// many goroutines at once; its users share what it gives them and must not
// change it. It never waits for a write.
type Book struct {
	Store *Store
	// Templates returns the template of a name as it is configured now.
	Templates func(name string) (*render.Template, bool)
	// TTL is how long a signature may be used after it was rendered. With 0 or
	// less, each is rendered anew and none is stored.
	TTL time.Duration
	// Now is the clock, time.Now if nil.
	Now func() time.Time

	recent recent
}

// Signature returns the signature of the person of a tenant who has the address,
// primary or not, in any case, by a template, and the person. The error is
// [ErrUnknown] when there is no such person, with the address and the tenant; else
// it names the person and the template that could not be rendered, with
// [ErrRender], or the state that could not be read.
func (b *Book) Signature(tenant, address, template string) (Signature, directory.Person, error) {
	tmpl, ok := b.Templates(template)
	if !ok {
		return Signature{}, directory.Person{}, fmt.Errorf("signature of %s: no template %s", address, template)
	}
	now := b.now()
	// Read before the store is: what is stored in between makes the entry old,
	// never an old entry young.
	generation := b.Store.Generation()
	key := recentKey{tenant, strings.ToLower(address), template}
	if e, ok := b.recent.get(key); ok && e.generation == generation && e.template == tmpl.Version() && now.Before(e.expires) {
		return e.signature, e.person, nil
	}
	found, err := b.Store.lookup(key, tmpl.Version(), now)
	switch {
	case err != nil:
		return Signature{}, directory.Person{}, fmt.Errorf("signature of %s: %w", address, err)
	case !found.known:
		return Signature{}, directory.Person{}, fmt.Errorf("%s in tenant %s: %w", address, tenant, ErrUnknown)
	case !found.rendered:
		if err := b.render(&found, key, tmpl, now); err != nil {
			return Signature{}, directory.Person{}, err
		}
	}
	if b.TTL > 0 {
		b.recent.put(key, &recentEntry{
			generation: generation, template: tmpl.Version(), expires: found.expires,
			signature: found.Signature, person: found.who,
		})
	}
	return found.Signature, found.who, nil
}

// Unlisted renders a template for attributes that are those of no person in the
// store. Nothing of it is kept. The error is that of [Book.Signature].
func (b *Book) Unlisted(attributes map[string]string, template string) (Signature, error) {
	tmpl, ok := b.Templates(template)
	if !ok {
		return Signature{}, fmt.Errorf("signature of %s: no template %s", attributes["mail"], template)
	}
	html, text, err := tmpl.Render(attributes)
	if err != nil {
		return Signature{}, fmt.Errorf("signature of %s by template %s: %w: %w", attributes["mail"], template, ErrRender, err)
	}
	return Signature{HTML: html, Text: text}, nil
}

func (b *Book) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}

// render fills in the signature of a person who was found without, and has it
// stored.
func (b *Book) render(found *lookup, key recentKey, tmpl *render.Template, now time.Time) error {
	html, text, err := tmpl.Render(found.who.Attributes)
	if err != nil {
		return fmt.Errorf("signature of %s by template %s: %w: %w", found.who.Address, key.template, ErrRender, err)
	}
	found.rendering = rendering{
		person: found.person, template: tmpl.Version(), expires: now.Add(b.TTL),
		Signature: Signature{HTML: html, Text: text},
	}
	if b.TTL > 0 {
		b.Store.remember(pending{key.tenant, found.who.Address, key.template, found.rendering})
	}
	return nil
}

// lookup is what the store has on an address: the person, if known, and the
// rendering, if it may be used, and else no more of it than the person's version.
type lookup struct {
	known    bool
	who      directory.Person
	rendered bool
	rendering
}

func (s *Store) lookup(key recentKey, templateVersion string, now time.Time) (l lookup, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		primary, value := findPerson(tx, key.tenant, key.address)
		if primary == nil {
			return nil
		}
		who, version, err := decodePerson(value)
		if err != nil {
			return fmt.Errorf("%w: person %s: %w", ErrDamaged, primary, err)
		}
		l.known, l.who = true, who
		r, found := findRendering(tx, key.tenant, who.Address, key.template)
		if l.rendered = found && r.fits(version, templateVersion, now); l.rendered {
			l.rendering = r
		}
		l.person = version
		return nil
	})
	return l, err
}
