package sigstore

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// portrait is a JPEG of one grey.
func portrait(t testing.TB, grey uint8, side int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = grey
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func mustPhoto(t testing.TB, s *Store, address string) []byte {
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
	people := persons(3)
	first, second := portrait(t, 10, 8), portrait(t, 20, 8)
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
	if err := s.file.View(func(tx *Tx) error {
		if n := photosOf(tx, "csv").Stats().KeyN; n != 0 {
			t.Errorf("%d photos of who left", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBookPhotos(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	people := persons(3)
	people[1].Photo = portrait(t, 10, 8)
	people[2].Photo = []byte("no picture")
	mustReplace(t, s, "contoso", people)
	b, setTemplate, _ := newBook(t, s)
	setTemplate(`<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`)

	check := func(photo []byte) {
		t.Helper()
		sig, err := b.Signature("contoso", people[1].Address, "card")
		if err != nil {
			t.Fatal(err)
		}
		if photo == nil {
			if sig.HTML != "<p>Person 1</p>" || sig.Images != nil {
				t.Errorf("%+v", sig)
			}
			return
		}
		if want := `<p>Person 1<img src="cid:` + render.ContentID(photo) + `" alt=""></p>`; sig.HTML != want || sig.Text != "Person 1" {
			t.Errorf("%q %q, want %q", sig.HTML, sig.Text, want)
		}
		if len(sig.Images) != 1 || !bytes.Equal(sig.Images[0].Data, photo) || sig.Images[0].ContentType != "image/jpeg" || sig.Images[0].Name != "photo.jpg" {
			t.Errorf("images %+v", sig.Images)
		}
	}
	check(people[1].Photo)
	check(people[1].Photo) // from memory
	b.memory = newMemory()
	check(people[1].Photo) // from the file

	people[1].Photo = portrait(t, 20, 8)
	mustReplace(t, s, "contoso", people)
	check(people[1].Photo)
	people[1].Photo = nil
	mustReplace(t, s, "contoso", people)
	check(nil)

	if sig, err := b.Signature("contoso", people[2].Address, "card"); err != nil || sig.HTML != "<p>Person 2</p>" {
		t.Errorf("a photo that is none: %q, %v", sig.HTML, err)
	}
}

// A flipped bit does not get into a message.
func TestDamagedPhoto(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(1)
	people[0].Photo = portrait(t, 10, 8)
	mustReplace(t, s, "contoso", people)
	if err := s.file.Update(func(tx *Tx) error {
		photos := photosOf(tx, "csv")
		value := bytes.Clone(photos.Get([]byte(people[0].Address)))
		value[len(value)/2] ^= 1
		return photos.Put([]byte(people[0].Address), value)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Photo("contoso", people[0].Address); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), people[0].Address) {
		t.Errorf("error is %v", err)
	}
}

// Of the photos that several sources have, one counts, by the order of sources or
// by a precedence; none is lost by a reading that does not bring it.
func TestPhotosOfSources(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustPlan(t, s, Plan{Sources: []string{"ldap", "hr"}})
	b, setTemplate, _ := newBook(t, s)
	setTemplate(`<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`)
	fromLDAP, other, fromHR := portrait(t, 10, 8), portrait(t, 20, 8), portrait(t, 30, 8)
	alice := func(key string, photo []byte, attributes ...string) []directory.Person {
		p := known(key, "alice@contoso.com", append([]string{"displayName", "Alice"}, attributes...)...)
		p.Photo = photo
		return []directory.Person{p}
	}
	check := func(what string, want []byte, origin string) {
		t.Helper()
		if got := mustPhoto(t, s, "alice@contoso.com"); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", what, len(got), len(want))
		}
		if got := mustDetails(t, s, "alice@contoso.com").Origins[photoValue]; got != origin {
			t.Errorf("%s: the photo is from %q, want %q", what, got, origin)
		}
		html := "<p>Alice</p>"
		if want != nil {
			html = `<p>Alice<img src="cid:` + render.ContentID(want) + `" alt=""></p>`
		}
		if got := htmlOf(t, b, "alice@contoso.com"); got != html {
			t.Errorf("%s: %s, want %s", what, got, html)
		}
	}
	mustApply(t, s, "ldap", batch{Full: true, People: alice("guid", nil)})
	check("none", nil, "")
	mustApply(t, s, "hr", batch{Full: true, People: alice("7", fromHR)})
	check("of the second", fromHR, "hr")
	mustApply(t, s, "ldap", batch{People: alice("guid", fromLDAP)})
	check("of both", fromLDAP, "ldap")
	mustApply(t, s, "ldap", batch{})
	mustApply(t, s, "hr", batch{Full: true, People: alice("7", fromHR, "room", "8")})
	check("after a reading of nothing, and of another attribute", fromLDAP, "ldap")
	mustApply(t, s, "ldap", batch{Groups: []directory.Group{{Name: "Sales", Members: []string{"guid"}}}})
	check("in another group", fromLDAP, "ldap")
	mustPlan(t, s, Plan{Sources: []string{"ldap", "hr"}, Precedence: map[string][]string{photoValue: {"hr"}}})
	check("by precedence", fromHR, "hr")
	mustPlan(t, s, Plan{Sources: []string{"ldap", "hr"}})
	check("by the order of sources", fromLDAP, "ldap")
	if applied := mustApply(t, s, "ldap", batch{People: alice("guid", other)}); applied.Diff != (Diff{Changed: 1}) {
		t.Errorf("another photo: %+v", applied.Diff)
	}
	check("another", other, "ldap")
	if applied := mustApply(t, s, "hr", batch{People: alice("7", other, "room", "8")}); applied.Diff != (Diff{}) {
		t.Errorf("another photo that is not used: %+v", applied.Diff)
	}
	mustApply(t, s, "ldap", batch{People: alice("guid", nil)})
	check("the first has none any more", other, "hr")
	mustApply(t, s, "hr", batch{Gone: []string{"7"}})
	check("who had it left", nil, "")
}

// A photo that the source could not give this time is the one of before.
func TestPhotoUnknown(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(2)
	photo := portrait(t, 10, 8)
	people[0].Photo = photo
	mustReplace(t, s, "contoso", people)
	people[0].Photo = nil
	for i := range people {
		people[i].PhotoUnknown = true
	}
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{}) {
		t.Errorf("not known: %+v", diff)
	}
	people[0].Attributes = map[string]string{"city": "Bonn"}
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{Changed: 1}) {
		t.Errorf("not known, another city: %+v", diff)
	}
	if !bytes.Equal(mustPhoto(t, s, people[0].Address), photo) || mustPhoto(t, s, people[1].Address) != nil {
		t.Error("not the photo of before")
	}
	people[0].PhotoUnknown = false
	if diff := mustReplace(t, s, "contoso", people); diff != (Diff{Changed: 1}) || mustPhoto(t, s, people[0].Address) != nil {
		t.Errorf("known to have none: %+v", diff)
	}
}

// A photo that is gone from the file is damage too.
func TestFileWithoutPhotos(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(1)
	people[0].Photo = portrait(t, 10, 8)
	mustReplace(t, s, "contoso", people)
	if err := s.file.Update(func(tx *Tx) error { return photosOf(tx, "csv").Delete([]byte(people[0].Address)) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Photo("contoso", people[0].Address); !errors.Is(err, ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}

// photosOf is the bucket of a source's photos.
func photosOf(tx *Tx, source string) *Bucket {
	t, _ := findTenant(tx, "contoso")
	s, _ := t.source(source)
	return s.bucket.Bucket(photosBucket)
}
