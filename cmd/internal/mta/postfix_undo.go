package mta

import (
	"fmt"
	"slices"
	"strings"
)

// Undo is what takes [Postfix.Lines] out of main.cf again.
type Undo struct {
	Set  []string // lines for postconf -e
	Drop []string // names for postconf -X
	Left []string // what is not as it was set, and stays, with why
}

// appliedSettings are those that [Postfix.Lines] may have, but for smtpd_milters.
var appliedSettings = append([]string{
	"milter_default_action", "milter_protocol", "message_size_limit", "mailbox_size_limit",
	"header_size_limit", "smtpd_tls_ask_ccert",
}, tlsSettings...)

// Written reads the settings that stand in a main.cf, from postconf -n.
func Written(shown string) map[string]string { return settingsOf(shown) }

// Undo compares the settings that stand in main.cf with those of before, nil if these
// are not known. Sigmilter's socket is taken out; what it was set to is set back.
func (p *Postfix) Undo(d Daemon, now, before map[string]string) Undo {
	var u Undo
	if rest, ours := p.othersIn(d, now["smtpd_milters"]); ours {
		_, written := before["smtpd_milters"]
		u.bring("smtpd_milters", rest, rest != "" || written)
	}
	for _, s := range p.Services {
		if _, ours := p.othersIn(d, s.own["smtpd_milters"]); ours {
			u.Left = append(u.Left, fmt.Sprintf("%s has sigmilter's socket in master.cf, which --apply does not touch", s.Name))
		}
	}
	if before == nil {
		return u
	}
	bare := &Postfix{Settings: map[string]string{}} // has nothing, so each line is wanted
	for _, line := range bare.Lines(Daemon{MessageBytes: d.MessageBytes, CertificateProof: true}) {
		name, applied, _ := strings.Cut(line, " = ")
		own, isWritten := now[name]
		old, wasWritten := before[name]
		switch {
		case !slices.Contains(appliedSettings, name), isWritten == wasWritten && sameWords(own, old):
		case sameWords(own, applied):
			u.bring(name, old, wasWritten)
		default:
			u.Left = append(u.Left, fmt.Sprintf("%s = %s, which somebody has changed; before it was %s", name, own, orDefault(old, wasWritten)))
		}
	}
	return u
}

func orDefault(value string, written bool) string {
	if !written {
		return "Postfix' default"
	}
	return fmt.Sprintf("%q", value)
}

// bring sets a setting, or drops it when it is not to be written.
func (u *Undo) bring(name, value string, written bool) {
	if written {
		u.Set = append(u.Set, name+" = "+value)
		return
	}
	u.Drop = append(u.Drop, name)
}

// othersIn is a list of milters without sigmilter's socket, as it was written, and
// whether that was in it.
func (p *Postfix) othersIn(d Daemon, list string) (others string, ours bool) {
	words := milterWord.FindAllString(list, -1)
	rest := slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		sockets, _ := milters(word)
		return len(sockets) > 0 && (p.reaches(d, Service{}, sockets[0]) || looksLikeOurs(sockets[0]))
	})
	return strings.Join(rest, ", "), len(rest) < len(words)
}
