package mta

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Sendmail is what a sendmail.cf says.
type Sendmail struct {
	options map[string]string
	filters map[string]map[string]string // by name: S, F, T
}

// ReadSendmail reads a sendmail.cf: its options (O) and filters (X).
func ReadSendmail(cf string) *Sendmail {
	s := &Sendmail{options: map[string]string{}, filters: map[string]map[string]string{}}
	for line := range strings.Lines(cf) {
		line = strings.TrimRight(line, " \t\r\n")
		if option, ok := strings.CutPrefix(line, "O "); ok {
			name, value, _ := strings.Cut(option, "=")
			s.options[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
		if filter, ok := strings.CutPrefix(line, "X"); ok {
			name, rest, _ := strings.Cut(filter, ",")
			fields := map[string]string{}
			for part := range strings.SplitSeq(rest, ",") {
				key, value, _ := strings.Cut(part, "=")
				fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
			}
			s.filters[strings.TrimSpace(name)] = fields
		}
	}
	return s
}

// inUse are the names of the filters in their order.
func (s *Sendmail) inUse() []string {
	return strings.FieldsFunc(s.options["InputMailFilters"], func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}

// SendmailSocket is how Sendmail names the daemon's socket: inet:PORT@HOST.
func SendmailSocket(d Daemon) string {
	if rest, ok := strings.CutPrefix(d.Listen, "inet:"); ok {
		if host, port, err := net.SplitHostPort(rest); err == nil {
			return "inet:" + port + "@" + host
		}
	}
	return d.Listen
}

// names tells whether the filter has the daemon's socket. A path needs no unix:
// before it, and local: is another word for it.
func (s *Sendmail) names(d Daemon, filter string) bool {
	socket := s.filters[filter]["S"]
	if address, ok := strings.CutPrefix(socket, "inet:"); ok {
		port, host, _ := strings.Cut(address, "@")
		return d.hasAddress("inet:" + net.JoinHostPort(host, port))
	}
	return d.hasPath(strings.TrimPrefix(strings.TrimPrefix(socket, "unix:"), "local:"))
}

// own is the name of sigmilter's filter, empty if there is none.
func (s *Sendmail) own(d Daemon) string {
	for _, name := range s.inUse() {
		if s.names(d, name) {
			return name
		}
	}
	return ""
}

// SendmailLines are the lines of sendmail.mc that sigmilter needs.
func SendmailLines(d Daemon) []string {
	size := min(MicrosoftMessage, d.MessageBytes)
	return []string{
		fmt.Sprintf("INPUT_MAIL_FILTER(`sigmilter', `S=%s, F=T, T=C:30s;S:30s;R:60s;E:300s')dnl", SendmailSocket(d)),
		fmt.Sprintf("define(`confMAX_MESSAGE_SIZE', `%d')dnl", size),
		fmt.Sprintf("define(`confMAX_HEADERS_LENGTH', `%d')dnl", MicrosoftHeader),
		"define(`confMUST_QUOTE_CHARS', `')dnl",
	}
}

// sendmailChecks are the mistakes looked for, each with what it says; an empty
// string is none.
var sendmailChecks = []struct {
	name string
	find func(*Sendmail, Daemon) string
}{
	{"milter", (*Sendmail).noMilter},
	{"socket", func(_ *Sendmail, d Daemon) string {
		path := d.socketPath()
		if path == "" {
			return ""
		}
		if dir := openFolder(path); dir != "" {
			return fmt.Sprintf("everybody may write to %s, above sigmilter's socket, and Sendmail refuses such a socket as unsafe; write listen = \"unix:/run/sigmilter/milter.sock\" into sigmilter's configuration", dir)
		}
		return ""
	}},
	{"order", (*Sendmail).wrongOrder},
	{"default-action", func(s *Sendmail, d Daemon) string {
		own := s.own(d)
		switch flag := s.filters[own]["F"]; {
		case own == "" || flag == "T":
			return ""
		case flag == "":
			return "the filter has no F=, so mail leaves unsigned while sigmilter is away, and without the guard field it loops; write F=T"
		default:
			return fmt.Sprintf("the filter has F=%s, which turns mail away while sigmilter is away; write F=T, then Microsoft 365 tries again", flag)
		}
	}},
	{"message-size", func(s *Sendmail, d Daemon) string {
		return sizeProblem("confMAX_MESSAGE_SIZE", s.number("MaxMessageSize", 0), d)
	}},
	{"header-size", func(s *Sendmail, _ Daemon) string {
		if n := s.number("MaxHeadersLength", 32768); n > 0 && n < MicrosoftHeader {
			return fmt.Sprintf("MaxHeadersLength of %d refuses for good what Microsoft 365 may send, up to %d; write define(`confMAX_HEADERS_LENGTH', `%d')dnl", n, MicrosoftHeader, MicrosoftHeader)
		}
		return ""
	}},
	{"quotes", func(s *Sendmail, _ Daemon) string {
		if chars, ok := s.options["MustQuoteChars"]; ok && !strings.Contains(chars, ".") {
			return ""
		}
		return "Sendmail puts quotes around encoded names with a full stop in them, which are then shown as they stand; write define(`confMUST_QUOTE_CHARS', `')dnl"
	}},
	{"certificate-in", func(s *Sendmail, _ Daemon) string {
		return s.noCertificate("Server", "SERVER", "Exchange Online sends to no relay without one")
	}},
	{"certificate-out", func(s *Sendmail, _ Daemon) string {
		return s.noCertificate("Client", "CLIENT", "by it the inbound connector knows the relay")
	}},
}

// Check looks for every mistake.
func (s *Sendmail) Check(d Daemon) []Finding {
	found := []Finding{}
	for _, row := range sendmailChecks {
		if problem := row.find(s, d); problem != "" {
			found = append(found, Finding{row.name, problem})
		}
	}
	return found
}

func (s *Sendmail) noMilter(d Daemon) string {
	if s.own(d) != "" {
		return ""
	}
	line := SendmailLines(d)[0]
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

// number is an option that is a number, or what holds without it.
func (s *Sendmail) number(name string, absent int64) int64 {
	n, err := strconv.ParseInt(s.options[name], 10, 64)
	if err != nil {
		return absent
	}
	return n
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
	return ""
}
