package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// canonical is an address in lower case, its domain without the final dot of the
// root, an internationalised one as DNS has it (RFC 5890 A-labels), which is how the
// configuration has it.
func canonical(address string) string {
	address = strings.TrimRight(strings.ToLower(address), ".")
	domain := domainOf(address)
	if !beyondASCII(domain) || len(domain) > longestDomain {
		return address
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return strings.TrimSuffix(address, domain) + ascii
	}
	return address
}

// longestDomain is how many bytes of UTF-8 a domain has at most: DNS takes 253, and
// as an A-label no character is shorter than one. Writing a domain so takes time that
// grows with the square of its length.
const longestDomain = 253 * utf8.UTFMax

func beyondASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) >= 0
}

// domainOf is the part of an address after the last @.
func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

var label = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

// ParseDomain lower-cases a domain and writes an internationalised one as DNS
// and SMTP do (RFC 5890 A-labels).
func ParseDomain(s string) (string, error) {
	domain := strings.ToLower(s)
	if strings.Contains(domain, "@") {
		return "", errors.New("an address has no place here, only what follows its @")
	}
	if beyondASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", errors.New("it has letters that no domain can have")
		}
		domain = ascii
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "", errors.New("it has no dot")
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return "", fmt.Errorf("%q cannot be part of one", l)
		}
	}
	if len(domain) > 253 {
		return "", errors.New("it is longer than 253 letters")
	}
	return domain, nil
}

// ParseAddress reads the address of a mailbox: in lower case, its domain as
// [ParseDomain] has it.
func ParseAddress(s string) (string, error) {
	if !strings.Contains(s, "@") {
		return "", errors.New("it has no @")
	}
	return parseOrigin(s)
}

// parseOrigin reads an address or a domain.
func parseOrigin(s string) (string, error) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return ParseDomain(s)
	}
	local := strings.ToLower(s[:at])
	if local == "" || strings.ContainsFunc(local, notPrinted) || strings.ContainsAny(local, `<>,;"`) {
		return "", errors.New("what stands before the @ cannot be a mailbox")
	}
	domain, err := ParseDomain(s[at+1:])
	return local + "@" + domain, err
}

func notPrinted(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
