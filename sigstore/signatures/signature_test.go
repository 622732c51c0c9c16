package signatures

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
	"sigmilter/sigstore/statefile"
)

var (
	noon = time.Unix(1700000000, 0)
	logo = Image{Name: "logo.png", ContentType: "image/png", CID: "logo@x", Data: []byte{0, 1, 255}}
	card = Signature{HTML: "<p>Ä</p>", Text: "Ä", Images: []Image{logo, {}}}
)

func TestPutSignature(t *testing.T) {
	s := mustOpen(t, statePath(t))
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(2))
	putSignature(t, s, signatureName{"contoso", directorytest.Person(0).Address, "corporate"}, versionOf(t, s, directorytest.Person(0).Address), "v1", card, noon.Add(time.Minute))
	tests := []struct {
		name                               string
		tenant, address, template, version string
		now                                time.Time
		want                               bool
	}{
		{"primary", "contoso", "p00000@contoso.com", "corporate", "v1", noon, true},
		{"alias, other case", "contoso", "Alias00000@contoso.com", "corporate", "v1", noon, true},
		{"just before the end", "contoso", "p00000@contoso.com", "corporate", "v1", noon.Add(time.Minute - 1), true},
		{"run out", "contoso", "p00000@contoso.com", "corporate", "v1", noon.Add(time.Minute), false},
		{"other version", "contoso", "p00000@contoso.com", "corporate", "v2", noon, false},
		{"other template", "contoso", "p00000@contoso.com", "corporat", "v1", noon, false},
		{"other person", "contoso", "p00001@contoso.com", "corporate", "v1", noon, false},
		{"nobody", "contoso", "x@contoso.com", "corporate", "v1", noon, false},
		{"other tenant", "fabrikam", "p00000@contoso.com", "corporate", "v1", noon, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sig, ok, err := storedSignature(s, test.tenant, test.address, test.template, test.version, test.now)
			if ok != test.want || err != nil {
				t.Fatalf("got %v, %v", ok, err)
			}
			if ok && (sig.HTML != card.HTML || sig.Text != card.Text || !reflect.DeepEqual(sig.Images[0], logo) || len(sig.Images) != 2) {
				t.Errorf("got %+v", sig)
			}
		})
	}
}

func TestSignaturesFollowPeople(t *testing.T) {
	s := mustOpen(t, statePath(t))
	all := directorytest.Persons(4)
	peopletest.Replace(t, s.Register, "contoso", all)
	later := noon.Add(time.Hour)
	versions := map[string]people.Version{}
	for _, p := range all {
		versions[p.Address] = versionOf(t, s, p.Address)
		for _, template := range []string{"a", "b"} {
			putSignature(t, s, signatureName{"contoso", p.Address, template}, versions[p.Address], "v1", card, later)
		}
	}
	has := func(n int) bool {
		_, ok, err := storedSignature(s, "contoso", directorytest.Person(n).Address, "b", "v1", noon)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	changed := directorytest.Persons(4)[1:]
	changed[0].Attributes["jobTitle"] = "New"
	peopletest.Replace(t, s.Register, "contoso", changed)
	if has(0) || has(1) || !has(2) || !has(3) {
		t.Errorf("signatures after the change: %v %v %v %v", has(0), has(1), has(2), has(3))
	}

	// What was rendered of a person as before, or of one who left, comes too late.
	for _, p := range all[:2] {
		putSignature(t, s, signatureName{"contoso", p.Address, "b"}, versions[p.Address], "v1", card, later)
	}
	putSignature(t, s, signatureName{"fabrikam", all[0].Address, "b"}, versions[all[0].Address], "v1", card, later)
	// In the file itself there is nothing either.
	n := 0
	err := s.file.View(func(tx *statefile.Tx) error {
		return openRendered("contoso")(tx).ForEach(func(key, _ []byte) error {
			n++
			return nil
		})
	})
	if n != 4 || err != nil {
		t.Errorf("%d signatures in the file, %v", n, err)
	}
}

func TestCloseWritesPending(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	all := directorytest.Persons(256)
	peopletest.Replace(t, s.Register, "contoso", all)
	for _, p := range all {
		version := versionOf(t, s, p.Address)
		s.Shelf.put(signatureName{"contoso", p.Address, "a"}, rendering{person: version, template: "v1", expires: noon.Add(time.Hour), Signature: card})
	}
	s.Close()
	s, err := openReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, p := range all {
		if _, ok, err := storedSignature(s, "contoso", p.Address, "a", "v1", noon); !ok || err != nil {
			t.Fatalf("%s: %v, %v", p.Address, ok, err)
		}
	}
}

// A rendering that cannot be decoded, or is of a person as before, is one that is
// not there.
func TestSpoiltRendering(t *testing.T) {
	first := mustOpen(t, statePath(t))
	peopletest.Replace(t, first.Register, "contoso", directorytest.Persons(1))
	version := versionOf(t, first, directorytest.Person(0).Address)
	r := rendering{person: version, template: "v1", expires: noon.Add(time.Hour), Signature: card}
	other := r
	other.person[0]++
	tests := []struct {
		name  string
		value []byte
		want  bool
	}{
		{"as stored", r.encode(), true},
		{"a flipped bit", bytes.Replace(r.encode(), []byte("<p>"), []byte("<b>"), 1), false},
		{"empty", nil, false},
		{"other person version", other.encode(), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := mustOpen(t, statePath(t))
			peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(1))
			err := s.file.Update(func(tx *statefile.Tx) error {
				b := openRendered("contoso")(tx)
				return b.Put(renderedKey(directorytest.Person(0).Address, "a"), test.value)
			})
			if err != nil {
				t.Fatal(err)
			}
			if sig, ok, err := storedSignature(s, "contoso", directorytest.Person(0).Address, "a", "v1", noon); ok != test.want || err != nil {
				t.Errorf("got %+v, %v, %v", sig, ok, err)
			}
		})
	}
}

func TestRenderingEncoding(t *testing.T) {
	tests := []rendering{
		{expires: time.UnixMilli(0)},
		{person: people.Version{1, 2, 3}, template: "v1", expires: time.UnixMilli(1700000000123), Signature: card},
		{expires: time.UnixMilli(-1), Signature: Signature{HTML: strings.Repeat("x", 100000)}},
	}
	for _, want := range tests {
		encoded := want.encode()
		got, err := decodeRendering(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.encode(), encoded) || got.HTML != want.HTML || got.template != want.template || !got.expires.Equal(want.expires) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		for n := range min(len(encoded), 200) {
			if _, err := decodeRendering(encoded[:n]); err == nil {
				t.Errorf("%d of %d bytes are accepted", n, len(encoded))
			}
			if _, err := decodeRendering(appendChecksum(encoded[:n:n])); err == nil && n != len(encoded)-4 {
				t.Errorf("%d of %d bytes are accepted with a checksum", n, len(encoded))
			}
		}
	}
}

// FuzzDecodeRendering decodes bytes with a checksum put after them: nothing is
// accepted but what encode writes.
func FuzzDecodeRendering(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		sealed := appendChecksum(b[:len(b):len(b)])
		r, err := decodeRendering(sealed)
		if err == nil && !bytes.Equal(r.encode(), sealed) {
			t.Fatalf("%x is decoded to %+v", sealed, r)
		}
		if _, err := decodeRendering(b); err == nil && len(b) < 5 {
			t.Fatalf("%x is accepted", b)
		}
	})
}

// What older programs rendered is used, as long as it may be.
func TestOldRenderings(t *testing.T) {
	files, err := filepath.Glob("../../testdata/db/v*.db")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path := statePath(t)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, path)
		sig, ok, err := storedSignature(s, "contoso", "alice@contoso.com", "corporate", "1", noon)
		if sig.Text != "Alice Muster" || !ok || err != nil {
			t.Errorf("%s: signature %+v, %v, %v", file, sig, ok, err)
		}
	}
}
