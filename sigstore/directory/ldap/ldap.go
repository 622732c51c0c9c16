// Package ldap reads people from a directory server: Active Directory, OpenLDAP, or
// another one that speaks LDAP version 3 (RFC 4511). Which of them it is talking to
// is seen from the server's root entry.
//
// A reading connects, binds, searches page by page and closes again. Between full
// passes it asks only for what changed: on Active Directory by uSNChanged, which
// holds for one domain controller, elsewhere by modifyTimestamp. People who no longer
// match the filter are gone at the next reading, deleted ones at the next full pass.
//
// A person's key is objectGUID or entryUUID, so that a new name or another branch of
// the tree makes nobody new. The attributes are those of [Options.Attributes]' table.
//
// A person without an address is left out with an [EntryError], and so is the later of
// two with the same primary address. Of a value with several only the first counts,
// but for addresses and businessPhones.
package ldap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sigmilter/sigstore/directory"
)

// Options say where people are, and how they are read.
type Options struct {
	// Servers are URLs, tried in this order: ldaps://HOST[:PORT], ldap://HOST[:PORT] or
	// ldapi:///PATH. The one that answered last is asked first.
	Servers []string
	// TLS says how ldap:// is protected. With ldaps:// it is always TLS.
	TLS TLSMode
	// CAFile has the certificates (PEM) that servers' certificates must lead to; empty
	// means those of the system.
	CAFile string
	// ServerName is the name in the servers' certificates where it is not the host of
	// their URL.
	ServerName string
	// BindDN is who reads: a distinguished name, on Active Directory a user principal
	// name as well. Empty reads without a name.
	BindDN string
	// PasswordFile has BindDN's password in its first line. It is read again for each
	// connection, and refused when everybody on the machine may read it.
	PasswordFile string
	// Base is the entry below which people are looked for; empty takes the naming
	// context that the server names.
	Base string
	// Filter chooses people (RFC 4515). Empty is every enabled user with a mail address
	// on Active Directory, elsewhere every inetOrgPerson with one.
	Filter string
	// Attributes name an LDAP attribute for an attribute of a person, beside or instead of
	// the built-in ones. A name of [directory.Canonical], "proxyAddresses" for further addresses, or
	// any other.
	Attributes map[string]string
	// Groups are the groups wanted: each a distinguished name, or what the group's cn,
	// mail, displayName or sAMAccountName is. People in groups within them count.
	Groups []string
	// GroupBase is the entry below which groups are looked for; empty takes Base.
	GroupBase string
	// Photos asks for thumbnailPhoto and jpegPhoto, up to 5 MB each.
	Photos bool
	// PageSize is how many entries are asked for at a time; 0 is 500. Active Directory
	// gives no more than 1000.
	PageSize int
	// FullEvery is the time between full passes; 0 is one hour.
	FullEvery time.Duration
	// Timeout bounds connecting, and each request; 0 is 30 seconds.
	Timeout time.Duration
}

// Source is a [directory.Source]. It remembers which server answered last and whom
// groups name, so that it is made once and read again and again.
type Source struct {
	Options

	last    string            // the server that answered last
	members map[string]string // keys of groups' members, see forget and resolve
	told    map[string]bool   // warnings since the last full pass
}

// New makes a source.
func New(options Options) *Source { return &Source{Options: options} }

// TLSMode says whether TLS protects a connection to an ldap:// server.
type TLSMode string

// The choices of [Options.TLS]. A server's certificate is verified in each.
const (
	Auto     TLSMode = "auto"     // StartTLS, but not on this machine; the same as ""
	StartTLS TLSMode = "starttls" // StartTLS, also on this machine
	Plain    TLSMode = "none"     // no TLS: names and the password cross the network readable
)

// EntryError is a warning about one entry of an LDAP directory.
type EntryError struct {
	DN      string
	Problem string
}

// Error is "DN: problem".
func (e *EntryError) Error() string { return e.DN + ": " + e.Problem }

// Defaults of [Options].
const (
	DefaultPage      = 500
	DefaultFullEvery = time.Hour
	DefaultTimeout   = 30 * time.Second
)

// Read implements [directory.Source]. Each server is tried once; when none can be read, the
// error has a reason for each. A password that one server refuses is not shown to the
// others: that would lock the account the sooner.
func (l *Source) Read(ctx context.Context, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	var problems []error
	for _, server := range l.order() {
		people.Restart()
		batch, err := l.readFrom(ctx, server, cursor, people, progress)
		if ctx.Err() != nil {
			return directory.Batch{}, ctx.Err()
		}
		if err == nil {
			l.last = server
			return batch, nil
		}
		problems = append(problems, fmt.Errorf("read people from %s: %w", server, err))
		var refused *refusedError
		if errors.As(err, &refused) {
			break
		}
	}
	return directory.Batch{}, oneLine(problems)
}

// order is the servers with the one that answered last in front.
func (l *Source) order() []string {
	var servers []string
	for _, server := range l.Servers {
		if server == l.last {
			servers = append([]string{server}, servers...)
		} else {
			servers = append(servers, server)
		}
	}
	return servers
}

// oneLine joins errors as the log wants them, on one line.
func oneLine(problems []error) error {
	switch len(problems) {
	case 0:
		return errors.New("read people: there is no LDAP server to ask")
	case 1:
		return problems[0]
	}
	format := strings.Repeat("; %w", len(problems))[2:]
	list := make([]any, len(problems))
	for i, p := range problems {
		list[i] = p
	}
	return fmt.Errorf(format, list...)
}

func (l *Source) readFrom(ctx context.Context, server, cursor string, people directory.Sink, progress directory.Progress) (directory.Batch, error) {
	conn, err := l.connect(ctx, server)
	if err != nil {
		return directory.Batch{}, err
	}
	defer conn.Close()
	root, err := conn.readRoot(l.Base)
	if err != nil {
		return directory.Batch{}, err
	}
	r := &reading{Source: l, conn: conn, root: root, now: time.Now(), people: people, progress: progress}
	var batch directory.Batch
	if old, ok := r.resume(cursor); ok {
		batch, err = r.readChanges(old)
	} else {
		batch, err = r.readEverybody()
	}
	if err != nil {
		l.members = nil // half filled, perhaps
	}
	return batch, err
}

// reading is one reading over one connection.
type reading struct {
	*Source
	conn     *connection
	root     rootEntry
	now      time.Time // when it started, by our clock
	people   directory.Sink
	progress directory.Progress

	newest   time.Time // latest modifyTimestamp seen
	warnings []error
}

// position is what a reading hands on to the next, as JSON.
type position struct {
	// Asked is a hash of what was asked for: another filter needs a full pass.
	Asked string `json:"asked"`
	// Full is when the last full pass started, At when this reading did.
	Full time.Time `json:"full"`
	At   time.Time `json:"at"`
	// Mark is a time that the server's clock had passed at At.
	Mark time.Time `json:"mark,omitzero"`
	// Copy and USN are for Active Directory: whose numbers these are, and the highest.
	Copy string `json:"copy,omitempty"`
	USN  int64  `json:"usn,omitempty"`
}

// asked is the hash of everything that decides who is a person and what is known of one.
func (r *reading) asked() string {
	text, err := json.Marshal([]any{r.Servers, r.root.base, r.filter(), r.Attributes, r.Photos})
	if err != nil {
		panic(err) // strings and a bool always have a JSON form
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// resume says whether a reading can go on from a cursor.
func (r *reading) resume(cursor string) (old position, ok bool) {
	if json.Unmarshal([]byte(cursor), &old) != nil || old.Asked != r.asked() {
		return old, false
	}
	every := r.FullEvery
	if every == 0 {
		every = DefaultFullEvery
	}
	// A clock that was set back must not put the full pass off for long.
	if age := r.now.Sub(old.Full); age < 0 || age >= every || r.now.Before(old.At) {
		return old, false
	}
	if r.root.activeDirectory {
		return old, old.Copy == r.root.copy && old.USN > 0 && old.USN <= r.root.usn
	}
	return old, !old.Mark.IsZero()
}
