package ldap

import (
	"errors"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// CheckServer says what is wrong with one of [Options.Servers].
func CheckServer(s string) error {
	_, err := parseEndpoint(s)
	return err
}

// CheckDN says what is wrong with a distinguished name (RFC 4514). The empty one, of
// the root entry, is not accepted: nobody has people below it.
func CheckDN(s string) error {
	dn, err := ldap.ParseDN(s)
	if err != nil {
		return errors.New("it needs the form type=value,type=value")
	}
	if len(dn.RDNs) == 0 {
		return errors.New("it is empty")
	}
	return nil
}

// CheckFilter says what is wrong with [Options.Filter].
func CheckFilter(s string) error {
	if _, err := ldap.CompileFilter(parenthesised(s)); err != nil {
		return errors.New("RFC 4515 does not allow it")
	}
	return nil
}

// parenthesised is a filter as the protocol wants it.
func parenthesised(filter string) string {
	if strings.HasPrefix(filter, "(") {
		return filter
	}
	return "(" + filter + ")"
}

// CheckAttribute says what is wrong with the name of an LDAP attribute (RFC 4512
// section 2.5), which is without options here.
func CheckAttribute(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return errors.New("it has a letter that no attribute has")
		}
	}
	return nil
}
