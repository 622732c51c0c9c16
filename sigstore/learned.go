package sigstore

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Learned signatures: of each person a few endings of mails are kept, from which a
// signature is known again. What is kept of a line is a hash under a key that is
// drawn for the file and lies in it: nobody reads a text out of it, and somebody
// who has the file can at most find out whether a line that they guess was there.

const (
	// maxEndings is how many endings of a person are kept, and maxOfDay how many of
	// one day, so that those of some days are there however much a person writes.
	maxEndings = 16
	maxOfDay   = 4
	// maxEndingLines is how many lines an ending has at most.
	maxEndingLines = 16
	// maxLearned is how many bytes there are of a person at most.
	maxLearned = learnedHeader + maxEndings*(endingHeader+8*maxEndingLines) + crc32.Size

	learnedHeader = 2 // format, number of endings
	endingHeader  = 8 // days, mails, signature, number of lines
)

// lineBits are those of a line's hash that tell the line: the others are of how it
// ends, see package insert of the milter.
const lineBits = ^uint64(1<<16 - 1)

// Ending is how mails of a person ended.
type Ending struct {
	Lines       []uint64 // hashes, the last line first
	Signature   int      // how many of them were known to be the signature; 0 for none
	First, Last int      // days since 1970
	Mails       int
}

// shares reports whether two endings have their last lines in common.
func (e *Ending) shares(o *Ending, lines int) bool {
	return len(e.Lines) >= lines && e.common(o) >= lines
}

// common is how many last lines two endings have in common.
func (e *Ending) common(o *Ending) int {
	n := 0
	for n < len(e.Lines) && n < len(o.Lines) && (e.Lines[n]^o.Lines[n])&lineBits == 0 {
		n++
	}
	return n
}

// Known is what was learned of a person.
type Known struct {
	Lines      int       // of the signature; 0 when none is known
	Since      time.Time // the day of the first mail with it
	Mails      int       // that had it, of those that are remembered
	Remembered int       // endings
}

// knownOf sums up what was learned.
func knownOf(endings []Ending) (k Known) {
	k.Remembered = len(endings)
	at := -1
	for i := range endings {
		if endings[i].Signature > 0 {
			at = i // the newest counts
		}
	}
	if at < 0 {
		return k
	}
	k.Lines = endings[at].Signature
	first := endings[at].First
	for i := range endings {
		if e := &endings[i]; e.shares(&endings[at], k.Lines) {
			k.Mails += e.Mails
			first = min(first, e.First)
		}
	}
	k.Since = time.Unix(int64(first)*24*60*60, 0).UTC()
	return k
}

// learn adds the endings of one mail, one for each form of it, and reports whether
// anything is different then. The newest are last.
func learn(endings []Ending, mail []Ending) (after []Ending, changed bool) {
	after = slices.Clone(endings)
	counted := false
	for _, e := range mail {
		if e.Mails = 1; counted {
			e.Mails = 0 // another form of the mail
		}
		var taken bool
		if after, taken = learnEnding(after, e); taken {
			changed, counted = true, true
		}
	}
	return after, changed
}

func learnEnding(endings []Ending, e Ending) (after []Ending, taken bool) {
	e.Lines = e.Lines[:min(len(e.Lines), maxEndingLines)]
	if i := slices.IndexFunc(endings, func(o Ending) bool { return slices.Equal(o.Lines, e.Lines) }); i >= 0 {
		old := endings[i]
		if old.Last >= e.Last && (old.Signature > 0 || e.Signature == 0) {
			return endings, false
		}
		if old.Last >= e.Last {
			e.Mails = 0
		}
		e.First, e.Last, e.Mails = min(old.First, e.First), max(old.Last, e.Last), old.Mails+e.Mails
		return append(slices.Delete(endings, i, i+1), e), true
	}
	if i, full := leastOfDay(endings, e); full {
		if i < 0 {
			return endings, false
		}
		endings = slices.Delete(endings, i, i+1)
	} else if len(endings) >= maxEndings {
		endings = slices.Delete(endings, 0, 1+len(endings)-maxEndings)
	}
	return append(endings, e), true
}

// leastOfDay reports whether there are as many endings of the day as may be, and
// which of them gives way: one that shares less with those of other days; -1 for
// none.
func leastOfDay(endings []Ending, e Ending) (i int, full bool) {
	var ofDay, others []int
	for i := range endings {
		if endings[i].Last == e.Last {
			ofDay = append(ofDay, i)
		} else {
			others = append(others, i)
		}
	}
	if len(ofDay) < maxOfDay {
		return -1, false
	}
	shared := func(e *Ending) (most int) {
		for _, o := range others {
			most = max(most, e.common(&endings[o]))
		}
		return most
	}
	least, mine := -1, shared(&e)
	for _, i := range ofDay {
		if n := shared(&endings[i]); n < mine {
			least, mine = i, n
		}
	}
	return least, true
}

const learnedFormat = 1

var errLearned = errors.New("no endings of mails")

// encodeLearned returns, numbers in big-endian order:
//
//	format (1 byte), number of endings (1), of each: first and last day (2 each),
//	mails (2), lines of the signature (1), number of lines (1), lines (8 each);
//	CRC-32C of all that (4)
func encodeLearned(endings []Ending) []byte {
	b := []byte{learnedFormat, byte(len(endings))}
	for _, e := range endings {
		b = binary.BigEndian.AppendUint16(b, short(e.First))
		b = binary.BigEndian.AppendUint16(b, short(e.Last))
		b = binary.BigEndian.AppendUint16(b, short(e.Mails))
		b = append(b, byte(e.Signature), byte(len(e.Lines)))
		for _, l := range e.Lines {
			b = binary.BigEndian.AppendUint64(b, l)
		}
	}
	return seal(b)
}

// short is a number as two bytes hold it: days do until the year 2149.
func short(n int) uint16 { return uint16(max(0, min(n, 1<<16-1))) }

// decodeLearned is the inverse of encodeLearned.
func decodeLearned(b []byte) ([]Ending, error) {
	body := len(b) - crc32.Size
	if body < learnedHeader || len(b) > maxLearned || binary.BigEndian.Uint32(b[body:]) != crc32.Checksum(b[:body], castagnoli) {
		return nil, errLearned
	}
	if b[0] != learnedFormat || b[1] > maxEndings {
		return nil, errLearned
	}
	endings := make([]Ending, b[1])
	rest := b[learnedHeader:body]
	for i := range endings {
		if len(rest) < endingHeader {
			return nil, errLearned
		}
		e, lines := &endings[i], int(rest[7])
		e.First, e.Last = int(binary.BigEndian.Uint16(rest)), int(binary.BigEndian.Uint16(rest[2:]))
		e.Mails, e.Signature = int(binary.BigEndian.Uint16(rest[4:])), int(rest[6])
		rest = rest[endingHeader:]
		if lines > maxEndingLines || e.Signature > lines || e.First > e.Last || len(rest) < 8*lines {
			return nil, errLearned
		}
		for ; lines > 0; lines-- {
			e.Lines = append(e.Lines, binary.BigEndian.Uint64(rest))
			rest = rest[8:]
		}
	}
	if len(rest) > 0 {
		return nil, errLearned
	}
	return endings, nil
}

var (
	learnedBucket = []byte("learned")
	// learnKey holds, in the bucket of the schema, the key of the hashes. There is
	// none while nothing is learned.
	learnKey = []byte("learn")
)

// endings are those of a person. What cannot be decoded counts as absent.
func (t tenantTx) endings(primary string) []Ending {
	if t.learned == nil {
		return nil
	}
	endings, err := decodeLearned(t.learned.Get([]byte(primary)))
	if err != nil {
		return nil
	}
	return endings
}

// KeepLearned prepares the store to learn signatures for these tenants, and drops
// what was learned of people of others. Without a tenant nothing is learned any more,
// and nothing of it stays.
func (s *Store) KeepLearned(tenants []string) error {
	keep := func(name []byte) bool { return slices.Contains(tenants, string(name)) }
	todo := false
	err := s.view(func(tx *bbolt.Tx) error {
		todo = (tx.Bucket(metaBucket).Get(learnKey) != nil) != (len(tenants) > 0)
		return tx.Bucket(tenantsBucket).ForEachBucket(func(name []byte) error {
			t, _ := findTenant(tx, string(name))
			todo = todo || t.Bucket.Bucket(learnedBucket) != nil && !keep(name)
			return nil
		})
	})
	if err != nil || !todo {
		return err
	}
	err = s.update(func(tx *bbolt.Tx) error { return keepLearned(tx, keep, len(tenants) > 0) })
	s.generation.Add(1)
	return err
}

func keepLearned(tx *bbolt.Tx, keep func(tenant []byte) bool, any bool) error {
	meta, tenants := tx.Bucket(metaBucket), tx.Bucket(tenantsBucket)
	err := tenants.ForEachBucket(func(name []byte) error {
		if t := tenants.Bucket(name); t.Bucket(learnedBucket) != nil && !keep(name) {
			return t.DeleteBucket(learnedBucket)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !any:
		return meta.Delete(learnKey)
	case meta.Get(learnKey) != nil:
		return nil
	}
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return meta.Put(learnKey, key)
}

// Learned is what was learned of the person of a tenant who has the address.
func (s *Store) Learned(tenant, address string) (k Known, err error) {
	err = s.viewPerson(tenant, address, func(t tenantTx, primary string, _ []byte) error {
		k = knownOf(t.endings(primary))
		return nil
	})
	return k, err
}

// Forget drops what was learned of the person of a tenant who has the address, and
// returns what it was. An address that nobody has is [ErrUnknown].
func (s *Store) Forget(tenant, address string) (k Known, err error) {
	p, ok, err := s.Person(tenant, address)
	if err != nil {
		return k, err
	}
	if !ok {
		return k, fmt.Errorf("%s in tenant %s: %w", address, tenant, ErrUnknown)
	}
	err = s.update(func(tx *bbolt.Tx) error {
		t, ok := readTenant(tx, tenant)
		if !ok || t.learned == nil {
			return nil
		}
		k = knownOf(t.endings(p.Address))
		return t.learned.Delete([]byte(p.Address))
	})
	s.generation.Add(1)
	return k, err
}

// dropLearned drops what was learned of a person who left.
func (t tenantTx) dropLearned(primary string) error {
	if t.learned == nil {
		return nil
	}
	return t.learned.Delete([]byte(primary))
}

// dropLearnedStrangers drops what was learned of people who are no longer there, page
// by page.
func (s *Store) dropLearnedStrangers(tenant string) error {
	for after, more := []byte(nil), true; more; {
		err := s.update(func(tx *bbolt.Tx) (err error) {
			t, ok := readTenant(tx, tenant)
			if more = ok && t.learned != nil; more {
				after, more, err = prunePageOf(t.learned, after, func(key, _ []byte) bool { return t.people.Get(key) == nil })
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lesson is the endings of a mail on their way to the file.
type lesson struct {
	tenant, address string
	mail            []Ending
}

// write adds the endings to those in the file, if the person is still there and
// signatures are still learned.
func (l lesson) write(tx *bbolt.Tx) error {
	t, ok := readTenant(tx, l.tenant)
	if !ok || t.people.Get([]byte(l.address)) == nil || tx.Bucket(metaBucket).Get(learnKey) == nil {
		return nil
	}
	after, changed := learn(t.endings(l.address), l.mail)
	if !changed {
		return nil
	}
	learned, err := t.CreateBucketIfNotExists(learnedBucket)
	if err != nil {
		return err
	}
	return learned.Put([]byte(l.address), encodeLearned(after))
}

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
func (r Recollection) Encode() []byte { return encodeLearned(r.Endings) }

// DecodeRecollection is a recollection of a key and of endings as the file has them.
func DecodeRecollection(key, endings []byte) (r Recollection, err error) {
	r.Key = key
	r.Endings, err = decodeLearned(endings)
	return r, err
}

// Recall is what is remembered of the mails of the person of a tenant who has the
// address; false when nothing is learned.
func (b *Book) Recall(tenant, address string) (Recollection, bool) {
	if !b.Learn {
		return Recollection{}, false
	}
	e, err := b.entry(tenant, address)
	if err != nil || !e.known || len(e.learnKey) == 0 {
		return Recollection{}, false
	}
	return Recollection{Key: e.learnKey, Endings: e.learned}, true
}

// Remember has the endings of a mail remembered, one for each form of it. It never
// waits: the file gets them later, or not at all.
func (b *Book) Remember(tenant, address string, mail []Ending) {
	if !b.Learn {
		return
	}
	e, err := b.entry(tenant, address)
	if err != nil || !e.known || len(e.learnKey) == 0 {
		return
	}
	after, changed := learn(e.learned, mail)
	if !changed {
		return // as most mails of a day
	}
	b.recent.put(personKey(tenant, address), &recentEntry{
		generation: e.generation, expires: e.expires, known: true, person: e.person, learnKey: e.learnKey, learned: after,
	})
	b.Store.remember(lesson{tenant, e.person.Address, mail})
}

// personalKey makes the key of a person's hashes of the file's: the same line of two
// people is not known as the same.
func personalKey(key []byte, tenant, primary string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(bytes.Join([][]byte{[]byte(tenant), []byte(primary)}, []byte{0}))
	return mac.Sum(nil)
}

// learnedOf is the key and the endings of a person; none while nothing is learned.
func (s *Store) learnedOf(tenant, address string) (key []byte, endings []Ending, err error) {
	err = s.viewReader(func(r *reader) error {
		file := r.tx.Bucket(metaBucket).Get(learnKey)
		t, ok := r.tenant(tenant)
		if !ok || file == nil {
			return nil
		}
		if primary := t.addresses.Get([]byte(address)); primary != nil {
			key, endings = personalKey(file, tenant, string(primary)), t.endings(string(primary))
		}
		return nil
	})
	return key, endings, err
}
