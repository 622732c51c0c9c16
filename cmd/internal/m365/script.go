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
	"strings"
	"unicode"
	"unicode/utf8"
)

// Setup is what a tenant's connectors and rules are made from. It has no secret:
// the script reads the routing code when it runs.
type Setup struct {
	Tenant  string   // name in the configuration
	Domains []string // the tenant's, in lower case
	Name    string   // what the names of connectors and rules begin with, at most [MaxName] letters
	// Relay is the host name of the relay: the smart host, and the name that its
	// server certificate must have.
	Relay string
	// Certificate is the name of the certificate the relay returns mail with.
	Certificate  string
	Allow        []string // addresses for the IP allow list: IPv4, or CIDR from /24 to /32
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
	for _, row := range []struct{ name, value string }{
		{"Tenant", quote(s.Tenant)},
		{"Domains", quoteList(s.Domains)},
		{"Name", quote(s.Name)},
		{"Inbound", quote(s.Name + " in")},
		{"Outbound", quote(s.Name + " out")},
		{"Relay", quote(s.Relay)},
		{"Certificate", quote(s.Certificate)},
		{"Allow", quoteList(s.Allow)},
		{"GuardField", quote(s.GuardField)},
		{"RoutingField", quote(s.RoutingField)},
		{"MaxSize", quote(fmt.Sprint(s.MaxSize))},
		{"RuleErrorAction", quote(onError)},
	} {
		fmt.Fprintf(&b, "    %-15s = %s\n", row.name, row.value)
	}
	b.WriteString("}\n")
	return b.String()
}

// check refuses what no quoting helps against.
func (s *Setup) check() error {
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > MaxName {
		return fmt.Errorf("the name %q must have 1 to %d letters", s.Name, MaxName)
	}
	texts := append([]string{s.Tenant, s.Name, s.Relay, s.Certificate, s.GuardField, s.RoutingField}, s.Domains...)
	for _, text := range append(texts, s.Allow...) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%q has a control character", text)
		}
	}
	return nil
}
