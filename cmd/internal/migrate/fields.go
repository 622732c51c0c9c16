package migrate

import (
	"strings"
	"unicode"

	"sigmilter/sigstore/directory"
)

// knownNames are the names that products, Active Directory and its tools have for
// attributes, beside Graph's own. Case, blanks and signs do not count.
var knownNames = map[string][]string{
	"displayName":       {"full name", "name", "cn"},
	"givenName":         {"first name"},
	"surname":           {"last name", "family name", "sn"},
	"jobTitle":          {"title", "position"},
	"companyName":       {"company", "organization", "organisation"},
	"officeLocation":    {"office", "physicalDeliveryOfficeName"},
	"businessPhones":    {"phone", "phone number", "business phone", "work phone", "office phone", "telephone", "telephone number"},
	"mobilePhone":       {"mobile", "mobile number", "cell", "cell phone"},
	"faxNumber":         {"fax", "facsimileTelephoneNumber"},
	"streetAddress":     {"street"},
	"city":              {"town", "l"},
	"state":             {"st", "province", "state/province"},
	"postalCode":        {"zip", "zip code", "zip/postal code", "postcode"},
	"country":           {"co", "country/region"},
	"mail":              {"email", "email address"},
	"userPrincipalName": {"upn", "user logon name"},
}

// byName is known by what is left of a name.
var byName = func() map[string]string {
	all := map[string]string{}
	for field, names := range knownNames {
		for _, name := range names {
			all[folded(name)] = field
		}
	}
	return all
}()

// attributeOf is Graph's name of what a product calls name.
func attributeOf(name string) (string, bool) {
	key := folded(name)
	if field, ok := byName[key]; ok {
		return field, true
	}
	if n, ok := strings.CutPrefix(key, "customattribute"); ok {
		key = "extensionattribute" + n
	}
	return directory.Canonical(key)
}

// isPhoto says whether products, or directories, call the person's photo so.
func isPhoto(name string) bool {
	switch folded(name) {
	case "photo", "userphoto", "profilephoto", "thumbnailphoto", "jpegphoto", "userpicture", "profilepicture":
		return true
	}
	return false
}

// folded is a name without case, blanks and signs.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// column is the field that stands for a name nobody knows: one that a column of
// the people can have, as templates spell it.
func column(name string) string {
	var b strings.Builder
	for i, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(word)
		if i == 0 {
			r[0] = unicode.ToLower(r[0])
		} else {
			r[0] = unicode.ToUpper(r[0])
		}
		b.WriteString(string(r))
	}
	s := b.String()
	if s == "" || unicode.IsDigit([]rune(s)[0]) {
		return "field" + s
	}
	return s
}
