package insert

import (
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// openTag is what the tables say of a start tag.
type openTag struct {
	tag       atom.Atom
	name      string // of a tag that nobody knows
	attrs     attrs
	quotes    quoting
	holds     *container
	separates *separator
	composed  bool // see line.composed
}

// openTags are those of a document so far by their source: mail repeats the same
// few tags on every line, with long style attributes.
type openTags map[string]*openTag

// Limits of what is kept.
const (
	maxOpenTag  = 512 // bytes of one
	maxOpenTags = 256
)

// read reads the start tag the tokenizer is at.
func (known openTags) read(z *nethtml.Tokenizer) *openTag {
	raw := z.Raw()
	if t, ok := known[string(raw)]; ok {
		return t
	}
	var source string
	if keep := len(raw) <= maxOpenTag && len(known) < maxOpenTags; keep {
		source = string(raw) // now, for the tokenizer changes its case
	}
	t := readOpenTag(z)
	if source != "" {
		known[source] = t
	}
	return t
}

func readOpenTag(z *nethtml.Tokenizer) *openTag {
	name, hasAttr := z.TagName()
	t := &openTag{tag: atom.Lookup(name)}
	if t.tag == 0 {
		t.name = string(name)
	}
	if hasAttr {
		t.attrs.read(z, t.tag)
	}
	t.quotes, t.holds, t.separates = quotes(t.tag, &t.attrs), contains(t.tag, &t.attrs), separates(t.tag, &t.attrs)
	t.composed = strings.HasPrefix(t.attrs.class, "MsoNormal") || t.attrs.class == "elementToProof"
	return t
}
