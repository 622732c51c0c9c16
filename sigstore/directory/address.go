package directory

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 5321 section 4.5.3.1, in octets.
const (
	maxLocalPart = 64
	maxDomain    = 255
)

// ParseAddress returns a plain mail address in lower case, and false for
// anything that is not one. Quoted local parts and display names are not
// accepted: no directory has them.
func ParseAddress(s string) (string, bool) {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxLocalPart || len(s)-at-1 > maxDomain || !utf8.ValidString(s) {
		return "", false
	}
	if strings.ContainsFunc(s, notInAddress) || strings.IndexByte(s, '@') != at {
		return "", false
	}
	if slices.Contains(strings.Split(s[at+1:], "."), "") {
		return "", false
	}
	return strings.ToLower(s[:at+1]) + asciiDomain(strings.ToLower(s[at+1:])), true
}

// asciiDomain is an internationalised domain as DNS has it (RFC 5890 A-labels),
// which is how tenants and authors are compared.
func asciiDomain(domain string) string {
	if strings.IndexFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return domain
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

func notInAddress(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>()[],;:\"`, r)
}

// SplitList splits a list at semicolons and bars. Names of groups have blanks
// in them and addresses do not, so that an element is split at blanks as well
// when each of its words is an address.
func SplitList(s string) []string {
	var list []string
	for element := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' }) {
		words := strings.Fields(element)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(w, "@") }) {
			words = []string{strings.Join(words, " ")}
		}
		list = append(list, words...)
	}
	return list
}

// SplitProxies returns what stands for a mail address in a proxyAddresses
// value, without its smtp: prefix.
//
// QUIRK: Exchange writes "SMTP:" for the primary and "smtp:" for further
// addresses, and keeps other kinds beside them (X500:, SIP:, SPO:, EUM:). An
// X500 address has blanks in it, so that its later words are its own, not
// addresses, up to the next prefix.
func SplitProxies(s string) []string {
	var list []string
	for element := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' }) {
		foreign := false
		for word := range strings.FieldsSeq(element) {
			if kind, rest, ok := strings.Cut(word, ":"); ok {
				foreign = !strings.EqualFold(kind, "smtp")
				word = rest
			}
			if !foreign && word != "" {
				list = append(list, word)
			}
		}
	}
	return list
}

// CollectAddresses puts the primary address before the others. One of the
// others that is not an address costs the person only that address.
func CollectAddresses(primary string, others []string) (all, problems []string) {
	all = []string{primary}
	seen := map[string]bool{primary: true}
	for _, other := range others {
		a, ok := ParseAddress(other)
		if !ok {
			problems = append(problems, fmt.Sprintf("proxy address %q is not a mail address and is not used", other))
			continue
		}
		if !seen[a] {
			seen[a] = true
			all = append(all, a)
		}
	}
	return all, problems
}
