package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// refusedError says that the server does not accept the name or the password.
type refusedError struct{ error }

func (e *refusedError) Unwrap() error { return e.error }

// noTLSError says that the server does not start TLS.
type noTLSError struct{ error }

func (e *noTLSError) Unwrap() error { return e.error }

// hints say what to do about a result code of RFC 4511 appendix A.
var hints = map[uint16]string{
	ldap.LDAPResultOperationsError:              "the server cannot do this; without a bind_dn it may want one: set bind_dn and password_file",
	ldap.LDAPResultTimeLimitExceeded:            "the server's time limit was exceeded: index the attributes of filter on the server, or lower page_size",
	ldap.LDAPResultSizeLimitExceeded:            "the server's size limit was exceeded: set page_size to 1000 or less, and let bind_dn read more (OpenLDAP: limits dn.exact=\"BIND_DN\" size=unlimited)",
	ldap.LDAPResultAuthMethodNotSupported:       "the server takes no simple bind: allow it there",
	ldap.LDAPResultStrongAuthRequired:           "the server wants TLS: write ldaps:// in servers, or set tls = \"starttls\"",
	ldap.LDAPResultConfidentialityRequired:      "the server wants TLS: write ldaps:// in servers, or set tls = \"starttls\"",
	ldap.LDAPResultReferral:                     "the server refers to another one, which is not followed: name that server in servers, or set base to what this one has",
	ldap.LDAPResultAdminLimitExceeded:           "the server's limit was exceeded: lower page_size, or raise the limit for bind_dn",
	ldap.LDAPResultUnavailableCriticalExtension: "the server has no paged search (RFC 2696): allow it there",
	ldap.LDAPResultNoSuchObject:                 "there is no such entry, or bind_dn may not see it: check base and group_base",
	ldap.LDAPResultInvalidDNSyntax:              "this is no distinguished name: check bind_dn, base and group_base",
	ldap.LDAPResultInappropriateAuthentication:  "the name has no password on the server: check bind_dn",
	ldap.LDAPResultInvalidCredentials:           "the name or the password is wrong: check bind_dn and password_file",
	ldap.LDAPResultInsufficientAccessRights:     "the name may not read this: give bind_dn the right to read people",
	ldap.LDAPResultBusy:                         "the server is busy; it is tried again",
	ldap.LDAPResultUnavailable:                  "the server is going down or starting; it is tried again",
	ldap.LDAPResultUnwillingToPerform:           "the server is not willing to: an anonymous bind or one without TLS may be forbidden",
	ldap.ErrorFilterCompile:                     "filter is not a valid LDAP filter",
}

// adRefusals are what Active Directory means by code 49, by the number after "data" in
// its message (system error codes 0x525 and so on).
var adRefusals = map[string]string{
	"525": "there is no such user: check bind_dn",
	"52e": "the password is wrong: check password_file",
	"530": "the user may not log on at this time",
	"531": "the user may not log on from this machine",
	"532": "the password has expired: set a new one, and let it not expire for this user",
	"533": "the account is disabled: enable it",
	"568": "the user is in too many groups",
	"701": "the account has expired",
	"773": "the user must change the password first",
	"775": "the account is locked after wrong passwords: unlock it, and check password_file",
}

var adRefusal = regexp.MustCompile(`\bdata ([0-9a-f]{3,4})\b`)

// explain puts an error into a line that says what to do about it.
func explain(err error, doing string, timeout time.Duration) error {
	if line := explainResult(err); line != "" {
		full := fmt.Errorf("%s: %s (%w)", doing, line, plainError(err))
		if ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
			return &refusedError{full}
		}
		return full
	}
	return fmt.Errorf("%s: %w", doing, explainNetwork(err, timeout))
}

func explainResult(err error) string {
	var result *ldap.Error
	var noTLS *noTLSError
	if !errors.As(err, &result) || result.ResultCode == ldap.ErrorNetwork {
		return ""
	}
	if errors.As(err, &noTLS) {
		return `the server does not start TLS: write ldaps:// in servers, or give the server a certificate`
	}
	if result.ResultCode == ldap.LDAPResultInvalidCredentials {
		if m := adRefusal.FindStringSubmatch(result.Error()); m != nil && adRefusals[m[1]] != "" {
			return adRefusals[m[1]]
		}
	}
	if hint := hints[result.ResultCode]; hint != "" {
		return hint
	}
	return "the server says no"
}

// cut is what the library says when the connection has ended.
var cut = regexp.MustCompile(`channel closed|connection closed|unable to (read|send)|\bEOF$`)

// explainNetwork is about everything below LDAP.
func explainNetwork(err error, timeout time.Duration) error {
	var (
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		lookup  *net.DNSError
		slow    net.Error
	)
	err = plainError(err)
	switch {
	case errors.As(err, &host):
		return fmt.Errorf("the server's certificate is for another name: write one of its names in servers, or set server_name (%w)", host)
	case errors.As(err, &unknown):
		return fmt.Errorf("the server's certificate comes from an authority that is not known here: set ca_file to its certificate (%w)", unknown)
	case errors.As(err, &invalid):
		return fmt.Errorf("the server's certificate cannot be used: renew it (%w)", invalid)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens there: check host and port, and whether the server runs (%w)", err)
	case errors.As(err, &lookup):
		return fmt.Errorf("the host is not found: check its name and DNS (%w)", err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return err
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), "timed out"):
		return fmt.Errorf("the server did not answer within %v: see whether it is overloaded, or raise timeout (%w)", timeout, err)
	case cut.MatchString(err.Error()):
		return fmt.Errorf("the server closed the connection: look into its log (%w)", err)
	}
	return err
}

// plainError is an error on one line, without the library's "LDAP Result Code 200".
func plainError(err error) error {
	var result *ldap.Error
	if errors.As(err, &result) && result.ResultCode == ldap.ErrorNetwork && result.Err != nil {
		err = result.Err
	}
	if strings.ContainsAny(err.Error(), "\r\n\x00") {
		return &flatError{err}
	}
	return err
}

// flatError is an error without line breaks.
//
// QUIRK: Active Directory ends its messages with a zero byte.
type flatError struct{ error }

func (e *flatError) Unwrap() error { return e.error }

func (e *flatError) Error() string {
	return strings.Join(strings.FieldsFunc(e.error.Error(), func(r rune) bool { return r < ' ' }), " ")
}
