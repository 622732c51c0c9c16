package mta

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"sigmilter/cmd/internal/mta/greet"
)

// Sendmail is what a sendmail.cf says.
type Sendmail struct {
	options     map[string]string
	filters     map[string]map[string]string // by name: S, F, T
	smartHost   string
	mailertable bool
}

// ReadSendmail reads a sendmail.cf: its options (O), filters (X) and where it sends
// mail (the macro S, the map mailertable).
func ReadSendmail(cf string) *Sendmail {
	s := &Sendmail{options: map[string]string{}, filters: map[string]map[string]string{}}
	for line := range strings.Lines(cf) {
		line = strings.TrimRight(line, " \t\r\n")
		if host, ok := strings.CutPrefix(line, "DS"); ok {
			s.smartHost = strings.TrimSpace(host)
		}
		s.mailertable = s.mailertable || strings.HasPrefix(line, "Kmailertable ")
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

// names reports whether the filter has the daemon's socket. A path needs no unix:
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

// filterLine is the line of sendmail.mc that has Sendmail ask sigmilter.
func filterLine(d Daemon) string {
	wait := patienceFor(d)
	return fmt.Sprintf("INPUT_MAIL_FILTER(`sigmilter', `S=%s, F=T, T=C:30s;S:30s;R:%ds;E:%ds')dnl", SendmailSocket(d), wait, wait)
}

// SendmailLines are the lines of sendmail.mc that sigmilter needs.
func SendmailLines(d Daemon) []string {
	lines := []string{
		filterLine(d),
		fmt.Sprintf("define(`confMAX_MESSAGE_SIZE', `%d')dnl", MicrosoftMessage),
		fmt.Sprintf("define(`confMAX_HEADERS_LENGTH', `%d')dnl", MicrosoftHeader),
		"define(`confMUST_QUOTE_CHARS', `')dnl",
		"define(`confTO_COMMAND', `5m')dnl",
		sslLine("SERVER"), sslLine("CLIENT"),
	}
	if d.CertificateProof {
		lines = append(lines, rootsLine)
	}
	return lines
}

// number is an option that is a number, or what holds without it.
func (s *Sendmail) number(name string, absent int64) int64 {
	n, err := strconv.ParseInt(s.options[name], 10, 64)
	if err != nil {
		return absent
	}
	return n
}

// filterTime is one of a filter's timeouts, or what holds without it. ok is false when
// it is not understood.
func (s *Sendmail) filterTime(filter, key string, absent time.Duration) (time.Duration, bool) {
	for part := range strings.SplitSeq(s.filters[filter]["T"], ";") {
		if value, has := strings.CutPrefix(strings.TrimSpace(part), key+":"); has {
			return sendmailTime(value, time.Second)
		}
	}
	return absent, true
}

// sendmailTime reads a time of Sendmail, such as 1h30m; where no unit is given it is
// the setting's own.
func sendmailTime(s string, unit time.Duration) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	var sum time.Duration
	for rest := s; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return 0, false
		}
		of := unit
		rest = rest[digits:]
		if rest != "" {
			of = units[rest[0]]
			if of == 0 {
				return 0, false
			}
			rest = rest[1:]
		}
		sum += time.Duration(n) * of
	}
	return sum, s != ""
}

// user is who Sendmail connects as: root, unless RunAsUser names another, who then has
// no other group than the one named or their first. ok is false when that user is not
// known here.
func (s *Sendmail) user() (v visitor, ok bool) {
	name, group, _ := strings.Cut(s.options["RunAsUser"], ":")
	if name == "" {
		return visitorNamed("root", "")
	}
	v, ok = visitorNamed(name, "")
	if !ok {
		return visitor{}, false
	}
	gid := v.GID()
	if group != "" {
		gid, ok = groupID(group)
		if !ok {
			return visitor{}, false
		}
	}
	return visitor{Caller: v.Caller.InGroup(gid), group: groupName(gid), fixed: true}, true
}

// visit is that of Sendmail at the socket of a filter.
func (s *Sendmail) visit(filter string) visit {
	socket := s.filters[filter]["S"]
	v := visit{by: "filter " + filter, socket: socket, network: "unix", address: strings.TrimPrefix(strings.TrimPrefix(socket, "unix:"), "local:")}
	for _, family := range []string{"inet:", "inet6:"} {
		if address, ok := strings.CutPrefix(socket, family); ok {
			port, host, _ := strings.Cut(address, "@")
			v.network, v.address = "tcp", net.JoinHostPort(strings.Trim(host, "[]"), port)
			return v
		}
	}
	if who, ok := s.user(); ok {
		v.visitor = who
		if greet.CanCall() {
			v.as = who.Caller
		}
	}
	return v
}
