package substance

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// TNEF reports whether b begins as the file that Outlook calls winmail.dat: its
// signature, and the version as the first attribute (MS-OXTNEF 2.1.3).
func TNEF(b []byte) bool {
	const signature, version, head = 0x223e9f78, 0x00089006, 15
	return len(b) >= head && binary.LittleEndian.Uint32(b) == signature && b[6] == 1 && binary.LittleEndian.Uint32(b[7:]) == version
}

// Rights reports whether b begins as the file message.rpmsg: its prefix, and the head
// of a compressed block (MS-OXORMMS 2.2.3).
func Rights(b []byte) bool {
	const prefix, block = "\x76\xe8\x04\x60\xc4\x11\xe3\x86", "\xa0\x0f\x00\x00"
	return bytes.HasPrefix(b, []byte(prefix+block))
}

// Meeting reports whether b is a calendar that asks or answers with that method
// (RFC 5546): an object with that method, in it a component with an identity and a
// time or somebody who takes part.
func Meeting(b []byte, method string, whole bool) bool {
	var inside, asks, component, identity, detail, closed bool
	for line := range bytes.Lines(bytes.TrimPrefix(b, []byte("\ufeff"))) {
		switch name, value := property(line); {
		case name == "BEGIN" && value == "VCALENDAR":
			inside = true
		case name == "" || !inside:
			if !inside && len(bytes.TrimSpace(line)) > 0 {
				return false
			}
		case name == "METHOD":
			asks = strings.EqualFold(value, method)
		case name == "BEGIN":
			component = component || value == "VEVENT" || value == "VTODO" || value == "VFREEBUSY" || value == "VJOURNAL"
		case name == "UID":
			identity = component && value != ""
		case name == "DTSTART" || name == "DTSTAMP" || name == "ORGANIZER" || name == "ATTENDEE":
			detail = component
		case name == "END" && value == "VCALENDAR":
			closed = true
		}
	}
	return asks && identity && detail && (closed || !whole)
}

// property is the name and the value of a line of a calendar; no name for one that
// continues another. Values that are looked at come in upper case.
func property(line []byte) (name, value string) {
	i := bytes.IndexAny(line, ":;")
	if i <= 0 || line[0] == ' ' || line[0] == '\t' {
		return "", ""
	}
	const longest = 100
	if colon := bytes.IndexByte(line, ':'); colon >= 0 {
		value = string(line[colon+1 : min(len(line), colon+longest)])
	}
	return strings.ToUpper(string(line[:i])), strings.ToUpper(strings.TrimSpace(value))
}
