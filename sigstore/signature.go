package sigstore

import (
	"fmt"
	"time"

	"sigmilter/sigstore/directory"
)

// Signature is a rendered block. It is not changed once it was handed out: its
// slices are shared.
type Signature struct {
	HTML   string
	Text   string
	Images []Image
}

// Image is a picture that travels with a signature's HTML.
type Image struct {
	Name        string // file name
	ContentType string
	CID         string // Content-ID without brackets, as the HTML has it after cid:
	Data        []byte
}

// Signature returns the stored signature of the person of a tenant who has the
// address, and whether there is one to use: made of the person as stored now and
// of this version of the template, and not run out.
func (s *Store) Signature(tenant, address, template, templateVersion string, now time.Time) (sig Signature, ok bool, err error) {
	err = s.viewPerson(tenant, address, func(t tenantTx, primary string, value []byte) error {
		version, err := storedVersion(value)
		if err != nil {
			return err
		}
		r, found := t.rendering(primary, template)
		if found && r.fits(version, templateVersion, now) {
			sig, ok = r.Signature, true
		}
		return nil
	})
	return sig, ok, err
}

// PutSignature stores what was rendered of a person and a version of a template,
// good until expires, and waits until it is on the disk. When the stored person
// is another one by now, or has another photo, nothing is stored.
func (s *Store) PutSignature(tenant string, person directory.Person, template, templateVersion string, sig Signature, expires time.Time) error {
	_, version, err := stored(person).encode()
	if err != nil {
		return fmt.Errorf("put signature: %w", err)
	}
	p := pending{tenant: tenant, address: person.Address, template: template, rendering: rendering{
		person: version, template: templateVersion, expires: expires, Signature: sig,
	}}
	if err := s.update(p.write); err != nil {
		return fmt.Errorf("put signature of %s: %w", person.Address, err)
	}
	return nil
}

func renderedKey(primary, template string) []byte {
	return []byte(primary + "\x00" + template)
}

// rendering returns what is stored for a person and a template, whether or not it
// may still be used.
func (t tenantTx) rendering(primary, template string) (rendering, bool) {
	value := t.rendered.Get(renderedKey(primary, template))
	if value == nil {
		return rendering{}, false
	}
	r, err := decodeRendering(value)
	return r, err == nil
}

func (r rendering) fits(person personVersion, template string, now time.Time) bool {
	return r.person == person && r.template == template && now.Before(r.expires)
}
