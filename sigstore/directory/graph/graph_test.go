package graph

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

var _ directory.Source = (*Source)(nil)

// readGraph reads and expects no error, and no warnings but those given.
func readGraph(t *testing.T, g *Source, cursor string, warnings ...string) directorytest.Reading {
	t.Helper()
	batch, err := directorytest.Read(t.Context(), g, cursor, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := directorytest.Texts(batch.Warnings); !slices.Equal(got, warnings) {
		t.Errorf("warnings\n%q\nwant\n%q", got, warnings)
	}
	return batch
}

func TestGraphEverybody(t *testing.T) {
	e := newEntra(t)
	e.set("1", object{
		"mail": "Alice@Contoso.com", "userPrincipalName": "alice@contoso.onmicrosoft.com", "displayName": " Alice Muster ",
		"businessPhones": []string{"+49 30 1", "+49 30 2"}, "jobTitle": nil, "userType": "Member", "accountEnabled": true,
		"proxyAddresses": []string{"SMTP:Alice@Contoso.com", "smtp:a.muster@contoso.com", "X500:/o=Ex Labs/cn=x@y.z", "SIP:s@contoso.com"},
		"otherMails":     []string{"al@contoso.de"}, "employeeId": "007", "preferredLanguage": "de-DE",
		"onPremisesExtensionAttributes": object{"extensionAttribute1": "blue", "extensionAttribute15": "last", "extensionAttribute2": nil},
	})
	e.set("2", object{"mail": nil, "userPrincipalName": "bob@contoso.com"})
	e.set("3", object{"mail": "guest@other.example", "userPrincipalName": "g#EXT#@contoso.onmicrosoft.com", "userType": "Guest"})
	e.set("4", object{"mail": "left@contoso.com", "userPrincipalName": "left@contoso.com", "accountEnabled": false})
	e.set("5", object{"mail": "broken", "userPrincipalName": "five@contoso.com"})
	alice := directory.Person{
		Address:   "alice@contoso.com",
		Addresses: []string{"alice@contoso.com", "a.muster@contoso.com", "al@contoso.de", "alice@contoso.onmicrosoft.com"},
		Attributes: map[string]string{
			"mail": "Alice@Contoso.com", "userPrincipalName": "alice@contoso.onmicrosoft.com", "displayName": "Alice Muster",
			"businessPhones": "+49 30 1, +49 30 2", "employeeId": "007", "preferredLanguage": "de-DE",
			"extensionAttribute1": "blue", "extensionAttribute15": "last",
		},
		Key: "1",
	}
	g := e.source()
	var seen [][2]int
	batch, err := directorytest.Read(t.Context(), g, "", func(read, total int) { seen = append(seen, [2]int{read, total}) })
	if err != nil {
		t.Fatal(err)
	}
	if !batch.Full || len(batch.Gone) > 0 || directorytest.Addresses(batch.People) != "alice@contoso.com bob@contoso.com" {
		t.Fatalf("full %v, gone %v, people %s", batch.Full, batch.Gone, directorytest.Addresses(batch.People))
	}
	if !reflect.DeepEqual(batch.People[0], alice) {
		t.Errorf("got  %+v\nwant %+v", batch.People[0], alice)
	}
	if want := [][2]int{{2, 5}, {4, 5}, {5, 5}}; !reflect.DeepEqual(seen, want) {
		t.Errorf("progress %v, want %v", seen, want)
	}
	if batch.Groups == nil {
		t.Error("no groups are asked for, which is not that people carry theirs")
	}
	want := []string{`broken: mail "broken" is not a mail address; left out`}
	if got := directorytest.Texts(batch.Warnings); !slices.Equal(got, want) {
		t.Errorf("warnings %q", got)
	}
	login := e.logins[0]
	if login.Get("client_id") != standinClient || login.Get("client_secret") != "s3cret" ||
		!strings.Contains(login.Get("scope"), "https://graph.microsoft.com/.default") {
		t.Errorf("login %v", login)
	}
	if n := e.count("/users/delta"); n != 3 {
		t.Errorf("%d pages were read", n)
	}

	g = e.source()
	g.Guests, g.EnabledOnly = true, false
	batch = readGraph(t, g, "", want...)
	if got := directorytest.Addresses(batch.People); got != "alice@contoso.com bob@contoso.com guest@other.example left@contoso.com" {
		t.Errorf("with guests and disabled accounts: %s", got)
	}
}

func TestGraphChanges(t *testing.T) {
	person := func(name string) object {
		return object{"mail": name + "@b.c", "userPrincipalName": name + "@b.c", "displayName": name, "mobilePhone": "1"}
	}
	attribute := func(b directorytest.Reading, address, name string) string {
		for _, p := range b.People {
			if p.Address == address {
				return p.Attributes[name]
			}
		}
		return "nobody"
	}
	tests := []struct {
		name   string
		change func(*entra)
		people string
		gone   []string
		check  func(t *testing.T, b directorytest.Reading)
	}{
		{"nothing", func(*entra) {}, "", nil, nil},
		{"one property, the rest is read again", func(e *entra) { e.set("1", object{"mobilePhone": "2"}) }, "a@b.c", nil,
			func(t *testing.T, b directorytest.Reading) {
				if attribute(b, "a@b.c", "mobilePhone") != "2" || attribute(b, "a@b.c", "displayName") != "a" {
					t.Errorf("got %+v", b.People)
				}
			}},
		{"cleared", func(e *entra) { e.set("1", object{"mobilePhone": nil}) }, "a@b.c", nil,
			func(t *testing.T, b directorytest.Reading) {
				if got := attribute(b, "a@b.c", "mobilePhone"); got != "" {
					t.Errorf("got %q", got)
				}
			}},
		{"new", func(e *entra) { e.set("9", person("n")) }, "n@b.c", nil, nil},
		{"deleted", func(e *entra) { e.remove("1", "deleted") }, "", []string{"1"}, nil},
		{"soft deleted", func(e *entra) { e.remove("2", "changed") }, "", []string{"2"}, nil},
		{"disabled", func(e *entra) { e.set("1", object{"accountEnabled": false}) }, "", []string{"1"}, nil},
		{"another address", func(e *entra) { e.set("1", object{"mail": "z@b.c"}) }, "z@b.c", nil, nil},
		{"repeated, the last wins", func(e *entra) {
			e.set("1", object{"mobilePhone": "2"})
			e.set("2", object{"mobilePhone": "2"})
			e.set("1", object{"mobilePhone": "3"})
			e.set("1", object{"displayName": "A"})
		}, "a@b.c b@b.c", nil, func(t *testing.T, b directorytest.Reading) {
			if attribute(b, "a@b.c", "mobilePhone") != "3" || attribute(b, "a@b.c", "displayName") != "A" {
				t.Errorf("got %+v", b.People)
			}
		}},
		{"removed and restored", func(e *entra) {
			e.remove("1", "changed")
			e.set("1", person("a"))
		}, "a@b.c", nil, nil},
		{"changed and removed", func(e *entra) {
			e.set("1", object{"mobilePhone": "2"})
			e.remove("1", "deleted")
		}, "", []string{"1"}, nil},
		{"removed before it is told as new", func(e *entra) {
			e.tell(object{"id": "8", "@removed": object{"reason": "deleted"}})
			e.set("8", person("h"))
		}, "h@b.c", nil, nil},
		{"removed twice, and nobody ever knew", func(e *entra) {
			e.remove("7", "deleted")
			e.remove("7", "deleted")
		}, "", []string{"7"}, nil},
		{"a replica that has not heard of the change", func(e *entra) {
			e.tell(object{"id": "1", "mobilePhone": "2"})
		}, "a@b.c", nil, func(t *testing.T, b directorytest.Reading) {
			if attribute(b, "a@b.c", "mobilePhone") != "2" || attribute(b, "a@b.c", "displayName") != "a" {
				t.Errorf("got %+v", b.People)
			}
		}},
		{"a replica that has not heard of the person", func(e *entra) {
			n := person("n")
			n["id"] = "9"
			e.tell(n)
		}, "n@b.c", nil, nil},
		{"part of somebody who left", func(e *entra) { e.tell(object{"id": "9", "jobTitle": "x"}) }, "", []string{"9"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEntra(t)
			e.set("1", person("a"))
			e.set("2", person("b"))
			e.set("3", person("c"))
			g := e.source()
			cursor := readGraph(t, g, "").Cursor
			test.change(e)
			batch, err := directorytest.Read(t.Context(), g, cursor, nil)
			if err != nil {
				t.Fatal(err)
			}
			if batch.Full || directorytest.Addresses(batch.People) != test.people || !slices.Equal(batch.Gone, test.gone) {
				t.Errorf("full %v, people %s, gone %v", batch.Full, directorytest.Addresses(batch.People), batch.Gone)
			}
			if test.check != nil {
				test.check(t, batch)
			}
			if after := readGraph(t, g, batch.Cursor); after.Full || len(after.People)+len(after.Gone) > 0 {
				t.Errorf("the change comes again: %+v", after)
			}
			if len(e.logins) != 1 {
				t.Errorf("%d logins", len(e.logins))
			}
		})
	}
}

// In a first round, too, users may come again while the pages are read.
func TestGraphRepeatedInFirstRound(t *testing.T) {
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c", "displayName": "A", "city": "Bonn", "mobilePhone": "1"})
	e.set("2", object{"mail": "b@b.c"})
	e.set("3", object{"mail": "c@b.c"})
	e.users = append(e.users, object{"id": "2", "@removed": object{"reason": "changed"}},
		object{"id": "1", "city": "Berlin", "mobilePhone": nil})
	batch := readGraph(t, e.source(), "")
	if directorytest.Addresses(batch.People) != "a@b.c c@b.c" {
		t.Fatalf("people %s", directorytest.Addresses(batch.People))
	}
	want := map[string]string{"mail": "a@b.c", "displayName": "A", "city": "Berlin"}
	if got := batch.People[0].Attributes; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestGraphResync(t *testing.T) {
	tests := []struct {
		name   string
		expire func(*entra)
	}{
		{"410 with a Location", func(e *entra) { e.expired = 1000 }},
		{"410 with a code", func(e *entra) { e.fail("/users/delta", refuse(410, "resyncRequired", "start over")) }},
		{"a code without 410", func(e *entra) { e.fail("/users/delta", refuse(400, "syncStateNotFound", "unknown token")) }},
		{"on the second page", func(e *entra) {
			for range 3 {
				e.set("1", object{"city": "Bonn"})
			}
			e.fail("/users/delta", e.delta, refuse(410, "syncStateNotFound", ""))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEntra(t)
			e.set("1", object{"mail": "a@b.c"})
			e.set("2", object{"mail": "b@b.c"})
			g := e.source()
			cursor := readGraph(t, g, "").Cursor
			e.remove("2", "deleted")
			test.expire(e)
			batch := readGraph(t, g, cursor)
			if !batch.Full || directorytest.Addresses(batch.People) != "a@b.c" || len(batch.Gone) > 0 {
				t.Errorf("full %v, people %s, gone %v", batch.Full, directorytest.Addresses(batch.People), batch.Gone)
			}
		})
	}
}

func TestGraphStartsOver(t *testing.T) {
	tests := []struct {
		name   string
		change func(g *Source, cursor string) string
		full   bool
	}{
		{"not for nothing", func(_ *Source, c string) string { return c }, false},
		{"no cursor", func(*Source, string) string { return "" }, true},
		{"a cursor of another source", func(*Source, string) string { return `{"usn":17}` }, true},
		{"a broken cursor", func(*Source, string) string { return "x" }, true},
		{"another option", func(g *Source, c string) string { g.Guests = true; return c }, true},
		{"other groups are asked for anyway", func(g *Source, c string) string { g.Groups = []string{salesID}; return c }, false},
		{"it is due", func(g *Source, c string) string { g.FullEvery = time.Nanosecond; return c }, true},
	}
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c"})
	e.groups[salesID] = object{"id": salesID}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := e.source()
			cursor := test.change(g, readGraph(t, g, "").Cursor)
			if got := readGraph(t, g, cursor); got.Full != test.full {
				t.Errorf("full %v", got.Full)
			}
		})
	}
}

func TestGraphGroups(t *testing.T) {
	const otherID, thirdID = "aaaaaaaa-0000-0000-0000-000000000002", "aaaaaaaa-0000-0000-0000-000000000003"
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c"})
	e.groups[salesID] = object{"id": salesID, "mail": "Sales@b.c", "displayName": "Sales"}
	e.groups[otherID] = object{"id": otherID, "mail": nil, "displayName": "Men's"}
	e.groups[thirdID] = object{"id": thirdID, "mail": nil, "displayName": "Sales"}
	e.members[salesID] = []string{"1", "2", "3", "4", "5"}
	e.members[otherID] = []string{"2"}
	e.members[thirdID] = []string{"6"}
	g := e.source()
	g.Groups = []string{"sales@B.C", "Men's", "Sales", "nobody@b.c", strings.ToUpper(thirdID), "bbbbbbbb-0000-0000-0000-000000000001"}
	batch := readGraph(t, g, "",
		`2 groups have the name "Sales", `+salesID+` and `+thirdID+` among them; the members of all count. Write a mail address or an object ID in the rule`,
		`there is no group "nobody@b.c" in Microsoft Entra ID; nobody counts as a member`,
		`there is no group "bbbbbbbb-0000-0000-0000-000000000001" in Microsoft Entra ID; nobody counts as a member`)
	want := []directory.Group{
		{Name: "sales@B.C", Members: []string{"1", "2", "3", "4", "5"}},
		{Name: "Men's", Members: []string{"2"}},
		{Name: "Sales", Members: []string{"1", "2", "3", "4", "5", "6"}},
		{Name: "nobody@b.c", Members: nil},
		{Name: strings.ToUpper(thirdID), Members: []string{"6"}},
		{Name: "bbbbbbbb-0000-0000-0000-000000000001", Members: nil},
	}
	if !reflect.DeepEqual(batch.Groups, want) {
		t.Errorf("got  %+v\nwant %+v", batch.Groups, want)
	}
	e.members[otherID] = []string{"3"}
	g.Groups = []string{"Men's"}
	batch = readGraph(t, g, batch.Cursor)
	if !reflect.DeepEqual(batch.Groups, []directory.Group{{Name: "Men's", Members: []string{"3"}}}) {
		t.Errorf("after a change: %+v", batch.Groups)
	}
}

func TestGraphDuplicates(t *testing.T) {
	e := newEntra(t)
	e.set("1", object{"mail": "a@b.c", "otherMails": []string{"b@b.c", "x@b.c"}})
	e.set("2", object{"mail": "b@b.c", "otherMails": []string{"x@b.c"}})
	e.set("3", object{"mail": "A@b.c"})
	batch := readGraph(t, e.source(), "",
		"a@b.c: b@b.c is an address of b@b.c as well and stays there",
		"b@b.c: x@b.c is an address of a@b.c as well and stays there",
		"a@b.c is the address of two entries, 1 and 3; the second is left out")
	if len(batch.People) != 2 || !slices.Equal(batch.People[0].Addresses, []string{"a@b.c", "x@b.c"}) ||
		!slices.Equal(batch.People[1].Addresses, []string{"b@b.c"}) {
		t.Errorf("got %+v", batch.People)
	}
}
