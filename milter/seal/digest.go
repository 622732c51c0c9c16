package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strings"
)

// Digest is a hash over a message as it leaves: all of its body, and the fields that
// say how the body is to be read. Blanks are evened out as DKIM does with "relaxed"
// (RFC 6376 3.4.4), and line ends: a row of blanks is one, those at the end of a
// line and empty lines at the end do not count. Whatever else is changed on the way
// makes another message of it, so that nothing that a reader shows can be exchanged
// under a seal.
type Digest struct {
	hash  hash.Hash
	buf   []byte
	lines int  // line ends that have come and are not hashed yet
	blank bool // a blank has come after them
}

// digestBuffer is how many bytes are hashed at once.
const digestBuffer = 4 << 10

// NewDigest begins with the values of fields, which are unfolded.
func NewDigest(fields ...string) *Digest {
	d := &Digest{hash: sha256.New(), buf: make([]byte, 0, digestBuffer)}
	d.put(byte(len(fields)))
	for _, f := range fields {
		d.Write([]byte(strings.ReplaceAll(f, "\n", " ")))
		d.blank = false
		d.put('\n')
	}
	return d
}

// Write adds a piece of the body. It never fails.
func (d *Digest) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := 0
		for n < len(rest) && rest[n] != '\n' && rest[n] != ' ' && rest[n] != '\r' && rest[n] != '\t' {
			n++
		}
		switch {
		case n > 0:
			d.between()
			d.put(rest[:n]...)
			rest = rest[n:]
			continue
		case rest[0] == '\n':
			d.lines++
			d.blank = false
		default:
			d.blank = true
		}
		rest = rest[1:]
	}
	return len(p), nil
}

// between hashes the line ends and the blank that have come, now that something
// follows them.
func (d *Digest) between() {
	for ; d.lines > 0; d.lines-- {
		d.put('\n')
	}
	if d.blank {
		d.put(' ')
		d.blank = false
	}
}

func (d *Digest) put(p ...byte) {
	if len(d.buf)+len(p) > digestBuffer {
		d.hash.Write(d.buf)
		d.buf = d.buf[:0]
	}
	if len(p) >= digestBuffer {
		d.hash.Write(p)
		return
	}
	d.buf = append(d.buf, p...)
}

// Sum is the digest as text, never empty. Nothing can be added after it.
func (d *Digest) Sum() string {
	d.hash.Write(d.buf)
	d.buf = d.buf[:0]
	return base64.RawURLEncoding.EncodeToString(d.hash.Sum(nil))
}
