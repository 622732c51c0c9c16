package ldap

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sigmilter/sigstore/directory"

	"github.com/go-ldap/ldap/v3"
)

// maxPhoto is the largest picture of a person that is taken over, in bytes.
const maxPhoto = 5_000_000

// personMaker makes people of entries.
type personMaker struct {
	reading *reading
	fields  []field
	more    []string // where further addresses are

	unique *directory.Claims
	met    int      // people, those that unique left out among them
	gone   []string // keys of entries that cannot be used
}

func (r *reading) newPersonMaker() *personMaker {
	p := &personMaker{reading: r, unique: directory.NewClaims(entryWords)}
	p.fields, p.more = r.fields()
	return p
}

// entryValues are an entry's attributes by name in lower case.
type entryValues map[string]*ldap.EntryAttribute

func valuesOf(e *ldap.Entry) entryValues {
	v := make(entryValues, len(e.Attributes))
	for _, a := range e.Attributes {
		v[strings.ToLower(a.Name)] = a
	}
	return v
}

func (v entryValues) of(name string) []string {
	if a := v[strings.ToLower(name)]; a != nil {
		return a.Values
	}
	return nil
}

func (v entryValues) raw(name string) [][]byte {
	if a := v[strings.ToLower(name)]; a != nil {
		return a.ByteValues
	}
	return nil
}

// entryKey is what an entry is known by: the distinguished name only where the
// directory has nothing better. It never is empty.
func entryKey(e *ldap.Entry) string {
	if guid := e.GetEqualFoldRawAttributeValue("objectGUID"); len(guid) > 0 {
		return hex.EncodeToString(guid)
	}
	for _, name := range []string{"entryUUID", "nsUniqueId"} {
		if id := e.GetEqualFoldAttributeValue(name); id != "" {
			return strings.ToLower(id)
		}
	}
	return foldDN(e.DN)
}

// add hands a person on, or notes why not.
func (p *personMaker) add(e *ldap.Entry) error {
	warn := func(format string, args ...any) {
		p.reading.warnings = append(p.reading.warnings, &EntryError{e.DN, fmt.Sprintf(format, args...)})
	}
	values := valuesOf(e)
	person := directory.Person{Key: entryKey(e), Attributes: map[string]string{}}
	var mail, upn []string
	for _, f := range p.fields {
		list := f.values(values, warn)
		if f.name == "mail" {
			mail = list
		} else if f.name == "userPrincipalName" {
			upn = list
		}
		if len(list) > 0 {
			if !f.all {
				list = list[:1]
			}
			person.Attributes[f.name] = strings.Join(list, ", ")
		}
	}
	person.Addresses = p.addresses(values, mail, upn, warn)
	if len(person.Addresses) == 0 {
		warn("no mail address; this entry is left out")
		p.gone = append(p.gone, person.Key)
		return nil
	}
	person.Address = person.Addresses[0]
	p.met++
	admitted := p.unique.Admit(&person, e.DN)
	p.reading.warnings = append(p.reading.warnings, p.unique.TakeWarnings()...)
	if !admitted {
		p.gone = append(p.gone, person.Key)
		return nil
	}
	if p.reading.Photos {
		person.Photo = photoOf(values, warn)
	}
	return p.reading.people.Add(person)
}

// values are the usable values of the first attribute that has one.
func (f field) values(values entryValues, warn func(string, ...any)) []string {
	for _, name := range f.from {
		var list []string
		for _, value := range values.of(name) {
			value = strings.TrimSpace(value)
			if value == "" {
				continue
			}
			if !utf8.ValidString(value) {
				warn("%s is not UTF-8 and is not used", name)
				continue
			}
			list = append(list, value)
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// addresses are all addresses of an entry, the primary first: mail, then the one that
// Exchange marks by SMTP: in capitals, then any other, then userPrincipalName, which
// counts only when there is nothing else.
func (p *personMaker) addresses(values entryValues, mail, upn []string, warn func(string, ...any)) []string {
	var marked, others []string
	for _, name := range p.more {
		for _, value := range values.of(name) {
			list := directory.SplitProxies(value)
			if strings.HasPrefix(value, "SMTP:") {
				marked = append(marked, list...)
			} else {
				others = append(others, list...)
			}
		}
	}
	all := collectValid(slices.Concat(mail, marked, others), warn)
	if len(all) == 0 {
		return collectValid(upn, warn)
	}
	return all
}

// collectValid is the addresses in lower case and without repeats.
func collectValid(list []string, warn func(string, ...any)) (all []string) {
	for _, text := range list {
		address, ok := directory.ParseAddress(text)
		if !ok {
			warn("%q is not a mail address and is not used", text)
		} else if !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
}

// photoOf is the first picture that can be used.
func photoOf(values entryValues, warn func(string, ...any)) []byte {
	for _, name := range photoAttributes {
		for _, data := range values.raw(name) {
			kind := http.DetectContentType(data)
			if len(data) == 0 {
				continue
			}
			if len(data) > maxPhoto {
				warn("%s has %d bytes, more than %d, and is not used", name, len(data), maxPhoto)
				continue
			}
			if kind != "image/jpeg" && kind != "image/png" && kind != "image/gif" {
				warn("%s is neither JPEG nor PNG nor GIF and is not used", name)
				continue
			}
			return data
		}
	}
	return nil
}

// entryWords are the warnings of two entries that have the same address.
var entryWords = directory.ClaimWords{
	Taken: func(first, second directory.Claimant) error {
		return &EntryError{second.Label, fmt.Sprintf("%s is the primary address of %s as well; this entry is left out", second.Primary, first.Label)}
	},
	Keeps: func(owner, other directory.Claimant, address string) error {
		return &EntryError{other.Label, fmt.Sprintf("%s is an address of %s (%s) as well and stays there; it is not used for %s",
			address, owner.Label, owner.Primary, other.Primary)}
	},
}

// noteTime keeps the latest time of change.
func (r *reading) noteTime(e *ldap.Entry) {
	t, ok := parseGeneralized(e.GetEqualFoldAttributeValue("modifyTimestamp"))
	if ok && t.After(r.newest) {
		r.newest = t
	}
}

// parseGeneralized reads a time (RFC 4517 section 3.3.13) in UTC, with or without
// fractions of a second, which are cut off.
func parseGeneralized(s string) (time.Time, bool) {
	if i := strings.IndexAny(s, ".,"); i > 0 && strings.HasSuffix(s, "Z") {
		s = s[:i] + "Z"
	}
	t, err := time.Parse(generalized, s)
	return t, err == nil
}
