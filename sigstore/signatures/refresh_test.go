package signatures

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/render"
	"sigmilter/sigstore/statefile"
)

func TestRefresh(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
	b, setTemplate, clock := newCache(t, s)
	htmlOf(t, b, directorytest.Person(0).Address)
	if n := b.refreshDue(t.Context(), noon.Add(b.TTL/2)); n != 0 {
		t.Errorf("%d were made anew in the middle of their time", n)
	}
	late := noon.Add(b.TTL - time.Minute)
	if n := b.refreshDue(t.Context(), late); n != 1 {
		t.Errorf("%d were made anew, want that of the one who sends mail", n)
	}
	if n := b.refreshDue(t.Context(), late.Add(b.TTL-time.Minute)); n != 0 {
		t.Errorf("%d were made anew of somebody who sent nothing since", n)
	}
	// The message that comes after the first one's time needs no rendering.
	*clock = noon.Add(b.TTL + time.Minute)
	s.Close()
	if got := htmlOf(t, b, directorytest.Person(0).Address); got != "<p>Person 0</p>" {
		t.Errorf("got %s", got)
	}
	setTemplate("<b>{{.displayName}}</b>")
	if n := b.refreshDue(t.Context(), late.Add(b.TTL)); n != 0 {
		t.Error("made anew from a closed store")
	}
}

func TestReady(t *testing.T) {
	s := mustOpen(t, statePath(t))
	all := directorytest.Persons(2)
	png := []byte("a picture")
	all[0].Ready = &directory.Ready{
		HTML: `<html><head><title>x</title></head><body>` + "\n" + `<p>Made <img src="logo.png"><img src='cid:logo.png'></p></body></html>`,
		Images: []directory.Image{
			{Name: "logo.png", Type: "image/png", Data: png}, {Name: "unused.png", Type: "image/png", Data: png},
		},
	}
	peopletest.Replace(t, s.Register, "contoso", all)
	b, _, _ := newCache(t, s)
	if got := htmlOf(t, b, directorytest.Person(0).Address); got != "<p>Person 0</p>" {
		t.Errorf("unasked: %s", got)
	}
	b, _, _ = newCache(t, s)
	b.Ready = func(name string) bool { return name == "card" }
	sig, err := b.Signature("contoso", directorytest.Person(0).Address, "card")
	if err != nil || len(sig.Images) != 1 || string(sig.Images[0].Data) != string(png) || sig.Text != "Made" {
		t.Fatalf("got %+v, %v", sig, err)
	}
	cid := sig.Images[0].CID
	if want := `<p>Made <img src="cid:` + cid + `"><img src='cid:` + cid + `'></p>`; sig.HTML != want || !strings.HasSuffix(cid, "@picture.sigmilter") {
		t.Errorf("got %s", sig.HTML)
	}
	if got := htmlOf(t, b, directorytest.Person(1).Address); got != "<p>Person 1</p>" {
		t.Errorf("who has none: %s", got)
	}
}

func TestKeepTemplates(t *testing.T) {
	s := mustOpen(t, statePath(t))
	all := directorytest.Persons(3)
	peopletest.Replace(t, s.Register, "contoso", all)
	for _, p := range all {
		for _, template := range []string{"a", "b", "c"} {
			putSignature(t, s, signatureName{"contoso", p.Address, template}, versionOf(t, s, p.Address), "v1", card, noon.Add(time.Hour))
		}
	}
	stored := func() (names string) {
		err := s.file.View(func(tx *statefile.Tx) error {
			return openRendered("contoso")(tx).ForEach(func(key, _ []byte) error {
				names += string(key[len(key)-1:])
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	for _, test := range []struct {
		names []string
		want  string
	}{{[]string{"c", "a", "b"}, "abcabcabc"}, {[]string{"c", "a"}, "acacac"}, {[]string{"a", "c"}, "acacac"}, {nil, ""}} {
		if err := s.KeepTemplates(t.Context(), test.names); err != nil {
			t.Fatal(err)
		}
		if got := stored(); got != test.want {
			t.Errorf("with %q: %s, want %s", test.names, got, test.want)
		}
	}
}

func TestCachePhotos(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	all := directorytest.Persons(3)
	all[1].Photo = directorytest.Portrait(t, 10, 8)
	all[2].Photo = []byte("no picture")
	peopletest.Replace(t, s.Register, "contoso", all)
	b, setTemplate, _ := newCache(t, s)
	setTemplate(`<p>{{.displayName}}<img src="{{photo}}" alt=""></p>`)

	check := func(photo []byte) {
		t.Helper()
		sig, err := b.Signature("contoso", all[1].Address, "card")
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
	check(all[1].Photo)
	check(all[1].Photo) // from memory
	b.memory = newMemory()
	check(all[1].Photo) // from the file

	all[1].Photo = directorytest.Portrait(t, 20, 8)
	peopletest.Replace(t, s.Register, "contoso", all)
	check(all[1].Photo)
	all[1].Photo = nil
	peopletest.Replace(t, s.Register, "contoso", all)
	check(nil)

	if sig, err := b.Signature("contoso", all[2].Address, "card"); err != nil || sig.HTML != "<p>Person 2</p>" {
		t.Errorf("a photo that is none: %q, %v", sig.HTML, err)
	}
}
