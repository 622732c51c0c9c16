package ldap

import (
	"maps"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
)

// An field says which LDAP attributes an attribute of a person comes from.
type field struct {
	name string
	from []string // the first of them that has a value is taken
	all  bool     // all its values, joined by ", ", else the first
}

// builtInFields are the built-in fields. The first LDAP attribute is Active Directory's,
// as Entra Connect has it; what follows is for schemas without that one, such as
// inetOrgPerson (RFC 2798).
//
// QUIRK: OpenLDAP answers with the main name of an attribute whatever it was asked for,
// such as street for streetAddress.
var builtInFields = []field{
	{name: "displayName", from: []string{"displayName", "cn"}},
	{name: "givenName", from: []string{"givenName"}},
	{name: "surname", from: []string{"sn"}},
	{name: "jobTitle", from: []string{"title"}},
	{name: "department", from: []string{"department", "ou"}},
	{name: "companyName", from: []string{"company", "o"}},
	{name: "officeLocation", from: []string{"physicalDeliveryOfficeName", "roomNumber"}},
	{name: "businessPhones", from: []string{"telephoneNumber"}, all: true},
	{name: "mobilePhone", from: []string{"mobile"}},
	{name: "faxNumber", from: []string{"facsimileTelephoneNumber"}},
	{name: "streetAddress", from: []string{"streetAddress", "street"}},
	{name: "city", from: []string{"l"}},
	{name: "state", from: []string{"st"}},
	{name: "postalCode", from: []string{"postalCode"}},
	{name: "country", from: []string{"co", "c"}},
	{name: "mail", from: []string{"mail"}},
	{name: "userPrincipalName", from: []string{"userPrincipalName"}},
	{name: "employeeId", from: []string{"employeeID", "employeeNumber"}},
	{name: "preferredLanguage", from: []string{"preferredLanguage"}},
	{name: "extensionAttribute1", from: []string{"extensionAttribute1"}},
	{name: "extensionAttribute2", from: []string{"extensionAttribute2"}},
	{name: "extensionAttribute3", from: []string{"extensionAttribute3"}},
	{name: "extensionAttribute4", from: []string{"extensionAttribute4"}},
	{name: "extensionAttribute5", from: []string{"extensionAttribute5"}},
	{name: "extensionAttribute6", from: []string{"extensionAttribute6"}},
	{name: "extensionAttribute7", from: []string{"extensionAttribute7"}},
	{name: "extensionAttribute8", from: []string{"extensionAttribute8"}},
	{name: "extensionAttribute9", from: []string{"extensionAttribute9"}},
	{name: "extensionAttribute10", from: []string{"extensionAttribute10"}},
	{name: "extensionAttribute11", from: []string{"extensionAttribute11"}},
	{name: "extensionAttribute12", from: []string{"extensionAttribute12"}},
	{name: "extensionAttribute13", from: []string{"extensionAttribute13"}},
	{name: "extensionAttribute14", from: []string{"extensionAttribute14"}},
	{name: "extensionAttribute15", from: []string{"extensionAttribute15"}},
	{name: "wWWHomePage", from: []string{"wWWHomePage"}},
	{name: "homePhone", from: []string{"homePhone"}, all: true},
	{name: "otherTelephone", from: []string{"otherTelephone"}, all: true},
	{name: "pager", from: []string{"pager"}},
	{name: "initials", from: []string{"initials"}},
	{name: "info", from: []string{"info"}},
}

// proxyAddresses is Exchange's attribute of all addresses, and the name in
// [Options.Attributes] for where further addresses are.
const proxyAddresses = "proxyAddresses"

// moreAddresses are the attributes that mail systems keep further addresses in:
// Exchange, qmail and its successors, sendmail, Univention, GOsa.
var moreAddresses = []string{
	proxyAddresses, "mailAlternateAddress", "mailLocalAddress", "mailAlternativeAddress", "gosaMailAlternateAddress",
}

// photoAttributes are where pictures are, the more usual in Microsoft 365 first.
var photoAttributes = []string{"thumbnailPhoto", "jpegPhoto"}

// keyAttributes are what directories know an entry by for ever: most of them, Active
// Directory, 389 Directory Server.
var keyAttributes = []string{"entryUUID", "objectGUID", "nsUniqueId", "modifyTimestamp"}

// fields are the fields of a configuration, and where further addresses are.
func (l *Source) fields() (fields []field, more []string) {
	own := map[string]field{} // by name in lower case
	for name, attribute := range l.Attributes {
		if spelled, ok := directory.Canonical(name); ok {
			name = spelled
		}
		own[strings.ToLower(name)] = field{name: name, from: []string{attribute}}
	}
	more = moreAddresses
	if f, ok := own[strings.ToLower(proxyAddresses)]; ok {
		more = f.from
		delete(own, strings.ToLower(proxyAddresses))
	}
	for _, f := range builtInFields {
		if mine, ok := own[strings.ToLower(f.name)]; ok {
			f.from = mine.from
			delete(own, strings.ToLower(f.name))
		}
		fields = append(fields, f)
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		fields = append(fields, own[name])
	}
	return fields, more
}

// wanted are the LDAP attributes a search for people asks for.
func (l *Source) wanted() []string {
	fields, more := l.fields()
	list := slices.Concat(keyAttributes, more)
	for _, f := range fields {
		list = append(list, f.from...)
	}
	if len(l.Groups) > 0 {
		list = append(list, "uid")
	}
	if l.Photos {
		list = append(list, photoAttributes...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(name string) bool {
		name = strings.ToLower(name)
		again := seen[name]
		seen[name] = true
		return again
	})
}
