package sigstore

import (
	"strings"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/learned"
	"sigmilter/sigstore/recent"
	"sigmilter/sigstore/signatures"
)

// Book gives people and their signatures, at the cost of a map lookup for those
// who wrote lately. Its users share what it gives them and must not change it. It may be
// used by many goroutines at once, and never waits for a write to the file.
type Book struct {
	*signatures.Cache // of signatures
	Store             *Store
	learn             bool
	people            *recent.Cache[addressIn, *personInMemory]
}

// NewBook makes a book of what is in a store. With learn, the endings of mails are
// remembered, see [Book.Recall].
func NewBook(store *Store, options signatures.Options, learn bool) *Book {
	return &Book{
		Cache: signatures.NewCache(store.Shelf, options), Store: store, learn: learn,
		people: recent.New[addressIn](maxPeopleMemory, (*personInMemory).size),
	}
}

const (
	// unknownTTL is how long it is remembered that nobody has an address, unless the
	// people change before.
	unknownTTL = time.Minute
	// maxPeopleMemory is how much memory people may take, by the estimate of size.
	maxPeopleMemory = 16 << 20
	// personOverhead is about what a person takes besides a ready-made signature.
	personOverhead = 2 << 10
)

// addressIn is an address in a tenant, in lower case.
type addressIn struct{ tenant, address string }

func lowerCase(tenant, address string) addressIn {
	return addressIn{tenant, strings.ToLower(address)}
}

// personInMemory is a person, or that nobody has an address. It is not changed once it is
// in memory.
type personInMemory struct {
	generation uint64 // of the people, before they were asked
	expires    time.Time
	known      bool
	person     directory.Person
	learned    learned.Recollection // without a key when nothing is learned
}

func (p *personInMemory) size() int {
	n := personOverhead + p.learned.Size()
	if r := p.person.Ready; r != nil {
		n += len(r.HTML) + len(r.Text)
		for _, image := range r.Images {
			n += len(image.Data)
		}
	}
	return n
}

// Person returns the person of a tenant who has the address, primary or not, in
// any case, and whether there is one. That there is none is remembered for a
// minute.
func (b *Book) Person(tenant, address string) (directory.Person, bool, error) {
	p, err := b.lookup(tenant, address)
	if err != nil {
		return directory.Person{}, false, err
	}
	return p.person, p.known, nil
}

// lookup is what is in memory of the person who has an address, or that nobody has it.
func (b *Book) lookup(tenant, address string) (*personInMemory, error) {
	now := b.Now()
	generation := b.Store.Generation()
	key := lowerCase(tenant, address)
	if p, ok := b.people.Get(key); ok && p.generation == generation && now.Before(p.expires) {
		return p, nil
	}
	person, known, err := b.Store.Person(tenant, key.address)
	if err != nil {
		return nil, err
	}
	p := &personInMemory{generation: generation, expires: now.Add(unknownTTL), person: person, known: known}
	if known {
		p.expires = now.Add(max(b.TTL, unknownTTL))
	}
	if known && b.learn {
		p.learned, _, err = b.Store.Recollection(tenant, key.address)
		if err != nil {
			return nil, err
		}
	}
	b.keepPerson(key, p)
	return p, nil
}

func (b *Book) keepPerson(key addressIn, p *personInMemory) {
	// As a part of a message's header the address would keep the whole header in memory.
	key.address = strings.Clone(key.address)
	b.people.Put(key, p)
}

// learning returns the person who has an address, and false when nothing is learned of
// them.
func (b *Book) learning(tenant, address string) (*personInMemory, bool) {
	if !b.learn {
		return nil, false
	}
	p, err := b.lookup(tenant, address)
	return p, err == nil && p.known && len(p.learned.Key) > 0
}

// Recall is what is remembered of the mails of the person of a tenant who has the
// address; false when nothing is learned.
func (b *Book) Recall(tenant, address string) (learned.Recollection, bool) {
	p, ok := b.learning(tenant, address)
	if !ok {
		return learned.Recollection{}, false
	}
	return p.learned, true
}

// Remember has the endings of a mail remembered, one for each form of it. It never
// waits: the file gets them later, or not at all.
func (b *Book) Remember(tenant, address string, mail []learned.Ending) {
	p, ok := b.learning(tenant, address)
	if !ok {
		return
	}
	after, changed := p.learned.With(mail)
	if !changed {
		return // as most mails of a day
	}
	b.keepPerson(lowerCase(tenant, address), &personInMemory{
		generation: p.generation, expires: p.expires, known: true, person: p.person, learned: after,
	})
	b.Store.Memory.Remember(tenant, p.person.Address, mail)
}
