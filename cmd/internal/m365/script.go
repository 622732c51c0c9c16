// Package m365 knows the Microsoft 365 side of the round trip: it writes the
// PowerShell that makes connectors and rules in a tenant ([Setup.WriteScript]), and
// judges the header of a message that came back ([Check]). It opens no connection
// and reads no file.
package m365

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Setup is what a tenant's connectors and rules are made from. It has no secret:
// the script reads the routing code when it runs.
type Setup struct {
	Tenant    string   // key in the configuration
	OtherKeys []string // of the other tenants that have connectors and rules
	Domains   []string // the tenant's, in lower case
	Name      string   // what the names of connectors and rules begin with, at most [MaxName] letters
	// Relays are the host names of the relays: the smart hosts.
	// Several relays share the name of one certificate.
	Relays []string
	// TLSDomain is the name that the server certificate of the relays must have.
	TLSDomain string
	// Certificate is the name of the certificate the relay returns mail with.
	Certificate  string
	Allow        []string // addresses for the IP allow list: IPv4, or CIDR from /24 to /32
	Except       []string // addresses of recipients that are left out
	ExceptGroup  string   // address of a group whose members are left out, empty for none
	GuardField   string
	RoutingField string // empty: the rule sets none
	MaxSize      int64  // bytes; larger mail is not routed
	// Defer says that mail waits when the routing rule cannot be evaluated; else it
	// goes out unsigned.
	Defer bool
}

// MaxName is the greatest length of [Setup.Name] in letters: Exchange Online takes
// names of 64.
const MaxName = 32

// source is the script with settingsMark in the place of the settings.
//
//go:embed script.ps1
var source string

const settingsMark = "#SETTINGS#\n"

// WriteScript writes the script for the tenant, in UTF-8 with LF line ends. Every
// value is a single-quoted string or a number; a value with a control character is
// an error.
func (s *Setup) WriteScript(w io.Writer) error {
	if err := s.check(); err != nil {
		return err
	}
	before, after, found := strings.Cut(source, settingsMark)
	if !found {
		return errors.New("the script has no place for its settings")
	}
	text := before + s.settings() + after
	// QUIRK: Windows PowerShell 5.1 reads a file without a byte order mark in the
	// code page of the machine.
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		text = "\ufeff" + text
	}
	_, err := io.WriteString(w, text)
	return err
}

// settings are the assignment to $Setup.
func (s *Setup) settings() string {
	onError := "Ignore"
	if s.Defer {
		onError = "Defer"
	}
	var b strings.Builder
	b.WriteString("$Setup = @{\n")
	for _, line := range [][]struct{ name, value string }{
		{{"Tenant", quote(s.Tenant)}, {"OtherKeys", quoteList(s.OtherKeys)}},
		{{"Name", quote(s.Name)}},
		{{"Inbound", quote(s.Name + " in")}, {"Outbound", quote(s.Name + " out")}},
		{{"Domains", quoteList(s.Domains)}},
		{{"Relays", quoteList(s.Relays)}, {"TlsDomain", quote(s.TLSDomain)}, {"Certificate", quote(s.Certificate)}},
		{{"Allow", quoteList(s.Allow)}},
		{{"Except", quoteList(s.Except)}, {"ExceptGroup", quote(s.ExceptGroup)}},
		{{"GuardField", quote(s.GuardField)}, {"RoutingField", quote(s.RoutingField)}},
		{{"MaxSize", quote(fmt.Sprint(s.MaxSize))}, {"RuleErrorAction", quote(onError)}},
	} {
		indent := "    "
		for _, setting := range line {
			b.WriteString(indent + setting.name + " = " + setting.value)
			indent = "; "
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	return b.String()
}

// check refuses what no quoting helps against.
func (s *Setup) check() error {
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > MaxName {
		return fmt.Errorf("the name %q must have 1 to %d letters", s.Name, MaxName)
	}
	texts := []string{s.Tenant, s.Name, s.TLSDomain, s.Certificate, s.GuardField, s.RoutingField, s.ExceptGroup}
	for _, text := range slices.Concat(texts, s.OtherKeys, s.Domains, s.Relays, s.Allow, s.Except) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%q has a control character", text)
		}
	}
	return nil
}
