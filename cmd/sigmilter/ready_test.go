package main

import (
	"strings"
	"testing"
	"time"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter/policy"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// A finished signature goes into mail in place of the template, with its picture.
func TestReadySignature(t *testing.T) {
	parsed, err := render.Parse("corporate", "<p>{{.displayName}}</p>", "")
	if err != nil {
		t.Fatal(err)
	}
	people := somebody(2)
	people[0].Ready = &directory.Ready{
		HTML: `<p><img src="logo.png">Made elsewhere</p>`, Images: []directory.Image{{Name: "logo.png", Type: "image/png", Data: []byte("png")}},
	}
	people[1].Attributes = map[string]string{"displayName": "Carl"}
	store := temporaryStore(t)
	if err := fill(store.Intake("contoso", "files"), people, directory.Batch{Full: true}); err != nil {
		t.Fatal(err)
	}
	for _, ready := range []bool{true, false} {
		cfg := &config.Config{
			Cache: config.Cache{TTL: time.Hour}, Templates: map[string]config.Template{"corporate": {Parsed: parsed, Ready: ready}},
		}
		s := signatures{book: newBook(cfg, store), encoded: new(encoded)}
		b, err := s.Block("contoso", &policy.Person{Address: people[0].Address}, "corporate")
		if err != nil || strings.Contains(b.HTML, "Made elsewhere") != ready {
			t.Errorf("ready %v: %+v, %v", ready, b, err)
		}
		if ready && (len(b.Pictures) != 1 || !strings.Contains(b.HTML, "cid:"+b.Pictures[0].CID) || string(b.Pictures[0].Base64) == "") {
			t.Errorf("pictures %+v for %s", b.Pictures, b.HTML)
		}
		if b, err := s.Block("contoso", &policy.Person{Address: people[1].Address}, "corporate"); err != nil || b.HTML != "<p>Carl</p>" {
			t.Errorf("who has none: %+v, %v", b, err)
		}
		r := &checkReport{}
		r.checkReady(config.Tenant{Name: "contoso"}, people, cfg.Templates)
		if (len(r.Warnings) == 0) != ready {
			t.Errorf("ready %v: warnings %q", ready, r.Warnings)
		}
	}
}
