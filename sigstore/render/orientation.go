package render

import (
	"bytes"
	"encoding/binary"
	"image"
)

// rotation is how a camera was held, as Exif numbers it: where the first row and the
// first column of the file are in the picture.
type rotation int

const upright rotation = 1

// orientation reads the one thing of a photo's Exif data that must not be lost
// when it is drawn anew: phones write what the sensor saw, and how to turn it.
// Whatever cannot be read is upright.
func orientation(format string, data []byte) rotation {
	if format != "jpeg" {
		return upright
	}
	for marker, segment := range jpegSegments(data) {
		if marker == startOfScan { // the picture itself begins
			break
		}
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return exifOrientation(exif)
		}
	}
	return upright
}

// exifOrientation looks the tag up in the first directory of a TIFF header.
func exifOrientation(tiff []byte) rotation {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(tiff) < 8 || int64(order.Uint32(tiff[4:]))+2 > int64(len(tiff)) {
		return upright
	}
	directory := tiff[order.Uint32(tiff[4:]):]
	entries := directory[2:]
	for range order.Uint16(directory) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if t := rotation(order.Uint16(entries[8:])); t > upright && t <= 8 {
				return t
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// apply turns a picture as it is to be seen.
func (t rotation) apply(source *image.RGBA) *image.RGBA {
	if t == upright {
		return source
	}
	size := source.Bounds().Size()
	w, h := size.X, size.Y
	if t >= 5 {
		size = image.Pt(h, w)
	}
	turned := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			from := image.Pt(x, y)
			switch t {
			case 2:
				from = image.Pt(w-1-x, y)
			case 3:
				from = image.Pt(w-1-x, h-1-y)
			case 4:
				from = image.Pt(x, h-1-y)
			case 5:
				from = image.Pt(y, x)
			case 6:
				from = image.Pt(y, h-1-x)
			case 7:
				from = image.Pt(w-1-y, h-1-x)
			case 8:
				from = image.Pt(w-1-y, x)
			}
			turned.SetRGBA(x, y, source.RGBAAt(from.X, from.Y))
		}
	}
	return turned
}
