package sigstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// photosBucket has the photos of a source beside its records. A source that never
// brought one does not have it.
var photosBucket = []byte("photos")

// photoHash is empty without a photo.
func photoHash(photo []byte) string {
	if len(photo) == 0 {
		return ""
	}
	sum := sha256.Sum256(photo)
	return hex.EncodeToString(sum[:])
}

// storedLike is how a person is to be stored, in place of what was stored before, or
// nil.
func storedLike(p *directory.Person, before []byte) (storedPerson, error) {
	who := stored(*p)
	if !p.PhotoUnknown || before == nil {
		return who, nil
	}
	old, _, err := decodePerson(before)
	if err != nil {
		return who, fmt.Errorf("%w: record of %s: %w", ErrDamaged, p.Address, err)
	}
	who.PhotoHash = old.PhotoHash
	return who, nil
}

// putPhotoOf stores the photo of a person, unless there may be one that is not known.
func (s sourceTx) putPhotoOf(key []byte, p *storedPerson) error {
	if p.PhotoUnknown {
		return nil
	}
	return s.putPhoto(key, p.Photo)
}

// putPhoto stores the photo of a record, or takes away the one there was.
func (s sourceTx) putPhoto(key, photo []byte) error {
	if len(photo) == 0 {
		if b := s.Bucket.Bucket(photosBucket); b != nil {
			return b.Delete(key)
		}
		return nil
	}
	b, err := s.CreateBucketIfNotExists(photosBucket)
	if err != nil {
		return err
	}
	return b.Put(key, photo)
}

// photo returns a copy of the photo of a person, nil if there is none. The person
// has the hash of it, whichever of the records it comes with: so it is known to be
// whole, too.
func (t tenantTx) photo(p storedPerson, parts []part) ([]byte, error) {
	if p.PhotoHash == "" {
		return nil, nil
	}
	for _, of := range parts {
		s, ok := t.source(of.source)
		if !ok {
			continue
		}
		b := s.Bucket.Bucket(photosBucket)
		if b == nil {
			continue
		}
		if photo := b.Get([]byte(of.key)); photoHash(photo) == p.PhotoHash {
			return bytes.Clone(photo), nil
		}
	}
	return nil, errors.New("photo: checksum is wrong")
}

// withPhoto reads the person of an entry, by wish with the photo.
func (t tenantTx) withPhoto(value []byte, wanted bool) (directory.Person, error) {
	p, e, err := t.person(value)
	if err == nil && wanted {
		p.Photo, err = t.photo(p, e.parts)
	}
	return p.Person, err
}

// Photo returns the photo of the person of a tenant who has the address, primary
// or not, in any case, and nil when there is none.
func (s *Store) Photo(tenant, address string) (photo []byte, err error) {
	err = s.viewPerson(tenant, address, func(t tenantTx, _ string, value []byte) error {
		p, err := t.withPhoto(value, true)
		photo = p.Photo
		return err
	})
	return photo, err
}

// renderFor renders for a person whose photo was read if the template wants one.
// What could not be made is left out and logged: it comes up once for each
// rendering that is stored.
func renderFor(tmpl *render.Template, name string, who *directory.Person) (Signature, error) {
	b, err := tmpl.Render(render.Person{Attributes: who.Attributes, Photo: who.Photo})
	if err != nil {
		return Signature{}, err
	}
	for _, problem := range b.Problems {
		slog.Warn("a picture is missing in a signature", "person", who.Address, "template", name, "problem", problem)
	}
	sig := Signature{HTML: b.HTML, Text: b.Text}
	for _, p := range b.Pictures {
		sig.Images = append(sig.Images, Image{Name: p.Name, ContentType: p.Type, CID: p.CID, Data: p.Data})
	}
	return sig, nil
}
