// Package webclient makes the HTTP clients of sources, and puts what goes wrong with
// them into one line.
package webclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sigmilter/sigstore/localfile"
)

// New makes a client that verifies servers with the certificates in caFile,
// or with the system's when it is empty. The timeout is for a whole request, its
// answer included. Redirects are followed on the same server only.
func New(caFile string, timeout time.Duration) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if caFile != "" {
		pem, err := localfile.Read(caFile, localfile.MaxCertificates)
		if err != nil {
			return nil, fmt.Errorf("read the CA certificates: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, errors.New(caFile + " has no certificate in PEM; put the CA's certificate there")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: sameServer}, nil
}

// sameServer keeps a token from going to another server, and from one in clear.
func sameServer(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	if next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return fmt.Errorf("it redirects to %s, another server; if that is right, write its URL", Origin(next.URL))
	}
	if len(before) >= 5 {
		return errors.New("it redirects more than 5 times")
	}
	return nil
}

// Origin is the scheme and the host of a URL, which a token must not leave.
func Origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// NetworkError is a failed request in one line, without the URL: that of a next
// page is some hundred letters, and the caller names the server.
func NetworkError(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		if u.Timeout() {
			return errors.New("no whole answer in the time set by timeout; the server or the network is slow")
		}
		err = u.Err
	}
	var lookup *net.DNSError
	if Untrusted(err) {
		return fmt.Errorf("%w; if the server's own CA or an inspecting proxy is meant, name its certificate as ca_file", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no whole answer in the time set by timeout; the server or the network is slow")
	}
	if errors.As(err, &lookup) {
		return fmt.Errorf("the name %s is not found; check it, and the name servers of this machine", lookup.Name)
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// Untrusted says that a server did not prove who it is; asking again helps nobody.
func Untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}
