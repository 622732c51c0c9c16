package sigstore

import (
	"time"

	"sigmilter/sigstore/directory"
)

// putSignature stores what was rendered of a person, unless the stored person is another
// one by now.
func putSignature(s *Store, tenant string, person directory.Person, template, templateVersion string, sig Signature, expires time.Time) error {
	_, version, err := stored(person).encode()
	if err != nil {
		return err
	}
	return s.file.Update(func(tx *Tx) error {
		return s.Shelf.write(tx, name{tenant, person.Address, template}, rendering{person: version, template: templateVersion, expires: expires, Signature: sig})
	})
}

// storedSignature is the signature of who has an address, and whether there is one to use.
func storedSignature(s *Store, tenant, address, template, templateVersion string, now time.Time) (sig Signature, ok bool, err error) {
	err = s.Find(tenant, address, func(f Found) error {
		r, err := decodeRendering(f.Bucket(renderedBucket).Get(renderedKey(f.Primary, template)))
		if ok = err == nil && r.fits(f.Version, templateVersion, now); ok {
			sig = r.Signature
		}
		return nil
	})
	return sig, ok, err
}
