package signatures

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"sigmilter/sigstore/people"
)

// rendering is a stored signature with what it was made of.
type rendering struct {
	person   people.Version
	template string // version of the template
	expires  time.Time
	Signature
}

// renderingFormat is the first byte of an encoded rendering.
const renderingFormat = 1

var (
	errRendering = errors.New("not a rendering")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

// encode returns, numbers in big-endian order and every text with its length in
// four bytes before it:
//
//	format (1 byte), version of the person (16), expiry in Unix
//	milliseconds (8), version of the template, HTML, text,
//	number of images (4), for each: name, content type, CID, data,
//	CRC-32C of all that (4)
func (r rendering) encode() []byte {
	b := make([]byte, 0, 128+len(r.HTML)+len(r.Text))
	b = append(b, renderingFormat)
	b = append(b, r.person[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.expires.UnixMilli()))
	b = appendText(b, r.template)
	b = appendText(b, r.HTML)
	b = appendText(b, r.Text)
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.Images)))
	for _, image := range r.Images {
		b = appendText(b, image.Name)
		b = appendText(b, image.ContentType)
		b = appendText(b, image.CID)
		b = appendText(b, image.Data)
	}
	return appendChecksum(b)
}

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
}

// appendChecksum appends the CRC-32C of bytes. (Package learned has the same: to share
// these lines would cost more than they do.)
func appendChecksum(b []byte) []byte {
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeRendering is the inverse of encode. What it returns shares nothing with
// b, and is in proportion to it whatever b says.
func decodeRendering(b []byte) (r rendering, err error) {
	body := len(b) - crc32.Size
	if body < 0 || binary.BigEndian.Uint32(b[body:]) != crc32.Checksum(b[:body], castagnoli) {
		return rendering{}, errRendering
	}
	d := decoder{rest: string(b[:body])} // the one copy, of which every text is a part
	if format := d.take(1); d.failed || format[0] != renderingFormat {
		return rendering{}, errRendering
	}
	copy(r.person[:], d.take(len(r.person)))
	if expires := d.take(8); !d.failed {
		r.expires = time.UnixMilli(int64(binary.BigEndian.Uint64([]byte(expires))))
	}
	r.template, r.HTML, r.Text = d.text(), d.text(), d.text()
	for n := d.length(); n > 0 && !d.failed; n-- {
		r.Images = append(r.Images, Image{
			Name: d.text(), ContentType: d.text(), CID: d.text(), Data: []byte(d.text()),
		})
	}
	if d.failed || len(d.rest) > 0 {
		return rendering{}, errRendering
	}
	return r, nil
}

// decoder takes pieces off the front; once one is missing it gives empty ones.
type decoder struct {
	rest   string
	failed bool
}

func (d *decoder) take(n int) string {
	if d.failed || n > len(d.rest) {
		d.failed = true
		return ""
	}
	piece := d.rest[:n]
	d.rest = d.rest[n:]
	return piece
}

func (d *decoder) length() int {
	n := d.take(4)
	if d.failed {
		return 0
	}
	return int(binary.BigEndian.Uint32([]byte(n)))
}

func (d *decoder) text() string { return d.take(d.length()) }

// fits reports whether a rendering may be used: it is of the person and the template as
// they are now, and has not run out.
func (r rendering) fits(person people.Version, template string, now time.Time) bool {
	return r.person == person && r.template == template && now.Before(r.expires)
}
