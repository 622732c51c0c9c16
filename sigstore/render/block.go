package render

import "fmt"

// Person is whom a block is rendered for.
type Person struct {
	Attributes map[string]string // by Graph's names
	Photo      []byte            // JPEG, PNG or GIF; nil for none
}

// Block is what a template gives for a person.
type Block struct {
	HTML, Text string
	// Pictures are those that functions made and the HTML refers to, each once.
	// Pictures beside the template are not among them.
	Pictures []Picture
	// Problems say which pictures were left out and why.
	Problems []string
}

// fit makes the photo fit, before the template is run: nobody else can run it
// meanwhile, and a photo takes longer than the rest.
func (b *Block) fit(t *Template, photo []byte) *Picture {
	if !t.photo || len(photo) == 0 {
		return nil
	}
	picture, err := fitPhoto(photo, t.options.PhotoPixels, t.options.PhotoBytes)
	if err != nil {
		b.Problems = append(b.Problems, fmt.Sprintf("the photo is left out: %v", err))
		return nil
	}
	return &picture
}
