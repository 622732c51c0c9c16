package insert

import (
	"regexp"
	"strings"
)

// QUIRK: Roundcube turns the links of HTML into numbers, "www.contoso.com [1]", and lists
// them at the end of the text below a row: "Links:", "------", "[1] https://...".

var (
	linkNumber = regexp.MustCompile(`\[[0-9]{1,3}\]`)
	listedLink = regexp.MustCompile(`^\[[0-9]{1,3}\] \S+$`)
)

// isLinkNumber reports whether a text is the number of a link.
func isLinkNumber(s string) bool { return len(s) <= len("[100]") && linkNumber.FindString(s) == s }

// linkList is the first line of such a list, whose last one is line last; -1 for none.
func (r *Reading) linkList(last int) int {
	at := last
	for at >= 0 && r.lines[at].own && listedLink.MatchString(r.lines[at].text) {
		at--
	}
	headed := at >= 1 && r.lines[at].own && r.lines[at-1].own && strings.Trim(r.lines[at].text, "-") == "" && endsInColon(r.lines[at-1].text)
	if r.page != nil || at == last || !headed {
		return -1
	}
	return at - 1
}

// withLinkList takes the list of links along that stands directly below a signature and
// numbers links of nothing else.
func (r *Reading) withLinkList(f found, list, last int) found {
	if f.to != list || f.ours {
		return f
	}
	for i := range f.from {
		if r.lines[i].own && linkNumber.MatchString(r.lines[i].text) {
			return f
		}
	}
	return r.stretch(f.from, last+1, f.name)
}
