package policy

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"

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

// addresses are those of an address field, in lower case.
func addresses(value string) []string {
	var found []string
	if list, err := mail.ParseAddressList(value); err == nil {
		for _, a := range list {
			found = append(found, strings.ToLower(a.Address))
		}
		return found
	}
	// QUIRK: devices and scripts write unquoted commas and umlauts into names
	for _, a := range addressShape.FindAllString(value, -1) {
		found = append(found, strings.ToLower(a))
	}
	return found
}
