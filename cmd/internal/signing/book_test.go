package signing

import (
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/render"
)

// A finished signature goes into mail in place of the template, with its picture.
func TestReadySignature(t *testing.T) {
	parsed, err := render.Parse("corporate", "<p>{{.displayName}}</p>", "")
	if err != nil {
		t.Fatal(err)
	}
	all := []directory.Person{
		{Address: "alice@contoso.com", Ready: &directory.Ready{
			HTML: `<p><img src="logo.png">Made elsewhere</p>`, Images: []directory.Image{{Name: "logo.png", Type: "image/png", Data: []byte("png")}},
		}},
		{Address: "carl@contoso.com", Attributes: map[string]string{"displayName": "Carl"}},
	}
	store := newStore(t)
	intake := store.Intake("contoso", "files")
	defer intake.Close()
	for i := range all {
		all[i].Addresses = []string{all[i].Address}
		if err := intake.Add(all[i]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := intake.Apply(people.Reading{Batch: directory.Batch{Full: true}, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, ready := range []bool{true, false} {
		cfg := &config.Config{
			Cache: config.Cache{TTL: time.Hour}, Templates: map[string]config.Template{"corporate": {Parsed: parsed, Ready: ready}},
		}
		s := signatures{book: NewBook(cfg, store), encoded: new(encodedPictures)}
		b, err := s.Block("contoso", &policy.Person{Address: all[0].Address}, "corporate")
		if err != nil || strings.Contains(b.HTML, "Made elsewhere") != ready {
			t.Errorf("ready %v: %+v, %v", ready, b, err)
		}
		if ready && (len(b.Pictures) != 1 || !strings.Contains(b.HTML, "cid:"+b.Pictures[0].CID) || string(b.Pictures[0].Base64) == "") {
			t.Errorf("pictures %+v for %s", b.Pictures, b.HTML)
		}
		if b, err := s.Block("contoso", &policy.Person{Address: all[1].Address}, "corporate"); err != nil || b.HTML != "<p>Carl</p>" {
			t.Errorf("who has none: %+v, %v", b, err)
		}
	}
}

func newStore(t *testing.T) *sigstore.Store {
	t.Helper()
	store, err := sigstore.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}
