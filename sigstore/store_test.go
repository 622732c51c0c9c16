package sigstore

import (
	"reflect"
	"testing"

	"sigmilter/sigstore/directory/directorytest"
	"sigmilter/sigstore/people"
	"sigmilter/sigstore/people/peopletest"
)

func TestRestart(t *testing.T) {
	path := statePath(t)
	s := mustOpen(t, path)
	peopletest.Replace(t, s.Register, "contoso", directorytest.Persons(3))
	state := people.SyncState{Source: "csv", At: noon.UTC(), Success: noon.UTC(), People: 3, Full: true}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string) (*Store, error){OpenReadOnly, Open} {
		s, err := open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if p, ok, err := s.Person("contoso", "Alias00002@Contoso.com"); !ok || err != nil || !reflect.DeepEqual(p, directorytest.Person(2)) {
			t.Errorf("got %+v, %v, %v", p, ok, err)
		}
		got, err := s.Sync("contoso", "csv")
		if got.At, got.Success = got.At.UTC(), got.Success.UTC(); err != nil || got != state {
			t.Errorf("sync is %+v, %v", got, err)
		}
		s.Close()
	}
}
