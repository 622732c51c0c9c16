package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// pictureRef is how a template's HTML refers to a picture beside it.
var pictureRef = regexp.MustCompile(`\bcid:([A-Za-z0-9][A-Za-z0-9._-]*)`)

// pictureTypes are the media types every mail client shows. SVG is not among
// them, and it can hold scripts.
var pictureTypes = []string{"image/png", "image/jpeg", "image/gif"}

// maxPicture is the largest picture that goes with every message.
const maxPicture = 2 << 20

var errLargePicture = fmt.Errorf("is larger than %d MiB", maxPicture>>20)

// PictureType is the media type of a picture's contents. It is an error when a
// template cannot have the picture: it is neither PNG, JPEG nor GIF, or too large.
func PictureType(data []byte) (string, error) {
	if len(data) > maxPicture {
		return "", errLargePicture
	}
	kind := http.DetectContentType(data)
	if !slices.Contains(pictureTypes, kind) {
		return "", fmt.Errorf("is of another kind: %s", kind)
	}
	return kind, nil
}

// readPictures reads the pictures that the HTML of a file refers to by cid:NAME,
// from the folder of the file, and puts their Content-IDs in place of the names.
func readPictures(v value, path, html string) (withIDs string, pictures []Picture) {
	seen := map[string]string{}
	withIDs = pictureRef.ReplaceAllStringFunc(html, func(ref string) string {
		name := ref[len("cid:"):]
		if _, ok := seen[name]; !ok {
			p, err := readPicture(filepath.Join(filepath.Dir(path), name))
			if err != nil {
				v.fault(fmt.Sprintf("%s: picture cid:%s %v", path, name, err), "put a PNG, JPEG or GIF file of that name beside the template")
				p.CID = name
			} else {
				pictures = append(pictures, p)
			}
			seen[name] = p.CID
		}
		return "cid:" + seen[name]
	})
	return withIDs, pictures
}

// readPicture reads one picture. Its Content-ID is a hash of its contents: the
// same picture has the same one in every mail, so that a thread holds it once,
// and no other picture has it.
func readPicture(path string) (Picture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Picture{}, fmt.Errorf("cannot be read")
	}
	if info.Size() > maxPicture {
		return Picture{}, errLargePicture
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Picture{}, fmt.Errorf("cannot be read")
	}
	kind, err := PictureType(data)
	if err != nil {
		return Picture{}, err
	}
	sum := sha256.Sum256(data)
	return Picture{filepath.Base(path), kind, hex.EncodeToString(sum[:16]) + "@picture.sigmilter", data}, nil
}
