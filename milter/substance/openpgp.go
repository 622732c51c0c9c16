package substance

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// The kinds of what OpenPGP makes, by the packets that it may begin with (RFC 9580
// section 10.3).
var (
	// Encrypted is for one who has the key.
	Encrypted = Packets{1, 3, 9, 18, 20}
	// Signed has the text inside, signed or only packed.
	Signed = Packets{2, 4, 8}
	// Signature stands beside what it signs.
	Signature = Packets{2}
	// Message is any of the first two.
	Message = slices.Concat(Encrypted, Signed)
)

// Packets are kinds of packets.
type Packets []int

// Is reports whether data is made of the packets of OpenPGP, and begins with one of
// these, if need be after a marker.
func (p Packets) Is(data []byte, whole bool) bool {
	const signature, marker = 2, 10
	tag, n, ok := packet(data, whole)
	if ok && tag == marker {
		data = data[n:]
		tag, n, ok = packet(data, whole)
	}
	if !ok || !slices.Contains(p, tag) || (tag == signature && !isSignature(data[:n])) {
		return false
	}
	for data = data[n:]; len(data) > 0; data = data[n:] {
		if _, n, ok = packet(data, whole); !ok {
			return false
		}
	}
	return true
}

// isSignature reports whether a packet has the version of a signature, and room for
// one.
func isSignature(packet []byte) bool {
	const least, oldest, newest = 20, 3, 6
	if len(packet) < least {
		return false
	}
	at := 2 // one byte tells the length, unless it is longer
	switch isNew := packet[0]&0x40 != 0; {
	case isNew && packet[1] == 0xff:
		at = 6
	case isNew && packet[1] >= 192:
		at = 3
	case !isNew && packet[0]&3 == 3:
		at = 1
	case !isNew:
		at = 1 + 1<<(packet[0]&3)
	}
	return packet[at] >= oldest && packet[at] <= newest
}

// packet reads the first packet of data (RFC 9580 section 4.2) and returns its kind
// and where it ends, which may be the end of data if that is not whole.
func packet(data []byte, whole bool) (tag, n int, ok bool) {
	const isPacket, isNew = 0x80, 0x40
	if len(data) == 0 || data[0]&isPacket == 0 {
		return 0, 0, false
	}
	if data[0]&isNew != 0 {
		tag, n = int(data[0]&0x3f), newPacket(data)
	} else {
		tag, n = int(data[0]>>2&0x0f), oldPacket(data)
	}
	if n > len(data) && !whole {
		n = len(data)
	}
	return tag, n, tag > 0 && n > 1 && n <= len(data)
}

// oldPacket is where a packet in the old format ends, 0 if nothing tells.
func oldPacket(data []byte) int {
	const toTheEnd = 3
	kind := data[0] & 3
	if kind == toTheEnd {
		return len(data)
	}
	size := 1 << kind
	if len(data) < 1+size {
		return 0
	}
	length := 0
	for _, c := range data[1 : 1+size] {
		length = length<<8 | int(c)
	}
	return 1 + size + length
}

// newPacket is where a packet in the new format ends, 0 if nothing tells. It may come
// in several lengths.
func newPacket(data []byte) int {
	at := 1
	for at < len(data) {
		switch c := int(data[at]); {
		case c < 192:
			return at + 1 + c
		case c < 224 && at+1 < len(data):
			return at + 2 + (c-192)<<8 + int(data[at+1]) + 192
		case c == 255 && at+4 < len(data):
			return at + 5 + int(data[at+1])<<24 + int(data[at+2])<<16 + int(data[at+3])<<8 + int(data[at+4])
		case c >= 224 && c < 255:
			at += 1 + 1<<(c&0x1f)
		default:
			return 0
		}
	}
	return at
}

// OpenPGP reports whether b is of one of these kinds, armored or not.
func (p Packets) OpenPGP(b []byte, whole bool) bool {
	text := bytes.TrimLeft(b, " \t\r\n")
	if !bytes.HasPrefix(text, []byte("-----BEGIN PGP ")) {
		return p.Is(b, whole)
	}
	a, ok := ReadArmor(text, whole)
	return ok && p.Is(a.Data, whole && a.Ended)
}

// Armor is a block of OpenPGP in ASCII (RFC 9580 section 6.2).
type Armor struct {
	Label string // "MESSAGE", "SIGNATURE"
	Data  []byte
	Size  int  // of the block, its last line included
	Ended bool // its last line is there
}

// ReadArmor reads the armor that text begins with.
func ReadArmor(text []byte, whole bool) (a Armor, ok bool) {
	first := lineOf(text)
	label, ok := bytes.CutPrefix(bytes.TrimRight(first, " \t\r\n"), []byte("-----BEGIN PGP "))
	if !ok {
		return a, false
	}
	if label, ok = bytes.CutSuffix(label, []byte("-----")); !ok {
		return a, false
	}
	a.Label, a.Size = string(label), len(first)
	var coded []byte
	inData := false
	for a.Size < len(text) {
		raw := lineOf(text[a.Size:])
		line := bytes.TrimSpace(raw)
		a.Size += len(raw)
		switch {
		case bytes.HasPrefix(line, []byte("-----END PGP "+a.Label+"-----")):
			a.Ended = true
			return a.decode(coded)
		case len(line) == 0 || bytes.HasPrefix(line, []byte("=")):
			inData = inData || len(line) == 0
		case !inData && bytes.Contains(line, []byte(": ")):
		case isBase64(line):
			inData = true
			coded = append(coded, line...)
		default:
			return a, false
		}
	}
	if whole {
		return a, false
	}
	return a.decode(coded[:len(coded)/4*4])
}

func (a Armor) decode(coded []byte) (Armor, bool) {
	var err error
	a.Data, err = base64.StdEncoding.DecodeString(string(coded))
	return a, err == nil && len(a.Data) > 0
}

// lineOf is the first line of b with its line end.
func lineOf(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

func isBase64(line []byte) bool {
	for _, c := range line {
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return true
}
