package entity

import "strings"

// Document is a text of the message as a reader sees it: one text/plain or
// text/html leaf, or the sequence of leaves that Apple Mail makes of a text with
// pictures or attachments in between.
type Document struct {
	HTML   bool
	Leaves []*Part
}

// Documents returns the parts that a reader sees as the message: at most one
// document in plain text and one in HTML, in the order of the message.
//
//   - multipart/alternative: the documents of every child;
//   - multipart/related: those of the root part, named by the start parameter or
//     else the first child;
//   - multipart/mixed and any other: those of the first child that has some. If
//     that child is a leaf, the inline leaves of the same type after it continue it.
//
// An attachment, a part with a file name, message/rfc822 and whatever is inside a
// signed, encrypted, report or digest multipart is never a document. Beside a
// signed or encrypted part nothing is either, if it comes first: what follows
// there is some list's footer.
func Documents(root *Part) []Document {
	var text, html bool
	var docs []Document
	for _, d := range documents(root) {
		seen := &text
		if d.HTML {
			seen = &html
		}
		if !*seen {
			*seen = true
			docs = append(docs, d)
		}
	}
	return docs
}

func documents(p *Part) []Document {
	if !p.IsMultipart() {
		if isBodyText(p) {
			return []Document{{HTML: p.Media.Type == "text/html", Leaves: []*Part{p}}}
		}
		return nil
	}
	switch p.Media.Type {
	case "multipart/signed", "multipart/encrypted", "multipart/report", "multipart/digest":
		return nil
	case "multipart/alternative":
		var docs []Document
		for _, c := range p.Children {
			docs = append(docs, documents(c)...)
		}
		return docs
	case "multipart/related":
		if r := relatedRoot(p); r != nil {
			return documents(r)
		}
		return nil
	}
	return sequence(p)
}

// sequence returns the documents of a multipart/mixed.
func sequence(p *Part) []Document {
	for i, c := range p.Children {
		if c.Media.Type == "multipart/signed" || c.Media.Type == "multipart/encrypted" {
			return nil
		}
		docs := documents(c)
		if len(docs) == 0 {
			continue
		}
		if first := bodyText(c); first != nil {
			for _, next := range p.Children[i+1:] {
				if leaf := bodyText(next); leaf != nil && leaf.Media.Type == first.Media.Type {
					docs[0].Leaves = append(docs[0].Leaves, leaf)
				}
			}
		}
		return docs
	}
	return nil
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

// bodyText is the text that a part is or, with its pictures around it, has as the
// root of a multipart/related; nil for none.
func bodyText(p *Part) *Part {
	if p.Media.Type == "multipart/related" {
		p = relatedRoot(p)
	}
	if p == nil || !isBodyText(p) {
		return nil
	}
	return p
}

func isBodyText(p *Part) bool {
	return (p.Media.Type == "text/plain" || p.Media.Type == "text/html") &&
		(p.Disposition == "" || p.Disposition == "inline") && p.Filename == ""
}
