package decisions

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file of decisions is a run of chunks, each written at once:
//
//	magic    4 bytes
//	length   4 bytes, of the entries
//	checksum 4 bytes, CRC-32C of the entries
//	entries
//
// Numbers are little-endian. An entry begins with its kind. A string entry is a uvarint
// length and the bytes; strings of a file are numbered from 1 in their order, and 0 is the
// empty one. A decision entry is fixed in its length but for the queue id at its end:
//
//	time     8 bytes, milliseconds since 1970
//	hash     8 bytes, of the Message-ID; zero for none
//	micros   4 bytes
//	strings  4 bytes each, in the order of the columns
//	queue    1 byte length and the bytes
//
// A later version gives what it adds or changes a kind of its own, so that this one can
// tell it from damage.
//
// Most decisions of a file share their strings, so that one takes some 70 bytes and is
// passed over in a few nanoseconds.
const (
	magic      = 0x44474953 // "SIGD"
	headBytes  = 12
	maxEntries = 1 << 20 // bytes of the entries of a chunk; more is damage

	stringEntry   = 1
	decisionEntry = 2
)

// column numbers the strings of a decision.
type column int

const (
	tenantColumn column = iota
	authorColumn
	domainsColumn // with a comma between two
	actionColumn
	reasonColumn
	ruleColumn
	blocksColumn
	missingColumn
	columns
)

const fixedBytes = 8 + hashBytes + 4 + 4*int(columns)

// Bounds of what one decision may take, whatever a message has.
const (
	maxString = 256
	maxQueue  = 64
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// suffix ends the name of each file, which begins with the time of its making in UTC.
const (
	suffix     = ".decisions"
	nameLayout = "20060102T150405.000Z"
)

func fileName(t time.Time) string { return t.UTC().Format(nameLayout) + suffix }

// file is one of the folder's.
type file struct {
	path  string
	begun time.Time
	ended time.Time // last written to
	bytes int64
}

// filesIn are the files of a folder, the oldest first. There are none where there is no
// folder.
func filesIn(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []file
	for _, e := range entries {
		begun, err := time.Parse(nameLayout, strings.TrimSuffix(e.Name(), suffix))
		if err != nil || !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed meanwhile
		}
		files = append(files, file{filepath.Join(dir, e.Name()), begun, info.ModTime(), info.Size()})
	}
	slices.SortFunc(files, func(a, b file) int { return a.begun.Compare(b.begun) })
	return files, nil
}

// encoder makes the chunks of one file.
type encoder struct {
	entries []byte
	strings map[string]uint32
	kept    int // bytes of the strings
}

func newEncoder() *encoder {
	return &encoder{entries: make([]byte, headBytes, 64<<10), strings: map[string]uint32{}}
}

// add appends a decision.
func (e *encoder) add(d *Decision) {
	var of [columns]uint32
	for c, s := range [columns]string{
		d.Tenant, d.Author, strings.Join(d.Domains, ","), d.Action, d.Reason, d.Rule, d.Blocks, d.Missing,
	} {
		of[c] = e.number(clipped(s, maxString))
	}
	le := binary.LittleEndian
	b := append(e.entries, decisionEntry)
	b = le.AppendUint64(b, uint64(d.Time.UnixMilli()))
	b = append(b, hashOf(d.MessageID)...)
	b = le.AppendUint32(b, uint32(min(max(d.Micros, 0), 1<<32-1)))
	for _, n := range of {
		b = le.AppendUint32(b, n)
	}
	queue := clipped(d.Queue, maxQueue)
	b = append(b, byte(len(queue)))
	e.entries = append(b, queue...)
}

// number is that of a string, which is written where it is new.
func (e *encoder) number(s string) uint32 {
	if s == "" {
		return 0
	}
	if n, ok := e.strings[s]; ok {
		return n
	}
	n := uint32(len(e.strings) + 1)
	s = strings.Clone(s) // it may be a piece of a whole header
	e.strings[s] = n
	e.kept += len(s)
	e.entries = append(e.entries, stringEntry)
	e.entries = binary.AppendUvarint(e.entries, uint64(len(s)))
	e.entries = append(e.entries, s...)
	return n
}

func (e *encoder) empty() bool { return len(e.entries) == headBytes }

// chunk is what was added since the last one.
func (e *encoder) chunk() []byte {
	le := binary.LittleEndian
	entries := e.entries[headBytes:]
	le.PutUint32(e.entries, magic)
	le.PutUint32(e.entries[4:], uint32(len(entries)))
	le.PutUint32(e.entries[8:], crc32.Checksum(entries, castagnoli))
	whole := e.entries
	e.entries = e.entries[:headBytes]
	return whole
}

func clipped(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
