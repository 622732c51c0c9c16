package ldap

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// The filters for [Options.Filter] when it is empty. The bit of userAccountControl is
// that of disabled accounts (MS-ADTS section 2.2.16), the rule compares bits.
const (
	adFilter      = "(&(objectCategory=person)(objectClass=user)(mail=*)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
	genericFilter = "(&(objectClass=inetOrgPerson)(mail=*))"
)

// adCapabilities are what Active Directory and its Lightweight Directory Services say
// of themselves (MS-ADTS section 3.1.1.3.4.3); Samba says the same.
var adCapabilities = []string{"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1851"}

// rootEntry is what a server says of itself.
type rootEntry struct {
	base            string // the one configured, or the server's own
	activeDirectory bool
	copy            string // whose update numbers these are
	usn             int64  // the highest update number so far
}

// readRoot reads the server's root entry. The update number is read before any person, so
// that what is changed meanwhile counts as later.
func (c *connection) readRoot(base string) (rootEntry, error) {
	e, err := c.readEntry("", "defaultNamingContext", "namingContexts", "supportedCapabilities", "dsServiceName", "highestCommittedUSN")
	if err != nil {
		return rootEntry{}, explain(err, "read the root entry", c.timeout)
	}
	root, service := parseRoot(e, base)
	if root.base == "" {
		return root, fmt.Errorf("the server names %d naming contexts (%s); set base to the entry below which people are",
			len(e.GetEqualFoldAttributeValues("namingContexts")), strings.Join(e.GetEqualFoldAttributeValues("namingContexts"), ", "))
	}
	if !root.activeDirectory {
		return root, nil
	}
	// A controller that was put back from a backup goes on under another invocation, with
	// numbers that were given before. Not everybody may read it.
	if settings, err := c.readEntry(service, "invocationId"); err == nil {
		root.copy += " " + hex.EncodeToString(settings.GetEqualFoldRawAttributeValue("invocationId"))
	}
	return root, nil
}

// parseRoot reads what a root entry says, and the entry of an Active Directory server.
func parseRoot(e *ldap.Entry, base string) (root rootEntry, service string) {
	root.base = base
	if root.base == "" {
		root.base = e.GetEqualFoldAttributeValue("defaultNamingContext")
	}
	if contexts := e.GetEqualFoldAttributeValues("namingContexts"); root.base == "" && len(contexts) == 1 {
		root.base = contexts[0]
	}
	for _, capability := range e.GetEqualFoldAttributeValues("supportedCapabilities") {
		for _, known := range adCapabilities {
			root.activeDirectory = root.activeDirectory || capability == known
		}
	}
	service = e.GetEqualFoldAttributeValue("dsServiceName")
	root.copy = foldDN(service)
	root.usn, _ = strconv.ParseInt(e.GetEqualFoldAttributeValue("highestCommittedUSN"), 10, 64) // 0: no number to go on from
	return root, service
}

// readEntry reads one entry.
func (c *connection) readEntry(dn string, attributes ...string) (*ldap.Entry, error) {
	result, err := c.Search(c.request(dn, ldap.ScopeBaseObject, "(objectClass=*)", attributes))
	if err != nil {
		return nil, err
	}
	if len(result.Entries) != 1 {
		return nil, ldap.NewError(ldap.LDAPResultNoSuchObject, fmt.Errorf("%q cannot be read", dn))
	}
	return result.Entries[0], nil
}

func (c *connection) request(base string, scope int, filter string, attributes []string) *ldap.SearchRequest {
	return ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, max(1, int(c.timeout.Seconds())), false, filter, attributes, nil)
}

// filter is who is a person.
func (r *reading) filter() string {
	if r.Filter != "" {
		return parenthesised(r.Filter)
	}
	if r.root.activeDirectory {
		return adFilter
	}
	return genericFilter
}

// searchPeople looks for people below the base.
func (r *reading) searchPeople(filter string, attributes []string, each func(e *ldap.Entry, read, total int) error) error {
	return r.conn.searchPages(r.root.base, filter, attributes, each)
}

// searchPages searches below a base, page by page (RFC 2696), and calls each with how many
// entries there were so far, and how many there are: 0 where the server does not tell.
// An error of each ends the search.
func (c *connection) searchPages(base, filter string, attributes []string, each func(e *ldap.Entry, read, total int) error) error {
	request := c.request(base, ldap.ScopeWholeSubtree, filter, attributes)
	paging := ldap.NewControlPaging(c.page)
	request.Controls = []ldap.Control{paging}
	read := 0
	for {
		result, err := c.Search(request)
		if err != nil {
			return explain(err, "search below "+base, c.timeout)
		}
		if c.referral == "" && len(result.Referrals) > 0 {
			c.referral = result.Referrals[0]
		}
		answer, _ := ldap.FindControl(result.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		total := 0
		if answer != nil && int(answer.PagingSize) > read+len(result.Entries) {
			total = int(answer.PagingSize)
		}
		for _, e := range result.Entries {
			read++
			if err := each(e, read, total); err != nil {
				return err
			}
		}
		if answer == nil || len(answer.Cookie) == 0 {
			return nil
		}
		paging.SetCookie(answer.Cookie)
	}
}
