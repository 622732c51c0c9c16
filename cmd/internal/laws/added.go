package laws

import (
	"bytes"
	"encoding/base64"
	"maps"
	"mime"
	"slices"
	"strings"

	"sigmilter/milter/engine"
)

// bodyFields are the fields that move into the part when the only part of a
// message becomes one of several.
var bodyFields = []string{
	"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Description", "Content-Location", "Content-MD5",
}

// wrapped compares a signed leaf with the multipart that took its place: a
// related with pictures, or an alternative with an HTML form.
func (c *checker) wrapped(was, is *part) {
	isHTML := was.kind == "text/html" && is.kind == "multipart/related"
	if !isHTML && !(was.kind == "text/plain" && is.kind == "multipart/alternative" && c.options.AddHTML && len(is.children) == 2) {
		c.breach(2, was, "was %s and is %s", was.kind, is.kind)
		return
	}
	if !c.made(was, is) {
		return
	}
	c.moved(was, is.children[0])
	c.content(was, is.children[0])
	if isHTML {
		c.pictures(was, is.children[1:])
	} else {
		c.form(was, is.children[0], is.children[1])
	}
}

// made wants a multipart that the signing made to be nothing but its parts.
func (c *checker) made(was, is *part) bool {
	want := [][]byte{nil}
	for range is.children {
		want = append(want, []byte("--"+is.boundary()))
	}
	want = append(want, []byte("--"+is.boundary()+"--"), nil)
	same := slices.EqualFunc(is.frame, want, func(b, w []byte) bool { return string(trimEnd(withoutLead(b))) == string(w) })
	if len(is.children) == 0 || !same {
		c.breach(2, was, "the frame of the new %s: %.200q", is.kind, is.frame)
		return false
	}
	params := map[string]string{"boundary": is.params["boundary"]}
	if is.kind == "multipart/related" { // RFC 2387 3.1
		params["type"] = "text/html"
	}
	if is != c.after && len(is.fields) != 1 || !is.says(params) {
		c.breach(2, was, "the header of the new %s: %q", is.kind, is.fields)
	}
	return true
}

// says is whether the media type is well-formed and has these parameters; one with
// the value * may have any.
func (p *part) says(params map[string]string) bool {
	kind, got, err := mime.ParseMediaType(p.value("Content-Type"))
	return err == nil && kind == p.kind && maps.EqualFunc(got, params, func(a, b string) bool { return a == b || b == "*" && a != "" })
}

// moved compares the header of a leaf with that of the same leaf in a new
// multipart. The message's own only part takes the fields along that describe
// it; the blank behind a field's name and its line ends do not matter.
func (c *checker) moved(was, is *part) {
	if was != c.before {
		c.partHeader(was, is, c.mayChange(was))
		return
	}
	for i, f := range is.fields {
		for _, g := range was.fields {
			if bare(f) == bare(g) {
				is.fields[i] = g
			}
		}
	}
	may := c.mayChange(was)
	c.sameFields(was, (&part{fields: was.fieldsNamed(bodyFields...)}).fieldsBut(may...), is.fieldsBut(may...))
}

// bare is a field without what does not matter.
func bare(field []byte) string {
	name, value, _ := strings.Cut(strings.ReplaceAll(string(trimEnd(field)), "\r\n", "\n"), ":")
	return strings.ToLower(name) + ":" + strings.TrimLeft(value, " \t")
}

// newPart wants the header of a part that the signing made: its type, and the
// other fields of the names given.
func (c *checker) newPart(of, p *part, kind string, others ...string) bool {
	var names []string
	for _, f := range p.fields {
		names = append(names, nameOf(f))
	}
	want := append([]string{"Content-Type"}, others...)
	if p.kind != kind || !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(want))) {
		c.breach(2, of, "a new part is %s with the fields %q, not %s with %q", p.kind, names, kind, want)
		return false
	}
	return true
}

// newText is the decoded text of a part that the signing made.
func (c *checker) newText(of, p *part, kind string) (string, bool) {
	if !c.newPart(of, p, kind, "Content-Transfer-Encoding") {
		return "", false
	}
	text, clean, ok := p.text()
	if !ok || !clean || !p.says(map[string]string{"charset": "utf-8"}) {
		c.breach(2, of, "the new %s does not decode", kind)
		return "", false
	}
	c.lines(&part{id: of.id}, p)
	return text, true
}

// want notes the pictures of a block that was put into HTML.
func (c *checker) want(b Block) {
	for _, p := range b.Pictures {
		if !c.before.holds(p.CID) {
			c.wanted[p.CID] = p
		}
	}
}

// holds says whether a part is, or has below it, one with a Content-ID.
func (p *part) holds(cid string) bool {
	return p.value("Content-ID") == "<"+cid+">" || slices.ContainsFunc(p.children, func(c *part) bool { return c.holds(cid) })
}

// related looks at the parts that came to the end of a multipart/related.
func (c *checker) related(was *part, came []*part) {
	if len(came) > 0 && !c.signedRoot(was) {
		c.breach(2, was, "parts came to a multipart/related whose root is not signed")
	}
	c.pictures(was, came)
}

// signedRoot says whether the root of a multipart/related is signed HTML,
// directly or in an alternative.
func (c *checker) signedRoot(p *part) bool {
	switch p.kind {
	case "multipart/related":
		root := p.children[0]
		for _, child := range p.children {
			if id := child.value("Content-ID"); id != "" && strings.Trim(id, "<>") == strings.Trim(p.params["start"], "<>") {
				root = child
			}
		}
		return c.signedRoot(root)
	case "multipart/alternative":
		return slices.ContainsFunc(p.children, c.signedRoot)
	}
	return p.kind == "text/html" && c.listed[p.id] != nil
}

// pictures looks at parts that were added for pictures.
func (c *checker) pictures(of *part, parts []*part) {
	for _, p := range parts {
		cid := strings.Trim(p.value("Content-ID"), "<>")
		c.got[cid]++
		pic := Picture{Type: p.kind}
		for _, b := range c.options.Blocks {
			for _, known := range b.Pictures {
				if known.CID == cid {
					pic = known
				}
			}
		}
		if !c.newPart(of, p, pic.Type, "Content-ID", "Content-Disposition", "Content-Transfer-Encoding") {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(string(p.body))
		disposition, _, _ := mime.ParseMediaType(p.value("Content-Disposition"))
		same := err == nil && bytes.Equal(data, pic.Data) && p.value("Content-Transfer-Encoding") == "base64"
		if !same || p.value("Content-ID") != "<"+cid+">" || disposition != "inline" || !p.says(map[string]string{"name": "*"}) {
			c.breach(2, of, "the picture %s is not what it should be", cid)
		}
	}
}

// allPictures wants each picture that the blocks refer to once, and no other.
func (c *checker) allPictures() {
	for cid := range c.wanted {
		if c.got[cid] != 1 {
			c.breach(3, nil, "picture %s was added %d times", cid, c.got[cid])
		}
	}
	for cid := range c.got {
		if _, ok := c.wanted[cid]; !ok {
			c.breach(2, nil, "part %q was added, which no block needs", cid)
		}
	}
}

// textAdded says that the report tells of a text given to a message that had
// only attachments.
func (c *checker) textAdded() bool {
	return slices.ContainsFunc(c.report.Blocks, func(b engine.BlockReport) bool { return b.Placed == "added" })
}

// addedText compares a message of attachments only with the one that has a text
// before them.
func (c *checker) addedText(was, is *part) {
	blocks := c.report.Blocks
	c.listed = nil
	c.found["1"] = true
	if is.kind != "multipart/mixed" || len(is.children) < 2 {
		c.breach(2, was, "a text was added, but the message is %s", is.kind)
		return
	}
	form, rest := is.children[0], is.children[1:]
	switch {
	case len(was.frame) == 0 && len(rest) == 1:
		c.made(was, is)
		c.moved(was, rest[0])
		c.content(was, rest[0])
	case was.kind == is.kind && len(was.children) == len(rest):
		b := slices.Delete(slices.Clone(is.frame), 2, 3)
		if string(trimEnd(withoutLead(is.frame[2]))) != "--"+is.boundary() || !c.sameFrame(was.children, rest, was.frame, b, false) {
			c.breach(2, was, "preamble, boundary or epilogue differs: %.200q became %.200q", was.frame, is.frame)
		}
		for i := range rest {
			c.compare(was.children[i], rest[i])
		}
	default:
		c.breach(2, was, "was %s of %d parts and is %s of %d", was.kind, len(was.children), is.kind, len(is.children))
	}
	c.blocksAlone(form, blocks)
}

// blocksAlone wants a part to be the blocks in both forms and nothing else.
func (c *checker) blocksAlone(p *part, reports []engine.BlockReport) {
	if !c.newPart(p, p, "multipart/alternative") || !c.made(p, p) {
		return
	}
	if len(p.children) != 2 {
		c.breach(2, p, "the new text has %d forms", len(p.children))
		return
	}
	var texts []string
	htmlText := "<html><body>\n"
	for _, kind := range []string{"banner", "signature", "disclaimer"} {
		for _, r := range reports {
			if b, ok := c.block(r); ok && r.Block == kind {
				c.want(b)
				c.places = append(c.places, Place{Part: "1", Block: kind, Before: strings.Join(texts, " ")})
				texts = append(texts, trimmed(b.Text))
				for i := range c.places[:len(c.places)-1] {
					c.places[i].After = strings.TrimSpace(c.places[i].After + " " + trimmed(b.Text))
				}
				htmlText += containerOf(kind) + strings.ReplaceAll(strings.Trim(b.HTML, " \t\r\n"), "\r\n", "\n") + "\n</div>\n"
			}
		}
	}
	if text, ok := c.newText(p, p.children[0], "text/plain"); ok && strings.TrimRight(text, "\n") != strings.Join(texts, "\n\n") {
		c.breach(2, p, "the new text is %q", text)
	}
	if text, ok := c.newText(p, c.pictured(p, p.children[1]), "text/html"); ok && unisolated(text) != unisolated(htmlText+"</body></html>\n") {
		c.breach(2, p, "the new HTML is %q", text)
	}
}

// pictured is the HTML of a new part, which may stand in a related with pictures.
func (c *checker) pictured(of, p *part) *part {
	if p.kind != "multipart/related" || !c.made(of, p) {
		return p
	}
	c.pictures(of, p.children[1:])
	return p.children[0]
}
