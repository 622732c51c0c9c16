package people

import (
	"reflect"
	"testing"
)

func TestEntry(t *testing.T) {
	for _, e := range []storedEntry{
		{parts: []part{{"csv", "a@b.c"}}},
		{version: Version{1, 2}, parts: []part{{"ldap", "0123"}, {"hr", ""}}, text: []byte("{}")},
	} {
		got, err := decodeEntry(e.encode())
		if len(got.text) == 0 {
			got.text = nil
		}
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("got %+v, %v; want %+v", got, err, e)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(storedEntry{parts: []part{{"csv", "a@b.c"}}, text: []byte("{}")}.encode())
	f.Add([]byte("0123456789abcdef\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntry(b)
		if err != nil {
			return
		}
		again, err := decodeEntry(e.encode())
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("got %+v, %v; want %+v", again, err, e)
		}
	})
}
