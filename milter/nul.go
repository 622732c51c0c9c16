package milter

import (
	"bytes"

	gomilter "github.com/emersion/go-milter"
)

// substitute stands for a NUL in a field (ASCII SUB).
const substitute = 0x1a

// fieldReader looks at packets as they are read and replaces each NUL within the
// value of a field.
//
// QUIRK: the library takes a field with one for malformed, drops it and answers a
// packet for which the MTA waits for no answer. That answer would be taken for the
// one at end-of-message, and the message would leave as it came.
type fieldReader struct {
	at   int  // bytes of the packet that were read
	code byte // its command, once it was read
	name bool // the name of a field has ended
}

// read takes the next piece of a packet, of which left bytes follow.
func (r *fieldReader) read(p []byte, left int) {
	rest := p
	if r.at < packetHead && r.at+len(p) >= packetHead {
		rest = p[packetHead-r.at:]
		r.code, r.name = p[packetHead-r.at-1], false
	}
	r.at += len(p)
	if r.at > packetHead && r.code == byte(gomilter.CodeHeader) {
		r.replace(rest, left == 0)
	}
	if left == 0 {
		*r = fieldReader{}
	}
}

// replace works on a piece of a field; last says that it is the last one.
func (r *fieldReader) replace(p []byte, last bool) {
	if !r.name {
		end := bytes.IndexByte(p, 0)
		if end < 0 {
			return
		}
		r.name = true
		p = p[end+1:]
	}
	if last && len(p) > 0 && p[len(p)-1] == 0 {
		p = p[:len(p)-1]
	}
	for i := bytes.IndexByte(p, 0); i >= 0; i = bytes.IndexByte(p, 0) {
		p[i] = substitute
		p = p[i+1:]
	}
}
