package engine

import (
	"fmt"
	"maps"
	"testing"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// TestKnownPersonIsAsTheStoreHasThem: what is kept of a person is not what they were.
func TestKnownPersonIsAsTheStoreHasThem(t *testing.T) {
	var k Known
	p := &policy.Person{Address: "anna@contoso.com", Addresses: []string{"anna@contoso.com"}, Attributes: map[string]string{"displayName": "Anna Muster"}}
	if got := k.person(p).Name; got != "Anna Muster" {
		t.Errorf("%q", got)
	}
	married := *p
	married.Attributes = maps.Clone(p.Attributes)
	married.Attributes["displayName"] = "Anna Ritter"
	if got := k.person(&married).Name; got != "Anna Ritter" {
		t.Errorf("%q after the change", got)
	}
	moved := married
	moved.Addresses = []string{"anna@contoso.com", "anna@contoso.de"}
	if got := k.person(&moved).Addresses; len(got) != 2 {
		t.Errorf("%q after a further address", got)
	}
}

// TestKnownPersonIsOfOneMessage: what one message says of the person is not told to the
// next.
func TestKnownPersonIsOfOneMessage(t *testing.T) {
	var k Known
	p := &policy.Person{Address: "anna@contoso.com"}
	k.person(p).Other = &insert.OtherForm{}
	if k.person(p).Other != nil {
		t.Error("the other form of one message is known in the next")
	}
}

// TestKnownIsBounded: so many people and blocks are kept, and no more.
func TestKnownIsBounded(t *testing.T) {
	var k Known
	for i := range 3 * mostKnown {
		k.person(&policy.Person{Address: fmt.Sprint(i)})
		k.person(&policy.Person{Address: fmt.Sprint("unlisted", i), Unlisted: true})
		if got := k.shownLines(fmt.Sprint("<p>", i)); len(got) != 1 || got[0] != fmt.Sprint(i) {
			t.Fatal(got)
		}
	}
	if len(k.people) > mostKnown || len(k.shown) > mostKnown {
		t.Errorf("%d people and %d blocks", len(k.people), len(k.shown))
	}
}
