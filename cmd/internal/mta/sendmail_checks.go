package mta

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// sendmailChecks are the mistakes looked for, each with what it says; an empty
// string is none.
var sendmailChecks = []struct {
	name string
	find func(*Sendmail, Daemon) string
}{
	{"milter", (*Sendmail).noMilter},
	{"order", (*Sendmail).wrongOrder},
	{"default-action", (*Sendmail).wrongAction},
	{"message-size", func(s *Sendmail, d Daemon) string {
		line := fmt.Sprintf("define(`confMAX_MESSAGE_SIZE', `%d')dnl", MicrosoftMessage)
		return sizeProblem("confMAX_MESSAGE_SIZE", line, s.number("MaxMessageSize", 0), d)
	}},
	{"header-size", (*Sendmail).wrongHeaderSize},
	{"quotes", func(s *Sendmail, _ Daemon) string {
		if chars, ok := s.options["MustQuoteChars"]; ok && !strings.Contains(chars, ".") {
			return ""
		}
		return "Sendmail puts quotes around encoded names with a full stop in them, which are then shown as they stand; write define(`confMUST_QUOTE_CHARS', `')dnl"
	}},
	{"timeout", (*Sendmail).shortTimeout},
	{"timeout", (*Sendmail).longSilence},
	{"relayhost", (*Sendmail).noWayBack},
	{"tls-versions", (*Sendmail).oldTLS},
	{"certificate-proof", (*Sendmail).unprovable},
	{"certificate-in", func(s *Sendmail, _ Daemon) string {
		return s.noCertificate("Server", "SERVER", "Exchange Online sends to no relay without one")
	}},
	{"certificate-out", func(s *Sendmail, _ Daemon) string {
		return s.noCertificate("Client", "CLIENT", "by it the inbound connector knows the relay")
	}},
}

// Check looks for every mistake. Without ask, the socket is judged by owners and modes
// alone.
func (s *Sendmail) Check(d Daemon, ask Ask) Report {
	r := Report{Findings: []Finding{}}
	s.visitSocket(&r, d, ask)
	for _, row := range sendmailChecks {
		r.note(row.name, row.find(s, d))
	}
	return r
}

// visitSocket connects as Sendmail does, if it would take the socket at all.
func (s *Sendmail) visitSocket(r *Report, d Daemon, ask Ask) {
	if problem := s.unsafeSocket(d); problem != "" {
		r.note(socketCheck, problem)
		return
	}
	own := s.own(d)
	v := s.visit(own)
	if ask != nil && own != "" {
		r.ask(d, v, ask)
	} else if v.visitor.Name != "" {
		r.note(socketCheck, unreachable(d, v.visitor))
	}
}

// unsafeSocket is for a socket below a folder that others may write to, which
// Sendmail takes for unsafe.
func (s *Sendmail) unsafeSocket(d Daemon) string {
	path := d.socketPath()
	if path == "" {
		return ""
	}
	who, bits := "everybody", fs.FileMode(0o002)
	dir := writableFolder(path, bits)
	if dir == "" && !s.blames("groupwritabledirpathsafe") {
		who, bits = "a group", 0o020
		dir = writableFolder(path, bits)
	}
	if dir == "" {
		return ""
	}
	return fmt.Sprintf("%s may write to %s, above sigmilter's socket, and Sendmail refuses such a socket as unsafe; %s", who, dir, d.listenSafely(dir))
}

// blames reports whether DontBlameSendmail has the word.
func (s *Sendmail) blames(word string) bool {
	words := strings.FieldsFunc(strings.ToLower(s.options["DontBlameSendmail"]), func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(words, word)
}

// writableFolder is the first folder above path with one of the bits in its mode, or
// empty.
func writableFolder(path string, bits fs.FileMode) string {
	for _, dir := range foldersTo(path) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&bits != 0 {
			return dir
		}
	}
	return ""
}

func (s *Sendmail) noMilter(d Daemon) string {
	if s.own(d) != "" {
		return ""
	}
	line := filterLine(d)
	for name := range s.filters {
		if !s.names(d, name) && (looksLikeOurs(name) || looksLikeOurs(s.filters[name]["S"])) {
			return fmt.Sprintf("filter %s has the socket %s, but sigmilter listens on %s; write %s", name, s.filters[name]["S"], d.Listen, line)
		}
		if s.names(d, name) {
			return fmt.Sprintf("filter %s is not among InputMailFilters, so no mail is signed; write %s", name, line)
		}
	}
	return "no filter has sigmilter's socket, so no mail is signed; write " + line
}

func (s *Sendmail) wrongOrder(d Daemon) string {
	names := s.inUse()
	own := slices.Index(names, s.own(d))
	for _, name := range names[:max(own, 0)] {
		if signers.MatchString(name) || signers.MatchString(s.filters[name]["S"]) {
			return fmt.Sprintf("filter %s comes before sigmilter, which breaks its DKIM signatures; put sigmilter's INPUT_MAIL_FILTER above it", name)
		}
	}
	return ""
}

func (s *Sendmail) wrongAction(d Daemon) string {
	own := s.own(d)
	flag := s.filters[own]["F"]
	if own == "" || flag == "T" {
		return ""
	}
	if flag == "" {
		return "the filter has no F=, so mail leaves unsigned while sigmilter is away, and without the guard field it loops; write F=T"
	}
	return fmt.Sprintf("the filter has F=%s, which turns mail away while sigmilter is away; write F=T, then Microsoft 365 tries again", flag)
}

func (s *Sendmail) wrongHeaderSize(d Daemon) string {
	if n := s.number("MaxHeadersLength", 32768); n > 0 && n < MicrosoftHeader {
		return fmt.Sprintf("MaxHeadersLength of %d refuses for good what Microsoft 365 may send, up to %d; write define(`confMAX_HEADERS_LENGTH', `%d')dnl", n, MicrosoftHeader, MicrosoftHeader)
	}
	return headerProblem(d)
}

// shortTimeout is for a Sendmail that gives a message up while sigmilter works on it:
// by the time for the whole end of a message (E), or for a single answer (R).
func (s *Sendmail) shortTimeout(d Daemon) string {
	own := s.own(d)
	if own == "" {
		return ""
	}
	for _, wait := range []struct {
		key    string
		absent time.Duration
		what   string
	}{{"E", 5 * time.Minute, "the end of a message"}, {"R", 10 * time.Second, "an answer"}} {
		limit, ok := s.filterTime(own, wait.key, wait.absent)
		if ok && limit <= d.MessageTime {
			return fmt.Sprintf("the filter waits %v for %s (T=%s:), which is not above sigmilter's timeouts.message of %s, so Sendmail gives up first; write %s",
				limit, wait.what, wait.key, d.MessageTime, filterLine(d))
		}
	}
	return ""
}

// longSilence is for a sigmilter that ends a session in which Sendmail still waits for
// its client.
func (s *Sendmail) longSilence(d Daemon) string {
	wait, ok := sendmailTime(s.options["Timeout.command"], time.Minute)
	if !ok {
		wait = time.Hour
	}
	if d.Idle == 0 || wait < d.Idle {
		return ""
	}
	return fmt.Sprintf("Sendmail waits %v for its client's next command, which is not below sigmilter's timeouts.idle of %s, so sessions of slow clients end; write define(`confTO_COMMAND', `5m')dnl", wait, d.Idle)
}

// noWayBack is for mail that would be delivered by its recipients' MX records and not
// by Microsoft 365. Maps are not looked into.
func (s *Sendmail) noWayBack(Daemon) string {
	if s.smartHost != "" || s.mailertable {
		return ""
	}
	return "there is no smart host, so mail goes to its recipients and not back to Microsoft 365; write define(`SMART_HOST', `relay:[TENANT.mail.protection.outlook.com]')dnl, the tenant's own address"
}

func (s *Sendmail) noCertificate(side, macro, why string) string {
	for _, part := range []string{"Cert", "Key"} {
		option := side + part + "File"
		file := s.options[option]
		if file == "" {
			return fmt.Sprintf("%s is not set, so no certificate is shown: %s; write define(`conf%s_%s', `/etc/mail/tls/FILE')dnl", option, why, macro, strings.ToUpper(part))
		}
		if _, err := os.Stat(file); err != nil {
			return fmt.Sprintf("%s: %v; name the file that has it", option, err)
		}
	}
	option := side + "CertFile"
	if problem := badCertificate([]string{s.options[option]}, time.Now()); problem != "" {
		return fmt.Sprintf("%s: %s, and restart Sendmail", option, problem)
	}
	return ""
}
