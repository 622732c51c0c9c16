package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A record is one person as Graph writes people in JSON. Portals that speak
// Graph's names are read by the same rules.
type Record map[string]json.RawMessage

// notAttributes are members of a record that say something else than an attribute.
var notAttributes = map[string]bool{
	"id": true, "accountenabled": true, "usertype": true, "proxyaddresses": true, "othermails": true,
	"groups": true, "memberof": true, "signature": true, "photo": true, "onpremisesextensionattributes": true,
}

// ParseRecord folds the names of the members: Graph's own spelling for attributes
// it has, lower case for members with a meaning of their own.
func ParseRecord(raw []byte) (Record, error) {
	var members Record
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("it is no JSON object: %w", err)
	}
	rec := make(Record, len(members))
	for name, value := range members {
		rec[recordName(name)] = value
	}
	return rec, nil
}

func recordName(name string) string {
	if lower := strings.ToLower(name); notAttributes[lower] {
		return lower
	}
	if spelled, ok := Canonical(name); ok {
		return spelled
	}
	return name
}

// Text is a scalar as it is written, and a list of them joined by commas; false
// for what is neither. null and an absent member are the empty text.
func (r Record) Text(name string) (string, bool) {
	list, ok := r.list(name)
	return strings.Join(list, ", "), ok
}

// list is a list of scalars, or a sole scalar as a list of one. Empty ones are
// left out.
func (r Record) list(name string) (list []string, ok bool) {
	raw, has := r[name]
	if !has {
		return nil, true
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // an employee's number keeps its digits
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	elements, isList := value.([]any)
	if !isList {
		elements = []any{value}
	}
	for _, element := range elements {
		switch element.(type) {
		case nil:
			continue
		case string, json.Number, bool:
		default:
			return nil, false
		}
		s := fmt.Sprint(element)
		// encoding/json puts U+FFFD for bytes that are not UTF-8.
		if strings.ContainsRune(s, utf8.RuneError) {
			return nil, false
		}
		s = strings.TrimSpace(s)
		if s != "" {
			list = append(list, s)
		}
	}
	return list, true
}

// IsFalse says that a member is there and false.
func (r Record) IsFalse(name string) bool { return string(bytes.TrimSpace(r[name])) == "false" }

// Label names a record in a warning, whatever is broken in it.
func (r Record) Label() string {
	for _, name := range []string{"mail", "userPrincipalName", "id", "displayName"} {
		if s, ok := r.Text(name); ok && s != "" {
			return Shorten(s)
		}
	}
	return "an entry without a name"
}

// Person makes a person of a record. Its Address is empty when the record has no
// usable one. The problems name no person.
func (r Record) Person() (p Person, problems []string) {
	p.Attributes = map[string]string{}
	p.Key, _ = r.Text("id")
	problems = append(problems, r.attributes(p.Attributes)...)
	lists := map[string][]string{}
	for _, name := range []string{"proxyaddresses", "othermails", "groups", "memberof"} {
		list, ok := r.list(name)
		if !ok {
			problems = append(problems, name+" is no list of texts and is not used")
		}
		lists[name] = list
	}
	p.Groups = append(lists["groups"], lists["memberof"]...)
	var more []string
	p.Address, more = primaryAddress(p.Attributes)
	problems = append(problems, more...)
	if p.Address == "" {
		return p, problems
	}
	var others []string
	for _, proxy := range lists["proxyaddresses"] {
		others = append(others, SplitProxies(proxy)...)
	}
	others = append(others, lists["othermails"]...)
	p.Addresses, more = CollectAddresses(p.Address, others)
	problems = append(problems, more...)
	// A sign-in name is often no mail address of anybody, so that a broken one is
	// not worth a warning.
	if upn, ok := ParseAddress(p.Attributes["userPrincipalName"]); ok && !slices.Contains(p.Addresses, upn) {
		p.Addresses = append(p.Addresses, upn)
	}
	return p, problems
}

// attributes puts in every member that is an attribute, also those inside
// onPremisesExtensionAttributes.
func (r Record) attributes(into map[string]string) (problems []string) {
	from := r
	if raw := r["onpremisesextensionattributes"]; len(raw) > 0 && string(raw) != "null" {
		if inner, err := ParseRecord(raw); err == nil {
			from = maps.Clone(r)
			maps.Copy(from, inner)
		} else {
			problems = append(problems, "onPremisesExtensionAttributes is no object and is not used")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if notAttributes[name] || strings.HasPrefix(name, "@") || strings.Contains(name, "@odata") {
			continue
		}
		value, ok := from.Text(name)
		if !ok {
			problems = append(problems, name+" is neither a text nor a list of texts in UTF-8 and is not used")
		} else if value != "" {
			into[name] = value
		}
	}
	return problems
}

// primaryAddress is mail, or userPrincipalName where there is no mail.
func primaryAddress(attributes map[string]string) (address string, problems []string) {
	name, value := "mail", attributes["mail"]
	if value == "" {
		name, value = "userPrincipalName", attributes["userPrincipalName"]
	}
	if value == "" {
		return "", []string{"no mail address; left out"}
	}
	address, ok := ParseAddress(value)
	if !ok {
		return "", []string{fmt.Sprintf("%s %q is not a mail address; left out", name, value)}
	}
	return address, nil
}

// Shorten keeps a foreign text to one line of bearable length.
func Shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:200]) + "..."
	}
	return s
}
