package render

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime/debug"
	"sync"

	"golang.org/x/image/draw"
)

// The limits of photos.
const (
	// MaxPhoto is the largest photo, in bytes, that is looked at.
	MaxPhoto = 5 << 20
	// maxPhotoPixels is the most pixels a photo may say it has: a phone's have 12
	// million, and a file of some bytes can claim to have any number.
	maxPhotoPixels = 16 << 20
	// maxPhotoMemory is the most memory that decoding one may take. Twelve million
	// pixels of a phone take 18 MB, in the worst of formats 200.
	maxPhotoMemory = 64 << 20
	// maxPhotoScans is the most times a JPEG may go over its pixels: each time can take
	// some bytes of the file and all of the work. Programs write about ten.
	maxPhotoScans = 64

	// DefaultPhotoPixels is twice what signatures show a photo at, for screens
	// with two dots to a pixel.
	DefaultPhotoPixels = 192
	// DefaultPhotoBytes is as large as a whole block should be.
	DefaultPhotoBytes = 100_000
)

// photoFormats are what mail clients show, by the names of package image.
var photoFormats = map[string]struct{ mediaType, name string }{
	"jpeg": {"image/jpeg", "photo.jpg"},
	"png":  {"image/png", "photo.png"},
	"gif":  {"image/gif", "photo.gif"},
}

// CheckPhoto says why a photo cannot be used, by its first bytes: it is no JPEG,
// PNG or GIF, larger than [MaxPhoto], has more than 16 million pixels, or takes too
// much memory to open.
func CheckPhoto(data []byte) error {
	_, _, err := photoFormat(data)
	return err
}

// photoFormat does not decode the picture, which would take the memory its first
// bytes ask for.
func photoFormat(data []byte) (format string, size image.Point, err error) {
	if len(data) > MaxPhoto {
		return "", size, fmt.Errorf("it has %d bytes, more than the %d of a photo", len(data), MaxPhoto)
	}
	read := func() (image.Config, error) { return image.Config{}, errors.New("it is no JPEG, PNG or GIF") }
	if bytes.HasPrefix(data, []byte("\xFF\xD8\xFF")) {
		format, read = "jpeg", func() (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(data)) }
	} else if bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1A\n")) {
		format, read = "png", func() (image.Config, error) { return png.DecodeConfig(bytes.NewReader(data)) }
	} else if bytes.HasPrefix(data, []byte("GIF8")) {
		format, read = "gif", func() (image.Config, error) { return gif.DecodeConfig(bytes.NewReader(data)) }
	}
	config, err := read()
	if err != nil {
		return "", size, fmt.Errorf("it cannot be read (%d bytes): %w", len(data), err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPhotoPixels/config.Height {
		return "", size, fmt.Errorf("it has %dx%d pixels, and may have %d million; save it smaller", config.Width, config.Height, maxPhotoPixels>>20)
	}
	cost := costOf(format, config, data)
	if cost.scans > maxPhotoScans {
		return "", size, fmt.Errorf("it is a JPEG of %d scans, and may have %d; save it anew", cost.scans, maxPhotoScans)
	}
	if cost.bytes > maxPhotoMemory {
		return "", size, fmt.Errorf("it has %dx%d pixels and would take %d MiB of memory to open, more than %d; save it smaller, or as a plain JPEG",
			config.Width, config.Height, cost.bytes>>20, maxPhotoMemory>>20)
	}
	return format, image.Pt(config.Width, config.Height), nil
}

// largePhoto is how many pixels make a photo worth it to give back what it took at once.
const largePhoto = 2 << 20

// decoding keeps the photos that are decoded at a time, and so their memory, to
// one.
var decoding sync.Mutex

func decodePhoto(format string, data []byte) (image.Image, error) {
	in := bytes.NewReader(data)
	switch format {
	case "jpeg":
		return jpeg.Decode(in)
	case "png":
		return png.Decode(in)
	default:
		return gif.Decode(in)
	}
}

// fitPhoto returns a photo as it goes into mail: no side longer than that many
// pixels, and no more bytes than that in base64. One that is so already stays as
// it is; else it is made smaller, and only the picture is left of it, not what
// the camera wrote beside.
func fitPhoto(data []byte, pixels int, most int64) (Picture, error) {
	format, size, err := photoFormat(data)
	if err != nil {
		return Picture{}, err
	}
	decoding.Lock()
	defer decoding.Unlock()
	if size.X*size.Y > largePhoto {
		defer debug.FreeOSMemory() // before the next one takes as much
	}
	decoded, err := decodePhoto(format, data)
	if err != nil {
		return Picture{}, fmt.Errorf("it cannot be read (%d bytes): %w", len(data), err)
	}
	turn := orientation(format, data)
	if max(size.X, size.Y) <= pixels && turn == upright && inMail(len(data)) <= most {
		return newPicture(photoFormats[format].name, photoFormats[format].mediaType, data), nil
	}
	return encodePhoto(turn.apply(scalePhoto(decoded, pixels)), most)
}

// inMail is the size of so many bytes in base64, in lines of 76 characters.
func inMail(n int) int64 {
	text := (int64(n) + 2) / 3 * 4
	return text + (text+75)/76*2
}

// scalePhoto draws a picture anew, and smaller if a side is longer than that. It
// is halved as often as it can be, each pixel the mean of four; only the rest is
// left to the good kernel, which is slow on a large picture.
func scalePhoto(source image.Image, pixels int) *image.RGBA {
	size := source.Bounds().Size()
	for max(size.X, size.Y) >= 2*pixels {
		size = image.Pt(max(1, size.X/2), max(1, size.Y/2))
		source = scaledTo(size, source, draw.ApproxBiLinear)
	}
	if longer := max(size.X, size.Y); longer > pixels {
		size = image.Pt(max(1, size.X*pixels/longer), max(1, size.Y*pixels/longer))
	}
	return scaledTo(size, source, draw.CatmullRom)
}

func scaledTo(size image.Point, source image.Image, by draw.Scaler) *image.RGBA {
	scaled := image.NewRGBA(image.Rectangle{Max: size})
	by.Scale(scaled, scaled.Bounds(), source, source.Bounds(), draw.Src, nil)
	return scaled
}

// encodePhoto writes a JPEG, or a PNG if one can see through the picture and the
// PNG is not too large.
func encodePhoto(picture *image.RGBA, most int64) (Picture, error) {
	var out bytes.Buffer
	if !picture.Opaque() {
		if err := png.Encode(&out, picture); err != nil {
			return Picture{}, fmt.Errorf("write it as PNG: %w", err)
		}
		if inMail(out.Len()) <= most {
			return newPicture("photo.png", "image/png", out.Bytes()), nil
		}
		paper := image.NewRGBA(picture.Bounds())
		draw.Draw(paper, paper.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(paper, paper.Bounds(), picture, image.Point{}, draw.Over)
		picture = paper
	}
	for _, quality := range []int{88, 75, 60} {
		out.Reset()
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality}); err != nil {
			return Picture{}, fmt.Errorf("write it as JPEG: %w", err)
		}
		if inMail(out.Len()) <= most {
			return newPicture("photo.jpg", "image/jpeg", out.Bytes()), nil
		}
	}
	return Picture{}, fmt.Errorf("made smaller it still has %d bytes in mail, more than %d", inMail(out.Len()), most)
}

// photo is the function of HTML templates: the address of the person's photo, or
// without one that of another picture, if that is given.
func (a *alternative) photo(other ...string) (template.URL, error) {
	if len(other) > 1 {
		return "", fmt.Errorf("photo: one other picture is enough, not %d", len(other))
	}
	o := a.current
	if o.photo != nil {
		return o.show(*o.photo), nil
	}
	if len(other) == 1 {
		return pictureAddress(other[0]), nil
	}
	return "", nil
}

// samplePhoto makes a picture of a size, which compresses about as well as a
// portrait does.
func samplePhoto(pixels int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, pixels, pixels))
	noise := uint32(1)
	for y := range pixels {
		for x := range pixels {
			noise = noise*1664525 + 1013904223
			grain := uint8(noise >> 28)
			picture.SetRGBA(x, y, color.RGBA{uint8(60+150*x/pixels) + grain, uint8(50+120*y/pixels) + grain, uint8(200-100*x/pixels) + grain, 255})
		}
	}
	var out bytes.Buffer
	jpeg.Encode(&out, picture, &jpeg.Options{Quality: 88}) // to memory, of a picture that has a size
	return out.Bytes()
}
