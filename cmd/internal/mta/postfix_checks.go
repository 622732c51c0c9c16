package mta

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// postfixChecks are the mistakes looked for, each with what it says; an empty
// string is none. What concerns a service is asked for each that runs smtpd.
var postfixChecks = []struct {
	name    string
	service func(*Postfix, Daemon, Service) string
	whole   func(*Postfix, Daemon) string
}{
	{name: "milter", whole: (*Postfix).noMilter},
	{name: "path", service: (*Postfix).wrongPath},
	{name: "order", service: (*Postfix).wrongOrder},
	{name: "default-action", service: (*Postfix).wrongAction},
	{name: "no-milters", service: (*Postfix).switchedOff},
	{name: "protocol", whole: (*Postfix).oldProtocol},
	{name: "message-size", whole: (*Postfix).wrongSize},
	{name: "mailbox-size", whole: (*Postfix).smallMailbox},
	{name: "header-size", whole: (*Postfix).wrongHeaderSize},
	{name: "content-filter", service: (*Postfix).contentFilter},
	{name: "internal-mail", whole: (*Postfix).internalMail},
	{name: "timeout", service: (*Postfix).shortTimeout},
	{name: "timeout", whole: (*Postfix).longSilence},
	{name: "relayhost", whole: (*Postfix).noWayBack},
	{name: "tls-versions", whole: (*Postfix).oldTLS},
	{name: "certificate-proof", whole: (*Postfix).unprovable},
	{name: "certificate-in", whole: func(p *Postfix, _ Daemon) string {
		return p.noCertificate("smtpd", "Exchange Online sends to no relay without one")
	}},
	{name: "certificate-out", whole: func(p *Postfix, _ Daemon) string {
		return p.noCertificate("smtp", "by it the inbound connector knows the relay")
	}},
}

// Check looks for every mistake; there may be several of a row. Without ask, sockets
// are judged by owners and modes alone.
func (p *Postfix) Check(d Daemon, ask Ask) Report {
	r := Report{Findings: []Finding{}}
	p.visitSockets(&r, d, ask)
	for _, row := range postfixChecks {
		if row.whole != nil {
			r.note(row.name, row.whole(p, d))
			continue
		}
		for _, s := range p.Services {
			r.note(row.name, row.service(p, d, s))
		}
	}
	return r
}

// visitSockets connects as smtpd does. Where no service names sigmilter's socket, or
// it cannot be asked, it looks at who might.
func (p *Postfix) visitSockets(r *Report, d Daemon, ask Ask) {
	visits := p.visits(d)
	if ask == nil || len(visits) == 0 {
		if v, ok := p.visitor(); ok && p.OutOfChroot(d) == "" {
			r.note(socketCheck, unreachable(d, v))
		}
		return
	}
	for _, v := range visits {
		r.ask(d, v, ask)
	}
}

// noMilter is for when no service has a socket that could be ours.
func (p *Postfix) noMilter(d Daemon) string {
	for _, s := range p.Services {
		sockets, _ := milters(p.setting(s, "smtpd_milters"))
		if p.ours(d, s, sockets) >= 0 || slices.ContainsFunc(sockets, looksLikeOurs) {
			return ""
		}
	}
	add := "write " + p.miltersLine(d, Service{})
	if problem := p.OutOfChroot(d); problem != "" {
		add = problem
	}
	if sockets, _ := milters(p.Settings["non_smtpd_milters"]); p.ours(d, Service{}, sockets) >= 0 || slices.ContainsFunc(sockets, looksLikeOurs) {
		return "sigmilter is in non_smtpd_milters only, which is for mail that programs on this machine submit; " + add
	}
	return "smtpd_milters does not name sigmilter's socket, so no mail is signed; " + add
}

// wrongPath is for a socket that was meant for sigmilter and is another. Postfix gives
// a message up when a single one of its filters is away.
func (p *Postfix) wrongPath(d Daemon, s Service) string {
	sockets, _ := milters(p.setting(s, "smtpd_milters"))
	i := slices.IndexFunc(sockets, func(socket string) bool {
		return !p.reaches(d, s, socket) && (looksLikeOurs(socket) || p.reaches(d, Service{}, socket))
	})
	if i < 0 {
		return ""
	}
	if problem := p.OutOfChroot(d); problem != "" {
		return problem
	}
	where := "sigmilter listens on " + d.Listen
	if p.Socket(d) != d.Listen {
		where = fmt.Sprintf("from %s that is not sigmilter's %s", p.Settings["queue_directory"], d.Listen)
	}
	return fmt.Sprintf("%s: smtpd_milters names %s, but %s; write %s", s.Name, sockets[i], where, p.miltersLine(d, s))
}

// miltersLine is the line that names sigmilter's socket: in main.cf, or for a service
// that has a list of its own in master.cf.
func (p *Postfix) miltersLine(d Daemon, s Service) string {
	wanted := strings.Join(p.wantedMilters(d, p.setting(s, "smtpd_milters")), ", ")
	if _, own := s.own["smtpd_milters"]; own {
		return fmt.Sprintf("-o { smtpd_milters = %s } for it in master.cf", wanted)
	}
	return "smtpd_milters = " + wanted
}

func (p *Postfix) wrongOrder(d Daemon, s Service) string {
	sockets, _ := milters(p.setting(s, "smtpd_milters"))
	own := p.ours(d, s, sockets)
	for _, socket := range sockets[:max(own, 0)] {
		if signers.MatchString(socket) {
			return fmt.Sprintf("%s: %s comes before sigmilter, which breaks its DKIM signatures; put sigmilter before it in smtpd_milters", s.Name, socket)
		}
	}
	return ""
}

// milterSetting is a setting of sigmilter's as a service has it, and where: in the braces
// around its socket, or else for all milters.
func (p *Postfix) milterSetting(d Daemon, s Service, name string) (value, setting string) {
	sockets, options := milters(p.setting(s, "smtpd_milters"))
	if own := p.ours(d, s, sockets); own >= 0 {
		for _, option := range strings.Fields(options[own]) {
			if value, ok := strings.CutPrefix(option, name+"="); ok {
				return value, name
			}
		}
	}
	setting = "milter_" + name
	return p.setting(s, setting), setting
}

func (p *Postfix) wrongAction(d Daemon, s Service) string {
	action, setting := p.milterSetting(d, s, "default_action")
	switch action {
	case "accept":
		return fmt.Sprintf("%s: %s = accept lets mail out unsigned while sigmilter is away, and without the guard field it loops; write %s = tempfail", s.Name, setting, setting)
	case "reject", "quarantine":
		return fmt.Sprintf("%s: %s = %s turns mail away or holds it while sigmilter is away; write %s = tempfail, then Microsoft 365 tries again", s.Name, setting, action, setting)
	}
	return ""
}

func (p *Postfix) switchedOff(d Daemon, s Service) string {
	sockets, _ := milters(p.setting(s, "smtpd_milters"))
	if p.ours(d, s, sockets) < 0 || !strings.Contains(p.setting(s, "receive_override_options"), "no_milters") {
		return ""
	}
	return s.Name + ": receive_override_options has no_milters, so nothing is signed; take it out"
}

func (p *Postfix) oldProtocol(Daemon) string {
	if n := p.number("milter_protocol"); n >= 6 || n == 0 {
		return ""
	}
	return fmt.Sprintf("milter_protocol = %s is an old one, in which Postfix waits for each field; write milter_protocol = 6", p.Settings["milter_protocol"])
}

func (p *Postfix) wrongSize(d Daemon) string {
	return sizeProblem("message_size_limit", fmt.Sprintf("message_size_limit = %d", MicrosoftMessage), p.number("message_size_limit"), d)
}

// sizeProblem judges a limit on the size of a message, which the mail server has in a
// setting; 0 is none. Neither limit is ever to be lowered: it would turn mail away, or
// let it pass unsigned.
func sizeProblem(setting, line string, size int64, d Daemon) string {
	unlimited := size == 0
	if (unlimited || size > d.MessageBytes) && d.MessageBytes < MicrosoftMessage {
		return fmt.Sprintf("%s = %d is above sigmilter's limits.message_bytes of %d, so larger mail passes unsigned; write message_bytes = %d under [limits] into sigmilter's configuration",
			setting, size, d.MessageBytes, MicrosoftMessage)
	}
	if unlimited || size > d.MessageBytes {
		return fmt.Sprintf("%s = %d is above sigmilter's limits.message_bytes of %d, so larger mail passes unsigned; write %s",
			setting, size, d.MessageBytes, line)
	}
	if size < MicrosoftMessage && size < d.MessageBytes {
		return fmt.Sprintf("%s = %d refuses mail that Microsoft 365 takes; write %s", setting, size, line)
	}
	return ""
}

// smallMailbox is for a limit with which Postfix delivers nothing.
func (p *Postfix) smallMailbox(Daemon) string {
	if message := p.number("message_size_limit"); p.smallMailboxFor(message) {
		return fmt.Sprintf("mailbox_size_limit = %d is below message_size_limit = %d, with which Postfix delivers to no mailbox of its own; write mailbox_size_limit = 0", p.number("mailbox_size_limit"), message)
	}
	return ""
}

// smallMailboxFor reports whether the limit of a mailbox is below that of a message;
// 0 is none.
func (p *Postfix) smallMailboxFor(message int64) bool {
	mailbox := p.number("mailbox_size_limit")
	return mailbox != 0 && (message == 0 || mailbox < message)
}

func (p *Postfix) wrongHeaderSize(d Daemon) string {
	n := p.number("header_size_limit")
	if n != 0 && n < MicrosoftHeader {
		return fmt.Sprintf("header_size_limit = %d: fields above that count as body, and Microsoft 365 has up to %d; write header_size_limit = %d", n, MicrosoftHeader, MicrosoftHeader)
	}
	return headerProblem(d)
}

// headerProblem is for a limit of sigmilter's below what Microsoft 365 has.
func headerProblem(d Daemon) string {
	if d.HeaderBytes == 0 || d.HeaderBytes >= MicrosoftHeader {
		return ""
	}
	return fmt.Sprintf("sigmilter's limits.header_bytes is %d, so mail with a larger header is deferred for ever, and Microsoft 365 has up to %d; write header_bytes = %d under [limits] into sigmilter's configuration",
		d.HeaderBytes, MicrosoftHeader, 1<<20)
}

func (p *Postfix) contentFilter(d Daemon, s Service) string {
	sockets, _ := milters(p.setting(s, "smtpd_milters"))
	filter := p.setting(s, "content_filter")
	if filter == "" || p.ours(d, s, sockets) < 0 {
		return ""
	}
	return fmt.Sprintf("%s: content_filter = %s hands mail on and takes it back on a port of its own; write receive_override_options=no_milters for that port in master.cf, or its filter sees mail before sigmilter and signs too early", s.Name, filter)
}

func (p *Postfix) internalMail(d Daemon) string {
	sockets, _ := milters(p.Settings["non_smtpd_milters"])
	classes := p.Settings["internal_mail_filter_classes"]
	if classes == "" || p.ours(d, Service{}, sockets) < 0 {
		return ""
	}
	return fmt.Sprintf("internal_mail_filter_classes = %s has sigmilter look at Postfix' own reports; leave it empty", classes)
}

// noCertificate looks at the certificate of one side, smtpd or smtp, and that
// its file is there.
func (p *Postfix) noCertificate(side, why string) string {
	chain, setting := p.Settings[side+"_tls_chain_files"], side+"_tls_chain_files"
	if chain == "" {
		if cert := p.Settings[side+"_tls_cert_file"]; cert != "" && cert != "none" {
			chain, setting = cert, side+"_tls_cert_file"
		}
	}
	if chain == "" {
		return fmt.Sprintf("%s_tls_chain_files is empty, so %s shows no certificate: %s; write %s_tls_chain_files = /etc/postfix/relay.pem, a file with key, certificate and intermediates", side, side, why, side)
	}
	files := strings.FieldsFunc(chain, func(r rune) bool { return r == ',' || r == ' ' })
	if problem := badCertificate(files, time.Now()); problem != "" {
		return fmt.Sprintf("%s: %s, and: postfix reload; the file has key, certificate and intermediates", setting, problem)
	}
	if level := p.Settings[side+"_tls_security_level"]; level == "" || level == "none" {
		return fmt.Sprintf("%s_tls_security_level is %q, so the certificate is not used; write %s_tls_security_level = encrypt", side, level, side)
	}
	return ""
}

// shortTimeout is for a Postfix that gives a message up while sigmilter works on it.
func (p *Postfix) shortTimeout(d Daemon, s Service) string {
	own, setting := p.milterSetting(d, s, "content_timeout")
	if wait, ok := postfixTime(own); !ok || wait > d.MessageTime {
		return ""
	}
	return fmt.Sprintf("%s: %s = %s is not above sigmilter's timeouts.message of %s, so Postfix gives up first; write %s = %ds",
		s.Name, setting, own, d.MessageTime, setting, patienceFor(d))
}

// patienceFor is for how many seconds a mail server should wait for the answer on a
// message.
func patienceFor(d Daemon) int { return max(300, 2*int(d.MessageTime.Seconds())) }

// longSilence is for a sigmilter that ends a session in which Postfix still waits for
// its client.
func (p *Postfix) longSilence(d Daemon) string {
	own := p.Settings["smtpd_timeout"]
	wait, ok := postfixTime(own)
	if !ok || d.Idle == 0 || wait < d.Idle {
		return ""
	}
	return fmt.Sprintf("smtpd_timeout = %s is not below sigmilter's timeouts.idle of %s, which ends sessions of slow clients; write idle = \"%dm\" under [timeouts] into sigmilter's configuration",
		own, d.Idle, 1+int(2*wait.Minutes()))
}

// postfixTime reads a time of Postfix, whose unit is seconds where none is given.
func postfixTime(s string) (time.Duration, bool) {
	units := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	digits := strings.TrimRight(s, "smhdw")
	unit, ok := units[s[len(digits):]]
	if s == digits {
		unit, ok = time.Second, true
	}
	n, err := strconv.Atoi(digits)
	return time.Duration(n) * unit, ok && err == nil
}

// noWayBack is for mail that would be delivered by its recipients' MX records and not
// by Microsoft 365. Maps are not looked into.
func (p *Postfix) noWayBack(Daemon) string {
	s := p.Settings
	for _, name := range []string{"relayhost", "transport_maps", "sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps"} {
		if s[name] != "" {
			return ""
		}
	}
	if strings.Contains(s["default_transport"], ":") {
		return ""
	}
	return "relayhost is empty, so mail goes to its recipients and not back to Microsoft 365; write relayhost = [TENANT.mail.protection.outlook.com]:25, the tenant's own address"
}
