package entity

import (
	"cmp"
	"slices"
	"strings"
)

// Document is a text of the message as a reader sees it: one text/plain or
// text/html leaf, or the sequence of leaves that Apple Mail makes of a text with
// pictures or attachments in between.
type Document struct {
	HTML   bool
	Leaves []*Part
}

// Body is what may be the message: at most one document in plain text and one in
// HTML, in the order of the message.
type Body struct {
	Documents []Document

	likeness likeness
}

// Named reports whether it has a file name: it is the message only if what has
// none shows nothing.
func (b *Body) Named() bool { return b.likeness > unnamed }

// Start is where in the message's body the first of its texts begins.
func (b *Body) Start() int64 { return b.Documents[0].Leaves[0].BodyStart }

// Bodies returns what may be the message, in order and those with a file name
// last. The message is the one in which a reader sees something first, or else the
// first of all: clients and gateways write blank texts before the real one.
//
//   - multipart/alternative: one body of every child's documents;
//   - multipart/related: those of the root part, named by the start parameter or
//     else the first child;
//   - multipart/mixed and any other: those of its children. If a child is a leaf,
//     the inline leaves of the same type after it continue it.
//
// An attachment, message/rfc822 and whatever is inside a signed, encrypted, or
// digest multipart is never a document, nor inside a report beside other parts. Beside a signed or encrypted part
// nothing is either, if it comes first: what follows there is some list's footer.
//
// QUIRK: SAP, Notes and many scripts give the text of the message a file name. A
// part with one counts where it is a form of a multipart/alternative, where it is
// the whole message, and where no other part can be the message.
func Bodies(root *Part) []Body {
	all := paired(bodies(root))
	slices.SortStableFunc(all, func(a, b Body) int { return cmp.Compare(a.likeness, b.likeness) })
	return all[:eligible(all)]
}

// eligible is how many of the bodies, sorted by their names, may be the message:
// those without a name or with that of a message, or else the only one with a name
// that says nothing.
func eligible(all []Body) int {
	for i := range all {
		if all[i].likeness <= letter {
			continue
		}
		alone := len(all) == 1 || all[1].likeness == files
		if i == 0 && alone && all[0].likeness == perhaps {
			return 1
		}
		return i
	}
	return len(all)
}

func bodies(p *Part) []Body {
	if !p.IsMultipart() {
		if isText(p) {
			return []Body{{Documents: []Document{document(p)}, likeness: likenessOf(p)}}
		}
		return nil
	}
	switch p.Media.Type {
	case "multipart/report":
		if p.Parent == nil { // it is not passed as a report
			return sequence(p)
		}
		return nil
	case "multipart/signed", "multipart/encrypted", "multipart/digest":
		return nil
	case "multipart/alternative":
		return forms(p)
	case "multipart/related":
		if r := relatedRoot(p); r != nil {
			return bodies(r)
		}
		return nil
	}
	return sequence(p)
}

func document(leaf *Part) Document {
	return Document{HTML: leaf.Media.Type == "text/html", Leaves: []*Part{leaf}}
}

// forms returns the one body of a multipart/alternative: of each type the first
// document, rather one without file name.
func forms(p *Part) []Body {
	var form [2]Document
	var named [2]likeness
	for _, c := range p.Children {
		for _, b := range bodies(c) {
			for _, d := range b.Documents {
				i := 0
				if d.HTML {
					i = 1
				}
				if form[i].Leaves == nil || b.likeness < named[i] {
					form[i], named[i] = d, b.likeness
				}
			}
		}
	}
	b := Body{Documents: make([]Document, 0, len(form))}
	for _, d := range form {
		if d.Leaves != nil {
			b.Documents = append(b.Documents, d)
		}
	}
	if len(b.Documents) == 0 {
		return nil
	}
	slices.SortFunc(b.Documents, func(a, b Document) int { return cmp.Compare(a.Leaves[0].BodyStart, b.Leaves[0].BodyStart) })
	return []Body{b}
}

// sequence returns the bodies of a multipart/mixed.
func sequence(p *Part) []Body {
	var all []Body
	open := map[string]int{} // media type -> index in all of the body that leaves of the type continue
	for _, c := range p.Children {
		if c.Media.Type == "multipart/signed" || c.Media.Type == "multipart/encrypted" {
			break
		}
		leaf := inlineText(c)
		if leaf == nil || likenessOf(leaf) != unnamed {
			all = append(all, bodies(c)...)
			continue
		}
		if i, continues := open[leaf.Media.Type]; continues {
			d := &all[i].Documents[0]
			d.Leaves = append(d.Leaves, leaf)
			continue
		}
		open[leaf.Media.Type] = len(all)
		all = append(all, Body{Documents: []Document{document(leaf)}})
	}
	return all
}

// relatedRoot returns the root of a multipart/related (RFC 2387 section 3.2).
func relatedRoot(p *Part) *Part {
	if start := strings.Trim(p.Media.Params["start"], "<> "); start != "" {
		for _, c := range p.Children {
			if strings.Trim(c.Header.Get("Content-ID"), "<> ") == start {
				return c
			}
		}
	}
	if len(p.Children) == 0 {
		return nil
	}
	return p.Children[0]
}

// inlineText is the text that a part is or, with its pictures around it, has as
// the root of a multipart/related; nil for none.
func inlineText(p *Part) *Part {
	if p.Media.Type == "multipart/related" {
		p = relatedRoot(p)
	}
	if p == nil || !isText(p) {
		return nil
	}
	return p
}

// isText reports whether a part is a text that readers show, and no attachment.
func isText(p *Part) bool {
	return (p.Media.Type == "text/plain" || p.Media.Type == "text/html") &&
		(p.Disposition == "" || p.Disposition == "inline")
}
