package mta

import (
	"fmt"
	"slices"
	"strings"
)

// Lines are the settings that sigmilter needs, as postconf -e takes them.
func (p *Postfix) Lines(d Daemon) []string {
	sockets := p.wantedMilters(d, p.Settings["smtpd_milters"])
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

// wantedMilters is a list of milters with sigmilter's socket. Other filters stay, but for
// what was meant for sigmilter and is not its socket; it comes before the first that
// signs.
func (p *Postfix) wantedMilters(d Daemon, named string) []string {
	list := milterWord.FindAllString(named, -1)
	service := Service{Chroot: slices.ContainsFunc(p.Services, func(s Service) bool { return s.Chroot })}
	at, found := slices.IndexFunc(list, signers.MatchString), false
	if at < 0 {
		at = len(list)
	}
	wanted := []string{}
	for i, word := range list {
		sockets, _ := milters(word)
		reached := p.reaches(d, service, sockets[0])
		found = found || reached
		stale := !reached && (looksLikeOurs(sockets[0]) || p.reaches(d, Service{}, sockets[0]))
		if !stale {
			wanted = append(wanted, word)
		} else if i < at {
			at--
		}
	}
	if !found {
		wanted = slices.Insert(wanted, min(at, len(wanted)), p.Socket(d))
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
