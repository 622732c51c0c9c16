package graph

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/gif"
	"slices"
	"strings"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
)

func TestGraphPhotos(t *testing.T) {
	var dot bytes.Buffer
	if err := gif.Encode(&dot, image.NewGray(image.Rect(0, 0, 1, 1)), nil); err != nil {
		t.Fatal(err)
	}
	photo := directorytest.Picture(t, 240, 240)
	e := newEntra(t)
	e.pageSize = 100
	for i := range 45 {
		e.set(fmt.Sprint(i), object{"mail": fmt.Sprintf("p%d@b.c", i)})
	}
	text := base64.StdEncoding.EncodeToString
	e.photos["3"], e.photos["44"] = text(photo), text(photo)
	e.photos["5"], e.photos["6"] = text(dot.Bytes()), text([]byte("no picture"))
	e.photos["7"] = text(append(slices.Clone(photo), make([]byte, 5<<20)...))
	e.fail("/users/8/photos", refuse(403, "ErrorAccessDenied", "Access is denied."))
	e.fail("/users/9/photos", refuse(403, "ErrorAccessDenied", "Access is denied."))

	g := e.source()
	if batch := readGraph(t, g, ""); batch.People[3].Photo != nil || e.count("photo") > 0 {
		t.Error("photos were read and nobody wanted them")
	}
	g.Photos, g.PhotoSize = true, 120
	batch := readGraph(t, g, "",
		"p6@b.c: the photo is left out: it is no JPEG, PNG or GIF that can be read",
		fmt.Sprintf("p7@b.c: the photo is left out: it has %d bytes, over the limit of 5 MiB", len(photo)+5<<20),
		"2 photos could not be read, that of p8@b.c among them: application "+standinClient+" may not read photos; grant it the application permission User.Read.All of Microsoft Graph and give admin consent (403 ErrorAccessDenied)")
	for i, p := range batch.People {
		if want := i == 3 || i == 44; want != bytes.Equal(p.Photo, photo) || !want && p.Photo != nil {
			t.Errorf("%s has a photo of %d bytes", p.Address, len(p.Photo))
		}
		if want := i == 8 || i == 9; p.PhotoUnknown != want {
			t.Errorf("%s: that the photo is not known is %v", p.Address, p.PhotoUnknown)
		}
	}
	if n := e.count("$batch"); n != 3 || e.count("/photos/120x120/$value") != 45 {
		t.Errorf("%d batches, %d photos", n, e.count("/photos/120x120/$value"))
	}
	e.set("3", object{"city": "Bonn"})
	if after := readGraph(t, g, batch.Cursor); len(after.People) != 1 || !bytes.Equal(after.People[0].Photo, photo) {
		t.Errorf("a changed person: %s", directorytest.Addresses(after.People))
	}
	if n := e.count("/photos/"); n != 46 || strings.Contains(batch.Cursor, "photos") {
		t.Errorf("%d photos were read", n)
	}
}
