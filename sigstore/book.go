package sigstore

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// ErrUnknown says that no person of the tenant has the address.
var ErrUnknown = errors.New("no such person")

// ErrRender says that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Book gives people and their signatures, at the cost of a map lookup for those
// who wrote lately. A signature comes, in this order, from memory, from the store,
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
	// Ready says whether a signature made elsewhere, see [directory.Ready], takes
	// the place of the template for people who have one; nil says no.
	Ready func(template string) bool
	// TTL is how long a signature may be used after it was rendered. With 0 or
	// less, each is rendered anew and none is stored.
	TTL time.Duration
	// Learn says that the endings of mails are remembered, see [Book.Recall].
	Learn bool
	// Now is the clock, time.Now if nil.
	Now func() time.Time

	recent recent
}

// unknownTTL is how long it is remembered that nobody has an address, unless the
// people change before.
const unknownTTL = time.Minute

// wanted is a template as it is now.
type wanted struct {
	*render.Template
	version string
	ready   bool
}

func (b *Book) wanted(name string) (w wanted, ok bool) {
	if w.Template, ok = b.Templates(name); !ok {
		return w, false
	}
	w.version = w.Version()
	if w.ready = b.Ready != nil && b.Ready(name); w.ready {
		w.version += "+ready"
	}
	return w, true
}

// Person returns the person of a tenant who has the address, primary or not, in
// any case, and whether there is one. That there is none is remembered for a
// minute.
func (b *Book) Person(tenant, address string) (directory.Person, bool, error) {
	e, err := b.entry(tenant, address)
	if err != nil {
		return directory.Person{}, false, err
	}
	return e.person, e.known, nil
}

func personKey(tenant, address string) recentKey {
	return recentKey{tenant: tenant, address: strings.ToLower(address)}
}

// entry is what is in memory of the person who has an address, or that nobody has it.
func (b *Book) entry(tenant, address string) (*recentEntry, error) {
	now := b.now()
	generation := b.Store.Generation()
	key := personKey(tenant, address)
	if e, ok := b.recent.get(key); ok && e.generation == generation && now.Before(e.expires) {
		return e, nil
	}
	p, known, err := b.Store.Person(tenant, key.address)
	if err != nil {
		return nil, err
	}
	e := &recentEntry{generation: generation, expires: now.Add(unknownTTL), person: p, known: known}
	if known {
		e.expires = now.Add(max(b.TTL, unknownTTL))
	}
	if known && b.Learn {
		if e.learnKey, e.learned, err = b.Store.learnedOf(tenant, key.address); err != nil {
			return nil, err
		}
	}
	b.recent.put(key, e)
	return e, nil
}

// Signature returns the signature of the person of a tenant who has the address,
// primary or not, in any case, by a template. The error is [ErrUnknown] when there
// is no such person, with the address and the tenant; else it names the person and
// the template that could not be rendered, with [ErrRender], or the state that
// could not be read.
func (b *Book) Signature(tenant, address, template string) (Signature, error) {
	tmpl, ok := b.wanted(template)
	if !ok {
		return Signature{}, fmt.Errorf("signature of %s: no template %s", address, template)
	}
	now := b.now()
	// Read before the store is: what is stored in between makes the entry old,
	// never an old entry young.
	generation := b.Store.Generation()
	key := recentKey{tenant, strings.ToLower(address), template}
	if e, ok := b.recent.get(key); ok && e.generation == generation && e.template == tmpl.version && now.Before(e.expires) {
		e.use()
		return e.signature, nil
	}
	return b.fetch(key, tmpl, generation, now)
}

// fetch takes a signature from the store, or renders it.
func (b *Book) fetch(key recentKey, tmpl wanted, generation uint64, now time.Time) (Signature, error) {
	found, err := b.Store.lookup(key, tmpl, now)
	switch {
	case err != nil:
		return Signature{}, fmt.Errorf("signature of %s: %w", key.address, err)
	case !found.known:
		return Signature{}, fmt.Errorf("%s in tenant %s: %w", key.address, key.tenant, ErrUnknown)
	case !found.rendered:
		if err := b.render(&found, key, tmpl, now); err != nil {
			return Signature{}, err
		}
	}
	b.keep(key, tmpl, generation, &found)
	return found.Signature, nil
}

func (b *Book) keep(key recentKey, tmpl wanted, generation uint64, found *lookup) {
	if b.TTL <= 0 {
		return
	}
	e := &recentEntry{generation: generation, template: tmpl.version, expires: found.expires, signature: found.Signature}
	e.use()
	b.recent.put(key, e)
}

// Unlisted renders a template for attributes that are those of no person in the
// store. Nothing of it is kept. The error is that of [Book.Signature].
func (b *Book) Unlisted(attributes map[string]string, template string) (Signature, error) {
	tmpl, ok := b.Templates(template)
	if !ok {
		return Signature{}, fmt.Errorf("signature of %s: no template %s", attributes["mail"], template)
	}
	sig, err := renderFor(tmpl, template, &directory.Person{Address: attributes["mail"], Attributes: attributes})
	if err != nil {
		return Signature{}, fmt.Errorf("signature of %s by template %s: %w: %w", attributes["mail"], template, ErrRender, err)
	}
	return sig, nil
}

func (b *Book) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}

// render fills in the signature of a person who was found without, and has it
// stored.
func (b *Book) render(found *lookup, key recentKey, tmpl wanted, now time.Time) error {
	sig, err := tmpl.signature(key.template, &found.who)
	if err != nil {
		return fmt.Errorf("signature of %s by template %s: %w: %w", found.who.Address, key.template, ErrRender, err)
	}
	found.rendering = rendering{
		person: found.person, template: tmpl.version, expires: now.Add(b.TTL), Signature: sig,
	}
	if b.TTL > 0 {
		b.Store.remember(pending{key.tenant, found.who.Address, key.template, found.rendering})
	}
	return nil
}

func (w wanted) signature(name string, p *directory.Person) (Signature, error) {
	if w.ready && p.Ready != nil {
		return readySignature(p.Ready), nil
	}
	return renderFor(w.Template, name, p)
}

// lookup is what the store has on an address: that there is a person, and either
// the rendering, if it may be used, or the person.
type lookup struct {
	known    bool
	who      directory.Person // when there is no rendering; with the photo if it is wanted
	rendered bool
	rendering
}

func (s *Store) lookup(key recentKey, tmpl wanted, now time.Time) (l lookup, err error) {
	err = s.viewPerson(key.tenant, key.address, func(t tenantTx, primary string, value []byte) error {
		version, err := storedVersion(value)
		if err != nil {
			return err
		}
		l.known = true
		r, found := t.rendering(primary, key.template)
		if l.rendered = found && r.fits(version, tmpl.version, now); l.rendered {
			l.rendering = r
			return nil
		}
		l.person = version
		l.who, err = t.withPhoto(value, tmpl.UsesPhoto())
		return err
	})
	return l, err
}
