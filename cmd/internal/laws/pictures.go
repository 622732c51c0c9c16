package laws

import (
	"html"
	"net/url"
	"slices"
	"strings"
)

// gonePictures are the children of a multipart/related that are not there any
// more: pictures, which may go with the old signature that showed them.
func (c *checker) gonePictures(was, is *part) []int {
	var gone []int
	for i, p := range was.children {
		id := p.value("Content-ID")
		if id == "" || len(p.frame) > 0 || strings.HasPrefix(p.kind, "text/") || strings.HasPrefix(p.kind, "message/") || c.listed[p.id] != nil {
			continue
		}
		if !slices.ContainsFunc(is.children, func(q *part) bool { return q.value("Content-ID") == id }) {
			gone = append(gone, i)
			c.gone = append(c.gone, p)
		}
	}
	return gone
}

// allGone wants each picture that is gone to have been shown by what was taken
// out of the texts, and by nothing that is left.
func (c *checker) allGone() {
	for _, p := range c.gone {
		cid := "cid:" + strings.Trim(p.value("Content-ID"), "<> ")
		if !slices.ContainsFunc(c.taken, func(s string) bool { return refersTo(s, cid) }) {
			c.breach(2, p, "the picture is gone, which nothing that was taken out shows")
		}
		if c.after.refersTo(cid) {
			c.breach(2, p, "the picture is gone, to which what is left refers")
		}
		if at := p.value("Content-Location"); at != "" && c.after.refersTo(at) {
			c.breach(2, p, "the picture is gone, to whose Content-Location what is left refers")
		}
	}
}

// refersTo reports whether a part that is no plain text, or one below it, has a
// reference in it.
func (p *part) refersTo(reference string) bool {
	if len(p.frame) > 0 {
		return slices.ContainsFunc(p.children, func(c *part) bool { return c.refersTo(reference) })
	}
	if p.kind == "text/plain" || !strings.HasPrefix(p.kind, "text/") && !strings.HasSuffix(p.kind, "xml") {
		return false
	}
	text, _, ok := p.text()
	return refersTo(text, reference) || !ok && refersTo(string(p.body), reference)
}

// refersTo reports whether HTML has a reference in it, which may be spelt with
// entities or in percent.
func refersTo(text, reference string) bool {
	text, reference = strings.ToLower(html.UnescapeString(text)), strings.ToLower(reference)
	if strings.Contains(text, reference) || strings.Contains(text, strings.ToLower(url.PathEscape(reference))) {
		return true
	}
	decoded, err := url.PathUnescape(reference)
	if err == nil && strings.Contains(text, decoded) {
		return true
	}
	scheme, id, ok := strings.Cut(reference, ":")
	return ok && strings.Contains(text, scheme+":"+url.QueryEscape(id))
}
