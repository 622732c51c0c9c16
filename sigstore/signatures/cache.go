package signatures

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/recent"
	"sigmilter/sigstore/render"
)

// ErrRender means that a template failed for one person.
var ErrRender = errors.New("the template failed")

// Options are what signatures are rendered of, and how long they are good.
type Options struct {
	// Templates returns the template of a name as it is configured now.
	Templates func(name string) (*render.Template, bool)
	// Ready reports whether a signature made elsewhere, see [directory.Ready], takes
	// the place of the template for people who have one; nil stands for no.
	Ready func(template string) bool
	// TTL is how long a signature may be used after it was rendered. With 0 or
	// less, each is rendered when it is asked for, and none is stored.
	TTL time.Duration
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// Cache gives people's signatures, at the cost of a map lookup for those who wrote lately.
// A signature comes, in this order, from memory, from the shelf, and from rendering it,
// after which both have it. What is in memory is good until the people change; nothing
// outlives its time to live, a change of its person, or a change of its template.
//
// A Cache may be used by many goroutines at once; its users share what it gives them and
// must not change it. It never waits for a write to the file.
type Cache struct {
	Options
	shelf  *Shelf
	memory *recent.Cache[signatureName, *entryInMemory]
}

// NewCache makes a cache of the signatures on a shelf.
func NewCache(shelf *Shelf, options Options) *Cache {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Cache{Options: options, shelf: shelf, memory: newMemory()}
}

const (
	// maxMemory is how much memory signatures may take, by the estimate of size.
	maxMemory = 48 << 20
	// overhead is about what an entry takes besides its texts and pictures.
	overhead = 1 << 10
)

func newMemory() *recent.Cache[signatureName, *entryInMemory] {
	return recent.New[signatureName](maxMemory, (*entryInMemory).size)
}

// entryInMemory is not changed once it is in memory, but for its use.
type entryInMemory struct {
	generation uint64 // of the people, before they were asked
	template   string // version
	expires    time.Time
	signature  Signature

	used atomic.Bool // since it was rendered
}

// use marks the entry as used. Most have been before, and sessions need not write
// to the same place then.
func (e *entryInMemory) use() {
	if !e.used.Load() {
		e.used.Store(true)
	}
}

func (e *entryInMemory) size() int {
	n := overhead + len(e.signature.HTML) + len(e.signature.Text)
	for _, image := range e.signature.Images {
		n += len(image.Data)
	}
	return n
}

// wanted is a template as it is now.
type wanted struct {
	*render.Template
	version string
	ready   bool
}

func (c *Cache) wanted(template string) (w wanted, ok bool) {
	w.Template, ok = c.Templates(template)
	if !ok {
		return w, false
	}
	w.version = w.Version()
	w.ready = c.Ready != nil && c.Ready(template)
	if w.ready {
		w.version += "+ready"
	}
	return w, true
}

// Signature returns the signature of the person of a tenant who has the address,
// primary or not, in any case, by a template. The error is [ErrUnknown] when there
// is no such person, with the address and the tenant; else it names the person and
// the template that could not be rendered, with [ErrRender], or the state that
// could not be read.
func (c *Cache) Signature(tenant, address, template string) (Signature, error) {
	tmpl, ok := c.wanted(template)
	if !ok {
		return Signature{}, fmt.Errorf("signature of %s: no template %s", address, template)
	}
	now := c.Now()
	// Read before the shelf is: what is stored in between makes the entry old,
	// never an old entry young.
	generation := c.shelf.people.Generation()
	of := signatureName{tenant, strings.ToLower(address), template}
	if e, ok := c.memory.Get(of); ok && e.generation == generation && e.template == tmpl.version && now.Before(e.expires) {
		e.use()
		return e.signature, nil
	}
	return c.fetch(of, tmpl, generation, now)
}

// fetch takes a signature from the shelf, or renders it.
func (c *Cache) fetch(of signatureName, tmpl wanted, generation uint64, now time.Time) (Signature, error) {
	found, err := c.shelf.lookup(of, tmpl, now)
	if err != nil {
		return Signature{}, fmt.Errorf("signature of %s: %w", of.address, err)
	}
	if !found.known {
		return Signature{}, fmt.Errorf("%s in tenant %s: %w", of.address, of.tenant, people.ErrUnknown)
	}
	if !found.rendered {
		if err := c.render(&found, of, tmpl, now); err != nil {
			return Signature{}, err
		}
	}
	if c.TTL > 0 {
		c.keep(of, generation, found.rendering).use()
	}
	return found.Signature, nil
}

// keep takes a rendering into memory.
func (c *Cache) keep(of signatureName, generation uint64, r rendering) *entryInMemory {
	e := &entryInMemory{generation: generation, template: r.template, expires: r.expires, signature: r.Signature}
	// As a part of a message's header the address would keep the whole header in memory.
	of.address = strings.Clone(of.address)
	c.memory.Put(of, e)
	return e
}

// render fills in the signature of a person who was found without, and has it
// stored.
func (c *Cache) render(found *lookup, of signatureName, tmpl wanted, now time.Time) error {
	sig, err := tmpl.signature(of.template, &found.who)
	if err != nil {
		return fmt.Errorf("signature of %s by template %s: %w: %w", found.who.Address, of.template, ErrRender, err)
	}
	found.rendering = rendering{
		person: found.person, template: tmpl.version, expires: now.Add(c.TTL), Signature: sig,
	}
	if c.TTL > 0 {
		c.shelf.put(signatureName{of.tenant, found.who.Address, of.template}, found.rendering)
	}
	return nil
}

func (w wanted) signature(template string, p *directory.Person) (Signature, error) {
	if w.ready && p.Ready != nil {
		return readySignature(p.Ready), nil
	}
	return renderFor(w.Template, template, p)
}

// renderFor renders for a person whose photo was read if the template wants one.
// What could not be made is left out and logged: it comes up once for each
// rendering that is stored.
func renderFor(tmpl *render.Template, template string, who *directory.Person) (Signature, error) {
	b, err := tmpl.Render(render.Person{Attributes: who.Attributes, Photo: who.Photo})
	if err != nil {
		return Signature{}, err
	}
	for _, problem := range b.Problems {
		slog.Warn("a picture is missing in a signature", "person", who.Address, "template", template, "problem", problem)
	}
	sig := Signature{HTML: b.HTML, Text: b.Text}
	for _, p := range b.Pictures {
		sig.Images = append(sig.Images, Image{Name: p.Name, ContentType: p.Type, CID: p.CID, Data: p.Data})
	}
	return sig, nil
}

// Unlisted renders a template for attributes that are those of no person in the
// file. Nothing of it is kept. The error is that of [Cache.Signature].
func (c *Cache) Unlisted(attributes map[string]string, template string) (Signature, error) {
	tmpl, ok := c.Templates(template)
	if !ok {
		return Signature{}, fmt.Errorf("signature of %s: no template %s", attributes["mail"], template)
	}
	sig, err := renderFor(tmpl, template, &directory.Person{Address: attributes["mail"], Attributes: attributes})
	if err != nil {
		return Signature{}, fmt.Errorf("signature of %s by template %s: %w: %w", attributes["mail"], template, ErrRender, err)
	}
	return sig, nil
}

// InMemory goes through the addresses and templates whose signatures are in memory for a
// tenant, good ones and old ones, in no order.
func (c *Cache) InMemory(tenant string) iter.Seq2[string, string] {
	return func(yield func(address, template string) bool) {
		for of := range c.memory.All {
			if of.tenant == tenant && !yield(of.address, of.template) {
				return
			}
		}
	}
}
