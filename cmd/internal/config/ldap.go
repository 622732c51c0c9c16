package config

import (
	"time"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/directory/ldap"
)

// maxPage is the largest page_size: one of OpenLDAP's own limits by default is the
// same, and a page is held in memory.
const maxPage = 10_000

// ldapKind is the source ldap with its keys.
func (d *Directory) ldapKind() sourceKind {
	l := &d.LDAP
	return sourceKind{"ldap", time.Minute, []tomltree.Setting{
		{Key: "servers", Read: d.readServers, Absent: tomltree.Missing(`write servers = ["ldaps://dc1.contoso.com"]`)},
		{Key: "tls", Read: tomltree.Or("auto", tomltree.Choice(&l.TLS, ldap.Auto, ldap.StartTLS, ldap.Plain))},
		{Key: "ca_file", Read: d.readFileName(&l.CAFile)},
		{Key: "server_name", Read: tomltree.One(hosts, &l.ServerName)},
		{Key: "bind_dn", Read: tomltree.One(binders, &l.BindDN)},
		{Key: "password_file", Read: d.readPasswordFile, Absent: d.passwordMissing},
		{Key: "base", Read: tomltree.One(dns, &l.Base)},
		{Key: "filter", Read: tomltree.One(filters, &l.Filter)},
		{Key: "attributes", Read: tomltree.Named(d.readAttribute)},
		{Key: "group_base", Read: tomltree.OrOf(func() any { return l.Base }, tomltree.One(dns, &l.GroupBase))},
		{Key: "photos", Read: tomltree.Boolean(&l.Photos)},
		{Key: "page_size", Read: tomltree.Or(ldap.DefaultPage, tomltree.Count(&l.PageSize, maxPage))},
		{Key: "full_every", Read: tomltree.Or(ldap.DefaultFullEvery, tomltree.One(durations, &l.FullEvery))},
		{Key: "timeout", Read: tomltree.Or(ldap.DefaultTimeout, tomltree.One(durations, &l.Timeout))},
	}}
}

var (
	servers        = tomltree.NewKind("an LDAP server", `"ldaps://dc1.contoso.com"`, checked(ldap.CheckServer))
	dns            = tomltree.NewKind("a distinguished name", `"ou=people,dc=contoso,dc=com"`, checked(ldap.CheckDN))
	filters        = tomltree.NewKind("an LDAP filter", `"(&(objectClass=inetOrgPerson)(mail=*))"`, checked(ldap.CheckFilter))
	ldapAttributes = tomltree.NewKind("an LDAP attribute", `"extensionAttribute3"`, checked(ldap.CheckAttribute))
	binders        = tomltree.NewKind("who binds", `"cn=sigmilter,ou=services,dc=contoso,dc=com"`, parseName)
	hosts          = tomltree.NewKind("a host", `"dc1.contoso.com"`, parseName)
)

// checked makes a parser of a check that leaves the value as it is.
func checked(check func(string) error) func(string) (string, error) {
	return func(s string) (string, error) { return s, check(s) }
}

// readServers lays later faults of the source at its servers.
func (d *Directory) readServers(v tomltree.Value) {
	d.origin = v.Origin()
	tomltree.Many(servers, &d.LDAP.Servers)(v)
	if list, ok := v.Elements(); ok && len(list) == 0 {
		v.Fault("has no server", `write servers = ["ldaps://dc1.contoso.com"]`)
	}
}

// readFileName reads a file name from the folder of the configuration. That the file
// is there is seen when it is needed: the daemon starts on its last good data.
func (d *Directory) readFileName(dst *string) tomltree.Reader {
	return func(v tomltree.Value) { tomltree.One(paths(v), dst)(v) }
}

// readPasswordFile and passwordMissing come after bind_dn.
func (d *Directory) readPasswordFile(v tomltree.Value) {
	d.readFileName(&d.LDAP.PasswordFile)(v)
	if d.LDAP.BindDN == "" {
		v.Fault("is without bind_dn", "write bind_dn as well, or neither for an anonymous bind")
	}
}

func (d *Directory) passwordMissing(v tomltree.Value) {
	if d.LDAP.BindDN != "" {
		v.Fault("is missing", "put the password of bind_dn into a file of mode 0640 and name it here")
	}
}

func (d *Directory) readAttribute(name string, v tomltree.Value) {
	var attribute string
	tomltree.One(ldapAttributes, &attribute)(v)
	if d.LDAP.Attributes == nil {
		d.LDAP.Attributes = map[string]string{}
	}
	d.LDAP.Attributes[name] = attribute
}
