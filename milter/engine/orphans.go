package engine

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/work"
)

// orphans are the parts of pictures that only the text refers to which is taken
// out: they go with it. A part stays when any text of the message, or one that was
// not read, may still show it.
func orphans(tree *entity.Part, texts []form, meter *work.Meter) []*entity.Part {
	gone := mentions(texts)
	if len(gone) == 0 || !allRead(tree, texts) {
		return nil
	}
	candidates := mentioned(tree, gone)
	if len(candidates) == 0 || len(candidates) > mostOrphans {
		return nil
	}
	var left [][]byte
	for _, t := range texts {
		for _, l := range t.leaves {
			left = append(left, bytes.ToLower(l.left()))
		}
	}
	shown := func(name string) bool {
		return name != "" && slices.ContainsFunc(left, func(b []byte) bool {
			meter.Spend(len(b))
			return refers(b, name)
		})
	}
	return slices.DeleteFunc(candidates, func(p *entity.Part) bool {
		return shown(contentID(p)) || shown(p.Header.Get("Content-Location"))
	})
}

// mostOrphans is how many pictures an old signature has at most: all texts are searched
// for each. With more, all parts stay.
const mostOrphans = 32

// mentioned are the parts of pictures that pieces of HTML refer to.
func mentioned(tree *entity.Part, pieces [][]byte) []*entity.Part {
	all := bytes.Join(pieces, []byte{'\n'})
	if len(all) > mostMarkup {
		return nil
	}
	var parts []*entity.Part
	tree.Walk(func(p *entity.Part) bool {
		if cid := contentID(p); cid != "" && removable(p) && refers(all, cid) {
			parts = append(parts, p)
		}
		return true
	})
	return parts
}

// mostMarkup is how many bytes of what is taken out are searched for each part.
const mostMarkup = 256 << 10

// mentions are the pieces of HTML that are taken out and refer to a part.
func mentions(texts []form) [][]byte {
	var gone [][]byte
	for _, t := range texts {
		for _, l := range t.leaves {
			if l.Part.Media.Type != "text/html" {
				continue
			}
			for _, e := range l.edits() {
				if piece := bytes.ToLower(l.Text[e.Start:e.End]); bytes.Contains(piece, []byte("cid:")) {
					gone = append(gone, piece)
				}
			}
		}
	}
	return gone
}

// allRead reports whether every HTML text of the message was read.
func allRead(tree *entity.Part, texts []form) bool {
	read := map[*entity.Part]bool{}
	for _, t := range texts {
		for _, l := range t.leaves {
			read[l.Part] = true
		}
	}
	all := true
	tree.Walk(func(p *entity.Part) bool {
		if p.Media.Type == "text/html" && !read[p] {
			all = false
		}
		return all
	})
	return all
}

// removable reports whether a part is a picture that belongs to the text beside it.
func removable(p *entity.Part) bool {
	return strings.HasPrefix(p.Media.Type, "image/") && p.Disposition != "attachment" && p.Parent != nil && p.Parent.Media.Type == "multipart/related"
}

func contentID(p *entity.Part) string { return strings.Trim(p.Header.Get("Content-ID"), "<> \t\r\n") }

// refers reports whether a text in lower case has a name in it, as it is or with
// its signs written as a link has them.
func refers(text []byte, name string) bool {
	lower := strings.ToLower(strings.TrimSpace(name))
	for _, form := range []string{lower, strings.ToLower(url.PathEscape(lower)), strings.ToLower(url.QueryEscape(lower)), strings.ReplaceAll(lower, "&", "&amp;")} {
		if bytes.Contains(text, []byte(form)) {
			return true
		}
	}
	return false
}

// edits are those of all blocks of a leaf.
func (l *leaf) edits() []entity.Edit { return l.reading.Merge(placements(l.placed)...) }

// left is the text of a leaf as it comes out.
func (l *leaf) left() []byte {
	var b []byte
	at := 0
	for _, e := range l.edits() {
		b = append(append(b, l.Text[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(b, l.Text[at:]...)
}
