package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory/directorytest"

	"github.com/go-ldap/ldap/v3"
)

// domain is a small Active Directory.
type domain struct {
	usn        int
	invocation string
	alice, bob map[string][]string
}

const (
	adService = "CN=NTDS Settings,CN=DC1,CN=Servers,DC=contoso,DC=com"
	salesDN   = `CN=Sales (all),OU=Groups,DC=contoso,DC=com`
)

// find answers as a domain controller would. The searches of a reading are told apart by
// what is special in their filters.
func (d *domain) find(base, filter string) *standAnswer {
	entry := func(dn string, attributes map[string][]string) *standAnswer {
		return &standAnswer{entries: []*ldap.Entry{ldap.NewEntry(dn, attributes)}}
	}
	both := &standAnswer{entries: []*ldap.Entry{ldap.NewEntry("CN=Alice,DC=contoso,DC=com", d.alice), ldap.NewEntry("CN=Bob,DC=contoso,DC=com", d.bob)}}
	switch {
	case base == "":
		return entry("", map[string][]string{
			"defaultNamingContext": {"DC=contoso,DC=com"}, "namingContexts": {"DC=contoso,DC=com", "CN=Configuration,DC=contoso,DC=com"},
			"supportedCapabilities": {adCapabilities[0]}, "dsServiceName": {adService}, "highestCommittedUSN": {fmt.Sprint(d.usn)},
		})
	case base == adService:
		return entry(adService, map[string][]string{"invocationId": {d.invocation}})
	case base != "DC=contoso,DC=com":
		return &standAnswer{code: ldap.LDAPResultNoSuchObject}
	case strings.Contains(filter, inChain):
		return entry("CN=Bob,DC=contoso,DC=com", d.bob)
	case strings.Contains(filter, "(cn=Sales)"):
		return entry(salesDN, nil)
	case strings.Contains(filter, "(uSNChanged>=101)(!"):
		return entry("CN=Bob,DC=contoso,DC=com", map[string][]string{"objectGUID": d.bob["objectGUID"]})
	case strings.Contains(filter, "(uSNChanged>=101)"):
		return entry("CN=Alice,DC=contoso,DC=com", d.alice)
	case filter == adFilter:
		return both
	}
	return &standAnswer{code: ldap.LDAPResultUnwillingToPerform, text: filter}
}

func startDomain(t *testing.T) (*domain, *standIn, *Source) {
	d := &domain{
		usn: 100, invocation: "\x01\x02",
		alice: map[string][]string{"objectGUID": {"\x00\xff\x10"}, "mail": {"alice@contoso.com"}, "title": {"Head"}},
		bob:   map[string][]string{"objectGUID": {"\x00\xff\x11"}, "mail": {"bob@contoso.com"}},
	}
	s := startStandIn(t, d.find)
	return d, s, New(Options{Servers: []string{s.url}, BindDN: "svc@contoso.com", PasswordFile: secretFile(t, "pw")})
}

func TestActiveDirectory(t *testing.T) {
	d, s, l := startDomain(t)
	l.Groups = []string{"Sales"}
	full := readLDAP(t, l, "")
	if !full.Full || directorytest.Addresses(full.People) != "alice@contoso.com bob@contoso.com" || full.People[0].Key != "00ff10" {
		t.Errorf("%+v", full)
	}
	inSales := func(b directorytest.Reading) bool {
		return len(b.Groups) == 1 && b.Groups[0].Name == "Sales" && slices.Equal(b.Groups[0].Members, []string{"00ff11"})
	}
	if !inSales(full) {
		t.Errorf("groups are %+v", full.Groups)
	}
	if want := "(&" + adFilter + "(memberOf:" + inChain + `:=CN=Sales \28all\29,OU=Groups,DC=contoso,DC=com))`; !slices.Contains(s.filters, want) {
		t.Errorf("searched for %q, not for %s", s.filters, want)
	}

	d.usn = 110
	batch := readLDAP(t, l, full.Cursor)
	if batch.Full || directorytest.Addresses(batch.People) != "alice@contoso.com" || !slices.Equal(batch.Gone, []string{"00ff11"}) || !inSales(batch) {
		t.Errorf("%+v", batch)
	}

	d.invocation = "\x03\x04" // put back from a backup
	if again := readLDAP(t, l, batch.Cursor); !again.Full {
		t.Errorf("%+v", again)
	}
}

// A controller that hides its invocation is read nevertheless.
func TestActiveDirectoryHidden(t *testing.T) {
	d, s, l := startDomain(t)
	s.find = func(base, filter string) *standAnswer {
		if base == adService {
			return &standAnswer{code: ldap.LDAPResultNoSuchObject}
		}
		return d.find(base, filter)
	}
	full := readLDAP(t, l, "")
	d.usn = 110
	if batch := readLDAP(t, l, full.Cursor); batch.Full || directorytest.Addresses(batch.People) != "alice@contoso.com" {
		t.Errorf("%+v", batch)
	}
}

// A password that is refused is shown to one server only, once a reading.
func TestActiveDirectoryRefuses(t *testing.T) {
	_, s, l := startDomain(t)
	_, second, _ := startDomain(t)
	l.Servers = append(l.Servers, second.url)
	s.bind = standAnswer{code: 49, text: "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 775, v4563\x00"}
	_, err := directorytest.Read(t.Context(), l, "", nil)
	want := "read people from " + s.url + ": bind as svc@contoso.com: the account is locked after wrong passwords: unlock it, and check password_file ("
	if err == nil || !strings.HasPrefix(err.Error(), want) || s.binds != 1 || second.binds != 0 {
		t.Errorf("%v, binds %d and %d", err, s.binds, second.binds)
	}
}

// The password is read for each connection.
func TestLDAPPasswordChanges(t *testing.T) {
	_, s, l := startDomain(t)
	readLDAP(t, l, "")
	l.PasswordFile = secretFile(t, "\n")
	if _, err := directorytest.Read(t.Context(), l, "", nil); err == nil || !strings.Contains(err.Error(), "is empty") || s.binds != 1 {
		t.Errorf("an empty password: %v, %d binds", err, s.binds)
	}
}

func TestLDAPHangs(t *testing.T) {
	d, s, l := startDomain(t)
	searching := make(chan struct{}, 1)
	s.find = func(base, filter string) *standAnswer {
		if filter == adFilter {
			searching <- struct{}{}
			return nil
		}
		return d.find(base, filter)
	}
	l.Timeout = 200 * time.Millisecond
	if _, err := directorytest.Read(t.Context(), l, "", nil); err == nil || !strings.Contains(err.Error(), "the server did not answer within 200ms") {
		t.Errorf("error is %v", err)
	}
	<-searching
	l.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-searching
		cancel()
	}()
	if _, err := directorytest.Read(ctx, l, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
