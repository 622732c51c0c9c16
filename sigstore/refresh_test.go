package sigstore

import (
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
)

func TestRefresh(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(3))
	b, setTemplate, clock := newBook(t, s)
	htmlOf(t, b, person(0).Address)
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
	if got := htmlOf(t, b, person(0).Address); got != "<p>Person 0</p>" {
		t.Errorf("got %s", got)
	}
	setTemplate("<b>{{.displayName}}</b>")
	if n := b.refreshDue(t.Context(), late.Add(b.TTL)); n != 0 {
		t.Error("made anew from a closed store")
	}
}

func TestBookPerson(t *testing.T) {
	s := mustOpen(t, statePath(t))
	mustReplace(t, s, "contoso", persons(1))
	b, _, clock := newBook(t, s)
	find := func(address string) bool {
		t.Helper()
		p, known, err := b.Person("contoso", address)
		if err != nil || known && p.Address != strings.ToLower(address) {
			t.Fatalf("%+v, %v", p, err)
		}
		return known
	}
	if find("P00001@contoso.com") || !find("P00000@contoso.com") {
		t.Error("not as in the store")
	}
	mustReplace(t, s, "contoso", persons(2))
	if !find("p00001@contoso.com") {
		t.Error("an unknown author is remembered beyond a change of the people")
	}
	find("p00002@contoso.com")
	find("p00000@contoso.com")
	s.Close()
	*clock = noon.Add(unknownTTL - 1)
	if find("p00002@contoso.com") || !find("p00000@contoso.com") {
		t.Error("not as remembered")
	}
	*clock = noon.Add(unknownTTL)
	if _, _, err := b.Person("contoso", "p00002@contoso.com"); err == nil {
		t.Error("an unknown author is remembered too long")
	}
}

func TestReady(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(2)
	png := []byte("a picture")
	people[0].Ready = &directory.Ready{
		HTML: `<html><head><title>x</title></head><body>` + "\n" + `<p>Made <img src="logo.png"><img src='cid:logo.png'></p></body></html>`,
		Images: []directory.Image{
			{Name: "logo.png", Type: "image/png", Data: png}, {Name: "unused.png", Type: "image/png", Data: png},
		},
	}
	mustReplace(t, s, "contoso", people)
	b, _, _ := newBook(t, s)
	if got := htmlOf(t, b, person(0).Address); got != "<p>Person 0</p>" {
		t.Errorf("unasked: %s", got)
	}
	b, _, _ = newBook(t, s)
	b.Ready = func(name string) bool { return name == "card" }
	sig, err := b.Signature("contoso", person(0).Address, "card")
	if err != nil || len(sig.Images) != 1 || string(sig.Images[0].Data) != string(png) || sig.Text != "Made" {
		t.Fatalf("got %+v, %v", sig, err)
	}
	cid := sig.Images[0].CID
	if want := `<p>Made <img src="cid:` + cid + `"><img src='cid:` + cid + `'></p>`; sig.HTML != want || !strings.HasSuffix(cid, "@picture.sigmilter") {
		t.Errorf("got %s", sig.HTML)
	}
	if got := htmlOf(t, b, person(1).Address); got != "<p>Person 1</p>" {
		t.Errorf("who has none: %s", got)
	}
}

func TestKeepTemplates(t *testing.T) {
	s := mustOpen(t, statePath(t))
	people := persons(3)
	mustReplace(t, s, "contoso", people)
	for _, p := range people {
		for _, template := range []string{"a", "b", "c"} {
			if err := putSignature(s, "contoso", p, template, "v1", card, noon.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
	stored := func() (names string) {
		err := s.file.View(func(tx *Tx) error {
			tn, _ := findTenant(tx, "contoso")
			return tn.open(renderedBucket).ForEach(func(key, _ []byte) error {
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
