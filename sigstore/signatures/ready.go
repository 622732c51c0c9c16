package signatures

import (
	"strings"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/render"
)

// readySignature makes a block of a signature that another program made. Of a
// whole document the body goes in. Each picture gets a Content-ID that is a hash
// of its contents, as the pictures of templates have, and the HTML refers to it by
// that; pictures the HTML does not show are left out.
func readySignature(r *directory.Ready) Signature {
	html := render.Body(r.HTML)
	sig := Signature{Text: r.Text}
	for _, image := range r.Images {
		cid := render.ContentID(image.Data)
		shown := html
		for _, quote := range []string{`"`, `'`} {
			for _, prefix := range []string{"cid:", ""} {
				shown = strings.ReplaceAll(shown, "src="+quote+prefix+image.Name+quote, "src="+quote+"cid:"+cid+quote)
			}
		}
		if shown == html {
			continue
		}
		html = shown
		sig.Images = append(sig.Images, Image{Name: image.Name, ContentType: image.Type, CID: cid, Data: image.Data})
	}
	sig.HTML = html
	if sig.Text == "" {
		sig.Text = render.Text(html)
	}
	return sig
}
