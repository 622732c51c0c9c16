package learned

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

const (
	format       = 1
	header       = 2 // format, number of endings
	endingHeader = 8 // days, mails, signature, number of lines
	// maxLearned is how many bytes there are of a person at most.
	maxLearned = header + maxEndings*(endingHeader+8*maxEndingLines) + crc32.Size
)

var errEncoding = errors.New("no endings of mails")

// encode returns, numbers in big-endian order:
//
//	format (1 byte), number of endings (1), of each: first and last day (2 each),
//	mails (2), lines of the signature (1), number of lines (1), lines (8 each);
//	CRC-32C of all that (4)
func encode(endings []Ending) []byte {
	b := []byte{format, byte(len(endings))}
	for _, e := range endings {
		b = binary.BigEndian.AppendUint16(b, short(e.First))
		b = binary.BigEndian.AppendUint16(b, short(e.Last))
		b = binary.BigEndian.AppendUint16(b, short(e.Mails))
		b = append(b, byte(e.Signature), byte(len(e.Lines)))
		for _, l := range e.Lines {
			b = binary.BigEndian.AppendUint64(b, l)
		}
	}
	return withChecksum(b)
}

// short is a number as two bytes hold it: days do until the year 2149.
func short(n int) uint16 { return uint16(max(0, min(n, 1<<16-1))) }

// decode is the inverse of encode.
func decode(b []byte) ([]Ending, error) {
	body := len(b) - crc32.Size
	if body < header || len(b) > maxLearned || binary.BigEndian.Uint32(b[body:]) != crc32.Checksum(b[:body], castagnoli) {
		return nil, errEncoding
	}
	if b[0] != format || b[1] > maxEndings {
		return nil, errEncoding
	}
	endings := make([]Ending, b[1])
	rest := b[header:body]
	for i := range endings {
		if len(rest) < endingHeader {
			return nil, errEncoding
		}
		e, lines := &endings[i], int(rest[7])
		e.First, e.Last = int(binary.BigEndian.Uint16(rest)), int(binary.BigEndian.Uint16(rest[2:]))
		e.Mails, e.Signature = int(binary.BigEndian.Uint16(rest[4:])), int(rest[6])
		rest = rest[endingHeader:]
		if lines > maxEndingLines || e.Signature > lines || e.First > e.Last || len(rest) < 8*lines {
			return nil, errEncoding
		}
		for ; lines > 0; lines-- {
			e.Lines = append(e.Lines, binary.BigEndian.Uint64(rest))
			rest = rest[8:]
		}
	}
	if len(rest) > 0 {
		return nil, errEncoding
	}
	return endings, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// withChecksum appends the CRC-32C of bytes. (Package signatures has the same: to share
// these lines would cost more than they do.)
func withChecksum(b []byte) []byte {
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}
