package config

import (
	"time"

	"sigmilter/sigstore/directory/ldap"
)

// maxPage is the largest page_size: one of OpenLDAP's own limits by default is the
// same, and a page is held in memory.
const maxPage = 10_000

// ldapKind is the source ldap with its keys.
func (d *Directory) ldapKind() sourceKind {
	l := &d.LDAP
	return sourceKind{"ldap", time.Minute, []setting{
		{key: "servers", read: d.readServers, absent: missing(`write servers = ["ldaps://dc1.contoso.com"]`)},
		{key: "tls", read: choice(&l.TLS, ldap.Auto, ldap.StartTLS, ldap.Plain)},
		{key: "ca_file", read: d.readFileName(&l.CAFile)},
		{key: "server_name", read: one(hosts, &l.ServerName)},
		{key: "bind_dn", read: one(binders, &l.BindDN)},
		{key: "password_file", read: d.readPasswordFile, absent: d.passwordMissing},
		{key: "base", read: one(dns, &l.Base)},
		{key: "filter", read: one(filters, &l.Filter)},
		{key: "attributes", read: named(d.readAttribute)},
		{key: "group_base", read: one(dns, &l.GroupBase)},
		{key: "photos", read: boolean(&l.Photos)},
		{key: "page_size", read: count(&l.PageSize, maxPage)},
		{key: "full_every", read: one(durations, &l.FullEvery)},
		{key: "timeout", read: one(durations, &l.Timeout)},
	}}
}

var (
	servers        = kind[string]{"an LDAP server", `"ldaps://dc1.contoso.com"`, checked(ldap.CheckServer)}
	dns            = kind[string]{"a distinguished name", `"ou=people,dc=contoso,dc=com"`, checked(ldap.CheckDN)}
	filters        = kind[string]{"an LDAP filter", `"(&(objectClass=inetOrgPerson)(mail=*))"`, checked(ldap.CheckFilter)}
	ldapAttributes = kind[string]{"an LDAP attribute", `"extensionAttribute3"`, checked(ldap.CheckAttribute)}
	binders        = kind[string]{"who binds", `"cn=sigmilter,ou=services,dc=contoso,dc=com"`, parseName}
	hosts          = kind[string]{"a host", `"dc1.contoso.com"`, parseName}
)

// checked makes a parser of a check that leaves the value as it is.
func checked(check func(string) error) func(string) (string, error) {
	return func(s string) (string, error) { return s, check(s) }
}

// readServers lays later faults of the source at its servers.
func (d *Directory) readServers(v value) {
	d.origin = v.origin()
	many(servers, &d.LDAP.Servers)(v)
	if list, ok := v.elements(); ok && len(list) == 0 {
		v.fault("has no server", `write servers = ["ldaps://dc1.contoso.com"]`)
	}
}

// readFileName reads a file name from the folder of the configuration. That the file
// is there is seen when it is needed: the daemon starts on its last good data.
func (d *Directory) readFileName(dst *string) reader {
	return func(v value) { one(pathsIn(v.src.dir), dst)(v) }
}

// readPasswordFile and passwordMissing come after bind_dn.
func (d *Directory) readPasswordFile(v value) {
	d.readFileName(&d.LDAP.PasswordFile)(v)
	if d.LDAP.BindDN == "" {
		v.fault("is without bind_dn", "write bind_dn as well, or neither for an anonymous bind")
	}
}

func (d *Directory) passwordMissing(v value) {
	if d.LDAP.BindDN != "" {
		v.fault("is missing", "put the password of bind_dn into a file of mode 0640 and name it here")
	}
}

func (d *Directory) readAttribute(name string, v value) {
	var attribute string
	one(ldapAttributes, &attribute)(v)
	if d.LDAP.Attributes == nil {
		d.LDAP.Attributes = map[string]string{}
	}
	d.LDAP.Attributes[name] = attribute
}
