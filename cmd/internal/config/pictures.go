package config

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"sigmilter/cmd/internal/config/tomltree"
	"sigmilter/sigstore/localfile"
	"sigmilter/sigstore/render"
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

// readPhotos warns of a folder that is not there, as readPath does.
func (d *Directory) readPhotos(v tomltree.Value) {
	tomltree.One(paths(v), &d.Photos)(v)
	if d.Photos == "" {
		return
	}
	if _, err := os.ReadDir(d.Photos); err != nil {
		v.Warn(d.Photos+" "+tomltree.Unreadable(err).Error(), "write the name of a folder of photos")
	}
}

// readPictures reads the pictures that the HTML of a file refers to by cid:NAME,
// from the folder of the file, and puts their Content-IDs in place of the names.
func readPictures(v tomltree.Value, path, html string) (withIDs string, pictures []render.Picture) {
	seen := map[string]string{}
	withIDs = pictureRef.ReplaceAllStringFunc(html, func(ref string) string {
		name := ref[len("cid:"):]
		if _, ok := seen[name]; !ok {
			p, err := readPicture(v.Tree().Folder, filepath.Join(filepath.Dir(path), name))
			if err != nil {
				v.Fault(fmt.Sprintf("%s: picture cid:%s %v", path, name, err), "put a PNG, JPEG or GIF file of that name beside the template")
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

// readPicture reads one picture.
func readPicture(folder tomltree.Folder, path string) (render.Picture, error) {
	data, err := folder.Read(path, maxPicture)
	if errors.Is(err, localfile.ErrTooLarge) {
		return render.Picture{}, errLargePicture
	}
	if err != nil {
		return render.Picture{}, errors.New("cannot be read")
	}
	kind, err := PictureType(data)
	if err != nil {
		return render.Picture{}, err
	}
	return render.Picture{Name: filepath.Base(path), Type: kind, CID: render.ContentID(data), Data: data}, nil
}
