package render

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"regexp"
	"strings"
)

// Picture is a picture that goes into a message with a block.
type Picture struct {
	Name string // file name; nothing of a person is ever in it
	Type string // media type: PNG, JPEG or GIF
	CID  string // Content-ID without brackets, as the HTML has it after cid:
	Data []byte
}

// ContentID returns the Content-ID of a picture. It is a hash of the contents: the
// same picture has the same one in every mail, so that a thread holds it once,
// and no other picture in the world has it (RFC 2392).
func ContentID(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16]) + "@picture.sigmilter"
}

func newPicture(name, mediaType string, data []byte) Picture {
	return Picture{name, mediaType, ContentID(data), data}
}

// show makes a picture one of the block and returns its address.
func (o *output) show(p Picture) template.URL {
	o.pictures = append(o.pictures, p)
	return template.URL("cid:" + p.CID)
}

// shown returns the pictures the HTML refers to, each once: lines that
// disappeared had some, and a template may only have asked whether there is one.
func shown(pictures []Picture, html string) (kept []Picture) {
	seen := map[string]bool{}
	for _, p := range pictures {
		if !seen[p.CID] && strings.Contains(html, p.CID) {
			kept = append(kept, p)
		}
		seen[p.CID] = true
	}
	return kept
}

// cidAddress is what config puts in place of cid:NAME.
var cidAddress = regexp.MustCompile(`^cid:[A-Za-z0-9][A-Za-z0-9._@-]*$`)

// pictureAddress lets pass what can be nothing but the address of a picture.
func pictureAddress(address string) template.URL {
	if cidAddress.MatchString(address) {
		return template.URL(address)
	}
	if onWeb, err := webURL(address); err == nil {
		return template.URL(onWeb)
	}
	return ""
}
