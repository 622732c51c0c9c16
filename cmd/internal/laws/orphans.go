package laws

import (
	"bytes"
	"slices"
	"strings"

	"sigmilter/milter"
)

// withoutOrphans is a multipart/related without the pictures that are not in the
// other: those that only text referred to which the report calls removed may go,
// with the boundary before each.
func (c *checker) withoutOrphans(was, is *part) *part {
	left := *was
	left.children, left.frame = slices.Clone(was.children), slices.Clone(was.frame)
	for i := len(left.children) - 1; i > 0; i-- {
		p := left.children[i]
		if len(left.frame) <= i+1 || is.holdsSame(p) || !c.orphaned(p) {
			continue
		}
		left.children = slices.Delete(left.children, i, i+1)
		left.frame = slices.Delete(left.frame, i+1, i+2)
	}
	return &left
}

// holdsSame says whether a multipart has a child with the same Content-ID.
func (p *part) holdsSame(child *part) bool {
	cid := child.value("Content-ID")
	return slices.ContainsFunc(p.children, func(c *part) bool { return c.value("Content-ID") == cid })
}

// orphaned says whether a part is a picture that a signed text referred to before,
// and that nothing refers to any more.
func (c *checker) orphaned(p *part) bool {
	cid := strings.ToLower(strings.Trim(p.value("Content-ID"), "<> "))
	removed := slices.ContainsFunc(c.report.Blocks, func(b milter.BlockReport) bool { return len(b.Removed) > 0 })
	if cid == "" || !removed || !strings.HasPrefix(p.kind, "image/") {
		return false
	}
	if !c.before.refers(cid) || c.after.refers(cid) {
		c.breach(2, p, "the picture %s is gone, but something refers to it, or nothing did", cid)
		return false
	}
	if at := strings.ToLower(p.value("Content-Location")); at != "" && c.after.refers(at) {
		c.breach(2, p, "the picture %s is gone, but something refers to where it is", cid)
		return false
	}
	return true
}

// refers says whether any text in a part, or in those below it, has a name in it.
func (p *part) refers(name string) bool {
	if strings.HasPrefix(p.kind, "text/") {
		text, _, _ := p.text()
		lower := strings.ToLower(text)
		escaped := strings.NewReplacer("@", "%40", "$", "%24").Replace(name)
		return strings.Contains(lower, name) || strings.Contains(lower, escaped) || bytes.Contains(bytes.ToLower(p.body), []byte(name))
	}
	return slices.ContainsFunc(p.children, func(c *part) bool { return c.refers(name) })
}
