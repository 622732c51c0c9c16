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
	gone, came, ok := c.children(was, is)
	if !ok {
		c.breach(2, was, "had %d parts and has %d", len(was.children), len(is.children))
		return
	}
	var kept []*part
	for i, child := range was.children {
		if !slices.Contains(gone, i) {
			kept = append(kept, child)
		}
	}
	now, new := is.children[:len(is.children)-came], is.children[len(is.children)-came:]
	c.partHeader(was, is, nil)
	c.frame(was, is, kept, gone, came)
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

// children says which children of a multipart are gone, and how many came at its
// end; not ok is any other difference in their number.
func (c *checker) children(was, is *part) (gone []int, came int, ok bool) {
	switch was.kind {
	case "multipart/alternative":
		gone = c.goneAMP(was, is)
	case "multipart/related":
		gone = c.gonePictures(was, is)
	}
	came = len(is.children) - len(was.children) + len(gone)
	return gone, max(came, 0), came == 0 || came > 0 && was.kind == "multipart/related"
}

// goneAMP is the AMP form of an alternative, if it is gone.
func (c *checker) goneAMP(was, is *part) []int {
	i := slices.IndexFunc(was.children, func(p *part) bool { return p.kind == amp })
	if i < 0 {
		return nil
	}
	if !c.options.DropAMP || len(is.children) >= len(was.children) {
		c.breach(3, was.children[i], "signed, but the AMP form has no block")
		return nil
	}
	return []int{i}
}

// frame compares what stands between the parts of a multipart. A boundary beside
// a child that is gone is gone too; those of children that came are as any.
func (c *checker) frame(was, is *part, kept []*part, gone []int, came int) {
	first := 1 + len(is.children) - came
	for _, b := range is.frame[first : first+came] {
		if string(trimEnd(withoutLead(b))) != "--"+is.boundary() {
			c.breach(2, was, "boundary of a new part: %q", b)
		}
	}
	b := slices.Delete(slices.Clone(is.frame), first, first+came)
	same := len(gone) == 0 && c.sameFrame(kept, is.children, was.frame, b, came > 0)
	const around = 3 // pieces of the frame of which one is gone with a child
	for n := 0; n < around && len(gone) > 0 && !same; n++ {
		a := slices.Clone(was.frame)
		for _, i := range slices.Backward(gone) {
			if i+n < len(a) {
				a = slices.Delete(a, i+n, i+n+1)
			}
		}
		same = c.sameFrame(kept, is.children, a, b, came > 0)
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
