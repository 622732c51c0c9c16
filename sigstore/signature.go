package sigstore

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
