package mta

import (
	"fmt"
	"slices"
	"strings"
)

// Lines are the settings that sigmilter needs, as postconf -e takes them. Other
// filters stay; sigmilter comes before the first that signs.
func (p *Postfix) Lines(d Daemon) []string {
	sockets := milterWord.FindAllString(p.Settings["smtpd_milters"], -1)
	if p.ours(d, Service{}, sockets) < 0 {
		at := slices.IndexFunc(sockets, signers.MatchString)
		if at < 0 {
			at = len(sockets)
		}
		sockets = slices.Insert(sockets, at, p.Socket(d))
	}
	wanted := []string{
		"smtpd_milters = " + strings.Join(sockets, ", "),
		"milter_default_action = tempfail",
		"milter_protocol = 6",
		"message_size_limit = " + p.unless(p.wrongSize(d) != "", "message_size_limit", fmt.Sprint(MicrosoftMessage)),
		"mailbox_size_limit = " + p.unless(p.smallMailboxFor(MicrosoftMessage), "mailbox_size_limit", "0"),
	}
	for _, name := range tlsSettings {
		if oldestTLS(p.Settings[name]) < 2 {
			wanted = append(wanted, name+" = "+tlsWanted)
		}
	}
	if d.CertificateProof && !p.asksCertificate() {
		wanted = append(wanted, "smtpd_tls_ask_ccert = yes")
	}
	if p.number("header_size_limit") < MicrosoftHeader {
		wanted = append(wanted, fmt.Sprintf("header_size_limit = %d", MicrosoftHeader))
	}
	return wanted
}

// unless is a setting as it is, or the value where it is wrong.
func (p *Postfix) unless(wrong bool, name, value string) string {
	if own := p.Settings[name]; own != "" && !wrong {
		return own
	}
	return value
}

// Missing are those of [Postfix.Lines] that are not set so yet.
func (p *Postfix) Missing(d Daemon) []string {
	missing := []string{}
	for _, line := range p.Lines(d) {
		name, value, _ := strings.Cut(line, " = ")
		if !sameWords(p.Settings[name], value) {
			missing = append(missing, line)
		}
	}
	return missing
}

// sameWords compares the values of a setting, in which commas and blanks mean the
// same.
func sameWords(a, b string) bool {
	return slices.Equal(milterWord.FindAllString(a, -1), milterWord.FindAllString(b, -1))
}
