// Package signatures renders people's signatures, and keeps them in memory and in the state
// file until they run out, or their person or template changes.
package signatures

// Signature is a rendered block. It is not changed once it was handed out: its
// slices are shared.
type Signature struct {
	HTML   string
	Text   string
	Images []Image
}

// Image is a picture that travels with a signature's HTML.
type Image struct {
	Name        string // file name
	ContentType string
	CID         string // Content-ID without brackets, as the HTML has it after cid:
	Data        []byte
}
