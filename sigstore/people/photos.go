package people

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/statefile"
)

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
		return who, fmt.Errorf("%w: record of %s: %w", statefile.ErrDamaged, p.Address, err)
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
		if b := s.bucket.Bucket(photosBucket); b != nil {
			return b.Delete(key)
		}
		return nil
	}
	b, err := s.bucket.CreateBucketIfNotExists(photosBucket)
	if err != nil {
		return err
	}
	return b.Put(key, photo)
}

// photo returns a copy of the photo of a person, nil if there is none. The person
// has the hash of it, whichever of the records it comes with: so it is known to be
// whole, too.
func (t *tenantTx) photo(p storedPerson, parts []part) ([]byte, error) {
	if p.PhotoHash == "" {
		return nil, nil
	}
	for _, of := range parts {
		s, ok := t.source(of.source)
		if !ok {
			continue
		}
		b := s.bucket.Bucket(photosBucket)
		if b == nil {
			continue
		}
		if photo := b.Get([]byte(of.key)); photoHash(photo) == p.PhotoHash {
			return bytes.Clone(photo), nil
		}
	}
	return nil, errors.New("photo: checksum is wrong")
}

// Photo returns the photo of the person of a tenant who has the address, primary
// or not, in any case, and nil when there is none.
func (r *Register) Photo(tenant, address string) (photo []byte, err error) {
	err = r.Find(tenant, address, func(f Found) error {
		p, err := f.PersonWithPhoto()
		photo = p.Photo
		return err
	})
	return photo, err
}
