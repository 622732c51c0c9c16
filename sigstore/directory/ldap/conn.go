package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"sigmilter/sigstore/localfile"
)

// connection is a connection that is bound.
type connection struct {
	*ldap.Conn
	page    uint32
	timeout time.Duration
	release func() bool

	referral string // the first of those in results, all left out; empty for none
}

// endpoint is where a URL points to.
type endpoint struct {
	network, address string
	host             string
	tls              bool // from the first byte
}

func parseEndpoint(s string) (endpoint, error) {
	if path, ok := strings.CutPrefix(s, "ldapi://"); ok {
		path, err := url.PathUnescape(path)
		if err != nil || !strings.HasPrefix(path, "/") {
			return endpoint{}, errors.New("the path of the socket must follow ldapi://")
		}
		return endpoint{network: "unix", address: path}, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return endpoint{}, errors.New("it is no URL")
	}
	ports := map[string]string{"ldap": "389", "ldaps": "636"}
	port, known := ports[u.Scheme]
	if !known {
		return endpoint{}, errors.New("neither ldaps://, ldap:// nor ldapi:// comes first")
	}
	if u.Hostname() == "" {
		return endpoint{}, errors.New("it has no host")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return endpoint{}, errors.New("it has more than a host and a port")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return endpoint{"tcp", net.JoinHostPort(u.Hostname(), port), u.Hostname(), u.Scheme == "ldaps"}, nil
}

// near says whether a server is on this machine, where nobody can listen in.
func (s endpoint) near() bool {
	if s.network == "unix" || s.host == "localhost" {
		return true
	}
	ip := net.ParseIP(s.host)
	return ip != nil && ip.IsLoopback()
}

// connect dials, protects the connection and binds. When ctx ends the connection is
// cut, so that whatever waits for it returns.
func (l *Source) connect(ctx context.Context, server string) (*connection, error) {
	s, err := parseEndpoint(server)
	if err != nil {
		return nil, err
	}
	timeout := l.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	page := l.PageSize
	if page == 0 {
		page = DefaultPage
	}
	raw, err := (&net.Dialer{Timeout: timeout}).DialContext(ctx, s.network, s.address)
	if err != nil {
		return nil, explain(err, "connect", timeout)
	}
	release := context.AfterFunc(ctx, func() { raw.Close() })
	raw.SetDeadline(time.Now().Add(timeout))
	protected, err := l.protect(ctx, raw, s)
	if err != nil {
		release()
		raw.Close()
		return nil, explain(err, "connect with TLS", timeout)
	}
	raw.SetDeadline(time.Time{})
	c := &connection{Conn: ldap.NewConn(protected, protected != raw), page: uint32(page), timeout: timeout, release: release}
	c.Start()
	c.SetTimeout(timeout)
	if err := l.bind(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection.
func (c *connection) Close() {
	c.release()
	c.Conn.Close() // nothing was written that could be lost
}

// protect returns the connection with TLS around it, where there is to be some.
func (l *Source) protect(ctx context.Context, raw net.Conn, s endpoint) (net.Conn, error) {
	if !s.tls {
		nearEnough := l.TLS != StartTLS && s.near()
		if l.TLS == Plain || nearEnough || s.network == "unix" {
			return raw, nil
		}
		if err := startTLS(raw); err != nil {
			return nil, err
		}
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.host}
	if l.ServerName != "" {
		settings.ServerName = l.ServerName
	}
	if l.CAFile != "" {
		pem, err := localfile.Read(l.CAFile, localfile.MaxCertificates)
		if err != nil {
			return nil, fmt.Errorf("read ca_file: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file %s has no certificate in PEM form", l.CAFile)
		}
	}
	protected := tls.Client(raw, settings)
	if err := protected.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return protected, nil
}

// startTLSOID is the extended operation of RFC 4511 section 4.14.
const startTLSOID = "1.3.6.1.4.1.1466.20037"

// startTLS asks the server for TLS, as the first request of a connection.
//
// QUIRK: the library's StartTLS waits without a limit and makes a text of what was
// wrong with the certificate.
func startTLS(raw net.Conn) error {
	request := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	operation.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSOID, ""))
	request.AppendChild(operation)
	if _, err := raw.Write(request.Bytes()); err != nil {
		return err
	}
	answer, err := ber.ReadPacket(raw)
	if err != nil {
		return err
	}
	if err := ldap.GetLDAPError(answer); err != nil {
		return &noTLSError{err}
	}
	return nil
}

// bind says who is reading.
func (l *Source) bind(c *connection) error {
	if l.BindDN == "" {
		return nil // RFC 4511 section 4.2: a connection starts as anonymous
	}
	password, err := localfile.SecretLine(l.PasswordFile)
	if err != nil {
		return fmt.Errorf("read password_file: %w", err)
	}
	if err := c.Bind(l.BindDN, password); err != nil {
		return explain(err, "bind as "+l.BindDN, c.timeout)
	}
	return nil
}
