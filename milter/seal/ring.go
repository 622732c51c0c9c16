// Package seal makes and checks what sigmilter writes into fields so that it can
// believe it when it comes back: the guard of a handled message and the token of
// a thread.
//
// A seal is the first 128 bits of an HMAC-SHA256 (RFC 2104, RFC 6234), in base64url
// without padding, which is 22 letters. What it vouches for is preceded by its
// version and purpose, and every piece by its length, so that no seal is good for
// anything but what it was made for. Seals are compared in constant time.
//
// The package is pure: keys come in as text, and no key goes out in any form.
package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MinKey is the least number of bytes of a key.
const MinKey = 16

// version is that of all seals. It stands in what is sealed and before the seal.
const version = "v1"

// sealLength is the length of a seal as text.
const sealLength = 22

// Ring is the keys of a relay, or of several that handle each other's mail. The
// first makes seals, all are good for checking them. It is not changed after it
// was made. A nil Ring has no key: it makes nothing and believes nothing.
type Ring struct{ keys [][]byte }

// ParseKeys reads the text of a key file: one key a line, as it stands there,
// without the blanks around it. Empty lines and those that begin with # are left
// out. The errors name the line and never what it says.
func ParseKeys(text string) (*Ring, error) {
	r := &Ring{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		key := strings.TrimSpace(line)
		switch {
		case key == "" || strings.HasPrefix(key, "#"):
			continue
		case len(key) < MinKey:
			return nil, fmt.Errorf("line %d has a key of %d bytes, fewer than %d", number, len(key), MinKey)
		case slices.ContainsFunc(r.keys, func(k []byte) bool { return string(k) == key }):
			return nil, fmt.Errorf("line %d has the key of an earlier line", number)
		}
		r.keys = append(r.keys, []byte(key))
	}
	if len(r.keys) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return r, nil
}

// Format writes how many keys there are, whatever the verb: a key is never
// printed.
func (r *Ring) Format(w fmt.State, _ rune) {
	if r == nil {
		io.WriteString(w, "no keys")
		return
	}
	fmt.Fprintf(w, "%d keys", len(r.keys))
}

// Versions are names of the keys that tell one set from another and nothing of
// the keys.
func (r *Ring) Versions() []string {
	if r == nil {
		return nil
	}
	var all []string
	for _, k := range r.keys {
		all = append(all, sum(k, "version"))
	}
	return all
}

// seal is the seal of the first key.
func (r *Ring) seal(purpose string, pieces ...string) string {
	return sum(r.keys[0], purpose, pieces...)
}

// made says whether any key made the seal.
func (r *Ring) made(seal, purpose string, pieces ...string) bool {
	if r == nil || len(seal) != sealLength {
		return false
	}
	found := false
	for _, k := range r.keys {
		found = hmac.Equal([]byte(seal), []byte(sum(k, purpose, pieces...))) || found
	}
	return found
}

func sum(key []byte, purpose string, pieces ...string) string {
	mac := hmac.New(sha256.New, key)
	for _, piece := range append([]string{"sigmilter", version, purpose}, pieces...) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(piece)))
		mac.Write(length[:])
		io.WriteString(mac, piece)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
