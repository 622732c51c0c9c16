package decisions

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// errDamaged says that the rest of a file cannot be read.
var errDamaged = errors.New("it is damaged")

// errNewer says the same of a chunk that is whole but has what this version does not know.
var errNewer = errors.New("a newer version of sigmilter wrote it")

// reader reads the chunks of one file and finds what a query asks for.
type reader struct {
	query    *Query
	since    int64 // milliseconds, as in the file
	until    int64
	hash     []byte   // nil for any
	queue    []byte   // nil for any
	asked    []column // those in which not every string is asked for
	strings  []string
	unwanted []uint8 // of each string, a bit for each asked column in which it is not asked for
}

func newReader(q *Query) *reader {
	r := &reader{query: q, until: 1<<63 - 1, asked: q.columns()}
	if !q.Since.IsZero() {
		r.since = q.Since.UnixMilli()
	}
	if !q.Until.IsZero() {
		r.until = q.Until.UnixMilli()
	}
	if q.MessageID != "" {
		r.hash = hashOf(q.MessageID)
	}
	if q.Queue != "" {
		r.queue = []byte(q.Queue)
	}
	r.define("")
	return r
}

// define takes the next string of the file.
func (r *reader) define(s string) {
	var unwanted uint8
	for _, c := range r.asked {
		if !r.query.wants(c, s) {
			unwanted |= 1 << c
		}
	}
	r.strings = append(r.strings, s)
	r.unwanted = append(r.unwanted, unwanted)
}

// read hands each decision that is asked for to found, which may keep of it only a copy,
// and returns how many bytes of data it took: a chunk that is not all there yet stays.
func (r *reader) read(data []byte, found func(entry)) (taken int, err error) {
	le := binary.LittleEndian
	for len(data)-taken >= headBytes {
		head := data[taken:]
		length := int(le.Uint32(head[4:]))
		if le.Uint32(head) != magic || length > maxEntries {
			return taken, errDamaged
		}
		if len(head) < headBytes+length {
			break
		}
		entries := head[headBytes : headBytes+length]
		if crc32.Checksum(entries, castagnoli) != le.Uint32(head[8:]) {
			return taken, errDamaged
		}
		if err := r.entries(entries, found); err != nil {
			return taken, err
		}
		taken += headBytes + length
	}
	return taken, nil
}

func (r *reader) entries(b []byte, found func(entry)) error {
	for len(b) > 0 {
		kind := b[0]
		b = b[1:]
		switch kind {
		case stringEntry:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return errDamaged
			}
			r.define(string(b[n : n+int(length)]))
			b = b[n+int(length):]
		case decisionEntry:
			if len(b) <= fixedBytes || len(b) < fixedBytes+1+int(b[fixedBytes]) {
				return errDamaged
			}
			e := entry(b[:fixedBytes+1+int(b[fixedBytes])])
			b = b[len(e):]
			if wanted, err := r.wanted(e); err != nil {
				return err
			} else if wanted {
				found(e)
			}
		default:
			return errNewer
		}
	}
	return nil
}

// wanted reports whether a decision is one that is asked for. Few are, so that what costs
// least to look at comes first, and what is not asked for is not looked at.
func (r *reader) wanted(e entry) (bool, error) {
	if t := e.milliseconds(); t < r.since || t >= r.until {
		return false, nil
	}
	if r.queue != nil && !bytes.Equal(e.queue(), r.queue) {
		return false, nil
	}
	if r.hash != nil && !bytes.Equal(e.hash(), r.hash) {
		return false, nil
	}
	for _, c := range r.asked {
		n := e.number(c)
		if int(n) >= len(r.unwanted) {
			return false, errDamaged
		}
		if r.unwanted[n]&(1<<c) != 0 {
			return false, nil
		}
	}
	return true, r.whole(e)
}

// whole is an error unless the file has every string of a decision.
func (r *reader) whole(e entry) error {
	for c := range columns {
		if int(e.number(c)) >= len(r.strings) {
			return errDamaged
		}
	}
	return nil
}

func (r *reader) decisions(entries []entry) []Decision {
	all := make([]Decision, 0, len(entries))
	for _, e := range entries {
		all = append(all, r.decision(e))
	}
	return all
}

// decision is an entry as a [Decision].
func (r *reader) decision(e entry) Decision {
	text := func(c column) string { return r.strings[e.number(c)] }
	d := Decision{
		Time: time.UnixMilli(e.milliseconds()), Queue: string(e.queue()), Micros: int64(e.micros()), Domains: []string{},
		Tenant: text(tenantColumn), Author: text(authorColumn), Action: text(actionColumn), Reason: text(reasonColumn),
		Rule: text(ruleColumn), Blocks: text(blocksColumn), Missing: text(missingColumn),
	}
	if all := text(domainsColumn); all != "" {
		d.Domains = strings.Split(all, ",")
	}
	if hash := e.hash(); !bytes.Equal(hash, make([]byte, hashBytes)) {
		d.MessageID = hex.EncodeToString(hash)
	}
	return d
}

// entry is one decision as the file has it, without its kind.
type entry []byte

func (e entry) milliseconds() int64 { return int64(binary.LittleEndian.Uint64(e)) }
func (e entry) hash() []byte        { return e[8 : 8+hashBytes] }
func (e entry) micros() uint32      { return binary.LittleEndian.Uint32(e[8+hashBytes:]) }
func (e entry) number(c column) uint32 {
	return binary.LittleEndian.Uint32(e[12+hashBytes+4*int(c):])
}
func (e entry) queue() []byte { return e[fixedBytes+1:] }

// Damage says that the rest of a file of decisions cannot be read.
type Damage struct {
	Path   string
	Offset int
	Newer  bool // it is not damaged; a newer version wrote it
}

func (d Damage) Error() string {
	if d.Newer {
		return fmt.Sprintf("%s was written by a newer version of sigmilter from byte %d on; what is left of it was passed over, and find of that version shows it", d.Path, d.Offset)
	}
	return fmt.Sprintf("%s cannot be read from byte %d on; what is left of it was passed over", d.Path, d.Offset)
}
