package render

import (
	"fmt"
	"html/template"
	neturl "net/url"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a template that works on one machine does on the next

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// functions are those of text templates; HTML has its own of some. The value
// comes last in each, so that {{.field | function}} works. The package comment
// says what they do.
func (a *alternative) functions() map[string]any {
	prefix := a.options.PhonePrefix
	return map[string]any{
		noteFunc:  a.note,
		"default": orElse,
		// A Caser has a state, so each call has its own.
		"upper": func(s string) string { return cases.Upper(language.Und).String(s) },
		"lower": func(s string) string { return cases.Lower(language.Und).String(s) },
		"title": func(s string) string { return cases.Title(language.Und).String(s) },
		"phone": func(s string) string { return parsePhone(s, prefix).display },
		"tel":   func(s string) string { return parsePhone(s, prefix).url },
		"date":  date,
		"url":   webURL,
		"list":  listOf,
		"vcard": func() string { return vcard(a.current.attrs, prefix) },
		// Text has no pictures.
		"photo":  func(...string) string { return "" },
		"qrcode": plainQRCode,
	}
}

// telURL is tel for HTML. html/template takes tel: for a scheme that might run a
// script; this one is made of digits.
func telURL(prefix string) func(string) template.URL {
	return func(s string) template.URL { return template.URL(parsePhone(s, prefix).url) }
}

func orElse(other, value string) string {
	if value == "" {
		return other
	}
	return value
}

// listOf splits what directories write into one value, at semicolons and bars. Of
// nothing it has one empty element, so that the line of {{range list .field}} is
// one with an empty field, which disappears.
func listOf(value string) []string {
	var elements []string
	for element := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ';' || r == '|' }) {
		element = strings.TrimSpace(element)
		if element != "" {
			elements = append(elements, element)
		}
	}
	if elements == nil {
		return []string{""}
	}
	return elements
}

// dateLayouts are what directories write: those of a moment, and those that
// leave the time zone open.
var dateLayouts = []struct {
	layout string
	moment bool
}{
	{time.RFC3339, true},
	{"20060102150405Z0700", true}, // LDAP's GeneralizedTime (RFC 4517)
	{"20060102150405.0Z0700", true},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02 15:04:05", false},
	{"2006-01-02 15:04", false},
	{time.DateOnly, false},
}

// twoDates differ in everything that a layout can have.
var twoDates = [2]time.Time{
	time.Date(2001, 1, 1, 1, 1, 1, 0, time.UTC),
	time.Date(2012, 12, 12, 14, 15, 16, 0, time.UTC),
}

// date writes a date of the person by a layout. A moment is told by the clocks
// of the zone; what has no zone is taken as it stands.
func date(layout, zone, value string) (string, error) {
	where, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return "", fmt.Errorf("%q is not a time zone; write one like %q", zone, "Europe/Berlin")
	}
	if twoDates[0].Format(layout) == twoDates[1].Format(layout) {
		return "", fmt.Errorf("%q is not a layout of a date; write one like %q", layout, "2 January 2006")
	}
	for _, l := range dateLayouts {
		t, err := time.ParseInLocation(l.layout, value, where)
		if err != nil {
			continue
		}
		if l.moment {
			return t.In(where).Format(layout), nil
		}
		return t.Format(layout), nil
	}
	return value, nil
}

var schemeStart = regexp.MustCompile(`^(?i)[a-z][a-z0-9+.-]*://`)

// webURL adds parameters to a web address. Empty ones are left out, and one that
// the address has already stays as it is there.
func webURL(address string, parameters ...string) (string, error) {
	if len(parameters)%2 != 0 {
		return "", fmt.Errorf("url: parameter %q has no value", parameters[len(parameters)-1])
	}
	if !schemeStart.MatchString(address) {
		address = "https://" + address
	}
	u, err := neturl.Parse(address)
	if err != nil {
		return "", nil
	}
	isWeb := u.Scheme == "http" || u.Scheme == "https"
	if !isWeb || u.Hostname() == "" || u.User != nil {
		return "", nil
	}
	given := u.Query()
	for i := 0; i < len(parameters); i += 2 {
		name, value := parameters[i], parameters[i+1]
		if value == "" || given.Has(name) {
			continue
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += neturl.QueryEscape(name) + "=" + neturl.QueryEscape(value)
	}
	return u.String(), nil
}
