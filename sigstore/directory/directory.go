// Package directory brings in the people whose signatures are put into mail.
//
// A [Source] is read again and again. Each reading brings everybody, or who changed
// since the one before: one by one to a [Sink], for there may be a million, and the
// rest in a [Batch], with a warning for each entry that had to be left out. It is an
// error only when there is nothing to rely on; a caller that gets one keeps the people
// it had.
//
// Whatever a source calls its columns or attributes, a [Person] carries them
// under the names Microsoft Graph uses; templates and rules know only those.
package directory

import (
	"context"
	"maps"
	"slices"
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
	// Key is what the source knows the person by when the address changes, such
	// as Graph's id or LDAP's objectGUID. Empty means the primary address.
	Key string `json:"key,omitempty"`
	// Photo is the person's picture, JPEG, PNG or GIF; nil for none. It is stored
	// beside the person.
	Photo []byte `json:"-"`
	// PhotoUnknown says that the source has a photo for all it knows, and did not
	// give it now: the one of before counts.
	PhotoUnknown bool `json:"-"`
	// Ready is a signature made elsewhere, nil for none.
	Ready *Ready `json:"ready,omitempty"`
}

// Ready is a person's signature as another program made it.
type Ready struct {
	HTML   string  `json:"html,omitempty"`
	Text   string  `json:"text,omitempty"` // empty is derived from the HTML
	Images []Image `json:"images,omitempty"`
}

// MaxReady bounds the HTML and the text of a ready-made signature, in bytes.
const MaxReady = 1 << 20

// Image is a picture that a ready-made signature shows.
type Image struct {
	Name string `json:"name"` // as src has it in the HTML, with or without cid: before it
	Type string `json:"type"` // media type
	Data []byte `json:"data"`
}

// Group is a group and its members, those of groups within it included.
type Group struct {
	Name    string   // address or name, as rules have it
	Members []string // keys of people, see [Person].Key
}

// Sink takes the people of one reading.
type Sink interface {
	// Add takes one person. After an error the source gives up and returns it.
	Add(Person) error
	// Restart forgets everybody: the source begins anew.
	Restart()
}

// Batch is what one reading of a source brought beside the people.
type Batch struct {
	// Full says that the people were all there are: who is not among them has left.
	// Else they are who is new or changed since the cursor, whole.
	Full bool
	// Gone are the keys of people who left, when the batch is not full. Keys that
	// nobody knows do no harm.
	Gone []string
	// Lost are addresses, by the primary address of a person who was added with them:
	// they turned out to be the primary ones of people who came later, and are theirs.
	Lost map[string][]string
	// Groups are all groups the source was asked for, whole, also when the people
	// are not. It is nil when people carry their groups themselves.
	Groups []Group
	// Cursor is what the next reading is to be given.
	Cursor string
	// Warnings each name an entry that was left out, or a part of it, and why.
	Warnings []error
}

// Progress is told how far a reading is: people read so far, and how many there
// are, 0 when the source does not tell. It is called often and returns at once.
type Progress func(read, total int)

// Source is somewhere people come from. It is read by one goroutine at a time.
type Source interface {
	// Read brings what changed since the reading that gave the cursor. With an
	// empty cursor, or one it cannot go on from, it brings everybody. No two of the
	// people share an address, but for those in [Batch.Lost]. An error says that the
	// source as a whole cannot be used now: what people was given is void, the cursor is
	// good still. people is called by this goroutine only; progress may be nil.
	Read(ctx context.Context, cursor string, people Sink, progress Progress) (Batch, error)
}

// Local is a Source that reads files. A change of what Paths names, a file or a
// folder with all below it, is a reason to read it again at once.
type Local interface {
	Source
	Paths() []string
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

// Attributes are the attributes that Graph has, in order.
func Attributes() []string { return slices.Sorted(maps.Values(canonical)) }

// Canonical returns Graph's spelling of an attribute name written in any case,
// and whether it is one that Graph has.
func Canonical(name string) (string, bool) {
	spelled, ok := canonical[strings.ToLower(name)]
	return spelled, ok
}
