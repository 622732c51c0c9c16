package signing

import (
	"bytes"
	"fmt"
	"testing"

	"sigmilter/milter/entity"
	"sigmilter/sigstore"
)

func TestEncodedPictures(t *testing.T) {
	var e encodedPictures
	data := bytes.Repeat([]byte("a"), 4<<20)
	for round := range 2 {
		for n := range 20 {
			image := sigstore.Image{Name: "photo.jpg", ContentType: "image/jpeg", CID: fmt.Sprintf("%d@picture", n), Data: data[:len(data)-n]}
			got := e.picture(image)
			if got.CID != image.CID || got.Name != image.Name || got.Type != image.ContentType || got.Base64 != entity.Base64(image.Data) {
				t.Fatalf("round %d, picture %d: %s %s %s, %d bytes", round, n, got.CID, got.Name, got.Type, len(got.Base64))
			}
			if limit := maxEncoded + 6<<20; e.bytes > limit {
				t.Fatalf("%d bytes are kept", e.bytes)
			}
		}
	}
	other := e.picture(sigstore.Image{Name: "logo.jpg", ContentType: "image/jpeg", CID: "19@picture", Data: data[:len(data)-19]})
	if other.Name != "logo.jpg" {
		t.Errorf("the same picture of somebody else is named %s", other.Name)
	}
	kept := 0
	for _, p := range e.kept {
		kept += len(p.Base64)
	}
	if kept != e.bytes {
		t.Errorf("%d bytes are kept, %d counted", kept, e.bytes)
	}
}

func BenchmarkEncodedPicture(b *testing.B) {
	image := sigstore.Image{CID: "a@picture", Data: make([]byte, 9000)}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			new(encodedPictures).picture(image)
		}
	})
	b.Run("kept", func(b *testing.B) {
		var e encodedPictures
		for b.Loop() {
			e.picture(image)
		}
	})
}
