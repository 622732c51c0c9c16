package render

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"iter"
)

// photoCost is what decoding a picture takes.
type photoCost struct {
	bytes int64 // of memory
	scans int   // how often it goes over the pixels
}

// costOf tells by the headers of a picture what decoding takes, and decodes nothing.
func costOf(format string, config image.Config, data []byte) photoCost {
	pixels := int64(config.Width) * int64(config.Height)
	switch format {
	case "jpeg":
		return jpegCost(config, data)
	case "png":
		return photoCost{pixels * pngBytes(config, data), 1}
	}
	return photoCost{2 * pixels, 1} // the lines of a GIF may have to be put in order, in a copy
}

// pngBytes is the memory of a pixel of a PNG. A chunk behind the header can make any grey
// and colour a see-through one, of four values.
func pngBytes(config image.Config, data []byte) int64 {
	const depthAt, interlacedAt = 24, 28 // in the first chunk, which has been read
	n := int64(4)
	_, palette := config.ColorModel.(color.Palette)
	if palette {
		n = 1
	} else if data[depthAt] == 16 {
		n = 8
	}
	if data[interlacedAt] != 0 { // the pictures of all passes take as much again
		n *= 2
	}
	return n
}

// Markers of JPEG.
const (
	startOfProgressive = 0xC2
	startOfScan        = 0xDA
	endOfImage         = 0xD9
)

// jpegCost counts the samples of all components. Of a progressive picture their
// coefficients are kept until its end, four bytes each. Of several frames, which no
// picture may have, the largest counts.
func jpegCost(config image.Config, data []byte) (cost photoCost) {
	for marker, segment := range jpegSegments(data) {
		if marker == startOfScan {
			cost.scans++
		} else if marker == startOfProgressive {
			cost.bytes = max(cost.bytes, 5*jpegSamples(config, segment))
		} else if marker == 0xC0 || marker == 0xC1 {
			cost.bytes = max(cost.bytes, jpegSamples(config, segment))
		}
	}
	if config.ColorModel == color.RGBAModel || config.ColorModel == color.CMYKModel {
		cost.bytes += 4 * int64(config.Width) * int64(config.Height) // made of the components at the end
	}
	return cost
}

// jpegSamples are the samples of all components of a frame, which may have fewer than
// there are pixels.
func jpegSamples(config image.Config, frame []byte) (samples int64) {
	if len(frame) < 6 {
		return 0
	}
	components := frame[6:]
	across, down, parts := 1, 1, 0
	for ; len(components) >= 3; components = components[3:] {
		h, v := int(components[1]>>4), int(components[1]&0x0F)
		across, down, parts = max(across, h), max(down, v), parts+h*v
	}
	units := int64((config.Width+8*across-1)/(8*across)) * int64((config.Height+8*down-1)/(8*down))
	return units * int64(parts) * 64
}

// jpegSegments are the segments of a JPEG by their markers, in the order that package
// image/jpeg reads them in, which passes over whatever stands between.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for rest := data[2:]; ; {
			at := bytes.IndexByte(rest, 0xFF)
			if at < 0 {
				return
			}
			for rest = rest[at:]; len(rest) > 0 && rest[0] == 0xFF; {
				rest = rest[1:]
			}
			if len(rest) < 3 || rest[0] == endOfImage {
				return
			}
			marker := rest[0]
			rest = rest[1:]
			restart := marker >= 0xD0 && marker <= 0xD7
			if marker == 0 || restart { // in the data of a scan
				continue
			}
			size := int(binary.BigEndian.Uint16(rest))
			if size < 2 || size > len(rest) || !yield(marker, rest[2:size]) {
				return
			}
			rest = rest[size:]
		}
	}
}
