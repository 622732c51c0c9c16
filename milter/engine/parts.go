package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
)

// pictures are the pictures that blocks bring along, each once, without those
// that the message has already, from an earlier mail of the thread or beside
// another leaf. They are in have from then on.
func pictures(placed []insert.PlacedBlock, have map[string]bool) []entity.Addition {
	var parts []entity.Addition
	for _, p := range placed {
		if len(p.Placement.Edits) == 0 {
			continue
		}
		for _, pic := range p.Block.Pictures {
			if !have[pic.CID] {
				have[pic.CID] = true
				parts = append(parts, picturePart(pic))
			}
		}
	}
	return parts
}

// contentIDs are the Content-IDs of the parts of a message.
func contentIDs(tree *entity.Part) map[string]bool {
	ids := make(map[string]bool)
	tree.Walk(func(p *entity.Part) bool {
		ids[strings.Trim(p.Header.Get("Content-ID"), "<> ")] = true
		return true
	})
	return ids
}

func picturePart(p insert.Picture) entity.Addition {
	return entity.Addition{
		Header: entity.Header{
			{Name: "Content-Type", Value: p.Type + `; name="` + p.Name + `"`},
			{Name: "Content-ID", Value: "<" + p.CID + ">"},
			{Name: "Content-Disposition", Value: `inline; filename="` + p.Name + `"`},
			{Name: "Content-Transfer-Encoding", Value: "base64"},
		},
		Body: p.Base64,
	}
}

// htmlForm is an HTML text as a part, with its pictures around it.
func htmlForm(html string, placed []insert.PlacedBlock, have map[string]bool) entity.Addition {
	part := entity.TextPart("text/html", html)
	if parts := pictures(placed, have); len(parts) > 0 {
		return related([]byte(html)).Addition(append([]entity.Addition{part}, parts...)...)
	}
	return part
}

func related(text []byte) entity.Multipart {
	return entity.Multipart{Subtype: "related", Params: `; type="text/html"`, Boundary: boundary("r", text)}
}

func alternative(text []byte) entity.Multipart {
	return entity.Multipart{Subtype: "alternative", Boundary: boundary("a", text)}
}

// boundary is a boundary that does not occur in text nor in anything made
// before: a hash of it. "=_" occurs in no quoted-printable or base64 (RFC 2045 6.7).
func boundary(kind string, text []byte) string {
	sum := sha256.Sum256(append([]byte(kind), text...))
	return "=_sigmilter_" + kind + hex.EncodeToString(sum[:12])
}

// ampPart is the AMP form of a message, nil for none.
func ampPart(tree *entity.Part) *entity.Part {
	var amp *entity.Part
	tree.Walk(func(p *entity.Part) bool {
		if p.Media.Type == "text/x-amp-html" && p.Parent != nil && p.Parent.Media.Type == "multipart/alternative" {
			amp = p
		}
		return amp == nil
	})
	return amp
}

// lineEnd is what ends the first line of a body, CRLF when no line ends soon.
func lineEnd(body Body) (string, error) {
	start := make([]byte, min(body.Size(), 1000))
	if _, err := body.ReadAt(start, 0); err != nil && err != io.EOF {
		return "", fmt.Errorf("reading the body: %w", err)
	}
	i := bytes.IndexByte(start, '\n')
	bare := i == 0 || (i > 0 && start[i-1] != '\r')
	if bare {
		return "\n", nil
	}
	return "\r\n", nil
}
