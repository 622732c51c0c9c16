package render

import (
	"bytes"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"

	"github.com/boombuler/barcode/qr"
)

const (
	// maxQRCode is the most bytes in a QR code. It could hold 2331 with this
	// correction, in dots that no phone tells apart at the size of a signature.
	maxQRCode = 512
	// qrDot is how many pixels wide a dot is, and qrMargin how many dots of white
	// are around the code, as ISO/IEC 18004 wants it.
	qrDot    = 4
	qrMargin = 4
)

// runs matches what a phone that opens addresses could run.
var runs = regexp.MustCompile(`(?i)^[^a-z0-9]*(?:javascript|vbscript|data|file|blob|intent)\s*:`)

// qrPicture draws a text. The same text gives the same bytes.
func qrPicture(text string) (Picture, error) {
	if len(text) > maxQRCode {
		return Picture{}, fmt.Errorf("its text has %d bytes, more than the %d that can be read off a screen", len(text), maxQRCode)
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, err
	}
	dots := code.Bounds().Dx()
	side := (dots + 2*qrMargin) * qrDot
	drawn := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range dots * qrDot {
		for x := range dots * qrDot {
			if level, _, _, _ := code.At(x/qrDot, y/qrDot).RGBA(); level == 0 {
				drawn.SetColorIndex(x+qrMargin*qrDot, y+qrMargin*qrDot, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return Picture{}, err
	}
	return newPicture("qrcode.png", "image/png", out.Bytes()), nil
}

// qrText is what is written into the code, or beside it in plain text.
func qrText(value any) string {
	text := fmt.Sprint(value)
	if runs.MatchString(text) {
		return ""
	}
	return text
}

// qrcode is the function of HTML templates: the address of a picture of a text,
// and nothing for an empty one.
func (a *alternative) qrcode(value any) template.URL {
	text := qrText(value)
	if text == "" {
		return ""
	}
	picture, err := qrPicture(text)
	if err != nil {
		a.current.problems = append(a.current.problems, fmt.Sprintf("the QR code is left out: %v", err))
		return ""
	}
	return a.current.show(picture)
}

// plainQRCode is qrcode for text templates: a link can be followed there as it
// is. A vCard is nothing to read.
func plainQRCode(value any) string {
	if text := qrText(value); !strings.Contains(text, "\n") {
		return text
	}
	return ""
}
