package signing

import (
	"sync"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/sigstore"
)

// maxEncoded is how many bytes of encoded pictures are kept.
const maxEncoded = 32 << 20

// encoded keeps pictures of people as they go into messages. Who wrote lately will
// write again, and encoding a photo takes longer than finding the signature. The
// zero value is empty.
type encoded struct {
	mu    sync.RWMutex // guards all below
	kept  map[encodedKey]insert.Picture
	bytes int
}

// encodedKey is an image but for its contents, of which the Content-ID is a hash. The
// same picture may have another file name with somebody else.
type encodedKey struct{ cid, name, mediaType string }

// picture returns an image in base64. Its Content-ID is a hash of its contents, so
// that what is kept under it is always the same. When there is no room, all is
// given up: it costs one encoding each.
func (e *encoded) picture(i sigstore.Image) insert.Picture {
	key := encodedKey{i.CID, i.Name, i.ContentType}
	e.mu.RLock()
	p, ok := e.kept[key]
	e.mu.RUnlock()
	if ok {
		return p
	}
	p = insert.Picture{CID: i.CID, Name: i.Name, Type: i.ContentType, Base64: entity.Base64(i.Data)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.kept == nil || e.bytes > maxEncoded {
		e.kept, e.bytes = map[encodedKey]insert.Picture{}, 0
	}
	if _, ok := e.kept[key]; !ok {
		e.kept[key] = p
		e.bytes += len(p.Base64)
	}
	return p
}
