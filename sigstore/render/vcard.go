package render

import (
	"strings"
	"unicode/utf8"
)

// vcardFields are the attributes a vCard is made of.
var vcardFields = []string{
	"displayName", "givenName", "surname", "companyName", "department", "jobTitle", "mobilePhone",
	"businessPhones", "mail", "faxNumber", "streetAddress", "city", "state", "postalCode", "country",
}

// vcard is the person as a vCard 3.0 (RFC 2426), the version all phones read from
// a QR code; escapes and folds are also those of RFC 6350. go-vcard is not used: it folds no
// lines and does not escape a semicolon within a value. It is empty for who
// has no name. What makes it too long for [maxQRCode] is left out of it, the
// more important first in line.
func vcard(attrs map[string]string, prefix string) string {
	name := attrs["displayName"]
	if name == "" {
		name = strings.TrimSpace(attrs["givenName"] + " " + attrs["surname"])
	}
	if name == "" {
		return ""
	}
	const begin, end = "BEGIN:VCARD\r\nVERSION:3.0\r\n", "END:VCARD\r\n"
	var card strings.Builder
	card.WriteString(begin)
	card.WriteString(vcardProperty("N", structured(attrs["surname"], attrs["givenName"], "", "", "")))
	card.WriteString(vcardProperty("FN", structured(name)))
	add := func(name string, values ...string) {
		line := vcardProperty(name, structured(values...))
		if strings.Join(values, "") != "" && card.Len()+len(line)+len(end) <= maxQRCode {
			card.WriteString(line)
		}
	}
	add("EMAIL", attrs["mail"])
	add("TEL;TYPE=CELL", dialled(attrs["mobilePhone"], prefix))
	for _, number := range listOf(attrs["businessPhones"]) {
		add("TEL;TYPE=WORK,VOICE", dialled(number, prefix))
	}
	if attrs["department"] == "" {
		add("ORG", attrs["companyName"])
	} else {
		add("ORG", attrs["companyName"], attrs["department"])
	}
	add("TITLE", attrs["jobTitle"])
	add("ADR;TYPE=WORK", "", "", attrs["streetAddress"], attrs["city"], attrs["state"], attrs["postalCode"], attrs["country"])
	add("TEL;TYPE=WORK,FAX", dialled(attrs["faxNumber"], prefix))
	return card.String() + end
}

// dialled is a number as a phone dials it, without an extension.
func dialled(value, prefix string) string {
	number, _, _ := strings.Cut(strings.TrimPrefix(parsePhone(value, prefix).url, "tel:"), ";")
	if number == "" {
		return value
	}
	return number
}

var vcardEscapes = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r\n", `\n`, "\n", `\n`, "\r", "")

func structured(values ...string) string {
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = vcardEscapes.Replace(v)
	}
	return strings.Join(escaped, ";")
}

// vcardProperty is a line, folded where it has more than 75 bytes (RFC 6350 section
// 3.2), and never within a character.
func vcardProperty(name, value string) string {
	const most = 75
	line := name + ":" + value
	var folded strings.Builder
	for room := most; len(line) > room; room = most - 1 {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		folded.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	return folded.String() + line + "\r\n"
}
