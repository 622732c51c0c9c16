package directorytest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"

	"sigmilter/sigstore/directory"
)

// Person is the person of a number.
func Person(n int) directory.Person {
	address := fmt.Sprintf("p%05d@contoso.com", n)
	return directory.Person{
		Address:    address,
		Addresses:  []string{address, fmt.Sprintf("alias%05d@contoso.com", n)},
		Attributes: map[string]string{"displayName": fmt.Sprintf("Person %d", n), "mail": address},
		Groups:     []string{"staff@contoso.com"},
	}
}

// Persons are the first people.
func Persons(n int) []directory.Person {
	all := make([]directory.Person, n)
	for i := range all {
		all[i] = Person(i)
	}
	return all
}

// Portrait is a JPEG of one grey.
func Portrait(t testing.TB, grey uint8, side int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = grey
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
