package laws

import (
	"bytes"
	"slices"
)

// compare walks two trees in step.
func (c *checker) compare(was, is *part) {
	if len(was.frame) == 0 && len(is.frame) > 0 && c.listed[was.id] != nil {
		c.wrapped(was, is)
		return
	}
	if was.kind != is.kind {
		c.breach(2, was, "was %s and is %s", was.kind, is.kind)
		return
	}
	if len(was.frame) == 0 {
		c.partHeader(was, is, c.mayChange(was))
		c.content(was, is)
		return
	}
	header := was
	if was.kind == "multipart/related" {
		was = c.withoutOrphans(was, is)
	}
	gone, came, ok := c.children(was, is)
	if !ok {
		c.breach(2, was, "had %d parts and has %d", len(was.children), len(is.children))
		return
	}
	kept, now, new := was.children, is.children[:len(is.children)-came], is.children[len(is.children)-came:]
	if gone >= 0 {
		kept = slices.Delete(slices.Clone(kept), gone, gone+1)
	}
	c.partHeader(header, is, nil)
	c.frame(was, is, gone, came)
	c.related(was, new)
	for i := range kept {
		c.compare(kept[i], now[i])
	}
}

// mayChange are the fields of a leaf that may have changed.
func (c *checker) mayChange(was *part) []string {
	if c.listed[was.id] == nil {
		return nil
	}
	return encodingFields
}

// content compares the bodies of leaves.
func (c *checker) content(was, is *part) {
	if c.listed[was.id] != nil {
		c.found[was.id] = true
		c.leaf(was, is)
	} else if !bytes.Equal(was.body, is.body) {
		c.breach(2, was, "%s is not signed, but its bytes differ", was.kind)
	}
}

// amp is the media type of AMP for e-mail.
const amp = "text/x-amp-html"

// children says which child of a multipart is gone, -1 for none, and how many
// came at its end; not ok is any other difference in their number.
func (c *checker) children(was, is *part) (gone, came int, ok bool) {
	gone = -1
	if was.kind == "multipart/alternative" {
		gone = slices.IndexFunc(was.children, func(p *part) bool { return p.kind == amp })
	}
	if gone >= 0 && (!c.options.DropAMP || len(is.children) >= len(was.children)) {
		c.breach(3, was.children[gone], "signed, but the AMP form has no block")
		gone = -1
	}
	came = len(is.children) - len(was.children)
	if gone >= 0 {
		came++
	}
	return gone, max(came, 0), came == 0 || came > 0 && was.kind == "multipart/related"
}

// frame compares what stands between the parts of a multipart. A boundary beside
// a child that is gone is gone too; those of children that came are as any.
func (c *checker) frame(was, is *part, gone, came int) {
	first := 1 + len(is.children) - came
	for _, b := range is.frame[first : first+came] {
		if string(trimEnd(withoutLead(b))) != "--"+is.boundary() {
			c.breach(2, was, "boundary of a new part: %q", b)
		}
	}
	b := slices.Delete(slices.Clone(is.frame), first, first+came)
	same := gone < 0 && c.sameFrame(was.children, is.children, was.frame, b, came > 0)
	for i := gone + 1; gone >= 0 && i <= gone+2 && i < len(was.frame); i++ {
		kept := slices.Delete(slices.Clone(was.children), gone, gone+1)
		same = same || c.sameFrame(kept, is.children, slices.Delete(slices.Clone(was.frame), i, i+1), b, false)
	}
	if !same {
		c.breach(2, was, "preamble, boundary or epilogue differs: %.200q became %.200q", was.frame, is.frame)
	}
}

// sameFrame compares frames around as many children. The line end before a
// boundary is the only thing that may differ: it belonged to the blank line above
// an empty child, which has text now or another child behind it; or it belongs to
// the boundary that closes the multipart a child stands in now.
func (c *checker) sameFrame(was, is []*part, a, b [][]byte, came bool) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if bytes.Equal(a[i], b[i]) {
			continue
		}
		child := i - 2
		if child < 0 || child >= len(was) || !bytes.Equal(withoutLead(a[i]), withoutLead(b[i])) {
			return false
		}
		filled := len(was[child].body) == 0 && c.listed[was[child].id] != nil || came && child == len(was)-1
		if longer := len(b[i]) > len(a[i]); longer && !filled || !longer && len(is[child].frame) == 0 {
			return false
		}
	}
	return true
}

// withoutLead is a boundary without the line end before it.
func withoutLead(b []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("\r")), []byte("\n"))
}
