package learned

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Recollection is what is remembered of a person's mails.
type Recollection struct {
	Key     []byte // of the hashes of lines, of this person alone
	Endings []Ending
}

// Hash is how lines are known again. What it returns is for one goroutine.
func (r Recollection) Hash() func(text string) uint64 {
	mac := hmac.New(sha256.New, r.Key)
	var sum [sha256.Size]byte
	return func(text string) uint64 {
		mac.Reset()
		mac.Write([]byte(text))
		return binary.BigEndian.Uint64(mac.Sum(sum[:0]))
	}
}

// Encode is the endings as the file has them.
func (r Recollection) Encode() []byte { return encode(r.Endings) }

// Decode is a recollection of a key and of endings as the file has them.
func Decode(key, endings []byte) (r Recollection, err error) {
	r.Key = key
	r.Endings, err = decode(endings)
	return r, err
}

// personalKey makes the key of a person's hashes of the file's: the same line of two
// people is not known as the same.
func personalKey(key []byte, tenant, primary string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(bytes.Join([][]byte{[]byte(tenant), []byte(primary)}, []byte{0}))
	return mac.Sum(nil)
}

// With returns a recollection with the endings of one more mail, one for each form of it,
// and reports whether anything is different then.
func (r Recollection) With(mail []Ending) (after Recollection, changed bool) {
	after.Key = r.Key
	after.Endings, changed = learn(r.Endings, mail)
	return after, changed
}

// Size is about what it takes in memory, in bytes.
func (r Recollection) Size() int {
	const overhead = 64 // of an ending
	n := 0
	for i := range r.Endings {
		n += overhead + 8*len(r.Endings[i].Lines)
	}
	return n
}
