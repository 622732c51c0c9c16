package signing

import (
	"sync"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/sigstore"
)

// maxEncoded is how many bytes of encoded pictures are kept.
const maxEncoded = 32 << 20

// encodedPictures keeps pictures of people in base64. Whoever wrote recently will write
// again, and encoding a photo takes longer than finding the signature. The zero value is
// empty.
type encodedPictures struct {
	mu    sync.RWMutex // guards all below
	kept  map[encodedKey]insert.Picture
	bytes int
}

// encodedKey is an image without its contents, of which the Content-ID is a hash. The same
// picture may have another file name with another person.
type encodedKey struct{ cid, name, mediaType string }

// picture returns an image in base64. Its Content-ID is a hash of its contents, so an entry
// never goes out of date. When the cache is full it is emptied: each picture is then
// encoded once more.
func (e *encodedPictures) picture(i sigstore.Image) insert.Picture {
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
