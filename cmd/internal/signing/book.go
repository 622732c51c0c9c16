package signing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
	"sigmilter/sigstore/render"
)

// NewBook makes the book that renders signatures with the templates of a configuration.
func NewBook(cfg *config.Config, store *sigstore.Store) *sigstore.Book {
	return sigstore.NewBook(store, sigstore.Options{
		TTL: cfg.Cache.TTL,
		Templates: func(name string) (*render.Template, bool) {
			t, ok := cfg.Templates[name]
			return t.Parsed, ok
		},
		Ready: func(name string) bool { return cfg.Templates[name].Ready },
	}, cfg.Place.Learn)
}

// newPictures are the pictures of each template as they go into messages.
func newPictures(cfg *config.Config) map[string][]insert.Picture {
	pictures := make(map[string][]insert.Picture)
	for name, t := range cfg.Templates {
		for _, p := range t.Pictures {
			pictures[name] = append(pictures[name], insert.Picture{CID: p.CID, Name: p.Name, Type: p.Type, Base64: entity.Base64(p.Data)})
		}
	}
	return pictures
}

// signatures is the store that the engine asks.
type signatures struct {
	book         *sigstore.Book
	pictures     map[string][]insert.Picture // by template
	stale        staleness
	firstReading FirstReading
	encoded      *encodedPictures // pictures of people
}

// Find implements [engine.Store].
func (s signatures) Find(tenant, address string) (*policy.Person, bool, error) {
	if err := s.stale.checkFresh(s.book.Store, tenant, time.Now()); err != nil {
		return nil, false, err
	}
	// Asked first: a reading that ends in between has stored the people it brought.
	strangers, everybody := s.firstReading(tenant)
	p, found, err := s.book.Person(tenant, address)
	if err != nil {
		return nil, false, err
	}
	mayStillCome := strangers && !found
	if everybody || mayStillCome {
		return nil, false, engine.ErrFirstReading
	}
	if !found {
		return nil, false, nil
	}
	return &policy.Person{Address: p.Address, Addresses: p.Addresses, Attributes: p.Attributes, Groups: p.Groups}, true, nil
}

// Block implements [engine.Store].
func (s signatures) Block(tenant string, p *policy.Person, template string) (insert.Block, error) {
	sig, err := s.signatureOf(tenant, p, template)
	if errors.Is(err, sigstore.ErrRender) {
		err = fmt.Errorf("%w: %w", engine.ErrRender, err)
	}
	b := insert.Block{HTML: sig.HTML, Text: sig.Text}
	for _, pic := range s.pictures[template] { // a condition of the template may leave one out
		if strings.Contains(b.HTML, pic.CID) {
			b.Pictures = append(b.Pictures, pic)
		}
	}
	for _, image := range sig.Images {
		b.Pictures = append(b.Pictures, s.encoded.picture(image))
	}
	return b, err
}

func (s signatures) signatureOf(tenant string, p *policy.Person, template string) (sigstore.Signature, error) {
	if p.Unlisted {
		return s.book.Unlisted(p.Attributes, template)
	}
	return s.book.Signature(tenant, p.Address, template)
}
