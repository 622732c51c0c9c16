package roster

import (
	"errors"
	"testing"
	"time"

	"sigmilter/cmd/internal/control"
	"sigmilter/sigstore"
	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/people"
)

func TestRoster(t *testing.T) {
	store, err := sigstore.Temporary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	intake := store.Intake("contoso", "hr")
	defer intake.Close()
	for _, p := range []directory.Person{
		{Address: "alice@contoso.com", Addresses: []string{"a.muster@contoso.com", "alice@contoso.com"}, Attributes: map[string]string{"displayName": "Alice Weiss"}},
		{Address: "carl@contoso.com", Addresses: []string{"carl@contoso.com"}, Attributes: map[string]string{"displayName": "Carl Muster"}},
	} {
		if err := intake.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := intake.Apply(people.Reading{Batch: directory.Batch{Full: true}, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	r := New(store, []string{"contoso"})
	for match, want := range map[string]int{"": 2, "MUSTER": 2, "weiss": 1, "carl@": 1, "nobody": 0} {
		found := 0
		for p, err := range r.People(match) {
			if err != nil || p.Tenant != "contoso" {
				t.Errorf("%q: %+v, %v", match, p, err)
			}
			found++
		}
		if found != want {
			t.Errorf("%q: %d people, want %d", match, found, want)
		}
	}
	p, err := r.Person("A.Muster@contoso.com")
	if err != nil || p.Address != "alice@contoso.com" || p.Origins["displayName"] != "hr" || p.Learned != nil {
		t.Errorf("%+v, %v", p, err)
	}
	var unknown *control.Error
	if _, err := r.Person("nobody@contoso.com"); !errors.As(err, &unknown) || unknown.Kind != control.NotFound {
		t.Errorf("a person who is not there: %v", err)
	}
	if all, err := r.Forget("A.Muster@contoso.com"); err != nil || len(all) != 1 || all[0].Learned.Remembered != 0 {
		t.Errorf("forget: %+v, %v", all, err)
	}
	if _, err := r.Forget("nobody@contoso.com"); !errors.As(err, &unknown) || unknown.Kind != control.NotFound {
		t.Errorf("forget a person who is not there: %v", err)
	}
}
