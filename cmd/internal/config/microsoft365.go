package config

import (
	"errors"
	"net/netip"
	"strings"
	"unicode/utf8"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/cmd/internal/m365"
	"sigmilter/milter/policy"
)

// Microsoft365 is what `sigmilter m365` has to know of a tenant's connectors and
// rules. The daemon does not use it.
type Microsoft365 struct {
	Relays      []string // host names of the relays; none: the tenant has no such table
	Certificate string   // name of the certificate mail is returned with; that of the relay by default
	Name        string   // what names of connectors and rules begin with; Sigmilter
	Allow       []string // for the IP allow list: IPv4 addresses and networks from /24 to /32
	Except      []string // addresses of recipients to whom mail is not routed
	ExceptGroup string   // address of a group to whose members mail is not routed; empty for none
	MaxSize     int64    // larger mail is not routed; 25 MiB
}

var (
	relays    = tomltree.NewKind("a host name", `"relay.contoso.com"`, parseRelay)
	subjects  = tomltree.NewKind("a certificate's name", `"relay.contoso.com" or "*.relay.contoso.com"`, parseSubject)
	allowed   = tomltree.NewKind("an address for the allow list", `"192.0.2.10" or "192.0.2.0/28"`, parseAllowed)
	exoNames  = tomltree.NewKind("a name", `"Sigmilter"`, parseExchangeName)
	exoLimits = "Exchange Online takes IPv4 only, single or from /24 to /32"
)

func (m *Microsoft365) read(v tomltree.Value) {
	*m = Microsoft365{Name: "Sigmilter", MaxSize: 25 << 20}
	tomltree.Table(
		tomltree.Setting{Key: "relay", Read: tomltree.OneOrMany(relays, &m.Relays), Absent: tomltree.Missing(`write relay = "relay.contoso.com"`)},
		tomltree.Setting{Key: "certificate", Read: tomltree.OrOf(m.firstRelay, tomltree.One(subjects, &m.Certificate))},
		tomltree.Setting{Key: "name", Read: tomltree.One(exoNames, &m.Name)},
		tomltree.Setting{Key: "allow", Read: tomltree.Many(allowed, &m.Allow)},
		tomltree.Setting{Key: "except", Read: tomltree.Many(addresses, &m.Except)},
		tomltree.Setting{Key: "except_group", Read: tomltree.One(addresses, &m.ExceptGroup)},
		tomltree.Setting{Key: "max_size", Read: tomltree.Size(&m.MaxSize)},
	)(v)
	if m.Certificate == "" && len(m.Relays) > 1 {
		v.Fault("several relays need the name of the certificate that all of them have", `write certificate = "relay.contoso.com"`)
	}
	if m.Certificate == "" && len(m.Relays) > 0 {
		m.Certificate = m.Relays[0]
	}
}

// firstRelay is the certificate's name unless that is set.
func (m *Microsoft365) firstRelay() any {
	if len(m.Relays) == 0 {
		return nil
	}
	return m.Relays[0]
}

// TLSDomain is the name that the server certificates of the relays must have.
func (m *Microsoft365) TLSDomain() string {
	if len(m.Relays) == 1 {
		return m.Relays[0]
	}
	return m.Certificate
}

// parseRelay parses the host name of a relay. Exchange Online compares it with the
// relay's certificate, so that an address will not do.
func parseRelay(s string) (string, error) {
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return "", errors.New("an address has no certificate: Exchange Online asks for the name that the relay's certificate has")
	}
	return policy.ParseDomain(s)
}

func parseSubject(s string) (string, error) {
	rest, wild := strings.CutPrefix(s, "*.")
	name, err := policy.ParseDomain(rest)
	if wild {
		name = "*." + name
	}
	return name, err
}

func parseAllowed(s string) (string, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
		return s, nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() || p.Bits() < 24 {
		return "", errors.New(exoLimits)
	}
	if p.Masked() != p {
		return "", errors.New("the network begins at " + p.Masked().Addr().String())
	}
	return s, nil
}

func parseExchangeName(s string) (string, error) {
	if utf8.RuneCountInString(s) > m365.MaxName {
		return "", errors.New("it is too long, connectors and rules add words of their own")
	}
	return parseName(s)
}
