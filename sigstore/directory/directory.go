// Package directory brings in the people whose signatures are put into mail.
//
// A [Source] is asked for everybody it knows and answers with the people it
// could read, a warning for each entry it had to leave out, and an error only
// when it could read nothing to rely on. A caller that gets an error keeps the
// people it had.
//
// Whatever a source calls its columns or attributes, a [Person] carries them
// under the names Microsoft Graph uses; templates and rules know only those.
package directory

import (
	"context"
	"strings"
)

// Person is one entry of a directory. A Person is not changed once it was handed
// out: its map and slices are shared.
type Person struct {
	// Address is the primary mail address, in lower case.
	Address string `json:"address"`
	// Addresses are all addresses the person sends from, the primary one
	// included and first, in lower case and without repeats.
	Addresses []string `json:"addresses"`
	// Attributes are the values by Graph's attribute names, see [Canonical], as
	// the source spells them but for blanks at both ends. Empty values are left
	// out. What Graph has no name for keeps the name the source has for it.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Groups are the groups the person is a member of, by address or by name,
	// as the source spells them.
	Groups []string `json:"groups,omitempty"`
}

// Source is somewhere people come from.
type Source interface {
	// People reads everybody. No two of the people share an address. Each
	// warning names an entry that was left out, or a part of it, and why; err
	// says that the source as a whole cannot be used now.
	People(ctx context.Context) (people []Person, warnings []error, err error)
}

var canonical = func() map[string]string {
	names := []string{
		"displayName", "givenName", "surname", "jobTitle", "department",
		"companyName", "officeLocation", "businessPhones", "mobilePhone",
		"faxNumber", "streetAddress", "city", "state", "postalCode", "country",
		"mail", "userPrincipalName", "employeeId", "preferredLanguage",
		"extensionAttribute1", "extensionAttribute2", "extensionAttribute3",
		"extensionAttribute4", "extensionAttribute5", "extensionAttribute6",
		"extensionAttribute7", "extensionAttribute8", "extensionAttribute9",
		"extensionAttribute10", "extensionAttribute11", "extensionAttribute12",
		"extensionAttribute13", "extensionAttribute14", "extensionAttribute15",
	}
	byLower := make(map[string]string, len(names))
	for _, name := range names {
		byLower[strings.ToLower(name)] = name
	}
	return byLower
}()

// Canonical returns Graph's spelling of an attribute name written in any case,
// and whether it is one that Graph has.
func Canonical(name string) (string, bool) {
	spelled, ok := canonical[strings.ToLower(name)]
	return spelled, ok
}
