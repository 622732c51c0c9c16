package sigstore

import (
	"sigmilter/sigstore/learned"
	"sigmilter/sigstore/signatures"
)

// What a [Book] is given and gives, for its users need no other package.
type (
	Options      = signatures.Options
	Signature    = signatures.Signature
	Image        = signatures.Image
	Ending       = learned.Ending
	Known        = learned.Known
	Recollection = learned.Recollection
)

// ErrRender means that a template failed for one person.
var ErrRender = signatures.ErrRender

// DecodeRecollection is a recollection of a key and of endings as the file has them.
func DecodeRecollection(key, endings []byte) (Recollection, error) {
	return learned.Decode(key, endings)
}
