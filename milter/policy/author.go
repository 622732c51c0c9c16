package policy

import (
	"net/mail"
	"regexp"
	"slices"

	"sigmilter/milter/entity"
)

// authorsOf are the addresses whose signature a message may carry, in order:
// those of the From field (RFC 5322 3.6.2); when there are several, the one that
// the Sender field names as having sent it comes first.
func authorsOf(h entity.Header) []string {
	from := addresses(h.Get("From"))
	if len(from) < 2 {
		return from
	}
	for _, s := range addresses(h.Get("Sender")) {
		if i := slices.Index(from, s); i > 0 {
			return append([]string{s}, slices.Delete(from, i, i+1)...)
		}
	}
	return from
}

// addressShape finds addresses in a field that is not built as RFC 5322 says.
var addressShape = regexp.MustCompile(`[^\s<>"(),;:@]+@[^\s<>"(),;:@]+`)

// angled finds addresses in brackets, which the words around them are not.
var angled = regexp.MustCompile(`<\s*(` + addressShape.String() + `)\s*>`)

// Addresses are those of the address fields of a name, in lower case.
func Addresses(h entity.Header, name string) []string {
	var found []string
	for _, value := range h.All(name) {
		found = append(found, addresses(value)...)
	}
	return found
}

// addresses are those of an address field, as [canonical] has them.
func addresses(value string) []string {
	var found []string
	if list, err := mail.ParseAddressList(value); err == nil {
		for _, a := range list {
			found = append(found, canonical(a.Address))
		}
		return found
	}
	for _, m := range angled.FindAllStringSubmatch(value, -1) {
		found = append(found, canonical(m[1]))
	}
	if len(found) > 0 {
		return found
	}
	// QUIRK: devices and scripts write unquoted commas and umlauts into names
	for _, a := range addressShape.FindAllString(value, -1) {
		found = append(found, canonical(a))
	}
	return found
}
