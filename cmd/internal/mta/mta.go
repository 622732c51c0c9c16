// Package mta looks for the usual mistakes in the configuration of the mail
// server that sigmilter works for, and says which lines it needs. It only judges
// what it is given: [Postfix] is what postconf prints, [Sendmail] what a
// sendmail.cf holds, [SocketUnit] what systemctl shows. Of the machine it asks who
// may reach a socket, and what answers on it.
package mta

import (
	"io/fs"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Microsoft's own limits in bytes: a relay with smaller ones refuses mail that
// Exchange Online has taken.
const (
	MicrosoftMessage = 157286400
	MicrosoftHeader  = 262144
)

// Daemon is what the mail server must know of sigmilter, from its configuration.
type Daemon struct {
	Listen       string        // unix:/path or inet:host:port
	Listeners    []string      // further ones, of single tenants
	SocketMode   fs.FileMode   // of a unix socket
	SocketGroup  string        // of a unix socket; empty for the daemon's own
	MessageBytes int64         // a larger message passes unsigned
	MessageTime  time.Duration // the work on a message ends after it
	HeaderBytes  int64         // a message with more of them in its header is deferred
	Idle         time.Duration // a connection on which the MTA is silent ends after it
	// Activated says that systemd listens, by sigmilter.socket: Listen, SocketMode and
	// SocketGroup are those of the unit.
	Activated bool
	// CertificateProof says that a tenant is proven by the certificate of the MTA's client.
	CertificateProof bool
}

// Finding is one mistake.
type Finding struct {
	Check   string `json:"check"`   // name of the row that found it
	Problem string `json:"problem"` // what is wrong and, after a semicolon, what mends it
}

// Report is what a check has found.
type Report struct {
	Findings []Finding // mistakes
	Answers  []string  // of sockets that are as they must be, a line for each
}

// note adds a mistake, once; an empty problem is none.
func (r *Report) note(check, problem string) {
	f := Finding{check, problem}
	if problem != "" && !slices.Contains(r.Findings, f) {
		r.Findings = append(r.Findings, f)
	}
}

// socketPath is the path of a unix socket, empty for another kind.
func (d Daemon) socketPath() string {
	path, ok := strings.CutPrefix(d.Listen, "unix:")
	if !ok {
		return ""
	}
	return path
}

// hasAddress reports whether sigmilter listens on the inet socket.
func (d Daemon) hasAddress(socket string) bool {
	return sameAddress(socket, d.Listen) || slices.ContainsFunc(d.Listeners, func(own string) bool { return sameAddress(socket, own) })
}

// hasPath reports whether sigmilter listens on the unix socket.
func (d Daemon) hasPath(path string) bool {
	own := "unix:" + filepath.Clean(path)
	return own == d.Listen || slices.Contains(d.Listeners, own)
}

// sameAddress compares inet sockets, for which localhost has two names.
func sameAddress(a, b string) bool {
	fold := func(spec string) string {
		host, port, err := net.SplitHostPort(strings.TrimPrefix(spec, "inet:"))
		if err != nil {
			return spec
		}
		if host == "localhost" || host == "::1" {
			host = "127.0.0.1"
		}
		return net.JoinHostPort(host, port)
	}
	return fold(a) == fold(b)
}

// signers are the filters that sign or seal a message, by what their sockets are
// called, and by the ports that their packages take.
var signers = regexp.MustCompile(`(?i)dkim|rspamd|arc|amavis|:(11332|12301|8892|8893)\b`)

// looksLikeOurs reports whether a socket was meant for sigmilter.
func looksLikeOurs(socket string) bool { return strings.Contains(socket, "sigmilter") }
