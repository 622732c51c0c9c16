package people

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/statefile"
)

func mustPhoto(t testing.TB, s *Register, address string) []byte {
	t.Helper()
	photo, err := s.Photo("contoso", address)
	if err != nil {
		t.Fatal(err)
	}
	return photo
}

func TestPhotos(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	people := directorytest.Persons(3)
	first, second := directorytest.Portrait(t, 10, 8), directorytest.Portrait(t, 20, 8)
	people[1].Photo = first
	mustReplace(t, s, "contoso", people)
	if !bytes.Equal(mustPhoto(t, s, "ALIAS00001@contoso.com"), first) || mustPhoto(t, s, people[0].Address) != nil || mustPhoto(t, s, "nobody@contoso.com") != nil {
		t.Error("not the photos that were stored")
	}
	if p, ok, err := s.Person("contoso", people[1].Address); !ok || err != nil || p.Photo != nil {
		t.Errorf("a person is read with the photo: %v, %v", ok, err)
	}
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{}) {
		t.Errorf("the same photos again: %+v", diff)
	}
	people[1].Photo = second
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{Changed: 1}) || !bytes.Equal(mustPhoto(t, s, people[1].Address), second) {
		t.Errorf("another photo: %+v", diff)
	}
	people[1].Photo = nil
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{Changed: 1}) || mustPhoto(t, s, people[1].Address) != nil {
		t.Errorf("no photo any more: %+v", diff)
	}
	people[2].Photo = first
	mustReplace(t, s, "contoso", people)
	mustReplace(t, s, "contoso", people[:2])
	if err := s.file.View(func(tx *statefile.Tx) error {
		if n := photosOf(tx, "csv").Stats().KeyN; n != 0 {
			t.Errorf("%d photos of who left", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A flipped bit does not get into a message.
func TestDamagedPhoto(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := directorytest.Persons(1)
	people[0].Photo = directorytest.Portrait(t, 10, 8)
	mustReplace(t, s, "contoso", people)
	if err := s.file.Update(func(tx *statefile.Tx) error {
		photos := photosOf(tx, "csv")
		value := bytes.Clone(photos.Get([]byte(people[0].Address)))
		value[len(value)/2] ^= 1
		return photos.Put([]byte(people[0].Address), value)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Photo("contoso", people[0].Address); !errors.Is(err, statefile.ErrDamaged) || !strings.Contains(err.Error(), people[0].Address) {
		t.Errorf("error is %v", err)
	}
}

// photosOf is the bucket of a source's photos.
func photosOf(tx *statefile.Tx, source string) *statefile.Bucket {
	t, _ := findTenant(tx, "contoso")
	s, _ := t.source(source)
	return s.bucket.Bucket(photosBucket)
}
