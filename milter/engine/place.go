package engine

import (
	"slices"

	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
)

// place finds the places of the blocks in each form of the message. The forms
// must agree: when one has a place for the signature, the others get it where it
// belongs there, and when one has none, none gets it.
func place(texts []form, blocks []insert.Block, d *policy.Decision, person *insert.Person) insert.Refusal {
	why := insert.NotSelected
	for _, b := range blocks {
		if b.Kind == insert.Signature {
			why = placeSignature(texts, b, d, person)
		} else if d.Place.Selects(d.Reply) || havePlace(texts) {
			why = placeAtEdge(texts, b)
		}
		if why == insert.NoPlace {
			return why
		}
	}
	if havePlace(texts) {
		return ""
	}
	return why
}

// havePlace reports whether anything has a place yet. Blocks have theirs in every form
// or in none.
func havePlace(texts []form) bool {
	return slices.ContainsFunc(texts[0].leaves, func(l *leaf) bool { return len(l.placed) > 0 })
}

// placeSignature places the signature in each form. The HTML comes first: its
// elements say what an old signature is, and the plain text then loses the same
// lines and no others that are not marked there.
func placeSignature(texts []form, b insert.Block, d *policy.Decision, person *insert.Person) insert.Refusal {
	places := make([]insert.Placement, len(texts))
	refusals := make([]insert.Refusal, len(texts))
	for _, i := range htmlFirst(texts) {
		places[i], refusals[i] = texts[i].newest.reading.Place(b, &d.Place, person, false)
		if person.Other == nil && len(texts) > 1 && refusals[i] == "" && places[i].Placed != insert.AtMarker {
			person.Other = &places[i].Old
		}
	}
	if !slices.Contains(refusals, "") {
		return refusals[0]
	}
	for i, t := range texts {
		if refusals[i] != "" {
			places[i], refusals[i] = t.newest.reading.Place(b, &d.Place, person, true)
			if refusals[i] != "" {
				return insert.NoPlace
			}
		}
		t.newest.put(b, places[i])
	}
	return ""
}

// htmlFirst are the indexes of the texts, those of HTML before the others.
func htmlFirst(texts []form) []int {
	var first, others []int
	for i := range texts {
		if texts[i].newest.Part.Media.Type == "text/html" {
			first = append(first, i)
		} else {
			others = append(others, i)
		}
	}
	return append(first, others...)
}

func placeAtEdge(texts []form, b insert.Block) insert.Refusal {
	for _, t := range texts {
		l := t.edge(b.Kind)
		pl, ok := l.reading.AtEdge(b)
		if !ok {
			return insert.NoPlace
		}
		l.put(b, pl)
	}
	return ""
}

// fingerprint is what of the directory tells a person's signature.
func fingerprint(p *policy.Person) *insert.Person {
	f := &insert.Person{
		Name: p.Attributes["displayName"], Given: p.Attributes["givenName"], Surname: p.Attributes["surname"], Addresses: p.Addresses,
	}
	for name, v := range p.Attributes {
		switch name {
		case "displayName", "givenName", "surname", "mail", "userPrincipalName", "preferredLanguage", "employeeId":
		case "nickname", "mailNickname", "alias", "initials":
			f.Nicknames = append(f.Nicknames, v)
		case "jobTitle":
			f.Roles = append(f.Roles, v)
		default:
			f.Values = append(f.Values, v)
		}
	}
	return f
}
