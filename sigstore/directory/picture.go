package directory

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"  // formats that mail clients show
	_ "image/jpeg" // and that image.DecodeConfig is to know
	_ "image/png"
)

// MaxPicture bounds a photo or a picture of a signature, in bytes.
const MaxPicture = 5 << 20

// CheckPicture returns the media type of a JPEG, PNG or GIF, and says what is wrong
// with anything else. Only the header of the picture is decoded.
func CheckPicture(data []byte) (mediaType string, size image.Point, err error) {
	if len(data) > MaxPicture {
		return "", image.Point{}, fmt.Errorf("it has %d bytes, over the limit of 5 MiB", len(data))
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", image.Point{}, fmt.Errorf("it is no JPEG, PNG or GIF that can be read")
	}
	return "image/" + format, image.Pt(config.Width, config.Height), nil
}

// DecodePhoto reads a photo that is a JSON text of base64.
//
// QUIRK: some mailboxes without a photo answer a GIF of one pixel.
func DecodePhoto(body json.RawMessage) ([]byte, error) {
	var text string
	if err := json.Unmarshal(body, &text); err != nil {
		return nil, fmt.Errorf("it is no text of base64")
	}
	photo, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("it is no text of base64")
	}
	_, size, err := CheckPicture(photo)
	if err != nil || size == image.Pt(1, 1) {
		return nil, err
	}
	return photo, nil
}
