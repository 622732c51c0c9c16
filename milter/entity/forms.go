package entity

// Readers show one form of a multipart/alternative, and which one is theirs to say:
// the last that they can (RFC 2046 section 5.1.4), or the one that somebody likes.
// The parts of a multipart/mixed they show together.

// Bare are the parts that a reader may show as the message without any part that
// carries a block, in order; none if whatever is shown has one.
func Bare(root *Part, carries func(*Part) bool) []*Part {
	if root.isAttachment() {
		return nil
	}
	return viewsOf(root, carries).bare
}

// Further are the documents that a block has to go into besides those of a body, for
// every form of the message to have it, as far as forms can take one.
func Further(root *Part, body Body) []Document {
	has := map[*Part]bool{}
	for _, d := range body.Documents {
		for _, l := range d.Leaves {
			has[l] = true
		}
	}
	var more []Document
	for _, p := range Bare(root, func(p *Part) bool { return has[p] }) {
		if isText(p) {
			more = append(more, document(p))
		}
	}
	return more
}

// Beside are the texts of a message outside of one of its parts that readers show.
func Beside(root, part *Part) []Document {
	var texts []Document
	root.Walk(func(p *Part) bool {
		if p != part && isText(p) {
			texts = append(texts, document(p))
		}
		return p != part
	})
	return texts
}

// views are the ways to show a part.
type views struct {
	bare   []*Part // what the ways without a block show
	always bool    // there is no way to show it without a block
}

// viewsOf tells the ways to show a part, whatever its disposition.
func viewsOf(p *Part, carries func(*Part) bool) views {
	switch {
	case carries(p):
		return views{always: true}
	case len(p.Children) == 0: // QUIRK: a multipart without parts is shown as a text
		return views{bare: p.ifAny()}
	}
	switch p.Media.Type {
	case "multipart/alternative":
		return oneOf(p.Children, carries)
	case "multipart/related":
		return oneOf(relatedForms(p), carries)
	case "multipart/signed", "multipart/encrypted": // nothing is put into them
		return views{bare: []*Part{p}}
	}
	return together(p.Children, carries)
}

// ifAny is the part unless it is empty.
func (p *Part) ifAny() []*Part {
	const lineEnd = 2
	if p.BodyEnd-p.BodyStart <= lineEnd {
		return nil
	}
	return []*Part{p}
}

// oneOf are the views of parts of which one is shown.
func oneOf(parts []*Part, carries func(*Part) bool) views {
	all := views{always: true}
	for _, c := range parts {
		v := viewsOf(c, carries)
		all.bare = append(all.bare, v.bare...)
		all.always = all.always && v.always
	}
	return all
}

// together are the views of parts that are shown together. One that always has a
// block is enough, and one that can take a block is the one to get it.
func together(parts []*Part, carries func(*Part) bool) views {
	var all views
	for _, c := range parts {
		if c.isAttachment() {
			continue
		}
		v := viewsOf(c, carries)
		if v.always {
			return v
		}
		if len(all.bare) == 0 || !takesBlock(all.bare) && takesBlock(v.bare) {
			all.bare = v.bare
		}
	}
	return all
}

// takesBlock reports whether all of the parts are texts that can take a block.
func takesBlock(parts []*Part) bool {
	for _, p := range parts {
		if !isText(p) {
			return false
		}
	}
	return len(parts) > 0
}

// relatedForms are the parts of a multipart/related that a reader may take for its
// root: the one that start names, the first, which those take that do not know start,
// and an HTML that nothing can refer to.
func relatedForms(p *Part) []*Part {
	root := relatedRoot(p)
	forms := []*Part{root}
	for i, c := range p.Children {
		loose := c.Media.Type == "text/html" && isText(c) && !c.Header.Has("Content-ID") && !c.Header.Has("Content-Location")
		if c != root && (i == 0 || loose) {
			forms = append(forms, c)
		}
	}
	return forms
}

// isAttachment reports whether a part is a file beside the message for every reader.
func (p *Part) isAttachment() bool {
	named := p.Filename != "" && p.Media.Type != "text/plain" && p.Media.Type != "text/html"
	return p.Disposition == "attachment" || (named && p.Parent != nil && !p.IsMultipart())
}
